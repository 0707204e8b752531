//! Opens sessions to one and the same server.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;

use super::connect::{Canceller, Target, connect};
use super::session::{Limits, Session};
use crate::error::Result;

/// A trial may idle between its own statements for no longer than this.
const BREATH: Duration = Duration::from_secs(30);

/// A server that takes longer to let somebody in does not answer at all; libpq would wait for ever.
const HANDSHAKE: Duration = Duration::from_secs(60);

/// Where to connect, and under which limits.
#[derive(Debug, Clone)]
pub struct Gateway {
    target: Target,
    limits: Limits,
    /// One for each session that was opened, alive or not.
    cancellers: Arc<Mutex<Vec<Canceller>>>,
}

impl Gateway {
    /// A way to this server.
    pub fn new(mut target: Target, limits: Limits) -> Self {
        target.connect_timeout.get_or_insert(HANDSHAKE);
        Self { target, limits, cancellers: Arc::default() }
    }

    /// Opens a read-only session.
    pub async fn open(&self) -> Result<Session> {
        self.open_with(self.limits).await
    }

    /// Opens a session for a trial. Its transaction idles while the statement runs elsewhere without the remedy,
    /// for up to `statement_timeout`.
    pub async fn open_for_trial(&self) -> Result<Session> {
        let limits = Limits { idle_in_transaction: self.limits.statement_timeout + BREATH, ..self.limits };
        self.open_with(limits).await
    }

    async fn open_with(&self, limits: Limits) -> Result<Session> {
        let session = Session::open(connect(&self.target).await?, limits).await?;
        self.cancellers.lock().unwrap_or_else(PoisonError::into_inner).push(session.cancel.clone());
        Ok(session)
    }

    /// Stops whatever the sessions run. A session that is gone, or does not answer, is passed over.
    pub async fn cancel_all(&self) {
        let cancellers = self.cancellers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        join_all(cancellers.iter().map(Canceller::cancel)).await;
    }
}
