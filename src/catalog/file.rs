//! A catalog in a file: what `advisor catalog` writes, and `--catalog` reads (docs/catalog.md).

use serde::{Deserialize, Serialize};

use super::{Catalog, Extension, Table, TableName};
use crate::error::{Error, Result};
use crate::plan::{Plan, Relation};

/// The format's version: it grows when a field goes or changes its meaning, not when one is added.
const CATALOG_VERSION: u32 = 1;

/// What writes a catalog.
const HOW: &str = "`advisor catalog -d DSN > FILE` writes a catalog";

/// What was known of a database's tables, where and when.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct CatalogFile {
    /// Where and when it was read, and what is in it.
    pub origin: Origin,
    /// The tables.
    pub tables: Vec<Table>,
    /// The extensions that bring operator classes, as far as the server has their files.
    #[serde(default)]
    pub extensions: Vec<Extension>,
}

/// Where a catalog comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The database.
    pub database: String,
    /// `server_version`, e.g. `15.14 (Debian 15.14-0+deb12u1)`.
    pub server_version: String,
    /// `server_version_num`, e.g. 150014.
    pub server_version_num: u32,
    /// When it was read, in UTC: `2026-11-23T13:50:00Z`.
    pub taken_at: String,
    /// The schemas in which a table that is named without one was looked for.
    pub search_path: Vec<String>,
    /// Whether it holds values of the tables' rows: most common values, bounds of histograms.
    pub values: bool,
}

/// What marks a file as a catalog.
#[derive(Deserialize)]
struct Mark {
    catalog_version: Option<u32>,
}

impl CatalogFile {
    /// The file's text: JSON, a line for each table, so that two of them can be compared line by line.
    pub fn write(&self) -> String {
        let tables: Vec<String> = self.tables.iter().map(json).collect();
        format!(
            "{{\"catalog_version\":{CATALOG_VERSION},\n\"origin\":{},\n\"extensions\":{},\n\"tables\":[\n{}\n]}}\n",
            json(&self.origin),
            json(&self.extensions),
            tables.join(",\n")
        )
    }

    /// Reads a file's text; what cannot be read is named with its line and column.
    pub fn read(text: &str) -> Result<Self> {
        // A list would be taken for a structure without names, and a plan is a list.
        if !text.trim_start().starts_with('{') {
            return Err(Error::input("it is not a catalog: expected `{` at line 1, column 1").hint(HOW));
        }
        let mark: Mark = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
        match mark.catalog_version {
            None => Err(Error::input("it is not a catalog: there is no `catalog_version`").hint(HOW)),
            Some(later) if later > CATALOG_VERSION => Err(Error::input(format!(
                "it was written by a later advisor, in version {later} of the format; this one reads version \
                 {CATALOG_VERSION}"
            ))
            .hint("install the later advisor here, or write the catalog again with this one")),
            Some(_) => serde_json::from_str(text).map_err(|error| unreadable(&error)),
        }
    }

    /// The same without the values of the tables' rows: how often values are, and how many there are, stays known.
    #[must_use]
    pub fn without_values(mut self) -> Self {
        self.origin.values = false;
        let columns = self.tables.iter_mut().flat_map(|table| &mut table.columns);
        for statistics in columns.filter_map(|column| column.statistics.as_mut()) {
            statistics.most_common.clear();
            statistics.histogram.clear();
        }
        self
    }

    /// What is known of a plan's tables, as a server would tell it: the tables that the plan names, the partitioned
    /// tables above them, and for a statement that writes, the tables that refer to them.
    pub fn of_plan(&self, plan: &Plan) -> Catalog {
        let mut names: Vec<&TableName> = Vec::new();
        for relation in plan.nodes.iter().filter_map(|node| node.relation.as_ref()) {
            let Some(table) = self.table(relation) else { continue };
            names.push(&table.name);
            names.extend(&table.partition_root);
            names.extend(table.referenced_by.iter().filter(|_| plan.writes()).map(|key| &key.table));
        }
        let wanted = self.tables.iter().filter(|table| names.contains(&&table.name));
        Catalog {
            tables: wanted.cloned().collect(),
            extensions: self.extensions.clone(),
            functions: Vec::new(),
        }
    }

    /// The table that a plan means. Without a schema (VERBOSE off), the one on the search path, or else the only one
    /// of this name.
    fn table(&self, relation: &Relation) -> Option<&Table> {
        let mut called = self.tables.iter().filter(|table| table.name.name == relation.name);
        if let Some(schema) = &relation.schema {
            return called.find(|table| table.name.schema == *schema);
        }
        let called: Vec<&Table> = called.collect();
        let within = |schema: &String| called.iter().find(|table| table.name.schema == *schema).copied();
        match called.as_slice() {
            [only] => Some(only),
            _ => self.origin.search_path.iter().find_map(within),
        }
    }
}

/// These values are texts, numbers and lists, of which JSON can always be made.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn unreadable(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let said = error.to_string();
    // serde_json ends with the place, which is told in our own words.
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(what, _)| what);
    let what = if error.is_eof() { "it is cut off" } else { "it cannot be read" };
    Error::input(format!("{what} at line {line}, column {column}: {said}")).hint(HOW)
}

#[cfg(test)]
mod tests {
    use super::super::{Column, ColumnStatistics, ForeignKey};
    use super::*;
    use crate::plan::{Node, Operator};

    fn name(text: &str) -> TableName {
        let (schema, name) = text.split_once('.').unwrap_or(("public", text));
        TableName { schema: schema.into(), name: name.into() }
    }

    fn table(text: &str) -> Table {
        Table { name: name(text), ..Table::default() }
    }

    fn shop() -> CatalogFile {
        let statistics = ColumnStatistics {
            null_frac: 0.033_333_335,
            n_distinct: -0.123_456_7,
            correlation: Some(-1.0),
            most_common: vec![("a \"quoted\" \u{1b} value".into(), 1e-7)],
            histogram: vec!["2024-01-01".into()],
            ..ColumnStatistics::default()
        };
        let column = Column { name: "created".into(), statistics: Some(statistics), ..Column::default() };
        let columns = vec!["order_id".into()];
        let key = ForeignKey { name: "fk".into(), table: name("items"), columns, ..ForeignKey::default() };
        let tables = vec![
            Table { columns: vec![column], referenced_by: vec![key], rows: 1e9, ..table("orders") },
            table("items"),
            table("archive.orders"),
            table("archive.log"),
            Table { partition_root: Some(name("events")), ..table("events_2024") },
            table("events"),
            table("a.twice"),
            table("b.twice"),
        ];
        let search_path = vec!["app".to_owned(), "public".to_owned()];
        CatalogFile {
            origin: Origin { search_path, values: true, ..Origin::default() },
            tables,
            extensions: Vec::new(),
        }
    }

    fn reads(relation: &str, operator: Operator) -> Plan {
        let (schema, name) = relation.rsplit_once('.').map_or((None, relation), |(s, n)| (Some(s), n));
        let relation = Relation { schema: schema.map(str::to_owned), name: name.into(), alias: None };
        Plan {
            nodes: vec![Node { operator, relation: Some(relation), ..Node::default() }],
            ..Plan::default()
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let shop = shop();
        let text = shop.write();
        assert_eq!(CatalogFile::read(&text).expect("a catalog"), shop);
        assert_eq!(text.lines().count(), 4 + shop.tables.len() + 1, "a line for each table: {text}");
        let newer = text.replace("\"taken_at\"", "\"new_field\":[{}],\"taken_at\"");
        assert_eq!(CatalogFile::read(&newer).expect("a catalog with more in it"), shop);
    }

    #[test]
    fn values_can_be_left_out() {
        let text = shop().without_values().write();
        assert!(!text.contains("quoted") && !text.contains("2024-01-01"), "{text}");
        assert!(text.contains("\"values\":false") && text.contains("0.033333335"), "{text}");
    }

    #[test]
    fn a_plan_gets_the_tables_that_it_means() {
        let table: [(&str, Operator, &[&str]); 9] = [
            ("public.orders", Operator::SeqScan, &["orders"]),
            ("orders", Operator::SeqScan, &["orders"]),
            ("orders", Operator::ModifyTable, &["orders", "items"]),
            ("archive.orders", Operator::SeqScan, &["archive.orders"]),
            ("log", Operator::SeqScan, &["archive.log"]),
            ("public.log", Operator::SeqScan, &[]),
            ("events_2024", Operator::SeqScan, &["events_2024", "events"]),
            ("twice", Operator::SeqScan, &[]),
            ("nowhere", Operator::SeqScan, &[]),
        ];
        for (relation, operator, expected) in table {
            let catalog = shop().of_plan(&reads(relation, operator));
            let found: Vec<String> = catalog.tables.iter().map(|table| table.name.to_string()).collect();
            assert_eq!(found, expected, "{relation}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        let text = shop().write();
        let cut: String = text.chars().take(text.find("items").expect("a table")).collect();
        let wrong = text.replacen("\"rows\":1000000000.0", "\"rows\":\"many\"", 1);
        let later = text.replace("\"catalog_version\":1", "\"catalog_version\":7");
        for (text, expected) in [
            ("", "it is not a catalog: expected `{` at line 1, column 1"),
            ("{", "it is cut off at line 1, column 1: EOF while parsing an object"),
            (cut.as_str(), "it is cut off at line 5, column "),
            (&wrong, "it cannot be read at line 5, column "),
            (
                &later,
                "it was written by a later advisor, in version 7 of the format; this one reads version 1",
            ),
            ("{}", "it is not a catalog: there is no `catalog_version`"),
            ("{\"catalog_version\":1}", "it cannot be read at line 1, column 21: missing field `origin`"),
            ("[{\"Plan\": {}}]", "it is not a catalog: expected `{` at line 1, column 1"),
            ("{\"catalog_version\": 1, x}", "it cannot be read at line 1, column 24: key must be a string"),
            ("select 1", "it is not a catalog: expected `{` at line 1, column 1"),
        ] {
            let error = CatalogFile::read(text).expect_err("no catalog");
            assert!(error.what().starts_with(expected), "{}", error.what());
            assert!(error.advice().is_some());
        }
    }
}
