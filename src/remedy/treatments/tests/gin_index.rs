use super::TREATMENT;
use crate::catalog::Catalog;
use crate::remedy::testing::{advice, plan, scan, table};

fn columns() -> Catalog {
    table(
        "id integer, big bigint, tags text[], doc jsonb, body text, title character varying, words tsvector",
    )
}

/// Of a scan with this filter that keeps few rows.
fn of(filter: &str, catalog: &Catalog) -> Vec<String> {
    advice(&TREATMENT, &plan(&scan(filter, 10.0)), catalog)
}

#[test]
fn parts_of_values_are_found_by_gin() {
    let no_extension = Catalog { extensions: Vec::new(), ..columns() };
    let both = ["gin (doc jsonb_path_ops)", "gin (doc)"].as_slice();
    let table: [(&str, &[&str]); 21] = [
        ("(tags @> '{red}'::text[])", &["gin (tags)"]),
        ("('{red}'::text[] <@ tags)", &["gin (tags)"]),
        ("(tags && $1)", &["gin (tags)"]),
        ("(tags = '{red}'::text[])", &["gin (tags)"]),
        ("(tags @> '{}'::text[])", &[]),
        ("(tags @> other)", &[]),
        ("(tags <> '{red}'::text[])", &[]),
        ("(doc @> '{\"a\": 1}'::jsonb)", both),
        ("(doc @? '$.\"a\"'::jsonpath)", both),
        ("(doc @@ '($.\"a\" == 1)'::jsonpath)", both),
        ("(doc ? 'a'::text)", &["gin (doc)"]),
        ("(doc ?| '{a,b}'::text[])", &["gin (doc)"]),
        ("(doc <@ '{\"a\": 1}'::jsonb)", &[]),
        (
            "((t.doc -> 'tags'::text) @> '\"x\"'::jsonb)",
            &["gin ((doc -> 'tags') jsonb_path_ops)", "gin ((doc -> 'tags'))"],
        ),
        ("(words @@ '''rare'''::tsquery)", &["gin (words)"]),
        (
            "(to_tsvector('english'::regconfig, t.body) @@ '''rare'''::tsquery)",
            &["gin (to_tsvector('english', body))"],
        ),
        (
            "(to_tsvector('english'::regconfig, (((COALESCE(title, ''::character varying))::text || ' '::text) || body)) @@ $1)",
            &[
                "gin (to_tsvector('english', (((COALESCE(title, ''::character varying))::text || ' '::text) || body)))",
            ],
        ),
        ("(string_to_array(body, ','::text) && '{a}'::text[])", &["gin (string_to_array(body, ','::text))"]),
        ("((tags @> '{a}'::text[]) AND (words @@ $1))", &["gin (tags, words)", "gin (tags)", "gin (words)"]),
        ("((tags @> '{a}'::text[]) OR (id = 5))", &[]),
        ("(id = 5)", &[]),
    ];
    for (filter, expected) in table {
        assert_eq!(of(filter, &no_extension), expected, "{filter}");
    }
}

#[test]
fn equal_columns_stand_beside_them_by_btree_gin() {
    let filter = "((tags @> '{a}'::text[]) AND (id = 5))";
    let created = "CREATE EXTENSION IF NOT EXISTS btree_gin; gin (id, tags)";
    assert_eq!(of(filter, &columns()), ["gin (tags)", created]);
    assert_eq!(
        of(filter, &columns().with_extension("btree_gin", "public")),
        ["gin (id, tags)", "gin (tags)"]
    );
    for (beside, expected) in [
        ("(big = 5)", 1), // a bigint and an integer
        ("(big = '5'::bigint)", 2),
        ("((title)::text = 'a'::text)", 2),
        ("(id > 5)", 1),
        ("(id IS NULL)", 1),
        ("(id = ANY ('{1,2}'::integer[]))", 1),
    ] {
        let filter = format!("((tags @> '{{a}}'::text[]) AND {beside})");
        assert_eq!(of(&filter, &columns()).len(), expected, "{beside}");
    }
}

#[test]
fn why_nothing_is_proposed() {
    let table = [
        (
            columns(),
            "('red'::text = ANY (t.tags))",
            "no index answers `('red'::text = ANY (tags))`; `tags @> ARRAY['red'::text]` asks the same",
        ),
        (columns(), "(to_tsvector(body) @@ $1)", "`to_tsvector(body)` depends on the setting"),
        (columns(), "(body @@ $1)", "`(body @@ $1)` parses each text by the setting"),
        (
            columns().with_index("gin: tags"),
            "(tags @> '{red}'::text[])",
            "`there` already answers `(tags @> '{red}'::text[])`, and the planner preferred Seq Scan",
        ),
        (columns().with_index("gin: doc"), "(doc @> '{\"a\": 1}'::jsonb)", "`there` already answers"),
        (
            columns().with_index("gin: doc jsonb_path_ops"),
            "(doc @? '$.\"a\"'::jsonpath)",
            "`there` already answers",
        ),
        (
            columns().with_index("gin: to_tsvector('english'::regconfig, body)"),
            "(to_tsvector('english'::regconfig, t.body) @@ $1)",
            "`there` already answers",
        ),
    ];
    for (catalog, filter, expected) in table {
        let found = of(filter, &catalog);
        let told = found.first().map_or("", String::as_str).trim_start_matches("silent: ");
        assert!(found.len() == 1 && told.starts_with(expected), "{filter}: {found:?}");
    }
    let most = advice(&TREATMENT, &plan(&scan("(tags @> '{red}'::text[])", 50_000.0)), &columns());
    assert!(most[0].starts_with("silent: it keeps 50 %"), "{most:?}");
    let other = columns().with_index("gin: doc jsonb_path_ops");
    assert_eq!(of("(doc ? 'a'::text)", &other), ["gin (doc)"], "the other class does not answer it");
}

#[test]
fn of_types_that_are_not_known_nothing_is_said() {
    let mut catalog = columns();
    catalog.tables[0].columns.iter_mut().for_each(|column| column.base_type.clear());
    for filter in ["(tags @> '{red}'::text[])", "('red'::text = ANY (tags))", "(to_tsvector(body) @@ $1)"] {
        assert_eq!(of(filter, &catalog), Vec::<String>::new(), "{filter}");
    }
}
