//! `advisor prove`: a person's own idea gets the verdict that it deserves, nothing but it is executed, nothing is left
//! behind; and what `advisor explain` writes as a migration runs, and is accepted as an idea.

mod stage;

use serde_json::Value;
use stage::{Scene, Sql, Stage, Told, play, proofs};

/// Two columns that depend on each other, indexes that are used, unused, or needed by a constraint.
const TABLE: &str = "
    CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, city int, zip int, note text, UNIQUE (note));
    INSERT INTO t SELECT i, hashint4(i) % 5000, i % 1000 / 10, i % 1000, CASE WHEN i % 3 > 0 THEN 'x' || i END
        FROM generate_series(1, 100000) AS i;
    CREATE INDEX t_zip_idx ON t (zip);
    CREATE INDEX t_spare_idx ON t (city);
    CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
    CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2026-07-01') TO ('2027-01-01');
    INSERT INTO parts SELECT i, date '2026-01-01' + i % 365 FROM generate_series(1, 100000) AS i;
    CREATE SEQUENCE counted;
    VACUUM ANALYZE t; VACUUM ANALYZE parts";

const QUERY: &str = "SELECT id FROM t WHERE a = 77";

macro_rules! parts {
    ($($part:ident),* $(,)?) => { &[$((stringify!($part), $part as stage::Part)),*] };
}

#[test]
fn a_persons_own_idea_gets_its_verdict() {
    play(parts![
        every_kind_of_idea_gets_its_verdict,
        another_query_must_return_the_same_rows,
        what_else_differs_between_queries_is_said,
        what_is_not_an_idea_is_refused_before_anything_is_run,
        a_removal_waits_for_nobody_for_long,
        an_idea_is_told_for_each_statement,
        who_may_not_is_told_so,
    ]);
}

#[test]
fn a_migration_runs_and_is_an_idea() {
    play(parts![a_migration_runs_as_it_is, a_partitioned_table_is_migrated_step_by_step]);
}

fn scene(stage: &Stage) -> Scene<'_> {
    let mut statements = TABLE.split(';').collect::<Vec<_>>();
    // VACUUM must stand alone.
    let vacuums = statements.split_off(statements.len() - 2);
    let scene = stage.scene(&statements.join(";"));
    vacuums.into_iter().for_each(|vacuum| scene.sql().run(vacuum));
    scene
}

fn prove(dsn: &str, arguments: &[&str]) -> Told {
    Told::of(stage::command("prove", dsn, arguments).output().unwrap())
}

/// The proof of an idea for one statement.
fn proof(scene: &Scene<'_>, idea: &str, query: &str) -> Value {
    let told = prove(&scene.dsn, &["-a", idea, "-c", query]);
    assert_eq!(told.code, Some(0), "{idea}: {told:?}");
    let proofs = proofs(&told.statement());
    assert_eq!(proofs.len(), 1, "{idea}: {told:?}");
    proofs[0].clone()
}

/// Everything that an idea could change for good.
fn state(scene: &Scene<'_>, sql: &Sql) -> String {
    let contents = sql.one(
        "SELECT json_build_object('rows', (SELECT sum(hashtextextended(t::text, 0)) FROM t),
            'indexes', (SELECT json_agg(indexdef ORDER BY 1) FROM (SELECT indexdef FROM pg_indexes
                WHERE schemaname = 'public' ORDER BY 1) AS i),
            'statistics', (SELECT count(*) FROM pg_statistic_ext), 'counted', (SELECT last_value FROM counted))",
    );
    format!("{contents} {}", scene.belongings(sql))
}

fn every_kind_of_idea_gets_its_verdict(stage: &Stage) {
    let scene = scene(stage);
    let sql = scene.sql();
    let before = state(&scene, &sql);
    let by_zip = "SELECT id FROM t WHERE zip = 77";
    let dependent = "SELECT count(*) FROM t WHERE city = 55 AND zip = 555";
    // Spilled to disk by the settings of the session, unless an idea gives it memory.
    let sorts = "SELECT count(*) FROM (SELECT md5(id::text) FROM t ORDER BY 1 OFFSET 0) AS s";
    for (idea, query, verdict, said) in [
        ("CREATE INDEX ON t (a)", QUERY, "proven", ""),
        (
            "CREATE INDEX CONCURRENTLY mine ON public.t USING btree (a) INCLUDE (id) WHERE a > 5",
            QUERY,
            "proven",
            "",
        ),
        ("CREATE INDEX ON t (city, note)", QUERY, "no-gain", "the planner does not use it"),
        ("CREATE INDEX ON t (nothing)", QUERY, "not-possible", "nothing"),
        ("CREATE INDEX t_zip_idx ON t (a)", QUERY, "not-possible", "already exists"),
        ("DROP INDEX t_spare_idx", QUERY, "no-slower", "the plan is the same"),
        ("DROP INDEX CONCURRENTLY IF EXISTS public.t_zip_idx", by_zip, "worse", "without it"),
        ("DROP INDEX t_pkey", QUERY, "not-possible", "constraint t_pkey"),
        ("DROP INDEX t_zip_idx; CREATE INDEX ON t (zip, id)", by_zip, "no-gain", ""),
        ("CREATE STATISTICS ones ON city, zip FROM t", dependent, "no-gain", ""),
        ("CREATE EXTENSION btree_gin", QUERY, "no-gain", ""),
        ("ANALYZE t (a)", QUERY, "no-gain", ""),
        ("SET enable_indexscan = off; SET enable_bitmapscan = off", by_zip, "worse", "with it"),
        ("SET lock_timeout = '1s'; SET work_mem = '64MB'", sorts, "", ""),
        ("RESET work_mem", QUERY, "no-gain", ""),
        ("SET enable_seqscan = perhaps", QUERY, "not-possible", "Boolean"),
    ] {
        let proof = proof(&scene, idea, query);
        let told = format!("{} {}", proof["reason"], proof["notes"]);
        assert!(verdict.is_empty() || proof["verdict"] == verdict, "{idea}: {proof:#}");
        assert!(told.contains(said), "{idea}: {proof:#}");
        assert_eq!(state(&scene, &sql), before, "{idea}");
    }
    let proof = proof(&scene, "DROP INDEX t_spare_idx", QUERY);
    assert!(proof["frees_bytes"].as_u64().unwrap() > 8192 && proof["size_bytes"].is_null(), "{proof:#}");
    assert_eq!(proof["undo"][0], "CREATE INDEX CONCURRENTLY t_spare_idx ON public.t USING btree (city);");
    assert!(proof["notes"].to_string().contains("scanned"), "{proof:#}");
    assert_eq!(sql.one("SHOW work_mem"), "4MB", "no setting is left");
}

fn another_query_must_return_the_same_rows(stage: &Stage) {
    let scene = scene(stage);
    scene.sql().run("CREATE FUNCTION odd() RETURNS int VOLATILE LANGUAGE sql AS 'SELECT 1'");
    let notes = "SELECT note FROM t WHERE zip = 77";
    // Slow by a condition that no index can answer, for which the other has an index.
    let slow = "SELECT id FROM t WHERE zip + 0 = 77";
    for (other, query, verdict, said) in [
        ("SELECT id FROM t WHERE zip = 77", slow, "proven", ""),
        ("SELECT id FROM t WHERE zip = 77 -- a comment", slow, "proven", ""),
        ("SELECT id FROM t WHERE zip BETWEEN 77 AND 78", slow, "no-gain", "100 against 200"),
        ("SELECT id + 1 FROM t WHERE zip = 77", slow, "no-gain", "100 rows each, but with other values"),
        ("SELECT coalesce(note, '') FROM t WHERE zip = 77", notes, "no-gain", "but with other values"),
        (
            "SELECT note FROM t WHERE zip = 77 UNION SELECT note FROM t WHERE zip = 77",
            notes,
            "no-gain",
            " against ",
        ),
        (
            "(SELECT note FROM t WHERE zip = 77 AND id > 5) UNION ALL SELECT note FROM t WHERE zip = 77 AND id <= 5",
            notes,
            "no-gain",
            "noise",
        ),
        (
            "SELECT id FROM t ORDER BY zip DESC LIMIT 5",
            "SELECT id FROM t ORDER BY zip LIMIT 5",
            "not-possible",
            "LIMIT",
        ),
        (
            "SELECT random() FROM t WHERE zip = 77",
            "SELECT random() FROM t WHERE zip + 0 = 77",
            "not-possible",
            "random()",
        ),
        ("SELECT odd()", "SELECT odd() FROM t WHERE a = 77", "not-possible", "odd()"),
        ("SELECT nope FROM t", slow, "not-possible", "nope"),
        ("SELECT id FROM t WHERE zip = 77", "UPDATE t SET a = 1 WHERE a = 77", "not-possible", "writes"),
    ] {
        let proof = proof(&scene, other, query);
        let told = format!("{} {}", proof["reason"], proof["notes"]);
        assert_eq!(proof["verdict"], verdict, "{other}: {proof:#}");
        assert!(told.contains(said), "{other}: {proof:#}");
    }
}

fn what_else_differs_between_queries_is_said(stage: &Stage) {
    let scene = scene(stage);
    let slow = "SELECT id FROM t WHERE zip + 0 = 77";
    for (other, query, verdict, said) in [
        (
            "SELECT id + 1, 5 AS advisor_row FROM t WHERE zip = 77",
            slow,
            "no-gain",
            "1 column against 2 columns",
        ),
        (
            "SELECT 5 AS advisor_row, id + 1 FROM t WHERE zip = 77",
            "SELECT 5 AS advisor_row, id FROM t WHERE zip + 0 = 77",
            "no-gain",
            "but with other values",
        ),
        ("SELECT id::text AS x FROM t WHERE zip = 77", slow, "proven", "id int4 is x text"),
        (
            "SELECT id FROM t WHERE zip = 77 ORDER BY id DESC",
            "SELECT id FROM t WHERE zip + 0 = 77 ORDER BY id",
            "proven",
            "id and id desc",
        ),
    ] {
        let proof = proof(&scene, other, query);
        let told = format!("{} {}", proof["reason"], proof["notes"]);
        assert_eq!(proof["verdict"], verdict, "{other}: {proof:#}");
        assert!(told.contains(said), "{other}: {proof:#}");
    }
}

fn what_is_not_an_idea_is_refused_before_anything_is_run(stage: &Stage) {
    let scene = scene(stage);
    let sql = scene.sql();
    let before = state(&scene, &sql);
    for (idea, said) in [
        ("SELECT nextval('counted')", ""),
        ("CREATE INDEX ON t (a); INSERT INTO t VALUES (-1, 1)", "INSERT"),
        ("INSERT INTO t VALUES (-1, 1)", "INSERT"),
        ("BEGIN; CREATE INDEX stays ON t (a); COMMIT", "BEGIN"),
        ("COMMIT; CREATE INDEX stays ON t (a)", "COMMIT"),
        ("DO $$ BEGIN PERFORM nextval('counted'); END $$", "DO"),
        ("CREATE INDEX stays ON t (a; COMMIT)", "semicolon"),
        ("ALTER TABLE t DROP COLUMN note", "ALTER TABLE"),
        ("SET default_transaction_read_only = off", "SET default_transaction_read_only"),
        ("\\i other.sql\nSELECT 1", "meta-command"),
        ("ALTER INDEX parts_id_idx ATTACH PARTITION t_zip_idx", "t_zip_idx among the new ones of this idea"),
        (
            "CREATE INDEX IF NOT EXISTS t_zip_idx ON t (zip); ALTER INDEX i ATTACH PARTITION t_zip_idx",
            "t_zip_idx among the new ones of this idea",
        ),
        ("DROP INDEX \"\u{1b}[31m\"", "the index \"\\u{1b}[31m\" is not there"),
        ("DROP INDEX nowhere", "the index nowhere is not there"),
        ("CREATE INDEX ON nowhere (a)", "the table nowhere is not there"),
        ("SELECT 1; SELECT 2", "second query"),
        ("SELECT pg_terminate_backend(1)", "pg_terminate_backend(), which no rollback undoes"),
    ] {
        let told = prove(&scene.dsn, &["-a", idea, "-c", QUERY]);
        if !said.is_empty() {
            assert_eq!(told.code, Some(2), "{idea}: {told:?}");
            assert!(told.err.contains(said) && told.out.is_empty(), "{idea}: {told:?}");
        }
        assert_eq!(state(&scene, &sql), before, "{idea}");
    }
    let two = prove(&scene.dsn, &["-a", "SELECT 1", "-c", QUERY, "-c", QUERY]);
    assert_eq!(two.code, Some(2), "{two:?}");
}

fn a_removal_waits_for_nobody_for_long(stage: &Stage) {
    let scene = scene(stage);
    let reader = scene.sql();
    reader.run("BEGIN; SELECT count(*) FROM t WHERE id = 1");
    let proof = proof(&scene, "DROP INDEX t_spare_idx", QUERY);
    assert_eq!(proof["verdict"], "not-possible", "{proof:#}");
    assert!(proof["reason"].to_string().contains("lock_timeout"), "{proof:#}");
    // The reader is not held up by the trial, nor by its end.
    assert_eq!(reader.one("SELECT count(*) FROM t WHERE id = 1"), "1");
    reader.run("COMMIT");
}

fn an_idea_is_told_for_each_statement(stage: &Stage) {
    let scene = scene(stage);
    let arguments = ["-a", "CREATE INDEX ON t (a)", "-c", QUERY, "-c", "SELECT max(id) FROM t"];
    let told = prove(&scene.dsn, &arguments);
    let verdicts: Vec<Value> = told.json()["statements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|statement| proofs(statement)[0]["verdict"].clone())
        .collect();
    assert_eq!(verdicts, ["proven", "no-gain"], "{told:?}");
    let strict = prove(&scene.dsn, &[&arguments[..], &["--fail-on", "not-proven"]].concat());
    assert_eq!(strict.code, Some(1));
    let lenient = prove(&scene.dsn, &[&arguments[..], &["--fail-on", "worse"]].concat());
    assert_eq!(lenient.code, Some(0));
}

fn who_may_not_is_told_so(stage: &Stage) {
    let scene = scene(stage);
    let name = format!("guest_{}", scene.name);
    scene.sql().run(&format!("CREATE ROLE {name} LOGIN; GRANT SELECT ON t TO {name}"));
    for idea in [
        "CREATE INDEX ON t (a)",
        "DROP INDEX t_spare_idx",
        "ANALYZE t",
        "CREATE STATISTICS s ON city, zip FROM t",
    ] {
        let told = prove(&scene.dsn_of(&name), &["-a", idea, "-c", QUERY]);
        let proof = proofs(&told.statement())[0].clone();
        assert_eq!(proof["verdict"], "not-possible", "{idea}: {proof:#}");
        assert!(proof["reason"].to_string().contains("only the owner of t can"), "{idea}: {proof:#}");
    }
    let setting = prove(&scene.dsn_of(&name), &["-a", "SET work_mem = '8MB'", "-c", QUERY]);
    assert_eq!(proofs(&setting.statement())[0]["verdict"], "no-gain", "{setting:?}");
    scene.sql().run(&format!("DROP OWNED BY {name}; DROP ROLE {name}"));
}

/// Runs a file as `psql -f` does: one statement after the other, each in a transaction of its own.
fn run_file(sql: &Sql, file: &str) {
    for statement in advisor::query::split(file).statements {
        sql.run(&statement.text);
    }
}

/// What a migration of these statements is, and what each statement of it is tried as.
fn migration(scene: &Scene<'_>, queries: &[&str]) -> String {
    let mut arguments = vec!["--prove", "--format", "sql"];
    queries.iter().for_each(|query| arguments.extend(["-c", query]));
    let told = scene.explain(&arguments);
    assert_eq!(told.code, Some(0), "{told:?}");
    told.out
}

fn a_migration_runs_as_it_is(stage: &Stage) {
    let scene = scene(stage);
    let sql = scene.sql();
    let file = migration(&scene, &[QUERY, "SELECT note FROM t WHERE a = 99", "SELECT 1"]);
    assert_eq!(file.matches("CREATE INDEX").count(), 1, "once for both statements:\n{file}");
    let idea = prove(&scene.dsn, &["-a", &file, "-c", QUERY]);
    assert_eq!(proofs(&idea.statement())[0]["verdict"], "proven", "{idea:?}\n{file}");
    run_file(&sql, &file);
    let made = "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid";
    assert_eq!(sql.one(made), "5", "{file}");
    let undo = file.lines().find_map(|line| line.strip_prefix("-- undo: ")).unwrap();
    sql.run(undo);
    assert_eq!(sql.one(made), "4", "{file}");
}

fn a_partitioned_table_is_migrated_step_by_step(stage: &Stage) {
    let scene = scene(stage);
    let sql = scene.sql();
    let query = "SELECT at FROM parts WHERE id = 77";
    let file = migration(&scene, &[query]);
    let idea = prove(&scene.dsn, &["-a", &file, "-c", query]);
    assert_eq!(proofs(&idea.statement())[0]["verdict"], "proven", "{idea:?}\n{file}");
    run_file(&sql, &file);
    assert_eq!(sql.one("SELECT indisvalid FROM pg_index WHERE indrelid = 'parts'::regclass"), "t", "{file}");
}
