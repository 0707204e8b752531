//! Which functions are PostgreSQL's own.

/// The names in `pg_proc` of the schema `pg_catalog`, of 15 and 18 together, in byte order: `SELECT DISTINCT proname FROM
/// pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace`.
const OWN: &str = include_str!("functions.txt");

/// Printed as calls, but forms of the grammar that `pg_proc` has under other names (gram.y, `func_expr_common_subexpr`).
const GRAMMAR: [&str; 17] = [
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_value",
    "merge_action",
    "trim",
    "xmlattributes",
    "xmlelement",
    "xmlforest",
    "xmlparse",
    "xmlroot",
    "xmlserialize",
];

/// Whether a function that a plan names is PostgreSQL's own. EXPLAIN leaves out a schema that is on the search path,
/// so that a function of somebody's own under the name of one of these passes for it.
pub fn is_own(name: &str) -> bool {
    let bare = name.strip_prefix("pg_catalog.").unwrap_or(name);
    GRAMMAR.contains(&bare) || OWN.lines().any(|own| own == bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_and_others() {
        let table = [
            ("lower", true),
            ("pg_catalog.lower", true),
            ("json_serialize", true),
            ("generate_series", true),
            ("price_of", false),
            ("public.lower", false),
        ];
        for (name, own) in table {
            assert_eq!(is_own(name), own, "{name}");
        }
        let names: Vec<&str> = OWN.lines().collect();
        assert!(names.is_sorted() && names.len() > 2500, "the list is whole");
    }
}
