//! The statement that stands before its plan, as somebody typed it.

use crate::query::{self, Kind};

/// What psql asks for in its prompt: the rest of a statement, or the end of a parenthesis, a string, a name, a comment.
const ASKS_FOR: [&str; 7] = ["-", "=", "(", "'", "\"", "*", "$"];

/// The statement of which EXPLAIN was asked, to its semicolon; at psql's prompt (`shop=# `, and `shop-# ` on the lines that
/// follow) or without one.
pub fn typed(text: &str) -> Option<String> {
    let mut lines = text.lines();
    let (name, first) = lines.find_map(|line| {
        let prompted = ["=# ", "=> "].iter().find_map(|end| line.split_once(end));
        let (name, rest) = prompted.filter(|(name, _)| !name.contains(' ')).unwrap_or(("", line));
        is_explain(rest).then_some((name, rest))
    })?;
    let others = lines.map(|line| unprompted(line, name));
    let typed = std::iter::once(first).chain(others).collect::<Vec<_>>().join("\n");
    let one = query::split(&typed).statements.into_iter().next()?;
    let ended = typed.get(one.offset + one.text.len()..)?.trim_start().starts_with(';');
    (ended && !matches!(one.kind, Kind::Refused(_))).then_some(one.text)
}

fn is_explain(line: &str) -> bool {
    let word: String = line.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    word.eq_ignore_ascii_case("explain")
}

/// The line without the prompt of a database of this name.
fn unprompted<'a>(line: &'a str, name: &str) -> &'a str {
    let prompt = || {
        let rest = line.strip_prefix(name).filter(|_| !name.is_empty())?;
        let rest = ASKS_FOR.iter().find_map(|sign| rest.strip_prefix(sign))?;
        rest.strip_prefix("# ").or(rest.strip_prefix("> "))
    };
    prompt().unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_found_before_its_plan() {
        let plan = " QUERY PLAN\n----\n Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n(1 row)\n";
        for (before, expected) in [
            ("EXPLAIN (ANALYZE) SELECT * FROM t\n WHERE a = 1;\n", Some("SELECT * FROM t\n WHERE a = 1")),
            ("psql (15.4)\nshop=# explain select\nshop-# (select\nshop(# 1);\n", Some("select\n(select\n1)")),
            ("my-shop=> explain analyze select 'a\nmy-shop'> b' -> c;\n", Some("select 'a\nb' -> c")),
            ("explain select 1\n", None),
            ("explain create table a as select 1;\n", None),
            ("explained: SELECT 1;\n", None),
            ("SELECT 1;\n", None),
            ("", None),
        ] {
            assert_eq!(typed(&format!("{before}{plan}")).as_deref(), expected, "{before}");
        }
    }
}
