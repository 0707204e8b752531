//! Names that are free, and indexes of every kind as SQL.

use super::*;

#[test]
fn a_name_is_free_and_fits() {
    let keys = [Key::ascending("x".repeat(80))];
    assert_eq!(index_name("t", &keys, &[]).len(), NAME_BYTES);
    let keys = [Key::ascending("a")];
    assert_eq!(index_name("t", &keys, &["t_a_idx", "t_a_idx1"]), "t_a_idx2");
    let keys = [Key::expression("lower(email)"), Key::expression("(a + b)")];
    assert_eq!(index_name("t", &keys, &[]), "t_lower_expr_idx");
}

#[test]
fn an_index_of_any_kind_is_written_as_postgresql_reads_it() {
    let table = Table { name: TableName { schema: "public".into(), name: "t".into() }, ..Table::default() };
    let written = |index: IndexSpec| index.create("CREATE INDEX", &index.name, "ON", &index.table);
    for (index, expected) in [
        (
            IndexSpec::on(&table, vec![Key::ascending("a")])
                .including(vec!["b".into(), "C d".into()])
                .only("(state = 'failed'::text)"),
            r#"CREATE INDEX t_a_idx ON public.t (a) INCLUDE (b, "C d") WHERE (state = 'failed'::text);"#,
        ),
        (
            IndexSpec::by(Method::Gin, &table, vec![Key::ascending("doc").with_opclass("jsonb_path_ops")]),
            "CREATE INDEX t_doc_idx ON public.t USING gin (doc jsonb_path_ops);",
        ),
        (
            IndexSpec::on(&table, vec![Key::expression("lower(email)"), Key::expression("(a) + (b)")]),
            "CREATE INDEX t_lower_expr_idx ON public.t (lower(email), ((a) + (b)));",
        ),
        (
            IndexSpec::on(&table, vec![Key::expression("(profile ->> ')'::text)")]),
            "CREATE INDEX t_expr_idx ON public.t ((profile ->> ')'::text));",
        ),
    ] {
        assert_eq!(written(index), expected);
    }
}

#[test]
fn a_further_name_has_room_for_its_number() {
    let long = format!("{}_idx", "a".repeat(NAME_BYTES - 4));
    let umlauts = format!("{}x_idx", "ä".repeat(29));
    for (name, expected) in [
        ("t_a_idx", "t_a_idx1".to_owned()),
        ("t_a_idx1", "t_a_idx11".to_owned()),
        (long.as_str(), format!("{}_idx1", "a".repeat(NAME_BYTES - 5))),
        (umlauts.as_str(), format!("{}_idx1", "ä".repeat(29))),
    ] {
        assert_eq!(numbered(name), expected);
        assert!(expected.len() <= NAME_BYTES, "{expected}");
    }
}
