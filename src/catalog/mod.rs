//! What is known of tables, columns and indexes: pure data, from PostgreSQL's system catalogs.

mod differences;
mod file;
mod index;
mod selectivity;
mod table;

pub use differences::{Differences, SYSTEM_COLUMNS};
pub use file::{CatalogFile, Origin};
pub use index::{Index, IndexKey};
pub use table::{Activity, Column, ColumnStatistics, ForeignKey, Part, Table, TableKind, TableName};

use serde::{Deserialize, Serialize};

use crate::plan::Relation;

/// The tables that a plan touches, and the partitioned tables that they belong to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// In no particular order.
    #[serde(default)]
    pub tables: Vec<Table>,
    /// The extensions that bring operator classes, as far as the server has their files.
    #[serde(default)]
    pub extensions: Vec<Extension>,
    /// The functions whose names the plan mentions, each of an overloaded name's.
    #[serde(default)]
    pub functions: Vec<Function>,
}

/// An extension that is installed, or could be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// The schema that it is installed in; `None` when it is not.
    pub schema: Option<String>,
}

/// A function of the database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The types of its arguments, as `format_type` prints them.
    pub arguments: Vec<String>,
    /// `pg_proc.provolatile`: `i` immutable, `s` stable, `v` volatile.
    pub volatility: String,
}

impl Catalog {
    /// The table that a plan names; by name alone where the plan prints no schema (VERBOSE off).
    pub fn table(&self, relation: &Relation) -> Option<&Table> {
        let schema_fits = |t: &Table| relation.schema.as_ref().is_none_or(|schema| *schema == t.name.schema);
        self.tables.iter().find(|t| t.name.name == relation.name && schema_fits(t))
    }

    /// The table of this name.
    pub fn named(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|t| t.name == *name)
    }

    /// The extension of this name, installed or not; `None` where the server does not have it.
    pub fn extension(&self, name: &str) -> Option<&Extension> {
        self.extensions.iter().find(|extension| extension.name == name)
    }

    /// The partitioned table that `table` belongs to, at the top; the table itself when it is no partition.
    pub fn root<'a>(&'a self, table: &'a Table) -> &'a Table {
        table.partition_root.as_ref().and_then(|root| self.named(root)).unwrap_or(table)
    }
}
