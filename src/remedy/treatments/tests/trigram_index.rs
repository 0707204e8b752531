use super::TREATMENT;
use crate::catalog::Catalog;
use crate::remedy::testing::{advice, first_ten, plan, scan, table};

fn columns() -> Catalog {
    table("id integer, name text, title character varying, code character, doc jsonb")
        .with_extension("pg_trgm", "ext")
}

fn of(filter: &str, catalog: &Catalog) -> Vec<String> {
    advice(&TREATMENT, &plan(&scan(filter, 10.0)), catalog)
}

#[test]
fn patterns_are_found_by_their_trigrams() {
    let name = ["gin (name ext.gin_trgm_ops)"].as_slice();
    let title = ["gin (title ext.gin_trgm_ops)"].as_slice();
    let table: [(&str, &[&str]); 19] = [
        ("(name ~~ '%smith%'::text)", name),
        ("((t.title)::text ~~ '%smith%'::text)", title),
        ("(name ~~* 'smith%'::text)", name),
        ("(name ~ 'smith|jones'::text)", name),
        ("(name ~ '^smith (jane|john)'::text)", name),
        ("(name ~* '^smi'::text)", name),
        ("(name ~~ $1)", name),
        ("(name % 'smith'::text)", name),
        ("(name OPERATOR(ext.%) 'smith'::text)", name),
        ("('smith'::text <% (title)::text)", title),
        ("(lower(name) ~~ '%smith%'::text)", &["gin (lower(name) ext.gin_trgm_ops)"]),
        ("((doc ->> 'a'::text) ~~ '%smith%'::text)", &["gin ((doc ->> 'a') ext.gin_trgm_ops)"]),
        ("((code)::text ~~ '%smith%'::text)", &["gin (((code)::text) ext.gin_trgm_ops)"]),
        // A B-tree's.
        ("(name ~~ 'smith%'::text)", &[]),
        ("(name ~ '^smith'::text)", &[]),
        ("(name !~~ '%smith%'::text)", &[]),
        ("('%smith%'::text ~~ name)", &[]),
        ("(code ~~ '%smith%'::text)", &[]),
        ("((name ~~ '%a%'::text) OR (id = 1))", &[]),
    ];
    for (filter, expected) in table {
        assert_eq!(of(filter, &columns()), expected, "{filter}");
    }
    assert_eq!(
        of("((name ~~ '%smith%'::text) AND (id = 5))", &columns()),
        [
            "gin (name ext.gin_trgm_ops)",
            "CREATE EXTENSION IF NOT EXISTS btree_gin; gin (id, name ext.gin_trgm_ops)"
        ]
    );
}

#[test]
fn the_extension_is_created_or_missed() {
    let filter = "(name ~~ '%smith%'::text)";
    let not_yet = table("name text");
    assert_eq!(of(filter, &not_yet), ["CREATE EXTENSION IF NOT EXISTS pg_trgm; gin (name gin_trgm_ops)"]);
    let nowhere = Catalog { extensions: Vec::new(), ..not_yet };
    assert_eq!(
        of(filter, &nowhere),
        [
            "silent: an index of trigrams would answer `(name ~~ '%smith%'::text)`, but the server does not have the \
          extension pg_trgm"
        ]
    );
}

#[test]
fn why_nothing_is_proposed() {
    for (catalog, filter, expected) in [
        (columns(), "(name ~~ '%ab%'::text)", "`(name ~~ '%ab%'::text)` has no three letters in a row"),
        (
            columns().with_index("gin: name gin_trgm_ops"),
            "(name ~~ '%abc%'::text)",
            "`there` already answers",
        ),
    ] {
        let found = of(filter, &catalog);
        assert!(found.len() == 1 && found[0].starts_with(&format!("silent: {expected}")), "{found:?}");
    }
}

#[test]
fn the_most_alike_come_first_by_gist() {
    for (key, expected) in [
        ("((name <-> 'smith'::text))", ["gist (name ext.gist_trgm_ops)"].as_slice()),
        ("(('smith'::text <-> name))", &["gist (name ext.gist_trgm_ops)"]),
        ("((name <-> 'smith'::text)) DESC", &[]),
        ("name", &[]),
    ] {
        assert_eq!(advice(&TREATMENT, &first_ten(key, "(id > 0)"), &columns()), expected, "{key}");
    }
}
