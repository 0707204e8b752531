//! An index that does not exist yet, and the statements that make it.

use std::fmt::Write as _;

use crate::catalog::{Part, Table, TableName};
use crate::query::Expr;
use crate::query::name::quote;

/// An index that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSpec {
    /// Its name, chosen as PostgreSQL would.
    pub name: String,
    /// The table; the topmost partitioned table for a partition.
    pub table: TableName,
    /// The leaf partitions, when the table is partitioned.
    pub partitions: Vec<TableName>,
    /// Where partitions are partitioned themselves: all parts, from the top down.
    pub below: Vec<Part>,
    /// Whether indexes on the partitions can be attached to the one above them, one by one.
    pub attachable: bool,
    /// The access method.
    pub method: Method,
    /// What is searched or ordered by, in order.
    pub keys: Vec<Key>,
    /// Columns that are merely carried, so that the table need not be read (INCLUDE).
    pub include: Vec<String>,
    /// Which rows it holds (WHERE), as SQL with bare column names; `None` is all.
    pub predicate: Option<String>,
    /// A storage parameter (WITH), such as `pages_per_range = 16`.
    pub parameter: Option<String>,
    /// An extension that must be created first.
    pub extension: Option<String>,
}

/// An index access method (manual, "Index Types").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Ordered: equality, ranges, sorting.
    BTree,
    /// Equality alone.
    Hash,
    /// Values with parts: arrays, documents, words, trigrams.
    Gin,
    /// Overlap and distance: ranges, networks, points.
    Gist,
    /// Summaries of runs of pages, for what is stored in its own order.
    Brin,
}

/// What one key of an index is made of, and in which order it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// A column, or an expression over the row.
    pub value: KeyValue,
    /// A collation that is not the column's own, as SQL writes it.
    pub collation: Option<String>,
    /// An operator class that is not the type's default, as SQL writes it.
    pub opclass: Option<String>,
    /// DESC.
    pub descending: bool,
    /// NULLS FIRST.
    pub nulls_first: bool,
}

/// What a key is made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyValue {
    /// A column, by its name.
    Column(String),
    /// An expression, as SQL with bare column names.
    Expression(String),
}

impl Method {
    /// Its name in SQL and in the catalogs.
    pub fn name(self) -> &'static str {
        match self {
            Self::BTree => "btree",
            Self::Hash => "hash",
            Self::Gin => "gin",
            Self::Gist => "gist",
            Self::Brin => "brin",
        }
    }

    /// Whether HypoPG can let the planner see such an index (its documentation, "Usage": B-tree, BRIN, hash, bloom).
    pub fn can_be_imagined(self) -> bool {
        matches!(self, Self::BTree | Self::Hash | Self::Brin)
    }

    /// Whether its keys have an order.
    pub fn is_ordered(self) -> bool {
        self == Self::BTree
    }
}

impl Key {
    /// A column in the default order: ASC NULLS LAST.
    pub fn ascending(column: impl Into<String>) -> Self {
        Self::of(KeyValue::Column(column.into()))
    }

    /// An expression in the default order.
    pub fn expression(sql: impl Into<String>) -> Self {
        Self::of(KeyValue::Expression(sql.into()))
    }

    /// A column or an expression in the default order, with the default operator class and its own collation.
    pub fn of(value: KeyValue) -> Self {
        Self { value, collation: None, opclass: None, descending: false, nulls_first: false }
    }

    /// The same under this operator class.
    #[must_use]
    pub fn with_opclass(mut self, opclass: impl Into<String>) -> Self {
        self.opclass = Some(opclass.into());
        self
    }

    /// The column, where it is one.
    pub fn column(&self) -> Option<&str> {
        self.value.column()
    }

    /// The key as it stands in `CREATE INDEX`.
    pub fn sql(&self) -> String {
        let mut sql = self.value.sql();
        if let Some(collation) = &self.collation {
            let _ = write!(sql, " COLLATE {collation}");
        }
        if let Some(opclass) = &self.opclass {
            let _ = write!(sql, " {opclass}");
        }
        if self.descending {
            sql += " DESC";
        }
        // NULLS LAST is the default for ASC, NULLS FIRST for DESC (manual, "CREATE INDEX").
        match (self.descending, self.nulls_first) {
            (false, true) => sql += " NULLS FIRST",
            (true, false) => sql += " NULLS LAST",
            _ => {}
        }
        sql
    }
}

impl KeyValue {
    /// The column, where it is one.
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::Column(name) => Some(name),
            Self::Expression(_) => None,
        }
    }

    /// As a key of `CREATE INDEX` writes it: an expression in parentheses, which only a bare function call does
    /// without.
    pub fn sql(&self) -> String {
        match self {
            Self::Column(name) => quote(name),
            Self::Expression(sql) if sql.starts_with('(') && sql.ends_with(')') && is_one_group(sql) => {
                sql.clone()
            }
            Self::Expression(sql) if called(sql).is_some_and(|name| is_one_group(&sql[name.len()..])) => {
                sql.clone()
            }
            Self::Expression(sql) => format!("({sql})"),
        }
    }

    /// As sentences name it.
    pub fn told(&self) -> String {
        match self {
            Self::Column(name) => name.clone(),
            Self::Expression(sql) => sql.clone(),
        }
    }
}

/// Whether the parenthesis that opens a text closes at its end: `(a + b)`, not `(a) + (b)`.
fn is_one_group(sql: &str) -> bool {
    let mut depth = 0i32;
    let mut text = false;
    for (at, c) in sql.char_indices() {
        match c {
            '\'' => text = !text,
            '(' if !text => depth += 1,
            ')' if !text => depth -= 1,
            _ => {}
        }
        if depth == 0 && at + 1 < sql.len() {
            return false;
        }
    }
    depth == 0
}

impl IndexSpec {
    /// A B-tree on this table, under a name that is free.
    pub fn on(table: &Table, keys: Vec<Key>) -> Self {
        Self::by(Method::BTree, table, keys)
    }

    /// An index by this method on this table, under a name that is free.
    pub fn by(method: Method, table: &Table, keys: Vec<Key>) -> Self {
        let taken: Vec<&str> = table.taken.iter().map(String::as_str).collect();
        Self {
            name: index_name(&table.name.name, &keys, &taken),
            table: table.name.clone(),
            partitions: table.partitions.clone(),
            below: table.below.clone(),
            attachable: table.attachable,
            method,
            keys,
            include: Vec::new(),
            predicate: None,
            parameter: None,
            extension: None,
        }
    }

    /// The same, carrying these columns.
    #[must_use]
    pub fn including(mut self, columns: Vec<String>) -> Self {
        self.include = columns;
        self
    }

    /// The same, over the rows that pass this condition alone.
    #[must_use]
    pub fn only(mut self, predicate: impl Into<String>) -> Self {
        self.predicate = Some(predicate.into());
        self
    }

    /// The same, with this storage parameter: `pages_per_range = 16`.
    #[must_use]
    pub fn with(mut self, parameter: &str) -> Self {
        self.parameter = Some(parameter.to_owned());
        self
    }

    /// The name that PostgreSQL would choose on this table: what is carried is part of it (`ChooseIndexName`). What may stand
    /// beside a B-tree of the same keys, as an alternative, has its method in its name.
    pub fn name_on(&self, table: &Table) -> String {
        let taken: Vec<&str> = table.taken.iter().map(String::as_str).collect();
        index_name(&table.name.name, &self.columns(), &taken)
    }

    /// Whether the planner knows nothing of what is in it before ANALYZE: an expression has statistics by its index alone
    /// (manual, "Statistics Used by the Planner").
    pub fn wants_statistics(&self) -> bool {
        self.method.is_ordered() && self.keys.iter().any(|key| key.column().is_none())
    }

    /// The statement that gathers them.
    pub(super) fn finish(&self) -> Option<String> {
        self.wants_statistics().then(|| format!("ANALYZE {};", self.table.sql()))
    }

    /// What the name is made of: the keys, what is carried like keys, and the method where names would be alike.
    pub(super) fn columns(&self) -> Vec<Key> {
        let method = matches!(self.method, Method::Hash | Method::Brin).then(|| self.method.name());
        let carried = self.include.iter().map(String::as_str).chain(method);
        self.keys.iter().cloned().chain(carried.map(Key::ascending)).collect()
    }

    /// The same, with an extension that must be created first.
    #[must_use]
    pub fn needing(mut self, extension: Option<&str>) -> Self {
        self.extension = extension.map(str::to_owned);
        self
    }

    /// `orders (customer_id, created_at DESC)`, with what else tells it from others.
    pub fn told(&self) -> String {
        let method = match self.method {
            Method::BTree => String::new(),
            other => format!(" by {}", other.name()),
        };
        format!("{}{method} {}", self.table, self.definition())
    }

    /// The columns that it depends on, the first key's first.
    pub(super) fn depends_on(&self) -> Vec<String> {
        let within = |sql: &str| {
            let expr = Expr::parse(sql);
            expr.iter().flat_map(Expr::columns).map(|(_, name)| name.to_owned()).collect::<Vec<_>>()
        };
        let mut columns: Vec<String> = Vec::new();
        for key in &self.keys {
            match &key.value {
                KeyValue::Column(name) => columns.push(name.clone()),
                KeyValue::Expression(sql) => columns.extend(within(sql)),
            }
        }
        columns.extend(self.include.iter().cloned());
        columns.extend(self.predicate.as_deref().map(within).unwrap_or_default());
        columns
    }

    /// Everything from the keys on.
    fn definition(&self) -> String {
        let keys: Vec<String> = self.keys.iter().map(Key::sql).collect();
        let mut sql = format!("({})", keys.join(", "));
        if !self.include.is_empty() {
            let columns: Vec<String> = self.include.iter().map(|column| quote(column)).collect();
            let _ = write!(sql, " INCLUDE ({})", columns.join(", "));
        }
        if let Some(parameter) = &self.parameter {
            let _ = write!(sql, " WITH ({parameter})");
        }
        if let Some(predicate) = &self.predicate {
            let _ = write!(sql, " WHERE {predicate}");
        }
        sql
    }

    pub(super) fn create(&self, how: &str, name: &str, on: &str, table: &TableName) -> String {
        let method = match self.method {
            Method::BTree => String::new(),
            other => format!(" USING {}", other.name()),
        };
        format!("{how} {} {on} {}{method} {};", quote(name), table.sql(), self.definition())
    }

    /// The statement that creates what the index needs.
    pub(super) fn prepare(&self) -> Option<String> {
        self.extension.as_ref().map(|name| format!("CREATE EXTENSION IF NOT EXISTS {};", quote(name)))
    }

    /// An index's name with its table's schema.
    pub(super) fn qualified(&self, name: &str) -> String {
        TableName { schema: self.table.schema.clone(), name: name.to_owned() }.sql()
    }
}

/// PostgreSQL's identifiers end after 63 bytes (manual, "Identifiers and Key Words": NAMEDATALEN).
const NAME_BYTES: usize = 63;

/// `table_column_column_idx`, as PostgreSQL would name it (`ChooseIndexName`), and not one of `taken`.
pub fn index_name(table: &str, keys: &[Key], taken: &[&str]) -> String {
    let free = |name: &String| !taken.contains(&name.as_str());
    std::iter::once("_idx".to_owned())
        .chain((1..).map(|n: u32| format!("_idx{n}")))
        .map(|suffix| named(table, keys, &suffix))
        .find(free)
        .unwrap_or_default()
}

/// The table and the keys with this ending, as far as there is room.
pub(super) fn named(table: &str, keys: &[Key], suffix: &str) -> String {
    let columns: Vec<String> = keys.iter().map(named_after).collect();
    let stem = format!("{table}_{}", columns.join("_"));
    let mut end = stem.len().min(NAME_BYTES - suffix.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{suffix}", &stem[..end])
}

/// The same name with one more digit; where there is no room for it, its stem loses a letter.
pub(super) fn numbered(name: &str) -> String {
    let (stem, ending) = name.split_at(name.rfind("_idx").unwrap_or(name.len()));
    let mut end = stem.len().min(NAME_BYTES - ending.len() - 1);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}1", &stem[..end])
}

/// PostgreSQL names an expression after its function, or `expr` (`ChooseIndexColumnNames`).
fn named_after(key: &Key) -> String {
    match &key.value {
        KeyValue::Column(name) => name.clone(),
        KeyValue::Expression(sql) => called(sql).map_or_else(|| "expr".to_owned(), str::to_ascii_lowercase),
    }
}

/// The name of the function with whose call an expression begins.
fn called(sql: &str) -> Option<&str> {
    let end = sql.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(sql.len());
    let (name, rest) = sql.split_at(end);
    (!name.is_empty() && rest.starts_with('(')).then_some(name)
}

#[cfg(test)]
mod tests;
