//! An expression or a statement without what differs between two runs of it.

use super::token::{Token, TokenKind, significant};

/// The text without literals, parameters, the numbers of subplans, comments, white space, and the qualifiers that
/// only VERBOSE prints: what two runs of one statement have in common.
pub fn masked(text: &str) -> String {
    let all = significant(text);
    let mut kept: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(token) = all.get(at) {
        let dotted = token.names() && all.get(at + 1).is_some_and(|next| next.punct("."));
        if dotted && all.get(at + 2).is_some_and(|name| name.names() || name.text == "*") {
            at += 2;
            continue;
        }
        kept.push(if is_value(token) { "?" } else { token.text });
        at += 1;
    }
    kept.join(" ")
}

fn is_value(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Str | TokenKind::Number | TokenKind::Param)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn what_two_runs_have_in_common() {
        for (one, other) in [
            ("(orders.total > 50)", "(total > 1000)"),
            ("(name = 'a'::text)", "(name = 'it''s'::text)"),
            ("(a = (SubPlan 1))", "(a = (SubPlan 2))"),
            ("(a = $0)", "(a = $3)"),
            ("select  * from t -- one", "select *\nfrom t"),
        ] {
            assert_eq!(masked(one), masked(other));
        }
        assert_ne!(masked("(a > 1)"), masked("(a < 1)"));
        assert_ne!(masked("(a > 1)"), masked("(b > 1)"));
    }
}
