//! Which GRANT would lift a refusal for want of a right.

use tokio_postgres::types::Type;

use super::{Refusal, Session};
use crate::query::name::quote;

/// How PostgreSQL calls what can be read from (aclchk.c, `aclcheck_error`).
const RELATIONS: [&str; 4] = ["table ", "view ", "materialized view ", "foreign table "];

/// The statement that would allow `sql`, which wants `rights` (`SELECT`) on its relations; `None` when the server's
/// words, which may be in any language, do not tell.
pub async fn grant(session: &Session, refusal: &Refusal, sql: &str, rights: &str) -> Option<String> {
    let denied = refusal.message.strip_prefix("permission denied for ")?;
    let named = |kind: &str| denied.strip_prefix(kind);
    let on = if let Some(schema) = named("schema ") {
        format!("USAGE ON SCHEMA {}", quote(schema))
    } else if let Some(function) = named("function ") {
        format!("EXECUTE ON FUNCTION {}", quote(function))
    } else if let Some(sequence) = named("sequence ") {
        format!("USAGE ON SEQUENCE {}", quote(sequence))
    } else {
        let name = RELATIONS.iter().find_map(|kind| named(kind))?;
        let query = include_str!("../../sql/catalog/denied.sql");
        let rows = session.query(query, &[(&name, Type::TEXT), (&sql, Type::TEXT)]).await.ok()?;
        let found: Option<String> = rows.first().and_then(|row| row.try_get(0).ok());
        format!("{rights} ON {}", found.unwrap_or_else(|| quote(name)))
    };
    Some(format!("GRANT {on} TO {};", quote(&session.server.user)))
}
