//! What a statement's text mentions, told from its tokens.

use super::name::unquote;
use super::token::{Token, TokenKind, significant};

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

/// What may follow an ORDER BY (manual, "SELECT").
const AFTER_ORDER: [&str; 4] = ["LIMIT", "OFFSET", "FETCH", "FOR"];

/// By what the query as a whole orders its rows: the ORDER BY outside of all parentheses, without comments and with small
/// letters for keywords and plain names.
pub fn order(sql: &str) -> Option<String> {
    let tokens = significant(sql);
    let (mut depth, mut order): (usize, Option<Vec<String>>) = (0, None);
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && token.is("BY") && at > 0 && tokens.get(at - 1).is_some_and(|last| last.is("ORDER")) {
            order = Some(Vec::new());
        } else if depth == 0 && token.is_any(&AFTER_ORDER) && order.is_some() {
            break;
        } else if let Some(order) = &mut order {
            let plain = token.kind == TokenKind::Word;
            order.push(if plain { token.text.to_ascii_lowercase() } else { token.text.to_owned() });
        }
    }
    order.map(|words| words.join(" ").replace(" ,", ",").replace(" . ", "."))
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
            ("select a from t order by a", Some("a")),
            ("select a from (select a from t order by a) as s", None),
            ("select rank() over (order by a) from t", None),
            ("(select 1) order by 1", Some("1")),
            ("select a from t ORDER BY t.A /* why */ DESC, \"B\" limit 5", Some("t.a desc, \"B\"")),
            ("select a from t order by lower(a) for update", Some("lower ( a )")),
        ] {
            assert_eq!(order(sql).as_deref(), expected, "{sql}");
        }
    }
}
