//! What a copy of a table needs, and what is written to it, within a trial.

use serde::Deserialize;

use super::explain::Json;
use super::{Depth, Refusal, Trial};
use crate::units::{Bytes, Ms};

/// What `sql/writes/facts.sql` tells of a table, or of the largest partition of one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Facts {
    /// Its schema.
    pub schema: String,
    /// Its name as SQL writes it; of a partition, where the table is partitioned.
    pub table: String,
    /// `heap`, as SQL writes it.
    pub access_method: String,
    /// How full its pages are filled, in percent, where that was set.
    pub fillfactor: Option<u32>,
    /// `pg_class.reltuples`; 0 or less when never counted.
    pub rows: f64,
    /// Its pages now.
    pub pages: u64,
    /// Its size, with TOAST.
    pub bytes: Bytes,
    /// Whether the role may make tables in its schema.
    pub may_create: bool,
    /// Whether the role may read it.
    pub may_read: bool,
    /// Whether the role may make temporary tables.
    pub may_make_temporary: bool,
    /// Whether a policy hides rows of it from the role (`row_security_active`).
    pub filtered: bool,
    /// An event trigger that would fire on what is made.
    pub event_trigger: Option<String>,
    /// Whether something publishes updates, be it of whatever tables.
    pub published: bool,
    /// Whether what is written to a new table is written to the WAL.
    pub wal: bool,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Its indexes.
    pub indexes: Vec<IndexFacts>,
}

/// An index that a copy needs as well.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct IndexFacts {
    /// Everything of its definition behind the table's name; `None` where it could not be told apart.
    pub definition: Option<String>,
    /// Whether it keeps rows apart.
    pub unique: bool,
    /// The columns that it depends on: its keys', its expressions' and its condition's.
    pub columns: Vec<String>,
}

/// What one statement took that writes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Written {
    /// `Execution Time`.
    pub time: Ms,
    /// How many rows it wrote.
    pub rows: f64,
    /// `WAL Bytes`, pages' images with it; `None` before 13.
    pub wal: Option<f64>,
    /// `WAL FPI`: how many images of whole pages.
    pub images: f64,
}

impl Trial<'_> {
    /// What a copy of this table needs; `None` where nobody can copy it.
    pub async fn facts(&self, table: &str) -> Result<Option<Facts>, Refusal> {
        let rows = self.query(include_str!("../../sql/writes/facts.sql"), table).await?;
        let json: Option<Json> = rows.first().and_then(|row| row.try_get(0).ok());
        let read = |json: Json| serde_json::from_str(&json.0);
        json.map(read)
            .transpose()
            .map_err(|error| Refusal::ours(format!("the table cannot be read: {error}")))
    }

    /// Runs a statement that writes, once.
    pub async fn write(&self, sql: &str) -> Result<Written, Refusal> {
        let plan = self.explain(sql, Depth::Write).await?;
        let root = plan.root();
        // What a ModifyTable returns is nothing; what comes from below is written.
        let rows = plan.nodes.get(1).and_then(|node| node.actual).map(|actual| actual.all_rows().0);
        Ok(Written {
            time: plan.total(),
            rows: rows.unwrap_or_default(),
            wal: root.said("WAL Bytes"),
            images: root.said("WAL FPI").unwrap_or_default(),
        })
    }

    /// How many rows of this table the transaction has updated, and how many of them as HOT updates.
    pub async fn updated(&self, table: &str) -> Result<(i64, i64), Refusal> {
        let sql = "SELECT pg_stat_get_xact_tuples_updated(t), pg_stat_get_xact_tuples_hot_updated(t) FROM (SELECT $1::regclass::oid AS t) AS given";
        let rows = self.query(sql, table).await?;
        let number = |at| rows.first().and_then(|row| row.try_get::<_, i64>(at).ok()).unwrap_or_default();
        Ok((number(0), number(1)))
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> Result<u64, Refusal> {
        let rows = self.ask(&format!("SELECT count(*) FROM {table}")).await?;
        let count: i64 = rows.first().and_then(|row| row.try_get(0).ok()).unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Cancels every further statement of this transaction that takes longer than this.
    pub async fn hurry(&self, most: Ms) -> Result<(), Refusal> {
        let sql = "SELECT set_config('statement_timeout', $1, true)";
        let limit = self.limit().map_or(most, |limit| limit.min(most));
        let most = format!("{:.0}ms", limit.0.max(1.0));
        self.query(sql, &most).await.map(drop)
    }
}
