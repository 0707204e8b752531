//! What the treatments' own tests are made with.

use super::{Case, Proposal, Treatment};
use crate::catalog::{Catalog, Column, Extension, Function, Index, IndexKey, Table, TableName};
use crate::plan::{Plan, read_json};

/// A table `t` of these columns (`id integer, tags text[]`), of 100,000 rows, with the extensions on the server.
pub fn table(columns: &str) -> Catalog {
    let column = |text: &str| {
        let (name, kind) = text.trim().split_once(' ').expect("a name and a type");
        let unordered = ["point", "box", "json", "circle", "polygon"].contains(&kind);
        Column {
            name: name.into(),
            type_name: kind.into(),
            base_type: kind.into(),
            btree: !unordered,
            ..Column::default()
        }
    };
    let name = TableName { schema: "public".into(), name: "t".into() };
    let columns = columns.split(", ").map(column).collect();
    let extension = |name: &str| Extension { name: name.into(), schema: None };
    Catalog {
        tables: vec![Table { name, columns, rows: 100_000.0, pages: 1000, ..Table::default() }],
        extensions: ["btree_gin", "btree_gist", "pg_trgm"].map(extension).into(),
        functions: functions(),
    }
}

/// Functions as `pg_proc` of 15 has them.
fn functions() -> Vec<Function> {
    let all = [
        ("to_tsvector", "text", "s"),
        ("to_tsvector", "regconfig, text", "i"),
        ("to_tsvector", "regconfig, jsonb", "i"),
        ("lower", "text", "i"),
        ("lower", "anyrange", "i"),
        ("upper", "text", "i"),
        ("concat", "\"any\"", "s"),
        ("string_to_array", "text, text", "i"),
        ("daterange", "date, date", "i"),
        ("now", "", "s"),
    ];
    let function = |(name, arguments, volatility): (&str, &str, &str)| Function {
        schema: "pg_catalog".into(),
        name: name.into(),
        arguments: arguments.split(", ").filter(|a| !a.is_empty()).map(str::to_owned).collect(),
        volatility: volatility.into(),
    };
    all.map(function).into()
}

impl Catalog {
    /// The same with an index: `gin: doc jsonb_path_ops | id`; a default operator class where none is named.
    pub fn with_index(mut self, definition: &str) -> Self {
        let (method, keys) = definition.split_once(": ").expect("a method");
        let key = |text: &str| {
            let (value, class) = match text.rsplit_once(' ') {
                Some((value, class)) if class.ends_with("_ops") => (value, class),
                _ => (text, ""),
            };
            let is_column = value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            IndexKey {
                column: is_column.then(|| value.to_owned()),
                expression: value.to_owned(),
                default_opclass: class.is_empty(),
                default_collation: true,
                opclass: class.to_owned(),
                ..IndexKey::default()
            }
        };
        let keys = keys.split(" | ").map(key).collect();
        let index =
            Index { name: "there".into(), method: method.into(), keys, valid: true, ..Index::default() };
        self.tables[0].indexes.push(index);
        self
    }

    /// The same with an extension installed in this schema.
    pub fn with_extension(mut self, name: &str, schema: &str) -> Self {
        self.extensions.retain(|known| known.name != name);
        self.extensions.push(Extension { name: name.into(), schema: Some(schema.into()) });
        self
    }
}

/// The plan under this JSON object, as PostgreSQL prints one node and what is below.
pub fn plan(node: &str) -> Plan {
    let text = format!(r#"[{{"Plan": {node}, "Planning Time": 0.1, "Execution Time": 100.0}}]"#);
    read_json(&text).expect("the test's plan").remove(0)
}

/// The plan under this JSON object, of a statement that was not run.
pub fn planned(node: &str) -> Plan {
    read_json(&format!(r#"[{{"Plan": {node}}}]"#)).expect("the test's plan").remove(0)
}

/// A sequential scan of `t` with this filter, which keeps so many of 100,000 rows.
pub fn scan(filter: &str, kept: f64) -> String {
    format!(
        r#"{{"Node Type": "Seq Scan", "Relation Name": "t", "Schema": "public", "Alias": "t", "Filter": {},
             "Parent Relationship": "Outer", "Plan Rows": {kept}, "Actual Total Time": 50.0, "Actual Rows": {kept},
             "Actual Loops": 1, "Rows Removed by Filter": {}}}"#,
        serde_json::Value::from(filter),
        100_000.0 - kept
    )
}

/// Ten rows of `t` in this order.
pub fn first_ten(key: &str, filter: &str) -> Plan {
    plan(&format!(
        r#"{{"Node Type": "Limit", "Actual Total Time": 60.0, "Actual Rows": 10, "Actual Loops": 1, "Plans": [
             {{"Node Type": "Sort", "Parent Relationship": "Outer", "Sort Key": [{}], "Actual Total Time": 60.0,
               "Actual Rows": 10, "Actual Loops": 1, "Plans": [{}]}}]}}"#,
        serde_json::Value::from(key),
        scan(filter, 50_000.0)
    ))
}

/// What a treatment proposes for a plan: its statements, without what they all begin with; or why nothing.
pub fn advice(treatment: &Treatment, plan: &Plan, catalog: &Catalog) -> Vec<String> {
    let Proposal { remedies, silences } =
        (treatment.propose)(&Case { plan, findings: &[], catalog, sql: None });
    let sql = remedies.iter().map(|remedy| {
        let all: Vec<String> = remedy.sql().iter().map(|sql| short(sql)).collect();
        all.join("; ")
    });
    sql.chain(silences.into_iter().map(|silence| format!("silent: {}", silence.reason))).collect()
}

/// `gin (tags)` for `CREATE INDEX t_tags_idx ON public.t USING gin (tags);`.
fn short(sql: &str) -> String {
    let sql = sql.trim_end_matches(';');
    let index = sql.split_once(" ON ").map(|(_, rest)| {
        let (_, rest) = rest.split_once(' ').unwrap_or(("", rest));
        rest.trim_start_matches("USING ").to_owned()
    });
    index.filter(|_| sql.starts_with("CREATE INDEX")).unwrap_or_else(|| sql.to_owned())
}
