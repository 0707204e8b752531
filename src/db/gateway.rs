//! Opens sessions to one and the same server.

use std::time::Duration;

use super::connect::{Target, connect};
use super::session::{Limits, Session};
use crate::error::Result;

/// A trial may idle between its own statements for no longer than this.
const BREATH: Duration = Duration::from_secs(30);

/// Where to connect, and under which limits.
#[derive(Debug, Clone)]
pub struct Gateway {
    target: Target,
    limits: Limits,
}

impl Gateway {
    /// A way to this server.
    pub fn new(target: Target, limits: Limits) -> Self {
        Self { target, limits }
    }

    /// Opens a read-only session.
    pub async fn open(&self) -> Result<Session> {
        Session::open(connect(&self.target).await?, self.limits).await
    }

    /// Opens a session for a trial. Its transaction idles while the statement runs elsewhere without the remedy,
    /// for up to `statement_timeout`.
    pub async fn open_for_trial(&self) -> Result<Session> {
        let limits = Limits { idle_in_transaction: self.limits.statement_timeout + BREATH, ..self.limits };
        Session::open(connect(&self.target).await?, limits).await
    }
}
