//! Which columns a statement sets.

use super::name::unquote;
use super::token::significant;

/// The columns that the `UPDATE … SET` of a statement gives new values: `SET a = 1, (b, c) = (2, 3)`.
pub fn assigned_columns(sql: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    // How deep in parentheses the list stands, and whether a column comes next, rather than its value.
    let (mut depth, mut list, mut column) = (0usize, None, false);
    for token in significant(sql) {
        let within = list == Some(depth);
        match token.text {
            "(" => depth += 1,
            ")" => {
                depth = depth.saturating_sub(1);
                list = list.filter(|at| depth >= *at);
            }
            "," if within => column = true,
            "=" if within => column = false,
            _ if token.is("SET") => (list, column) = (Some(depth), true),
            _ if within && token.is_any(&["WHERE", "FROM", "RETURNING"]) => list = None,
            _ if list.is_some() && column && token.names() => {
                let name = unquote(token.text);
                if !found.contains(&name) {
                    found.push(name);
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_named() {
        for (sql, expected) in [
            ("UPDATE t SET a = 1", "a"),
            ("UPDATE t SET a = b, \"C d\" = c + 1 WHERE e = 2", "a C d"),
            ("UPDATE t AS x SET (a, b) = (SELECT c, d FROM u), e = DEFAULT FROM v", "a b e"),
            ("WITH w AS (UPDATE t SET a = 1 RETURNING b) SELECT * FROM w", "a"),
            ("DELETE FROM t WHERE a = 1", ""),
            ("UPDATE t SET a = 'set b = 2'", "a"),
            ("INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 5", "n"),
        ] {
            assert_eq!(assigned_columns(sql).join(" "), expected, "{sql}");
        }
    }
}
