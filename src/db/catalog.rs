//! Fills the catalog from the system catalogs, in one round trip.

use std::collections::BTreeSet;

use futures_util::future::join;
use serde::de::DeserializeOwned;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::explain::Json;
use super::{Refusal, Session};
use crate::catalog::{Catalog, TableName};
use crate::plan::{Plan, Relation};
use crate::query::{Expr, SortKey};

/// What is to be known.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The tables, as the plan names them.
    pub relations: Vec<Relation>,
    /// The columns whose statistics are wanted; `None` is all.
    pub columns: Option<Vec<String>>,
    /// Whether the foreign keys that refer to the tables matter: for statements that write.
    pub referring: bool,
    /// Whether the tables that belong to these are wanted too: those that refer to them, where that matters, and
    /// the partitioned tables above them.
    pub related: bool,
    /// Functions that the plan calls, without their schemas.
    pub functions: Vec<String>,
}

/// A table that could be wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: TableName,
    /// The partitioned table at the top, when this is a partition.
    pub root: Option<TableName>,
}

/// When the catalog is read, and how names are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    /// The time, in UTC: `2026-11-23T13:50:00Z`.
    pub taken_at: String,
    /// `current_schemas(false)`.
    pub search_path: Vec<String>,
}

impl Wanted {
    /// The tables of a plan, with the statistics of every column that it mentions.
    pub fn of(plan: &Plan) -> Self {
        let mut wanted = Self { referring: plan.writes(), related: true, ..Self::default() };
        let (mut columns, mut functions) = (BTreeSet::new(), BTreeSet::new());
        for node in &plan.nodes {
            wanted.relations.extend(node.relation.clone().filter(|r| !wanted.relations.contains(r)));
            for text in node.expressions() {
                let expr = Expr::parse(text).or_else(|| SortKey::parse(text).map(|key| key.expr));
                columns.extend(expr.iter().flat_map(Expr::columns).map(|(_, name)| name.to_owned()));
                functions.extend(expr.iter().flat_map(Expr::function_names).map(bare));
            }
        }
        wanted.functions = functions.into_iter().collect();
        wanted.columns = Some(columns.into_iter().collect());
        wanted
    }

    /// These tables and no others, with everything about them.
    pub fn whole(tables: &[TableName]) -> Self {
        let named = |table: &TableName| Relation {
            schema: Some(table.schema.clone()),
            name: table.name.clone(),
            alias: None,
        };
        let relations = tables.iter().map(named).collect();
        Self { relations, columns: None, referring: true, ..Self::default() }
    }
}

/// The tables in `wanted`, with their columns, statistics and indexes, and the partitioned tables above them.
///
/// What the session's role may not read (column statistics) is left out; what does not exist is too.
pub async fn load(session: &Session, wanted: &Wanted) -> Result<Catalog, Refusal> {
    let schemas: Vec<&str> =
        wanted.relations.iter().map(|r| r.schema.as_deref().unwrap_or_default()).collect();
    let names: Vec<&str> = wanted.relations.iter().map(|r| r.name.as_str()).collect();
    let parameters: [(&(dyn ToSql + Sync), Type); 5] = [
        (&schemas, Type::TEXT_ARRAY),
        (&names, Type::TEXT_ARRAY),
        (&wanted.columns, Type::TEXT_ARRAY),
        (&wanted.referring, Type::BOOL),
        (&wanted.related, Type::BOOL),
    ];
    let tables = session.query(include_str!("../../sql/catalog/tables.sql"), &parameters);
    let functions = [(&wanted.functions as &(dyn ToSql + Sync), Type::TEXT_ARRAY)];
    // Sent at once, so that the two take one round trip.
    let others = session.query(include_str!("../../sql/catalog/extensions.sql"), &functions);
    let (tables, others) = join(tables, others).await;
    Ok(Catalog { tables: read(&tables?)?, ..read::<Catalog>(&others?)? })
}

/// The JSON of an answer's only value.
fn read<T: DeserializeOwned>(rows: &[Row]) -> Result<T, Refusal> {
    let json: Option<Json> = rows.first().and_then(|row| row.try_get(0).ok());
    let json = json.ok_or_else(|| Refusal::ours("the catalog gave no answer"))?;
    serde_json::from_str(&json.0)
        .map_err(|error| Refusal::ours(format!("the catalog cannot be read: {error}")))
}

/// A function's name without its schema, unquoted.
fn bare(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).trim_matches('"').to_owned()
}

/// Every table of the database that is not PostgreSQL's own, by name.
pub async fn list_tables(session: &Session) -> Result<Vec<Listed>, Refusal> {
    let rows = session.query(include_str!("../../sql/catalog/listed.sql"), &[]).await?;
    let read = |row: &tokio_postgres::Row| {
        let name = |at: usize| {
            let text = |at: usize| row.try_get::<_, Option<String>>(at).ok().flatten();
            Some(TableName { schema: text(at)?, name: text(at + 1)? })
        };
        Some(Listed { name: name(0)?, root: name(2) })
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// When and how the catalog is read.
pub async fn circumstances(session: &Session) -> Result<Circumstances, Refusal> {
    let rows = session.query(include_str!("../../sql/catalog/circumstances.sql"), &[]).await?;
    let row = rows.first().ok_or_else(|| Refusal::ours("the server does not tell the time"))?;
    let search_path = row.try_get(1).unwrap_or_default();
    Ok(Circumstances { taken_at: row.try_get(0).unwrap_or_default(), search_path })
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
