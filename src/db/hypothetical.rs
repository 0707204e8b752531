//! HypoPG: indexes that only the planner sees.
//!
//! It answers plain EXPLAIN only; its indexes are session memory and survive a rollback, so each use ends with
//! a reset (HypoPG's documentation, "Usage").

use super::trial::Trial;
use super::{Depth, Refusal, Session};
use crate::plan::Plan;
use crate::query::name::quote;
use crate::units::Bytes;

/// Whether HypoPG can be used on this server, by this role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HypoPg {
    /// Installed in this schema.
    Installed {
        /// `extversion`.
        version: String,
        /// Where its functions are.
        schema: String,
    },
    /// Not installed, but its files are there, and this role may create it within a rolled-back transaction.
    Creatable {
        /// The version that would be installed.
        version: String,
    },
    /// Not installed; its files are there, but this role may not create it.
    Forbidden,
    /// The server does not have it.
    Missing,
}

/// Hypothetical indexes in a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Imagined {
    /// The plan with them in sight.
    pub plan: Plan,
    /// Whether the plan uses it, for each index that was asked about.
    pub used: Vec<bool>,
    /// Their estimated size together.
    pub size: Option<Bytes>,
}

impl HypoPg {
    /// Asks the server.
    pub async fn find(session: &Session) -> Result<Self, Refusal> {
        let rows = session.query(include_str!("../../sql/catalog/hypopg.sql"), &[]).await?;
        let Some(row) = rows.first() else { return Ok(Self::Missing) };
        let text = |column: usize| row.try_get::<_, Option<String>>(column).ok().flatten();
        let flag = |column: usize| row.try_get::<_, Option<bool>>(column).ok().flatten().unwrap_or_default();
        Ok(match (text(0), text(1), text(2)) {
            (Some(version), _, Some(schema)) => Self::Installed { version, schema },
            (_, Some(version), _) if flag(3) && !flag(4) => Self::Creatable { version },
            _ => Self::Forbidden,
        })
    }

    /// Its version, when it can be used.
    pub fn version(&self) -> Option<&str> {
        match self {
            Self::Installed { version, .. } | Self::Creatable { version } => Some(version),
            Self::Forbidden | Self::Missing => None,
        }
    }
}

/// HypoPG within a trial.
pub struct Imagination<'t, 'a> {
    trial: &'t Trial<'a>,
    schema: String,
}

impl<'t, 'a> Imagination<'t, 'a> {
    /// Makes HypoPG's functions available until the trial ends; `None` where that cannot be.
    pub async fn begin(trial: &'t Trial<'a>, hypopg: &HypoPg) -> Result<Option<Self>, Refusal> {
        let schema = match hypopg {
            HypoPg::Installed { schema, .. } => schema.clone(),
            HypoPg::Creatable { .. } => {
                trial.execute("CREATE EXTENSION hypopg").await?;
                let sql = "SELECT nspname::text FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = $1";
                let rows = trial.query(sql, "hypopg").await?;
                rows.first().and_then(|row| row.try_get(0).ok()).unwrap_or_default()
            }
            HypoPg::Forbidden | HypoPg::Missing => return Ok(None),
        };
        Ok(Some(Self { trial, schema: quote(&schema) }))
    }

    /// The plan of `sql` with these hypothetical indexes in sight: for each the CREATE INDEX statements of its parts, of
    /// which there are several on a partitioned table.
    ///
    /// Everything is forgotten afterwards, also after a refusal: whatever fails happens under a savepoint.
    pub async fn explain(&self, indexes: &[Vec<String>], sql: &str) -> Result<Imagined, Refusal> {
        self.trial.savepoint().await?;
        let imagined = self.imagine(indexes, sql).await;
        self.trial.rewind().await?;
        self.trial.execute(&format!("SELECT {}.hypopg_reset()", self.schema)).await?;
        imagined
    }

    async fn imagine(&self, indexes: &[Vec<String>], sql: &str) -> Result<Imagined, Refusal> {
        let s = &self.schema;
        let create = format!(
            "SELECT indexname::text, {s}.hypopg_relation_size(indexrelid)::int8 FROM {s}.hypopg_create_index($1)"
        );
        let mut names: Vec<Vec<String>> = Vec::new();
        let mut size = 0;
        for index in indexes {
            let mut own = Vec::new();
            for part in index {
                for row in self.trial.query(&create, part.trim_end_matches(';')).await? {
                    own.push(row.try_get(0).unwrap_or_default());
                    size += u64::try_from(row.try_get::<_, i64>(1).unwrap_or_default()).unwrap_or_default();
                }
            }
            names.push(own);
        }
        let plan = self.trial.explain(sql, Depth::Estimate).await?;
        let used = names.iter().map(|own| plan.uses(own)).collect();
        Ok(Imagined { plan, used, size: (size > 0).then_some(Bytes(size)) })
    }
}
