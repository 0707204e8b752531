//! A session that looks at what goes on beside an experiment.

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::{Gateway, Refusal, Session, Trial};
use crate::error::Result;

/// Looks, and does nothing else.
#[derive(Debug)]
pub struct Watcher {
    session: Session,
}

/// What was seen at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sight {
    /// The sessions that hold a lock for which the watched one waits.
    pub blockers: Vec<Blocker>,
    /// How many other sessions were busy, as far as the role may see.
    pub busy: usize,
}

/// A session in the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Blocker {
    /// Its process id; 0 is a prepared transaction.
    pub pid: i32,
    /// `pg_stat_activity.state`.
    pub state: String,
    /// How long its transaction has been open, in seconds; 0 when the role may not see it.
    pub seconds: f64,
}

const WATCH: &str = include_str!("../../sql/catalog/watch.sql");

impl Watcher {
    /// Opens the session.
    pub async fn open(gateway: &Gateway) -> Result<Self> {
        Ok(Self { session: gateway.open().await? })
    }

    /// What goes on beside `pid`; `ours` are all processes of the experiment.
    pub async fn look(&self, pid: i32, ours: &[i32]) -> std::result::Result<Sight, Refusal> {
        let rows = self.session.query(WATCH, &[(&pid, Type::INT4), (&ours, Type::INT4_ARRAY)]).await?;
        let busy = rows.first().and_then(|row| row.try_get::<_, i64>(0).ok()).unwrap_or_default();
        let blockers = rows.iter().filter_map(blocker).collect();
        Ok(Sight { blockers, busy: usize::try_from(busy).unwrap_or_default() })
    }

    /// Says goodbye to the server.
    pub async fn close(self) {
        self.session.close().await;
    }
}

fn blocker(row: &Row) -> Option<Blocker> {
    Some(Blocker {
        pid: row.try_get::<_, Option<i32>>(1).ok()??,
        state: row.try_get(2).unwrap_or_default(),
        seconds: row.try_get(3).unwrap_or_default(),
    })
}

const PID: &str = "SELECT pg_backend_pid()";

impl Session {
    /// The server's process for this session.
    pub async fn pid(&self) -> std::result::Result<i32, Refusal> {
        Ok(number(&self.query(PID, &[]).await?))
    }
}

impl Trial<'_> {
    /// The server's process for this session.
    pub async fn pid(&self) -> std::result::Result<i32, Refusal> {
        Ok(number(&self.ask(PID).await?))
    }
}

fn number(rows: &[Row]) -> i32 {
    rows.first().and_then(|row| row.try_get(0).ok()).unwrap_or_default()
}
