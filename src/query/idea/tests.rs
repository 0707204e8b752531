use super::*;
use crate::query::split;

fn idea(sql: &str) -> Result<Idea, Unwelcome> {
    let script = split(sql);
    assert_eq!(script.statements.len(), 1, "{sql}");
    read(&script.statements[0])
}

/// What is understood, in short.
fn told(idea: &Idea) -> String {
    let named = |named: &Named| match &named.schema {
        Some(schema) => format!("{schema}/{}", named.name),
        None => named.name.clone(),
    };
    match idea {
        Idea::CreateIndex(new) => {
            let flag = |there: bool, word: &str| if there { format!("{word} ") } else { String::new() };
            format!(
                "{}{}{}index {} on {}: {} after {}",
                flag(new.unique, "unique"),
                flag(new.only, "only"),
                flag(new.if_not_exists, "perhaps"),
                new.name.as_deref().unwrap_or("?"),
                named(&new.table),
                new.definition,
                new.named_after.join("+")
            )
        }
        Idea::AttachIndex { index, partition } => format!("attach {} to {}", named(partition), named(index)),
        Idea::CreateExtension(name) => format!("extension {name}"),
        Idea::DropIndexes(names) => {
            format!("drop {}", names.iter().map(named).collect::<Vec<_>>().join(" and "))
        }
        Idea::CreateStatistics(new) => format!(
            "statistics {} on {}: {} after {}",
            new.name.as_ref().map_or("?".to_owned(), named),
            named(&new.table),
            new.definition,
            new.named_after.join("+")
        ),
        Idea::Analyze(tables) => {
            let one =
                |(table, columns): &(Named, Vec<String>)| format!("{}({})", named(table), columns.join(","));
            format!("analyze {}", tables.iter().map(one).collect::<Vec<_>>().join(" and "))
        }
        Idea::Set { name, value } => format!("set {name} {}", value.as_deref().unwrap_or("default")),
        Idea::Timeout(name) => format!("timeout {name}"),
        Idea::Query(sql) => format!("query {sql}"),
    }
}

#[test]
fn what_may_be_tried_is_taken_apart() {
    for (sql, expected) in [
        ("create index i on t (a)", "index i on t: (a) after a"),
        (
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY s.t (a)",
            "unique only perhaps index i on s/t: (a) after a",
        ),
        (
            "CREATE INDEX ON \"T\" /* why */ USING gin -- it\n (lower(a) gin_trgm_ops, (b ->> 'x;y')) WITH (fastupdate = off) WHERE c",
            "index ? on T: USING gin (lower(a) gin_trgm_ops, (b ->> 'x;y')) WITH (fastupdate = off) WHERE c after lower+expr",
        ),
        ("CREATE INDEX i ON t (a, b DESC) INCLUDE (c)", "index i on t: (a, b DESC) INCLUDE (c) after a+b"),
        ("ALTER INDEX p ATTACH PARTITION s.p_1", "attach s/p_1 to p"),
        ("create extension if not exists pg_trgm", "extension pg_trgm"),
        ("DROP INDEX CONCURRENTLY IF EXISTS a, s.\"B\" RESTRICT", "drop a and s/B"),
        (
            "CREATE STATISTICS s.x (dependencies, mcv) ON a, b FROM t",
            "statistics s/x on t: (dependencies, mcv) ON a, b after a+b",
        ),
        (
            "CREATE STATISTICS ON (extract(year FROM at)), b FROM s.t",
            "statistics ? on s/t: ON (extract(year FROM at)), b after expr+b",
        ),
        ("analyze t", "analyze t()"),
        ("ANALYZE (VERBOSE, SKIP_LOCKED) s.t (a, \"B\"), u", "analyze s/t(a,B) and u()"),
        ("SET work_mem = '64MB'", "set work_mem '64MB'"),
        ("set local random_page_cost to 1.1", "set random_page_cost 1.1"),
        ("SET SESSION enable_seqscan = off", "set enable_seqscan off"),
        ("SET cpu_tuple_cost TO DEFAULT", "set cpu_tuple_cost default"),
        ("RESET jit", "set jit default"),
        ("SET geqo_seed = -0.5", "set geqo_seed -0.5"),
        ("SET lock_timeout = '2s'", "timeout lock_timeout"),
        ("select 1 -- one", "query select 1"),
        ("WITH a AS (SELECT 1) TABLE a", "query WITH a AS (SELECT 1) TABLE a"),
    ] {
        match idea(sql) {
            Ok(idea) => assert_eq!(told(&idea), expected, "{sql}"),
            Err(error) => panic!("{sql}: {error:?}"),
        }
    }
}

#[test]
fn everything_else_is_refused_by_name_and_place() {
    for (sql, place, why) in [
        ("insert into t values (1)", "insert", "INSERT"),
        ("update t set a = 1", "update", "UPDATE"),
        ("with d as (delete from t returning *) select * from d", "with", "DELETE"),
        ("merge into t using s on true when matched then delete", "merge", "MERGE"),
        ("select * from t for update", "select", "SELECT … FOR UPDATE"),
        ("select 1 into t", "select", "SELECT INTO"),
        ("select $1", "$1", "a statement with parameters"),
        ("alter table t add b int", "alter", "ALTER TABLE"),
        ("alter index i rename to j", "alter", "ALTER INDEX other than ATTACH PARTITION"),
        ("create table t (a int)", "create", "CREATE TABLE"),
        ("create extension plpython3u", "plpython3u", "CREATE EXTENSION of `plpython3u`"),
        ("create extension pg_trgm schema s cascade", "schema", "`schema`"),
        ("do $$ begin delete from t; end $$", "do", "DO"),
        ("begin", "begin", "BEGIN"),
        ("commit", "commit", "COMMIT"),
        ("rollback", "rollback", "ROLLBACK"),
        ("savepoint advisor", "savepoint", "SAVEPOINT"),
        ("call p()", "call", "CALL"),
        ("vacuum t", "vacuum", "VACUUM"),
        ("reindex index i", "reindex", "REINDEX"),
        ("truncate t", "truncate", "TRUNCATE"),
        ("drop table t", "drop", "DROP TABLE"),
        ("drop index i cascade", "cascade", "DROP INDEX … CASCADE"),
        ("analyze", "analyze", "ANALYZE of a whole database"),
        ("set role postgres", "role", "SET role"),
        ("set session authorization x", "authorization", "SET authorization"),
        ("set transaction read write", "transaction", "SET transaction"),
        ("set transaction_read_only = off", "transaction_read_only", "SET transaction_read_only"),
        ("set default_transaction_read_only = off", "default_transaction_read_only", "SET default_tr"),
        (
            "set session_replication_role = replica",
            "session_replication_role",
            "SET session_replication_role",
        ),
        ("set search_path = x", "search_path", "SET search_path"),
        ("set time zone 'UTC'", "time", "SET time"),
        ("set constraints all deferred", "constraints", "SET constraints"),
        ("set pg_hint_plan.enable_hint = on", "pg_hint_plan", "SET pg_hint_plan"),
        ("reset all", "all", "RESET all"),
        ("set work_mem = 64MB", "64MB", "`64MB`"),
        ("set work_mem = '1MB', '2MB'", ",", "`,`"),
        ("create index i on t", "", "ends too soon"),
        ("create index i on t (a; drop table t)", ";", "a semicolon"),
        ("create index i on t add (a)", "add", "`add`"),
        ("create index", "", "ends too soon"),
        ("create statistics s on a, b", "", "ends too soon"),
        ("grant all on t to public", "grant", "GRANT"),
        ("copy t to program 'x'", "copy", "COPY"),
        ("prepare p as select 1", "prepare", "PREPARE"),
        ("load 'x'", "load", "LOAD"),
        ("refresh materialized view m", "refresh", "REFRESH MATERIALIZED VIEW"),
        ("selct 1", "selct", "SELCT"),
    ] {
        let refused = idea(sql).expect_err(sql);
        assert_eq!(&sql[refused.at.clone()], place, "{sql}: {refused:?}");
        assert!(refused.why.contains(why), "{sql}: {refused:?}");
        assert!(!refused.hint.is_empty(), "{sql}");
    }
}
