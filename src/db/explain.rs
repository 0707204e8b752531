//! Asks the server for a statement's plan.

use futures_util::future::join3;
use tokio_postgres::Client;
use tokio_postgres::types::{FromSql, Type};

use super::line::Line;
use super::{Refusal, Session};
use crate::plan::{self, Plan};

/// How far EXPLAIN goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// The planner's estimate; the statement does not run.
    Estimate,
    /// The statement runs, each node's time is taken: for attribution.
    Attribute,
    /// The statement runs, only its whole time is taken: for verdicts, since per-node timing has a cost.
    Time,
    /// The same of a statement that writes, with the WAL that it writes.
    Write,
}

/// The plan of one statement, by the options that the server's version has, in a read-only transaction of its own
/// that is rolled back: what a read-only transaction allows (NOTIFY, SET, large objects before 16) is undone, too.
///
/// All three statements are sent at once, so that this takes no longer.
pub async fn explain(session: &Session, sql: &str, depth: Depth) -> Result<Plan, Refusal> {
    let (client, line) = (&session.client, session.line());
    let (begun, plan, ended) = join3(
        line.answer(client.batch_execute("BEGIN READ ONLY")),
        explain_here(client, line, session.server.version_num, sql, depth),
        line.answer(client.batch_execute("ROLLBACK")),
    )
    .await;
    begun?;
    let plan = plan?;
    ended.map(|()| plan)
}

/// The same, as things stand in the transaction that is open.
///
/// The statement goes over the extended protocol, which takes one statement only, so that text after a semicolon
/// is refused by the server and never run.
pub(super) async fn explain_here(
    client: &Client,
    line: Line<'_>,
    version_num: u32,
    sql: &str,
    depth: Depth,
) -> Result<Plan, Refusal> {
    let prefix = format!("EXPLAIN ({}, FORMAT JSON) ", options(version_num, depth));
    let rows = line
        .answer(client.query_typed(&format!("{prefix}{sql}"), &[]))
        .await
        .map_err(|refusal| refusal.without_prefix(prefix.chars().count()))?;
    let json: Option<Json> = rows.first().and_then(|row| row.try_get(0).ok());
    let text = json.map(|json| json.0).unwrap_or_default();
    let plans = plan::read_json(&text).map_err(|error| Refusal::ours(error.what()))?;
    plans.into_iter().next().ok_or_else(|| Refusal::ours("the server sent no plan"))
}

/// EXPLAIN's options (manual, "EXPLAIN"): SETTINGS since 12, WAL since 13.
fn options(version_num: u32, depth: Depth) -> String {
    let since = |version: u32, option: &'static str| (version_num >= version).then_some(option);
    let options = match depth {
        Depth::Estimate => vec![Some("VERBOSE"), since(120_000, "SETTINGS")],
        Depth::Attribute => vec![
            Some("ANALYZE"),
            Some("VERBOSE"),
            Some("BUFFERS"),
            since(120_000, "SETTINGS"),
            since(130_000, "WAL"),
        ],
        Depth::Write => vec![Some("ANALYZE"), Some("TIMING OFF"), since(130_000, "WAL")],
        Depth::Time => vec![Some("ANALYZE"), Some("TIMING OFF"), Some("BUFFERS")],
    };
    options.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The text of a `json` value, unread.
pub(super) struct Json(pub String);

impl<'a> FromSql<'a> for Json {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(std::str::from_utf8(raw)?.to_owned()))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::JSON
    }
}
