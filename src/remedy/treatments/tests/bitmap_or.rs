use super::TREATMENT;
use crate::catalog::Catalog;
use crate::remedy::testing::{advice, plan, scan, table};

fn columns() -> Catalog {
    table("a integer, b integer, c integer, tags text[], name text, email text, during daterange")
}

fn of(filter: &str, catalog: &Catalog) -> Vec<String> {
    advice(&TREATMENT, &plan(&scan(filter, 10.0)), catalog)
}

#[test]
fn each_alternative_gets_an_index() {
    let table: [(&str, &[&str]); 14] = [
        ("((a = 1) OR (b = 2))", &["(a); (b)"]),
        ("((a = 1) OR (b > 2))", &["(a); (b)"]),
        ("((a = 1) OR (b IS NULL) OR (c = ANY ('{1,2}'::integer[])))", &["(a); (b); (c)"]),
        ("((a = 1) OR ((b = 2) AND (c > 3)))", &["(a); (b, c)"]),
        ("((a = 1) OR (b = 2) OR (a = 3))", &["(a); (b)"]),
        ("((a = 1) OR (tags @> '{x}'::text[]))", &["(a); gin (tags)"]),
        ("((a = 1) OR (during && $1))", &["(a); gist (during)"]),
        ("((a = 1) OR (lower(name) = 'x'::text))", &["(a); (lower(name)); ANALYZE public.t"]),
        (
            "((name ~~ '%smith%'::text) OR (email ~~ '%smith%'::text))",
            &["CREATE EXTENSION IF NOT EXISTS pg_trgm; gin (name gin_trgm_ops, email gin_trgm_ops)"],
        ),
        ("((c = 3) AND ((a = 1) OR (b = 2)))", &["(c, a); (c, b)", "(a); (b)"]),
        ("(((a = 1) AND (b = 2)) OR ((a = 3) AND (b < 4)))", &["(a, b)"]),
        ("((a = 1) OR (a = 2))", &[]),
        ("((a = 1) AND (b = 2))", &[]),
        ("((a = b) OR (c = b))", &[]),
    ];
    for (filter, expected) in table {
        assert_eq!(of(filter, &columns()), expected, "{filter}");
    }
}

#[test]
fn what_is_there_is_left_out() {
    let one = columns().with_index("btree: a");
    assert_eq!(of("((a = 1) OR (b = 2))", &one), ["(b)"]);
    let both = one.with_index("btree: b");
    let found = of("((a = 1) OR (b = 2))", &both);
    assert!(found[0].starts_with("silent: each alternative of its OR has an index already"), "{found:?}");
}

#[test]
fn an_alternative_that_no_index_answers_needs_the_whole_table() {
    for (filter, expected) in [
        ("((a = 1) OR (b = c))", "no index finds the rows of `(b = c)`"),
        ("((a = 1) OR (name ~~ '%ab%'::text))", "no index finds the rows of `(name ~~ '%ab%'::text)`"),
        ("((a = 1) OR (concat(name) = 'x'::text))", "no index finds the rows of `(concat(name)"),
    ] {
        let found = of(filter, &columns());
        assert!(found.len() == 1 && found[0].starts_with(&format!("silent: {expected}")), "{found:?}");
    }
    let no_trigrams = Catalog { extensions: Vec::new(), ..columns() };
    let found = of("((a = 1) OR (name ~~ '%smith%'::text))", &no_trigrams);
    assert!(found[0].contains("the server does not have the extension pg_trgm"), "{found:?}");
}
