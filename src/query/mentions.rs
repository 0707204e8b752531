//! What a statement's text mentions, told from its tokens.

use super::name::unquote;
use super::token::{Token, significant};

/// The functions that the text calls, and whatever else is a name before a parenthesis.
pub fn called(sql: &str) -> Vec<String> {
    let tokens = significant(sql);
    let called = |pair: &[Token]| (pair[0].names() && pair[1].punct("(")).then(|| unquote(pair[0].text));
    tokens.windows(2).filter_map(called).collect()
}

/// Whether one of these keywords stands anywhere in the text.
pub fn mentions(sql: &str, keywords: &[&str]) -> bool {
    significant(sql).iter().any(|token| token.is_any(keywords))
}

/// Whether the query as a whole says in which order its rows come: an ORDER BY outside of all parentheses.
pub fn orders(sql: &str) -> bool {
    let mut depth = 0usize;
    significant(sql).windows(2).any(|pair| {
        match pair[0].text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && pair[0].is("ORDER") && pair[1].is("BY")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mentioned_and_what_is_only_quoted() {
        assert_eq!(called("select lower(a), 'upper(b)', s.\"F\"(c) from t"), ["lower", "F"]);
        assert!(
            mentions("select 1 limit 1", &["LIMIT"]) && !mentions("select 'limit' as \"LIMIT\"", &["LIMIT"])
        );
        for (sql, expected) in [
            ("select a from t order by a", true),
            ("select a from (select a from t order by a) as s", false),
            ("select rank() over (order by a) from t", false),
            ("(select 1) order by 1", true),
        ] {
            assert_eq!(orders(sql), expected, "{sql}");
        }
    }
}
