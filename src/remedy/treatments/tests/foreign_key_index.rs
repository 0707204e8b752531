use super::TREATMENT;
use crate::catalog::{Catalog, ForeignKey, Table, TableName};
use crate::remedy::Case;
use crate::remedy::testing::{planned, table};

fn parent_and_children(rows: f64) -> Catalog {
    let mut catalog = table("id integer, code text");
    let name = |name: &str| TableName { schema: "public".into(), name: name.into() };
    let key = |child: &str, column: &str, referenced: &str| ForeignKey {
        name: format!("{child}_fkey"),
        table: name(child),
        columns: vec![column.into()],
        referenced: vec![referenced.into()],
    };
    catalog.tables[0].referenced_by = vec![key("child", "t_id", "id"), key("other", "t_code", "code")];
    let child = |called: &str| Table { name: name(called), rows, pages: 1000, ..Table::default() };
    catalog.tables.extend([child("child"), child("other")]);
    catalog
}

/// What is proposed for a statement that was merely planned.
fn of(operation: &str, sql: Option<&str>, catalog: &Catalog) -> Vec<String> {
    let plan = planned(&format!(
        r#"{{"Node Type": "ModifyTable", "Operation": "{operation}", "Relation Name": "t", "Schema": "public",
             "Alias": "t", "Startup Cost": 0.0, "Total Cost": 9.0, "Plan Rows": 1, "Plan Width": 4}}"#
    ));
    let proposal = (TREATMENT.propose)(&Case { plan: &plan, findings: &[], catalog, sql });
    proposal.remedies.iter().flat_map(|remedy| remedy.sql()).collect()
}

#[test]
fn what_a_planned_statement_will_look_up_has_an_index() {
    let child = "CREATE INDEX child_t_id_idx ON public.child (t_id);";
    let other = "CREATE INDEX other_t_code_idx ON public.other (t_code);";
    let many = parent_and_children(50_000.0);
    let table: [(&str, Option<&str>, &[&str]); 7] = [
        ("Delete", None, &[child, other]),
        ("Update", Some("UPDATE t SET code = 'x' WHERE id = 1"), &[other]),
        ("Update", Some("UPDATE t SET (id, code) = (1, 'x')"), &[child, other]),
        ("Update", Some("UPDATE t SET price = 1 WHERE code = 'x'"), &[]),
        ("Update", None, &[]),
        ("Insert", Some("INSERT INTO t VALUES (1)"), &[]),
        ("Merge", None, &[]),
    ];
    for (operation, sql, expected) in table {
        assert_eq!(of(operation, sql, &many), expected, "{operation} {sql:?}");
    }
    assert_eq!(of("Delete", None, &parent_and_children(900.0)), Vec::<String>::new(), "small");
    let mut indexed = many.clone();
    indexed.tables[1].indexes = table_with_index("t_id");
    assert_eq!(of("Delete", None, &indexed), [other]);
}

fn table_with_index(column: &str) -> Vec<crate::catalog::Index> {
    let mut catalog = table("id integer").with_index(&format!("btree: {column}"));
    catalog.tables.remove(0).indexes
}
