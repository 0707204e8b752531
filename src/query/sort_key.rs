//! What a sort sorts by.

use super::expression::Expr;

/// One sort key of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// What is sorted by.
    pub expr: Expr,
    /// The greatest first.
    pub descending: bool,
    /// NULLs come first: by default they are greater than everything (manual: 7.5).
    pub nulls_first: bool,
    /// The collation as SQL writes it, when it is not the column's own.
    pub collation: Option<String>,
    /// The operator of `USING`, when the order is not the type's usual one: such as `~<~`.
    pub using: Option<String>,
}

impl SortKey {
    /// Reads a sort key as EXPLAIN prints it: `lower(o.name) COLLATE "C" DESC NULLS LAST`. Of an operator
    /// after `USING` only its name tells the direction, as with all operators of PostgreSQL's own.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (text, nulls) = ending(text, &[(" NULLS FIRST", true), (" NULLS LAST", false)]);
        let (text, direction) = ending(text, &[(" DESC", true), (" ASC", false)]);
        let (text, using) = match text.rsplit_once(" USING ") {
            Some((key, operator)) if !operator.contains(['\'', '"']) || operator.starts_with("OPERATOR(") => {
                (key, Some(operator.to_owned()))
            }
            _ => (text, None),
        };
        let descending = direction.unwrap_or_else(|| using.as_ref().is_some_and(|op| op.contains('>')));
        let (expr, collation) = match Expr::parse(text)? {
            Expr::Collate { arg, collation } => (*arg, Some(collation)),
            expr => (expr, None),
        };
        Some(Self { expr, descending, nulls_first: nulls.unwrap_or(descending), collation, using })
    }
}

/// Takes one of these endings off.
fn ending<'a>(text: &'a str, endings: &[(&str, bool)]) -> (&'a str, Option<bool>) {
    let found = endings.iter().find_map(|(ending, value)| Some((text.strip_suffix(ending)?, Some(*value))));
    found.unwrap_or((text, None))
}

#[cfg(test)]
mod tests {
    use super::super::expression::Names;
    use super::*;

    #[test]
    fn sort_keys_are_read_as_explain_prints_them() {
        for (text, expected) in [
            ("o.id", "o.id"),
            ("o.id NULLS FIRST", "o.id nulls first"),
            ("o.created DESC", "o.created desc nulls first"),
            ("o.created DESC NULLS LAST", "o.created desc"),
            (r#"((o.name)::text) COLLATE "C" DESC"#, r#"(o.name)::text collate "C" desc nulls first"#),
            (r#"(name COLLATE "C")"#, r#"name collate "C""#),
            (r#"o.name COLLATE app."de;x" NULLS FIRST"#, r#"o.name collate app."de;x" nulls first"#),
            ("(lower((o.v)::text))", "lower((o.v)::text)"),
            ("((o.id + o.cust)) DESC", "(o.id + o.cust) desc nulls first"),
            ("((o.name)::text) USING ~<~", "(o.name)::text using ~<~"),
            ("o.name USING ~>~ NULLS LAST", "o.name desc using ~>~"),
            ("o.x USING OPERATOR(app.<<<)", "o.x using OPERATOR(app.<<<)"),
            (r#"o."Weird DESC""#, r#"o."Weird DESC""#),
            ("((o.js ->> ' USING x'::text))", "(o.js ->> ' USING x'::text)"),
            ("((o.pt <-> '(0,0)'::point))", "(o.pt <-> '(0,0)'::point)"),
            ("(count(*)) DESC", "count(*) desc nulls first"),
            ("(EXTRACT(year FROM o.made))", "EXTRACT(year FROM o.made)"),
        ] {
            let key = SortKey::parse(text).unwrap_or_else(|| panic!("{text} is a sort key"));
            let mut found = key.expr.sql(Names::Qualified);
            found += &key.collation.map(|name| format!(" collate {name}")).unwrap_or_default();
            found += if key.descending { " desc" } else { "" };
            found += if key.nulls_first { " nulls first" } else { "" };
            found += &key.using.map(|op| format!(" using {op}")).unwrap_or_default();
            assert_eq!(found, expected, "of {text}");
        }
        assert_eq!(SortKey::parse("o.id SIDEWAYS"), None);
        assert_eq!(SortKey::parse(""), None);
    }
}
