//! What a person's own idea is tried with: the indexes that it names, and whether two queries return the same rows.

use tokio_postgres::types::{ToSql, Type};

use super::{Refusal, Session, Trial};
use crate::catalog::TableName;
use crate::units::Bytes;

const ROWS: &str = include_str!("../../sql/catalog/rows.sql");

/// An index that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownIndex {
    /// Its name.
    pub name: TableName,
    /// Its table.
    pub table: TableName,
    /// Whether it is a partitioned table's.
    pub partitioned: bool,
    /// Whether it keeps values from being there twice.
    pub unique: bool,
    /// The statement that makes it again.
    pub definition: String,
    /// Its size, with its partitions'.
    pub bytes: Bytes,
    /// How often it was scanned since that is counted.
    pub scans: u64,
    /// For how many seconds it has been counted; `None` where the counters were never reset.
    pub seconds: Option<f64>,
}

/// How many rows a query returns, and a sum over all of them in which their order plays no part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// How many.
    pub count: u64,
    /// The sum of their hashes.
    pub digest: String,
}

/// The indexes of these names; without a schema, the one that the `search_path` finds. Those that are not there are
/// left out.
pub async fn indexes(session: &Session, names: &[TableName]) -> Result<Vec<KnownIndex>, Refusal> {
    let schemas: Vec<&str> = names.iter().map(|name| name.schema.as_str()).collect();
    let bare: Vec<&str> = names.iter().map(|name| name.name.as_str()).collect();
    let parameters: [(&(dyn ToSql + Sync), Type); 2] =
        [(&schemas, Type::TEXT_ARRAY), (&bare, Type::TEXT_ARRAY)];
    let rows = session.query(include_str!("../../sql/catalog/indexes.sql"), &parameters).await?;
    let read = |row: &tokio_postgres::Row| {
        let number = |at: usize| row.try_get::<_, Option<i64>>(at).ok().flatten().unwrap_or_default();
        let number = |at: usize| u64::try_from(number(at)).unwrap_or_default();
        Some(KnownIndex {
            name: TableName { schema: row.try_get(0).ok()?, name: row.try_get(1).ok()? },
            table: TableName { schema: row.try_get(2).ok()?, name: row.try_get(3).ok()? },
            partitioned: row.try_get(4).ok()?,
            unique: row.try_get(5).ok()?,
            definition: row.try_get(6).ok()?,
            bytes: Bytes(number(7)),
            scans: number(8),
            seconds: row.try_get(9).ok().flatten(),
        })
    };
    Ok(rows.iter().filter_map(read).collect())
}

impl Trial<'_> {
    /// The columns that a query returns, each with its type: `id int4`. Nothing is run for that.
    pub async fn columns(&self, sql: &str) -> Result<Vec<String>, Refusal> {
        let prepared = self.line.answer(self.transaction.prepare(sql)).await?;
        let told = |column: &tokio_postgres::Column| format!("{} {}", column.name(), column.type_());
        Ok(prepared.columns().iter().map(told).collect())
    }

    /// The rows of two queries, seen in one snapshot, since one statement asks for both.
    ///
    /// A row is compared as text, which keeps NULL and an empty text apart (manual, "Composite Types"), and each
    /// counts as often as it is returned. Another statement behind a semicolon is refused by the server.
    pub async fn rows(&self, one: &str, other: &str) -> Result<[Rows; 2], Refusal> {
        let (head, rest) = ROWS.split_once("-- one\n").unwrap_or_default();
        let (middle, tail) = rest.split_once("-- other\n").unwrap_or_default();
        let sql = [head, one, "\n", middle, other, "\n", tail].concat();
        let rows = self.apply(&sql).await?;
        let row = rows.first().ok_or_else(|| Refusal::ours("the rows could not be compared"))?;
        let read = |at: usize| -> Option<Rows> {
            let count: i64 = row.try_get(at).ok()?;
            Some(Rows { count: u64::try_from(count).ok()?, digest: row.try_get(at + 1).ok()? })
        };
        read(0)
            .zip(read(2))
            .map(|(one, other)| [one, other])
            .ok_or_else(|| Refusal::ours("the rows could not be compared"))
    }
}
