//! How answers are waited for: not for ever, and with the server's last words when there are none.

use std::future::Future;
use std::time::{Duration, Instant};

use super::connect::Driver;
use super::{Refusal, RefusalKind};

/// How much longer than `statement_timeout` an answer may take. The server cancels by itself in time; what has not
/// come by then will not come: the network or the server hangs, while the connection looks alive.
const SLACK: Duration = Duration::from_secs(10);

/// A statement that is cancelled after this share of the limit ran into it: the two clocks need not run alike.
const LIMIT: f64 = 0.99;

/// An open connection, as far as waiting for its answers goes.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub driver: &'a Driver,
    /// The `statement_timeout` in force; `None` is none.
    pub limit: Option<Duration>,
}

impl Line<'_> {
    /// Waits for an answer.
    pub async fn answer<T>(
        self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Refusal> {
        let start = Instant::now();
        let patience = self.limit.map_or(Duration::MAX, |limit| limit + SLACK);
        let answer = tokio::time::timeout(patience, answer).await;
        let Ok(answer) = answer else { return Err(Refusal::lost(self.driver.give_up(patience))) };
        let refusal = answer.map_err(|error| self.refusal(&error));
        refusal.map_err(|refusal| match self.limit {
            Some(limit) if start.elapsed() >= limit.mul_f64(LIMIT) => refusal.by_timeout(),
            _ => refusal,
        })
    }

    /// What an error means: it is about a statement, or about the connection.
    fn refusal(self, error: &tokio_postgres::Error) -> Refusal {
        self.driver.lost(error).map_or_else(|| Refusal::of(error), Refusal::lost)
    }
}

impl Refusal {
    /// PostgreSQL has one code for its own limit and for somebody's request, and says which in its own language only.
    fn by_timeout(mut self) -> Self {
        if self.kind == RefusalKind::Cancelled {
            self.kind = RefusalKind::TimedOut;
        }
        self
    }

    fn lost(error: crate::error::Error) -> Self {
        let hint = error.advice().map(str::to_owned);
        Self { kind: RefusalKind::Lost, message: error.what().to_owned(), hint, position: None }
    }
}
