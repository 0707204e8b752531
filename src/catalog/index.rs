//! An index as the catalogs describe it.

use serde::{Deserialize, Serialize};

use crate::units::Bytes;

/// An index of a table (manual, "pg_index").
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Index {
    /// Its name, without the schema, which is the table's.
    pub name: String,
    /// The access method: `btree`, `gin`, …
    pub method: String,
    /// The key columns, in order.
    pub keys: Vec<IndexKey>,
    /// The columns that are merely carried (INCLUDE).
    pub include: Vec<String>,
    /// The WHERE of a partial index, deparsed.
    pub predicate: Option<String>,
    /// Whether it enforces uniqueness.
    pub unique: bool,
    /// Whether something else stands on it: a constraint, CLUSTER's order, a replica identity.
    pub constraint: bool,
    /// `indisvalid` and `indisready`: whether queries may use it.
    pub valid: bool,
    /// Its size.
    pub bytes: Bytes,
    /// The statement that makes it again (`pg_get_indexdef`).
    #[serde(default)]
    pub definition: String,
}

/// A key column of an index.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IndexKey {
    /// The column; `None` for an expression.
    pub column: Option<String>,
    /// The column's name or the expression, deparsed.
    pub expression: String,
    /// DESC.
    pub descending: bool,
    /// NULLS FIRST, as stored: the default for DESC.
    pub nulls_first: bool,
    /// Whether the operator class is the type's default.
    pub default_opclass: bool,
    /// Whether the collation is the column's own.
    pub default_collation: bool,
    /// The operator class: `int4_ops`, `jsonb_path_ops`.
    #[serde(default)]
    pub opclass: String,
    /// The collation as SQL names it; `None` where the type has none.
    #[serde(default)]
    pub collation: Option<String>,
}

impl Index {
    /// Whether it is a B-tree over all rows that queries may use.
    pub fn is_plain_btree(&self) -> bool {
        self.method == "btree" && self.predicate.is_none() && self.valid
    }
}
