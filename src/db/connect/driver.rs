//! An open connection, the task that drives it, and the way to cancel what it runs.

use super::failure;
use super::tls::Connector;
use crate::error::{Error, Result};
use std::fmt;
use std::future::poll_fn;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio_postgres::{CancelToken, Client, NoTls};

/// A server that does not take a cancel request in this time will not take it at all.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);

/// A goodbye that the network does not take in this time is left unsaid: the process's end says the same.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(1);

/// An open connection to a server.
pub struct Connection {
    /// What sends statements.
    pub client: Client,
    /// What stops them.
    pub cancel: Canceller,
    /// What reads and writes the socket, and knows why it ended.
    pub driver: Driver,
    /// The server's version as it introduced itself: `15.18 (Debian 15.18-0+deb12u1)`.
    pub server_version: String,
    /// Whether the connection is under TLS.
    pub encrypted: bool,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("place", &self.driver.place)
            .field("server_version", &self.server_version)
            .field("encrypted", &self.encrypted)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Says goodbye to the server, so that its log has no word of a lost client.
    pub async fn close(self) {
        let Self { client, driver, .. } = self;
        drop(client);
        driver.finish().await;
    }
}

/// The task that moves bytes between the client and the server.
#[derive(Debug)]
pub struct Driver {
    place: String,
    /// How the task ended.
    end: Arc<OnceLock<tokio_postgres::Error>>,
    /// What the server told a statement that it ended together with the connection.
    last_words: OnceLock<String>,
    task: JoinHandle<()>,
}

impl Driver {
    /// Drives a connection on the current runtime. Notices are dropped: nothing here depends on them.
    pub(super) fn spawn<S, T>(mut connection: tokio_postgres::Connection<S, T>, place: String) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let end = Arc::new(OnceLock::new());
        let slot = Arc::clone(&end);
        let task = tokio::spawn(async move {
            // The reason is kept before the connection is dropped, which is what tells the waiting statements.
            while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
                if let Err(error) = message {
                    let _ = slot.set(error);
                    break;
                }
            }
        });
        Self { place, end, last_words: OnceLock::new(), task }
    }

    /// The error to report when `error` means that the connection is gone, with the server's own last words.
    ///
    /// `None` when the connection is alive and `error` is about a statement.
    pub fn lost(&self, error: &tokio_postgres::Error) -> Option<Error> {
        if failure::is_final(error) {
            let words = self.last_words.get_or_init(|| failure::words(error));
            return Some(failure::lost(&self.place, words));
        }
        // What comes after the end knows only that it was the end; the reason was told once.
        let words = || {
            self.last_words.get().cloned().unwrap_or_else(|| failure::words(self.end.get().unwrap_or(error)))
        };
        error.is_closed().then(|| failure::lost(&self.place, &words()))
    }

    /// Gives the connection up because no answer has come for so long, and tells the error to report.
    pub fn give_up(&self, patience: Duration) -> Error {
        self.task.abort();
        let words = self.last_words.get_or_init(|| format!("no answer for {} s", patience.as_secs()));
        failure::lost(&self.place, words)
    }

    /// Waits for the task's end, which comes once the client is dropped; not for a goodbye that nobody takes.
    pub async fn finish(self) {
        let _ = tokio::time::timeout(GOODBYE_TIMEOUT, self.task).await;
    }
}

/// Stops the statement that a connection runs, over a connection of its own with the same TLS.
#[derive(Clone)]
pub struct Canceller {
    token: CancelToken,
    tls: Option<Connector>,
}

impl fmt::Debug for Canceller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canceller").finish_non_exhaustive()
    }
}

impl Canceller {
    pub(super) fn new(client: &Client, tls: Option<Connector>) -> Self {
        Self { token: client.cancel_token(), tls }
    }

    /// Sends the request. It may come too late; the statement then has simply ended.
    pub async fn cancel(&self) -> Result<()> {
        let request = async {
            match self.tls.clone() {
                Some(tls) => self.token.cancel_query(tls).await,
                None => self.token.cancel_query(NoTls).await,
            }
        };
        let hint = "the statement may run on until its `statement_timeout`";
        match tokio::time::timeout(CANCEL_TIMEOUT, request).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                let reason = failure::innermost(&error);
                Err(Error::server(format!("the cancel request could not be sent: {reason}")).hint(hint))
            }
            Err(_) => Err(Error::server("the cancel request was not taken").hint(hint)),
        }
    }
}
