//! The way to the server, and what happens on Ctrl-C.

use std::time::Duration;

use super::args::ConnectionArgs;
use crate::db::connect::{Environment, resolve};
use crate::db::{Gateway, Limits, Session};
use crate::error::{Error, Result};

/// The connection, opened when the first statement needs it.
pub struct Door {
    /// Opens further sessions to the same server.
    pub gateway: Gateway,
    /// The read-only session.
    pub session: Session,
    /// Remarks about how the connection was found.
    pub notes: Vec<String>,
}

impl Door {
    /// Connects as the arguments and the surroundings say.
    pub async fn open(args: &ConnectionArgs) -> Result<Self> {
        let target = resolve(args.dsn.as_deref(), &Environment::of_this_process())?;
        let notes = target.warnings.clone();
        let statement_timeout = Duration::from_secs_f64(args.timeout.0 / 1000.0);
        let gateway = Gateway::new(target, Limits { statement_timeout, ..Limits::default() });
        let session = gateway.open().await?;
        Ok(Self { gateway, session, notes })
    }
}

/// Resolves when the user or the system wants the process to end.
pub async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = kinds.map(signal) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Stops whatever the sessions of this gateway are running, so that the server does not go on for nobody. The
/// server does not tell whether it did (manual, "Canceling Requests in Progress").
pub async fn stop(gateway: &Gateway) -> Error {
    gateway.cancel_all().await;
    Error::interrupted().hint("the server was asked to cancel; it rolls back by itself when the session ends")
}
