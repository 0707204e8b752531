//! Fills the catalog from the system catalogs, in one round trip.

use tokio_postgres::types::Type;

use super::explain::Json;
use super::{Refusal, Session};
use crate::catalog::{Catalog, Table};
use crate::plan::Relation;

/// What is to be known.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The tables, as the plan names them.
    pub relations: Vec<Relation>,
    /// The columns whose statistics are wanted.
    pub columns: Vec<String>,
    /// Whether the foreign keys that refer to the tables matter: for statements that write.
    pub referring: bool,
}

/// The tables in `wanted`, with their columns, statistics and indexes, and the partitioned tables above them.
///
/// What the session's role may not read (column statistics) is left out; what does not exist is too.
pub async fn load(session: &Session, wanted: &Wanted) -> Result<Catalog, Refusal> {
    let schemas: Vec<&str> =
        wanted.relations.iter().map(|r| r.schema.as_deref().unwrap_or_default()).collect();
    let names: Vec<&str> = wanted.relations.iter().map(|r| r.name.as_str()).collect();
    let rows = session
        .query(
            include_str!("../../sql/catalog/tables.sql"),
            &[
                (&schemas, Type::TEXT_ARRAY),
                (&names, Type::TEXT_ARRAY),
                (&wanted.columns, Type::TEXT_ARRAY),
                (&wanted.referring, Type::BOOL),
            ],
        )
        .await?;
    let json: Option<Json> = rows.first().and_then(|row| row.try_get(0).ok());
    let text = json.map_or_else(|| "[]".to_owned(), |json| json.0);
    let tables: Vec<Table> = serde_json::from_str(&text)
        .map_err(|error| Refusal::ours(format!("the catalog cannot be read: {error}")))?;
    Ok(Catalog { tables })
}

/// Which of these functions are volatile and not PostgreSQL's own, with their schemas.
pub async fn volatile_functions(session: &Session, names: &[String]) -> Result<Vec<String>, Refusal> {
    let sql = include_str!("../../sql/catalog/volatile.sql");
    let rows = session.query(sql, &[(&names, Type::TEXT_ARRAY)]).await?;
    Ok(rows.iter().filter_map(|row| row.try_get(0).ok()).collect())
}
