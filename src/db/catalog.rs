//! Fills the catalog from the system catalogs, in one round trip.

use std::collections::BTreeSet;

use tokio_postgres::types::Type;

use super::explain::Json;
use super::{Refusal, Session};
use crate::catalog::{Catalog, Table};
use crate::plan::{Plan, Relation};
use crate::query::{Expr, SortKey};

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

impl Wanted {
    /// The tables of a plan, with the statistics of every column that it mentions.
    pub fn of(plan: &Plan) -> Self {
        let mut wanted = Self { referring: plan.writes(), ..Self::default() };
        let mut columns = BTreeSet::new();
        for node in &plan.nodes {
            wanted.relations.extend(node.relation.clone().filter(|r| !wanted.relations.contains(r)));
            for text in node.expressions() {
                let expr = Expr::parse(text).or_else(|| SortKey::parse(text).map(|key| key.expr));
                columns.extend(expr.iter().flat_map(Expr::columns).map(|(_, name)| name.to_owned()));
            }
        }
        wanted.columns = columns.into_iter().collect();
        wanted
    }
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
    let text = |row: &tokio_postgres::Row, column: usize| row.try_get::<_, String>(column).ok();
    let named = rows.iter().filter_map(|row| Some(format!("{}.{}", text(row, 0)?, text(row, 1)?)));
    // An overloaded function is named once.
    Ok(named.collect::<BTreeSet<_>>().into_iter().collect())
}
