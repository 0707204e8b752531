//! What the rules' own tests are made with.

use crate::catalog::{Catalog, Column, Index, IndexKey, Table, TableName};
use crate::diagnose::{Finding, Rule};
use crate::plan::{Plan, read_json};

/// The plan under this JSON object, as PostgreSQL prints one node and what is below.
pub fn plan(node: &str) -> Plan {
    let text = format!(r#"[{{"Plan": {node}, "Planning Time": 0.1, "Execution Time": 100.0}}]"#);
    read_json(&text).expect("the test's plan").remove(0)
}

/// What `rule` finds in it, before anything is dropped as too small.
pub fn findings(rule: &'static Rule, plan: &Plan) -> Vec<Finding> {
    rule.findings(plan, &Catalog::default())
}

/// What `rule` finds in it beside what is known of its tables.
pub fn findings_with(rule: &'static Rule, plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
    rule.findings(plan, catalog)
}

/// A table `orders` of these columns (name and type).
pub fn orders(columns: &[(&str, &str)]) -> Catalog {
    let column = |(name, kind): &(&str, &str)| Column {
        name: (*name).to_owned(),
        type_name: (*kind).to_owned(),
        btree: true,
        ..Column::default()
    };
    let name = TableName { schema: "public".to_owned(), name: "orders".to_owned() };
    let columns = columns.iter().map(column).collect();
    Catalog {
        tables: vec![Table { name, columns, rows: 100_000.0, pages: 1000, ..Table::default() }],
        ..Catalog::default()
    }
}

/// A sequential scan of `orders` with this filter, which keeps so many rows of a hundred thousand.
pub fn scan(filter: &str, kept: f64) -> Plan {
    plan(&format!(
        r#"{{"Node Type": "Seq Scan", "Relation Name": "orders", "Alias": "orders", "Filter": {},
             "Plan Rows": {kept}, "Actual Total Time": 50.0, "Actual Rows": {kept}, "Actual Loops": 1,
             "Rows Removed by Filter": {}}}"#,
        serde_json::Value::from(filter),
        100_000.0 - kept
    ))
}

/// What is known: these tables.
pub fn tables(tables: Vec<Table>) -> Catalog {
    Catalog { tables, ..Catalog::default() }
}

/// A table of so many rows, with plain indexes on these columns: `a, b`.
pub fn table(name: &str, rows: f64, indexes: &[&str]) -> Table {
    let mut table = Table { rows, readable: true, analyzed: true, ..Table::default() };
    table.name.name = name.to_owned();
    table.indexes = indexes.iter().map(|columns| index(columns)).collect();
    table
}

/// A plain B-tree on these columns, named by them.
pub fn index(columns: &str) -> Index {
    let key = |column: &str| IndexKey {
        column: Some(column.to_owned()),
        expression: column.to_owned(),
        default_opclass: true,
        default_collation: true,
        ..IndexKey::default()
    };
    let keys = columns.split(", ").map(key).collect();
    Index { name: columns.into(), method: "btree".into(), keys, valid: true, ..Index::default() }
}
