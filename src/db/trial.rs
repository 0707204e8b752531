//! A transaction that cannot commit: where remedies are tried.

use tokio_postgres::Transaction;
use tokio_postgres::types::Type;

use super::explain::{Depth, explain_here};
use super::line::Line;
use super::{Refusal, Session};
use crate::plan::Plan;
use crate::units::{Bytes, Ms};

/// A transaction that may write and is always rolled back: there is no `commit`, and dropping it rolls back.
/// When the client dies, the server rolls back by itself.
pub struct Trial<'a> {
    pub(super) transaction: Transaction<'a>,
    pub(super) line: Line<'a>,
    version_num: u32,
}

/// Indexes that were built in a trial.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Built {
    /// Each of them, in the order in which they were asked about.
    pub indexes: Vec<BuiltIndex>,
    /// Whether this transaction must not use one of them (`pg_index.indcheckxmin`).
    pub unusable: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct BuiltIndex {
    /// Its size, with its partitions'.
    pub size: Bytes,
    /// The names under which plans show it: its own and its partitions'.
    pub names: Vec<String>,
}

impl Built {
    /// Their size together.
    pub fn size(&self) -> Bytes {
        Bytes(self.indexes.iter().map(|index| index.size.0).sum())
    }
}

/// The session that keeps a new index unusable.
#[derive(Debug, Clone, PartialEq)]
pub struct Horizon {
    /// Its process id.
    pub pid: i32,
    /// `pg_stat_activity.state`.
    pub state: String,
    /// How long its transaction has been open, in seconds; 0 when the role may not see it.
    pub seconds: f64,
}

impl<'a> Trial<'a> {
    /// Begins. With `writes` this transaction alone may write, while the session stays read-only.
    pub async fn begin(session: &'a mut Session, writes: bool) -> Result<Self, Refusal> {
        let Session { client, driver, server, statement_timeout, .. } = session;
        let line = Line { driver, limit: statement_timeout.time };
        let transaction = line.answer(client.build_transaction().read_only(!writes).start()).await?;
        Ok(Self { transaction, line, version_num: server.version_num })
    }

    /// From now on not even this transaction may write; going back behind this point allows it again.
    pub async fn read_only(&self) -> Result<(), Refusal> {
        self.execute("SET TRANSACTION READ ONLY").await
    }

    /// Runs one of our own statements.
    pub async fn execute(&self, sql: &str) -> Result<(), Refusal> {
        self.line.answer(self.transaction.batch_execute(sql)).await
    }

    /// Runs one statement that a person proposed. It goes over the extended protocol, which takes one statement
    /// only: text after a semicolon is refused by the server and never run.
    pub async fn apply(&self, sql: &str) -> Result<Vec<tokio_postgres::Row>, Refusal> {
        self.line.answer(self.transaction.query_typed(sql, &[])).await
    }

    /// Marks a point to return to.
    pub async fn savepoint(&self) -> Result<(), Refusal> {
        self.execute("SAVEPOINT advisor").await
    }

    /// Undoes everything since the last mark, which is gone then; also after an error.
    pub async fn rewind(&self) -> Result<(), Refusal> {
        self.execute("ROLLBACK TO SAVEPOINT advisor; RELEASE SAVEPOINT advisor").await
    }

    /// The statement's plan, as things stand in this transaction.
    pub async fn explain(&self, sql: &str, depth: Depth) -> Result<Plan, Refusal> {
        explain_here(self.transaction.client(), self.line, self.version_num, sql, depth).await
    }

    /// Looks at indexes that were just built, as SQL names them.
    pub async fn built(&self, indexes: &[String]) -> Result<Built, Refusal> {
        let sql = include_str!("../../sql/catalog/built.sql");
        let client = &self.transaction;
        let rows = self.line.answer(client.query_typed(sql, &[(&indexes, Type::TEXT_ARRAY)])).await?;
        if rows.len() < indexes.len() {
            return Err(Refusal::ours("the index that was built is not there"));
        }
        let mut built = Built { indexes: Vec::new(), unusable: false };
        for row in rows {
            let size: i64 = row.try_get(0).unwrap_or_default();
            let size = Bytes(u64::try_from(size).unwrap_or_default());
            built.unusable |= row.try_get::<_, bool>(1).unwrap_or_default();
            built.indexes.push(BuiltIndex { size, names: row.try_get(2).unwrap_or_default() });
        }
        Ok(built)
    }

    /// The other session whose snapshot is the oldest, if there is one.
    pub async fn horizon(&self) -> Result<Option<Horizon>, Refusal> {
        let rows = self.query(include_str!("../../sql/catalog/horizon.sql"), "advisor").await?;
        let read = |row: &tokio_postgres::Row| {
            Some(Horizon {
                pid: row.try_get(0).ok()?,
                state: row.try_get(1).ok()?,
                seconds: row.try_get(2).unwrap_or_default(),
            })
        };
        Ok(rows.first().and_then(read))
    }

    pub(super) async fn query(&self, sql: &str, text: &str) -> Result<Vec<tokio_postgres::Row>, Refusal> {
        self.line.answer(self.transaction.query_typed(sql, &[(&text, Type::TEXT)])).await
    }

    pub(super) async fn ask(&self, sql: &str) -> Result<Vec<tokio_postgres::Row>, Refusal> {
        self.line.answer(self.transaction.query_typed(sql, &[])).await
    }

    /// The `statement_timeout` in force.
    pub(super) fn limit(&self) -> Option<Ms> {
        self.line.limit.map(|limit| Ms(limit.as_secs_f64() * 1000.0))
    }

    /// Ends the trial and undoes it all. Dropping does the same without waiting for the answer.
    pub async fn end(self) -> Result<(), Refusal> {
        self.line.answer(self.transaction.rollback()).await
    }
}
