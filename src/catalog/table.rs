//! A table, its columns and what `ANALYZE` knows of them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Index;
use crate::query::name::quote;
use crate::units::Bytes;

/// A table's name with its schema. Displays as sentences name it: without `public`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct TableName {
    /// The schema.
    pub schema: String,
    /// The table.
    pub name: String,
}

/// `pg_class.relkind`, where rows can be read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// An ordinary table.
    #[default]
    Table,
    /// A partitioned table: it holds no rows itself.
    Partitioned,
    /// A materialized view.
    MaterializedView,
    /// A foreign table: its indexes are elsewhere.
    Foreign,
    /// Anything else.
    Other,
}

/// A table that a plan touches.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// What kind of relation it is.
    pub kind: TableKind,
    /// `pg_class.reltuples`: rows at the last VACUUM or ANALYZE; -1 when never counted.
    pub rows: f64,
    /// `pg_class.relpages`: pages at that time.
    pub pages: u64,
    /// `pg_relation_size`: its size now, without indexes and TOAST; all partitions together.
    pub bytes: Bytes,
    /// `pg_class.relallvisible`.
    pub all_visible_pages: u64,
    /// The partitioned table at the top, when this is a partition.
    pub partition_root: Option<TableName>,
    /// Its leaf partitions, when it is partitioned.
    pub partitions: Vec<TableName>,
    /// Its partitions that are partitioned themselves, and all that belongs to those, from the top down.
    #[serde(default)]
    pub below: Vec<Part>,
    /// Whether each leaf's index can be attached to the one above it: none of them is foreign.
    pub attachable: bool,
    /// Names that are taken in the table's schema and begin like the table's own.
    pub taken: Vec<String>,
    /// Whether the session's role may create an index on it (it owns the table).
    pub owned: bool,
    /// The role that owns it.
    pub owner: String,
    /// Whether that role is a superuser, whom nobody should become for the sake of an index.
    pub owner_is_superuser: bool,
    /// Whether the session's role may read it.
    pub readable: bool,
    /// Its columns, in the table's order.
    pub columns: Vec<Column>,
    /// Its indexes, valid or not.
    pub indexes: Vec<Index>,
    /// Foreign keys of other tables that refer to this one; known only for statements that write.
    pub referenced_by: Vec<ForeignKey>,
    /// `pg_stat_user_tables.n_mod_since_analyze`.
    pub modified_since_analyze: Option<u64>,
    /// Whether ANALYZE or autovacuum ever looked at it.
    pub analyzed: bool,
    /// What was written to it.
    #[serde(default)]
    pub activity: Option<Activity>,
    /// Its storage parameters, such as `fillfactor=70` (`pg_class.reloptions`).
    #[serde(default)]
    pub options: Vec<String>,
}

/// A part of a table whose partitions are partitioned themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: TableName,
    /// The partitioned table right above it.
    pub parent: TableName,
    /// Whether it holds rows, rather than partitions.
    pub leaf: bool,
}

/// What was written to a table (manual, "pg_stat_all_tables"); all partitions together.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Activity {
    /// Rows inserted.
    pub inserted: u64,
    /// Rows updated.
    pub updated: u64,
    /// Rows updated without a new entry in any index (HOT).
    pub hot_updated: u64,
    /// Rows deleted.
    pub deleted: u64,
    /// Over how many seconds that was counted; `None` where nobody knows, since the counters were never reset.
    pub seconds: Option<f64>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as `format_type` prints it: `character varying(20)`.
    pub type_name: String,
    /// NOT NULL.
    pub not_null: bool,
    /// Whether its type has a default B-tree operator class.
    pub btree: bool,
    /// Its type without modifiers, below a domain: `character varying`.
    #[serde(default)]
    pub base_type: String,
    /// `pg_type.typcategory` of that type: `A` arrays, `D` dates and times, `I` networks, `N` numbers, `R` ranges, `S`
    /// strings, ….
    #[serde(default)]
    pub category: String,
    /// The type of its elements, when it is an array.
    #[serde(default)]
    pub element_type: Option<String>,
    /// Its collation as SQL names it; `None` where the type has none.
    #[serde(default)]
    pub collation: Option<String>,
    /// Whether that collation orders by bytes (`C`, `POSIX`), so that an index serves patterns with a fixed beginning.
    #[serde(default)]
    pub ordered_by_bytes: bool,
    /// What ANALYZE found; `None` when it never ran, or the role may not read the column.
    pub statistics: Option<ColumnStatistics>,
}

/// A row of `pg_stats` (manual, "pg_stats").
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ColumnStatistics {
    /// The part of the rows that are NULL.
    pub null_frac: f64,
    /// The number of distinct values; negative: minus the part of the rows that are distinct.
    pub n_distinct: f64,
    /// Average width in bytes.
    pub avg_width: u32,
    /// How far the order of rows on disk follows the column's order, from -1 to 1.
    pub correlation: Option<f64>,
    /// The most common values as text, with the part of the rows that each has.
    pub most_common: Vec<(String, f64)>,
    /// Bounds of a histogram with equally many rows in each step, as text.
    pub histogram: Vec<String>,
}

/// A foreign key that refers to a table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: String,
    /// The table that refers.
    pub table: TableName,
    /// Its columns that refer, in the constraint's order.
    pub columns: Vec<String>,
    /// The columns that they refer to, in the same order.
    #[serde(default)]
    pub referenced: Vec<String>,
}

impl TableName {
    /// The name as SQL that runs must write it: with its schema, so that no `search_path` leads elsewhere.
    pub fn sql(&self) -> String {
        match self.schema.as_str() {
            "" => quote(&self.name),
            schema => format!("{}.{}", quote(schema), quote(&self.name)),
        }
    }

    /// Whether it is one of PostgreSQL's own.
    pub fn is_of_the_system(&self) -> bool {
        matches!(self.schema.as_str(), "pg_catalog" | "information_schema" | "pg_toast")
    }
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }
}

impl ColumnStatistics {
    /// The number of distinct values in a table of so many rows.
    pub fn distinct(&self, rows: f64) -> f64 {
        if self.n_distinct < 0.0 { (-self.n_distinct * rows).max(1.0) } else { self.n_distinct.max(1.0) }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `public` is in every default search_path, and people leave it out.
        if !self.schema.is_empty() && self.schema != "public" {
            write!(f, "{}.", quote(&self.schema))?;
        }
        f.write_str(&quote(&self.name))
    }
}
