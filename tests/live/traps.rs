//! Traps: what looks like a gain and is none, and what cannot be tried, each with the honest verdict.

mod second;
mod stage;

use std::process::Command;

use advisor::cluster::{self, Cluster};
use second::{Standby, restart};
use serde_json::Value;
use stage::{Sql, Stage, Told, explain, play, proofs};

macro_rules! parts {
    ($($part:ident),* $(,)?) => { &[$((stringify!($part), $part as stage::Part)),*] };
}

#[test]
fn what_is_no_gain_is_not_suggested() {
    play(parts![
        a_value_that_most_rows_have,
        a_table_of_a_hundred_rows,
        an_index_that_the_planner_prefers_and_that_is_slower,
        a_delete_finds_the_same_rows_each_time,
        an_update_that_is_no_longer_hot,
    ]);
}

#[test]
fn what_cannot_be_tried_is_said_with_what_would_allow_it() {
    play(parts![an_older_snapshot_in_another_session, a_role_that_owns_nothing]);
}

/// The verdict on the index with this definition behind its name.
fn verdict<'a>(proofs: &'a [Value], index: &str) -> &'a Value {
    let of = |proof: &&Value| {
        proof["sql"].as_array().unwrap().iter().any(|sql| sql.as_str().unwrap().contains(index))
    };
    proofs.iter().find(of).unwrap_or_else(|| panic!("nothing was tried with `{index}`: {proofs:#?}"))
}

fn is_not_suggested(told: &Told) {
    assert_eq!(told.code, Some(0), "{told:?}");
    let suggestions = &told.statement()["suggestions"];
    assert_eq!(suggestions.as_array().unwrap().len(), 0, "{suggestions:#}");
}

/// That no index is suggested is said at the table, or of the index that was tried.
fn reasons(statement: &Value) -> String {
    let silences = statement["silences"].as_array().unwrap().iter();
    silences.cloned().chain(proofs(statement)).map(|it| format!("{}\n", it["reason"])).collect()
}

fn a_value_that_most_rows_have(stage: &Stage) {
    let scene = stage.scene(
        "CREATE TABLE t AS SELECT i AS id, CASE WHEN i % 10 < 8 THEN 'paid' ELSE 'open' END AS state, repeat('x', 80) AS note
         FROM generate_series(1, 300000) AS i;
         ANALYZE t",
    );
    let told = scene.explain(&["--prove", "-c", "SELECT * FROM t WHERE state = 'paid'"]);
    is_not_suggested(&told);
    assert!(reasons(&told.statement()).contains("80 %"), "{told:?}");
}

fn a_table_of_a_hundred_rows(stage: &Stage) {
    let scene = stage.scene(
        "CREATE TABLE t AS SELECT i AS id, i % 10 AS a, 'note ' || i AS note FROM generate_series(1, 100) AS i;
         ANALYZE t",
    );
    let query = "SELECT id, md5(repeat(note, 20000)) FROM t WHERE a = 7";
    let told = scene.explain(&["--prove", "-c", query]);
    is_not_suggested(&told);
    let statement = told.statement();
    assert!(statement["execution_ms"].as_f64().unwrap() > 2.0, "slow enough to ask for more: {statement:#}");
    assert!(reasons(&statement).contains("small"), "{statement:#}");
}

/// The rows that are looked for stand at the end of the order, which no statistics tell: the planner expects ten of them
/// soon, and reads nearly everything.
fn an_index_that_the_planner_prefers_and_that_is_slower(stage: &Stage) {
    let scene = stage.scene(
        "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b int NOT NULL, note text);
         INSERT INTO t SELECT i, CASE WHEN i > 180000 THEN i % 2 ELSE 2 + i % 18 END, i, repeat('x', 40) FROM generate_series(1, 200000) AS i;
         CREATE INDEX t_a ON t (a);
         ANALYZE t",
    );
    let query = "SELECT * FROM t WHERE a IN (0, 1) ORDER BY b LIMIT 10";
    let told = scene.explain(&["--prove", "--effort", "thorough", "-c", query]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let statement = told.statement();
    let proofs = proofs(&statement);
    let preferred = verdict(&proofs, "ON public.t (b);");
    assert_eq!(preferred["verdict"], "worse", "{preferred:#}");
    assert_eq!(preferred["used"], true, "{preferred:#}");
    assert!(!statement["suggestions"].to_string().contains("ON public.t (b);"), "{statement:#}");
}

/// The trigger counts, outside of what a rollback undoes: had a run found rows gone that the run before deleted, fewer rows
/// than runs times rows were deleted.
fn a_delete_finds_the_same_rows_each_time(stage: &Stage) {
    let scene = stage.scene(
        "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, note text);
         INSERT INTO t SELECT i, hashint4(i) % 2000, repeat('x', 60) FROM generate_series(1, 100000) AS i;
         CREATE SEQUENCE runs;
         CREATE SEQUENCE deleted;
         CREATE FUNCTION count_runs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM nextval(''runs''); RETURN NULL; END';
         CREATE FUNCTION count_rows() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM nextval(''deleted''); RETURN old; END';
         CREATE TRIGGER runs AFTER DELETE ON t FOR EACH STATEMENT EXECUTE FUNCTION count_runs();
         CREATE TRIGGER deleted BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION count_rows();
         ANALYZE t",
    );
    let sql = scene.sql();
    let number = |query: &str| sql.one(query).parse::<i64>().unwrap();
    let rows = number("SELECT count(*) FROM t WHERE a = 77");
    let told = scene.explain(&["--prove", "--allow-writes", "-c", "DELETE FROM t WHERE a = 77"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let statement = told.statement();
    let proofs = proofs(&statement);
    assert_eq!(verdict(&proofs, "ON public.t (a);")["verdict"], "proven", "{statement:#}");
    let runs = number("SELECT last_value FROM runs");
    assert!(rows > 10 && runs > 6, "{rows} rows, {runs} runs");
    assert_eq!(
        number("SELECT last_value FROM deleted"),
        runs * rows,
        "of {runs} runs some did not find all rows"
    );
    assert_eq!(number("SELECT count(*) FROM t WHERE a = 77"), rows);
    assert_eq!(number("SELECT count(*) FROM t"), 100_000);
}

/// The index finds the rows, and each row that is found changes the index: what was a HOT update is none any more. That the
/// statement is faster is true; that others pay for it is said.
fn an_update_that_is_no_longer_hot(stage: &Stage) {
    let scene = stage.scene(
        "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, note text) WITH (fillfactor = 50);
         INSERT INTO t SELECT i, hashint4(i) % 2000, repeat('x', 60) FROM generate_series(1, 100000) AS i;
         ANALYZE t",
    );
    let sql = scene.sql();
    let rows = "SELECT count(*), sum(a), sum(hashtextextended(t::text, 0)) FROM t";
    let before = sql.rows(rows);
    let arguments = ["--prove", "--allow-writes", "-c", "UPDATE t SET a = a + 1 WHERE a = 77"];
    let told = scene.explain(&arguments);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert_eq!(sql.rows(rows), before, "nothing was updated for good");
    let tried = proofs(&told.statement());
    let proof = verdict(&tried, "ON public.t (a);");
    assert_eq!(proof["verdict"], "proven", "{proof:#}");
    let writes = &proof["writes"];
    let share = |key: &str| writes[key].as_f64().unwrap_or_else(|| panic!("{key}: {proof:#}"));
    assert_eq!(writes["update_column"], "a", "{proof:#}");
    assert!(share("hot_updates_before") > 0.5 && share("hot_updates_after") < 0.5, "{writes:#}");
    let mut person = Command::new(env!("CARGO_BIN_EXE_advisor"));
    person.env_clear().args(["explain", "-d", &scene.dsn]).args(arguments);
    let text = String::from_utf8(person.output().unwrap().stdout).unwrap();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("which is no longer HOT"), "a person is told: {text}");
}

fn an_older_snapshot_in_another_session(stage: &Stage) {
    let scene = stage.scene(
        "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, note text) WITH (fillfactor = 70);
         INSERT INTO t SELECT i, hashint4(i) % 5000, repeat('x', 40) FROM generate_series(1, 100000) AS i;
         ANALYZE t",
    );
    let query = "SELECT id FROM t WHERE a = 77";
    let (sql, older) = (scene.sql(), scene.sql());
    older.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t");
    // HOT updates: the chains hold rows that `older` still sees, with other values of the column.
    sql.run("UPDATE t SET a = a + 1 WHERE id % 20 = 0");
    let pid = older.one("SELECT pg_backend_pid()");
    let statement = scene.explain(&["--prove", "-c", query]).statement();
    let tried = proofs(&statement);
    let proof = verdict(&tried, "ON public.t (a);");
    let said = format!("{} {}", proof["reason"], proof["notes"]);
    assert!(said.contains(&format!("session {pid} (idle in transaction")), "{proof:#}");
    assert!(said.contains("indcheckxmin") && !said.contains("does not use"), "{proof:#}");
    assert_eq!(proof["verdict"], if stage.hypopg { "predicted" } else { "not-possible" }, "{proof:#}");
    assert!(proof["after_ms"].is_null(), "{proof:#}");

    older.run("COMMIT");
    let told = scene.explain(&["--prove", "-c", query]).statement();
    assert_eq!(told["suggestions"][0]["verdict"], "proven", "{told:#}");
}

fn a_role_that_owns_nothing(stage: &Stage) {
    let scene = stage.scene(
        "CREATE ROLE landlord;
         CREATE ROLE tenant LOGIN;
         CREATE TABLE t AS SELECT i AS id, i * 7919 % 5000 AS a, repeat('x', 40) AS note FROM generate_series(1, 100000) AS i;
         ALTER TABLE t OWNER TO landlord;
         GRANT SELECT ON t TO tenant;
         ANALYZE t",
    );
    let told = explain(&scene.dsn_of("tenant"), &["--prove", "-c", "SELECT id FROM t WHERE a = 77"]);
    scene.sql().run("DROP OWNED BY landlord, tenant CASCADE; DROP ROLE landlord, tenant");
    let statement = told.statement();
    let tried = proofs(&statement);
    let proof = verdict(&tried, "ON public.t (a);");
    assert!(["not-possible", "predicted"].contains(&proof["verdict"].as_str().unwrap()), "{proof:#}");
    assert!(format!("{} {}", proof["reason"], proof["notes"]).contains("owner"), "{proof:#}");
    assert!(proof["build_ms"].is_null(), "{proof:#}");
    assert!(told.json()["missing"].to_string().contains("GRANT landlord TO tenant;"), "{told:?}");
}

/// What takes the time are a few rows' hashes; an index for finding these rows saves a twentieth. After a restart whoever
/// is measured first reads the table from disk, and must not make the other one look good.
#[test]
fn a_cold_cache_makes_no_gain() {
    for installation in cluster::installations() {
        let cluster = Cluster::start(&installation, &[]).unwrap();
        let dsn = cluster.dsn("postgres");
        Sql::open(&dsn).run(
            "CREATE TABLE t AS SELECT i AS id, i * 7919 % 2000 AS a, repeat('x', 100) AS note FROM generate_series(1, 100000) AS i;
             ANALYZE t;
             CHECKPOINT",
        );
        for effort in ["quick", "normal"] {
            restart(&cluster);
            // Reading the whole table is a few parts in a hundred of it: an index gains less than is worth anything.
            let query = "SELECT count(md5(repeat(note, 40000))) FROM t WHERE a = 77";
            let told = explain(&dsn, &["--prove", "--effort", effort, "-c", query]);
            is_not_suggested(&told);
            let tried = proofs(&told.statement());
            let proof = verdict(&tried, "ON public.t (a);");
            assert_eq!(proof["verdict"], "no-gain", "{proof:#}");
            assert_eq!(proof["used"], true, "{proof:#}");
        }
    }
}

/// Nothing can be built on a standby, and nothing is.
#[test]
fn a_hot_standby_is_only_asked() {
    for installation in cluster::installations() {
        let settings = [("wal_level", "replica"), ("max_wal_senders", "2")];
        let primary = Cluster::start(&installation, &settings).unwrap();
        let sql = Sql::open(&primary.dsn("postgres"));
        sql.run(
            "CREATE TABLE t AS SELECT i AS id, i * 7919 % 2000 AS a, repeat('x', 100) AS note FROM generate_series(1, 100000) AS i;
             ANALYZE t",
        );
        if installation.hypopg {
            sql.run("CREATE EXTENSION hypopg");
        }
        let standby = Standby::of(&primary);
        let there = Sql::open(&standby.dsn);
        assert_eq!(there.one("SELECT pg_is_in_recovery()"), "t");
        let relations = there.one("SELECT count(*) FROM pg_class");
        let told = explain(&standby.dsn, &["--prove", "-c", "SELECT id FROM t WHERE a = 77"]);
        assert_eq!(told.code, Some(0), "{told:?}");
        let statement = told.statement();
        assert_eq!(statement["run"], "measured");
        let tried = proofs(&statement);
        let proof = verdict(&tried, "ON public.t (a);");
        let expected = if installation.hypopg { "predicted" } else { "not-possible" };
        assert_eq!(proof["verdict"], expected, "{proof:#}");
        assert!(format!("{} {}", proof["reason"], proof["notes"]).contains("standby"), "{proof:#}");
        assert!(proof["build_ms"].is_null() && !told.err.contains("building"), "{told:?}");
        assert_eq!(there.one("SELECT count(*) FROM pg_class"), relations);
    }
}
