//! What a person would do at a psql prompt: make a case's database, apply what is advised for good, measure, and drop it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use advisor::cluster::Cluster;
use advisor::db::connect::{Connection, Environment, Target, connect, resolve};
use advisor::query::split;
use tokio_postgres::SimpleQueryMessage;

use crate::case::Case;

/// How many runs are measured, and for how long: a median of these is what a statement takes.
const RUNS: std::ops::Range<usize> = 7..31;
/// Runs that only warm up.
const WARMING: usize = 2;
const LONG_ENOUGH: Duration = Duration::from_millis(100);

/// The indexes that are there, without their names, and the extensions, with the names beside them.
const THINGS: &str = "SELECT i.indexrelid::regclass::text,
        replace(pg_get_indexdef(i.indexrelid), 'INDEX ' || quote_ident(c.relname) || ' ON ', 'INDEX ON ')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT c.relispartition AND n.nspname !~ '^pg_'
    UNION ALL SELECT extname, 'CREATE EXTENSION ' || extname FROM pg_extension";

/// So that an index is built on nothing, in no time.
const EMPTY: &str = "DO $$ DECLARE tables text; BEGIN
    SELECT string_agg(c.oid::regclass::text, ', ') INTO tables FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast');
    EXECUTE 'TRUNCATE ' || tables || ' CASCADE'; END $$";

pub fn target(cluster: &Cluster, database: &str) -> Target {
    resolve(Some(&cluster.dsn(database)), &Environment::of_this_process()).expect("a target")
}

/// A session at a prompt.
pub struct Prompt(Connection);

/// An index or an extension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thing {
    name: String,
    definition: String,
}

impl Thing {
    /// Its definition, with the terms of its condition in an order of their own.
    fn meaning(&self) -> String {
        let Some((index, condition)) = self.definition.split_once(" WHERE ((") else {
            return self.definition.clone();
        };
        let mut terms: Vec<&str> = condition.trim_end_matches("))").split(") AND (").collect();
        terms.sort_unstable();
        format!("{index} WHERE (({}))", terms.join(") AND ("))
    }

    fn is_extension(&self) -> bool {
        self.definition.starts_with("CREATE EXTENSION")
    }
}

impl Prompt {
    pub async fn open(cluster: &Cluster, database: &str) -> Self {
        Self(connect(&target(cluster, database)).await.expect("a connection"))
    }

    /// Runs one statement after the other.
    pub async fn run(&self, sql: &str) -> Result<(), String> {
        for statement in split(sql).statements {
            self.rows(&statement.text).await.map_err(|error| format!("{}: {error}", statement.text))?;
        }
        Ok(())
    }

    async fn rows(&self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        let answer = self.0.client.simple_query(sql).await;
        let messages = answer.map_err(|error| match error.as_db_error() {
            Some(said) => said.message().to_owned(),
            None => error.to_string(),
        })?;
        let row = |message: &SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|at| row.get(at).unwrap_or_default().to_owned()).collect())
            }
            _ => None,
        };
        Ok(messages.iter().filter_map(row).collect())
    }

    /// All indexes and extensions.
    pub async fn things(&self) -> BTreeSet<Thing> {
        let rows = self.rows(THINGS).await.expect("what is there");
        rows.into_iter().map(|row| Thing { name: row[0].clone(), definition: row[1].clone() }).collect()
    }

    /// What these statements make, as PostgreSQL itself writes it: two that make the same are the same.
    pub async fn meaning(&self, sql: &str) -> Result<Vec<String>, String> {
        self.run("BEGIN").await?;
        let made = async {
            self.run(EMPTY).await?;
            let before = self.things().await;
            self.run(sql).await?;
            Ok(self.things().await.difference(&before).map(Thing::meaning).collect())
        };
        let made = made.await;
        self.run("ROLLBACK").await?;
        made.map(|mut made: Vec<String>| {
            made.sort();
            made
        })
    }

    /// Drops the indexes and extensions that were not there.
    pub async fn drop_all_but(&self, before: &BTreeSet<Thing>) -> Result<(), String> {
        for thing in self.things().await.difference(before) {
            if !thing.is_extension() {
                self.run(&format!("DROP INDEX {}", thing.name)).await?;
            }
        }
        self.drop_extensions_but(before).await
    }

    /// Drops the extensions that were not there: undoing an index leaves them.
    pub async fn drop_extensions_but(&self, before: &BTreeSet<Thing>) -> Result<(), String> {
        for thing in self.things().await.difference(before).filter(|thing| thing.is_extension()) {
            self.run(&format!("DROP EXTENSION {}", thing.name)).await?;
        }
        Ok(())
    }

    /// The median of several runs in ms, once it is warm. A statement that writes is rolled back each time.
    pub async fn measure(&self, query: &str, writes: bool) -> Result<f64, String> {
        for _ in 0..WARMING {
            self.time(query, writes).await?;
        }
        let (start, mut times) = (Instant::now(), Vec::new());
        while times.len() < RUNS.start || (times.len() < RUNS.end && start.elapsed() < LONG_ENOUGH) {
            times.push(self.time(query, writes).await?);
        }
        times.sort_by(f64::total_cmp);
        Ok(times[times.len() / 2])
    }

    async fn time(&self, query: &str, writes: bool) -> Result<f64, String> {
        if writes {
            self.run("BEGIN").await?;
        }
        let rows = self.rows(&format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}")).await;
        if writes {
            self.run("ROLLBACK").await?;
        }
        let plan: serde_json::Value = serde_json::from_str(&rows?[0][0]).expect("a plan");
        Ok(plan[0]["Execution Time"].as_f64().expect("a time"))
    }
}

/// A database for a case, out of a template that holds the schemas it shares with others. Fails on a server that
/// lacks what the case needs. What is marked `/* fails */` must fail.
pub async fn create(cluster: &Cluster, case: &Case, database: &str) -> Result<(), String> {
    let administrator = Prompt::open(cluster, "postgres").await;
    let mut template = "template1".to_owned();
    if !case.shared.is_empty() {
        template = format!("shared_{}", case.shared.join("_"));
        let there = format!("SELECT FROM pg_database WHERE datname = '{template}'");
        if administrator.rows(&there).await?.is_empty() {
            administrator.run(&format!("CREATE DATABASE {template}")).await?;
            let prompt = Prompt::open(cluster, &template).await;
            for name in &case.shared {
                prompt.run(&Case::shared(name)).await?;
            }
        }
    }
    administrator.run(&format!("CREATE DATABASE {database} TEMPLATE {template}")).await?;
    let prompt = Prompt::open(cluster, database).await;
    for statement in split(&case.schema).statements {
        let failed = prompt.run(&statement.text).await.err();
        match (failed, statement.text.contains("/* fails */")) {
            (Some(error), false) => return Err(error),
            (None, true) => panic!("{}: it does not fail: {}", case.name, statement.text),
            _ => {}
        }
    }
    Ok(())
}

/// Gives a case's place back.
pub async fn forget(cluster: &Cluster, database: &str) {
    let administrator = Prompt::open(cluster, "postgres").await;
    administrator
        .run(&format!("DROP DATABASE {database} WITH (FORCE)"))
        .await
        .expect("a database that is left");
}
