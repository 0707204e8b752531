//! A session that cannot write by accident, wait for long, or outlive this process.

use super::Refusal;
use super::connect::{Canceller, Connection, Driver};
use super::line::Line;
use crate::error::{Error, Result};
use std::time::Duration;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

const SETTINGS: &str = include_str!("../../sql/session.sql");

/// Setting up a session is a matter of milliseconds, wherever the server is: with no answer by then, none will come.
const SETTING_UP: Duration = Duration::from_secs(15);

/// How long a statement may take and wait; zero is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// `statement_timeout`: the user's `--timeout`.
    pub statement_timeout: Duration,
    /// `lock_timeout`: a guest does not stand in the way.
    pub lock_timeout: Duration,
    /// `idle_in_transaction_session_timeout`.
    pub idle_in_transaction: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            statement_timeout: Duration::from_secs(60),
            lock_timeout: Duration::from_secs(2),
            // Between two statements there is only this program's own work.
            idle_in_transaction: Duration::from_secs(30),
        }
    }
}

/// Who set the limit that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetBy {
    /// This tool: `--timeout`, or its default.
    Us,
    /// The server, the database or the role, with a shorter limit of its own.
    Server,
}

impl SetBy {
    /// What to call a `statement_timeout` of theirs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Us => "--timeout",
            Self::Server => "the server's own statement_timeout",
        }
    }
}

/// A limit in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The time, or `None` when there is no limit.
    pub time: Option<Duration>,
    /// Whose it is, so that a message can name it.
    pub set_by: SetBy,
}

impl Limit {
    /// The smaller of ours and the server's, where zero is none.
    fn smaller(ours: Duration, servers: Duration) -> Self {
        let some = |time: Duration| (!time.is_zero()).then_some(time);
        match (some(ours), some(servers)) {
            (Some(ours), Some(servers)) if servers < ours => {
                Self { time: Some(servers), set_by: SetBy::Server }
            }
            (None, Some(servers)) => Self { time: Some(servers), set_by: SetBy::Server },
            (ours, _) => Self { time: ours, set_by: SetBy::Us },
        }
    }
}

/// The server, and who we are to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// `server_version_num`: 150018.
    pub version_num: u32,
    /// `server_version`: `15.18 (Debian 15.18-0+deb12u1)`.
    pub version: String,
    /// `current_user`.
    pub user: String,
    /// `current_database()`.
    pub database: String,
    /// Whether it is a standby.
    pub in_recovery: bool,
    /// Whether the role may do everything.
    pub superuser: bool,
}

/// A read-only session with limits.
#[derive(Debug)]
pub struct Session {
    /// What sends statements.
    pub client: Client,
    /// What stops them.
    pub cancel: Canceller,
    /// The server, and who we are to it.
    pub server: Server,
    /// The `statement_timeout` in force.
    pub statement_timeout: Limit,
    /// The `lock_timeout` in force.
    pub lock_timeout: Limit,
    pub(super) driver: Driver,
}

impl Session {
    /// Makes a session of a connection, in one round trip.
    pub async fn open(connection: Connection, limits: Limits) -> Result<Self> {
        let Connection { client, cancel, driver, .. } = connection;
        let ours = [limits.statement_timeout, limits.lock_timeout, limits.idle_in_transaction].map(with_unit);
        let [statement, lock, idle] = &ours;
        let parameters: [(&(dyn ToSql + Sync), Type); 3] =
            [(statement, Type::TEXT), (lock, Type::TEXT), (idle, Type::TEXT)];
        let row = tokio::time::timeout(SETTING_UP, client.query_typed_one(SETTINGS, &parameters)).await;
        let row = row.map_err(|_| driver.give_up(SETTING_UP))?;
        let row = row.map_err(|error| driver.lost(&error).unwrap_or_else(|| refused(&error)))?;
        let (server, statement, lock) = read(&row).map_err(|error| refused(&error))?;
        Ok(Self {
            client,
            cancel,
            server,
            statement_timeout: Limit::smaller(limits.statement_timeout, statement),
            lock_timeout: Limit::smaller(limits.lock_timeout, lock),
            driver,
        })
    }

    /// The error to report when `error` means that the connection is gone; `None` when it is about a statement.
    pub fn lost(&self, error: &tokio_postgres::Error) -> Option<Error> {
        self.driver.lost(error)
    }

    /// Whether the connection still stands, as far as anybody has noticed.
    pub fn is_open(&self) -> bool {
        !self.client.is_closed()
    }

    /// How answers to this session's statements are waited for.
    pub(super) fn line(&self) -> Line<'_> {
        Line { driver: &self.driver, limit: self.statement_timeout.time }
    }

    /// Runs one of our own queries.
    pub(super) async fn query(
        &self,
        sql: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> std::result::Result<Vec<Row>, Refusal> {
        self.line().answer(self.client.query_typed(sql, parameters)).await
    }

    /// Runs a script of the tool's own that changes the database and commits: for databases that are the tool's own.
    ///
    /// The session's limits and its read-only default are lifted for it, and put back.
    pub async fn load(&self, script: &str) -> std::result::Result<(), Refusal> {
        let lift = "SET default_transaction_read_only = off; SET statement_timeout = 0";
        let timeout = with_unit(self.statement_timeout.time.unwrap_or_default());
        let timeout = timeout.unwrap_or_else(|| "0".to_owned());
        let restore = format!("SET default_transaction_read_only = on; SET statement_timeout = '{timeout}'");
        for sql in [lift, script, &restore] {
            self.client.batch_execute(sql).await.map_err(|error| Refusal::of(&error))?;
        }
        Ok(())
    }

    /// Says goodbye to the server.
    pub async fn close(self) {
        let Self { client, driver, .. } = self;
        drop(client);
        driver.finish().await;
    }
}

/// `60000ms`; what is shorter than that must not become "none", which is null.
fn with_unit(time: Duration) -> Option<String> {
    // The settings are 32-bit numbers (24 days).
    let milliseconds = time.as_micros().div_ceil(1000).min(i32::MAX as u128);
    (milliseconds > 0).then(|| format!("{milliseconds}ms"))
}

/// A time as the server shows it, in the largest unit that leaves a whole number (manual, 20.1.1).
fn from_setting(text: &str) -> Duration {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let milliseconds = match unit {
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => 1,
    };
    Duration::from_millis(number.parse::<u64>().unwrap_or(0).saturating_mul(milliseconds))
}

fn read(row: &Row) -> Result<(Server, Duration, Duration), tokio_postgres::Error> {
    let server = Server {
        version_num: row.try_get::<_, &str>("version_num")?.parse().unwrap_or(0),
        version: row.try_get("version")?,
        user: row.try_get("role")?,
        database: row.try_get("database")?,
        in_recovery: row.try_get("in_recovery")?,
        superuser: row.try_get::<_, &str>("superuser")? == "on",
    };
    let time = |name: &str| row.try_get(name).map(from_setting);
    Ok((server, time("statement_timeout")?, time("lock_timeout")?))
}

/// A server that does not let a session be set up is hardly PostgreSQL itself.
fn refused(error: &tokio_postgres::Error) -> Error {
    let reason = error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
    Error::server(format!("the session cannot be made read-only and given its limits: {reason}")).hint(
        "behind a connection pooler, connect to the server itself; the console of PgBouncer (database `pgbouncer`) \
         and servers that only speak PostgreSQL's protocol cannot be advised",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smaller_limit_is_in_force_and_known_by_its_owner() {
        let cases = [
            (60, 0, Some(60), SetBy::Us),
            (60, 90, Some(60), SetBy::Us),
            (60, 60, Some(60), SetBy::Us),
            (60, 30, Some(30), SetBy::Server),
            (0, 30, Some(30), SetBy::Server),
            (0, 0, None, SetBy::Us),
        ];
        for (ours, servers, time, set_by) in cases {
            let limit = Limit::smaller(Duration::from_secs(ours), Duration::from_secs(servers));
            assert_eq!(limit, Limit { time: time.map(Duration::from_secs), set_by }, "{ours} {servers}");
        }
    }

    #[test]
    fn a_limit_is_rounded_up_and_bounded() {
        let cases = [
            (Duration::ZERO, None),
            (Duration::from_micros(1), Some("1ms")),
            (Duration::from_micros(1500), Some("2ms")),
            (Duration::from_secs(60), Some("60000ms")),
            (Duration::MAX, Some("2147483647ms")),
        ];
        for (time, expected) in cases {
            assert_eq!(with_unit(time).as_deref(), expected, "{time:?}");
        }
    }

    #[test]
    fn a_time_is_read_as_the_server_shows_it() {
        let cases = [
            ("0", 0),
            ("1500ms", 1_500),
            ("90s", 90_000),
            ("1min", 60_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
        ];
        for (text, milliseconds) in cases {
            assert_eq!(from_setting(text), Duration::from_millis(milliseconds), "{text}");
        }
    }
}
