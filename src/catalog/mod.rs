//! What is known of tables, columns and indexes: pure data, from PostgreSQL's system catalogs.

mod differences;
mod file;
mod index;
mod selectivity;
mod table;

pub use differences::{Differences, SYSTEM_COLUMNS};
pub use file::{CatalogFile, Origin};
pub use index::{Index, IndexKey};
pub use table::{Column, ColumnStatistics, ForeignKey, Table, TableKind, TableName};

use serde::{Deserialize, Serialize};

use crate::plan::Relation;

/// The tables that a plan touches, and the partitioned tables that they belong to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// In no particular order.
    pub tables: Vec<Table>,
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

    /// The partitioned table that `table` belongs to, at the top; the table itself when it is no partition.
    pub fn root<'a>(&'a self, table: &'a Table) -> &'a Table {
        table.partition_root.as_ref().and_then(|root| self.named(root)).unwrap_or(table)
    }
}
