//! What an index costs its table's writers is told as it is found by hand, and measuring it leaves nothing behind,
//! fires nothing and locks nobody out.

mod stage;

use advisor::cluster::{self, Cluster};
use serde_json::Value;
use stage::{Scene, Sql, Stage, explain, play};

/// A table with everything that a copy of it could stumble over, and room for HOT updates.
const TABLE: &str = "
    CREATE TABLE fired (n int);
    CREATE TABLE t (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        a int NOT NULL CHECK (a < 100000),
        b int NOT NULL,
        code text NOT NULL UNIQUE DEFAULT md5(random()::text),
        twice int GENERATED ALWAYS AS (a * 2) STORED,
        \"Odd name\" text,
        parent bigint REFERENCES t,
        EXCLUDE USING btree (code WITH =)
    ) WITH (fillfactor = 70);
    INSERT INTO t (a, b, code, \"Odd name\") SELECT hashint4(i) % 30000, i % 20, i, repeat('x', 30) FROM generate_series(1, 60000) AS i;
    CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO fired VALUES (1); RETURN coalesce(new, old); END';
    CREATE TRIGGER fire BEFORE INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION fire()";

const QUERY: &str = "SELECT id FROM t WHERE a = 77";

/// The stages' own write no WAL for what was made in the same transaction.
fn with_wal(part: fn(&Stage)) {
    for it in cluster::installations() {
        let cluster = Cluster::start(&it, &[("wal_level", "replica")]).unwrap();
        println!("on {}", it.version);
        part(&Stage { cluster, version: it.version, hypopg: it.hypopg });
    }
}

#[test]
fn what_is_told_is_what_is_found_by_hand() {
    with_wal(|stage| {
        an_index_costs_what_it_costs_by_hand(stage);
        a_partitioned_table_is_tried_on_a_partition(stage);
    });
}

#[test]
fn what_cannot_be_told_is_left_out() {
    play(&[
        ("updates", what_updates_cost_depends_on_the_indexes_that_are_there),
        ("obstacles", what_forbids_it_is_said),
        ("counters", a_rate_is_told_where_it_is_known),
    ]);
}

fn scene<'a>(stage: &'a Stage, more: &str) -> Scene<'a> {
    let scene = stage.scene(TABLE);
    let sql = scene.sql();
    sql.run(more);
    sql.run("VACUUM ANALYZE t");
    scene
}

/// The suggestion of `QUERY`, which must be proven.
fn proven(dsn: &str) -> Value {
    let told = explain(dsn, &["--prove", "-c", QUERY]);
    let statement = told.statement();
    assert_eq!(statement["suggestions"][0]["verdict"], "proven", "{told:?}");
    statement["suggestions"][0].clone()
}

/// Bytes of WAL that an INSERT writes for each row, as the table stands.
fn wal_by_hand(sql: &Sql) -> f64 {
    let insert =
        "INSERT INTO t (a, b, code) SELECT hashint4(-i) % 30000, 1, -i FROM generate_series(1, 1000) AS i";
    // The first one finds pages that nobody has touched since the last checkpoint.
    let measure = |insert: &str| {
        let rows = sql.rows(&format!("EXPLAIN (ANALYZE, WAL, FORMAT JSON) {insert}"));
        let plan: Value = serde_json::from_str(&rows[0][0]).unwrap();
        plan[0]["Plan"]["WAL Bytes"].as_f64().unwrap() / 1000.0
    };
    measure(insert);
    measure(&insert.replace("-i", "-i - 5000"))
}

fn an_index_costs_what_it_costs_by_hand(stage: &Stage) {
    let scene = scene(stage, "");
    let sql = scene.sql();
    let belongings = scene.belongings(&sql);
    // On a busy machine time may drown; what is written does not.
    let index = (0..3).map(|_| proven(&scene.dsn)).find(|it| it["writes"]["insert_us"].as_f64() > Some(0.0));
    let index = index.expect("an INSERT takes longer");
    let writes = &index["writes"];
    assert!(writes["insert_us"].as_f64().unwrap() < 1000.0, "{index:#}");
    assert_eq!(writes["update_column"], "a", "{index:#}");
    assert_eq!((&writes["hot_updates_before"], &writes["hot_updates_after"]), (&1.0.into(), &0.0.into()));
    assert!(writes["rows_sampled"].as_u64() > Some(5_000), "{index:#}");
    assert_eq!(scene.belongings(&sql), belongings, "nothing is left");
    assert_eq!(sql.one("SELECT count(*) FROM fired"), "0", "no trigger fires");
    assert_eq!(sql.one("SELECT max(id) FROM t"), "60000");
    if stage.version < 13 {
        return;
    }
    // What is written twice meets rows that were rolled back in the indexes that are there: these go.
    let alone =
        "BEGIN; ALTER TABLE t DISABLE TRIGGER fire, DROP CONSTRAINT t_code_key, DROP CONSTRAINT t_code_excl";
    sql.run(alone);
    let before = wal_by_hand(&sql);
    sql.run("ROLLBACK");
    sql.run(alone);
    sql.run(index["sql"][0].as_str().unwrap());
    let by_hand = wal_by_hand(&sql) - before;
    sql.run("ROLLBACK");
    let told = writes["insert_wal_bytes"].as_f64().unwrap();
    println!("{}: {told} bytes of WAL for each INSERT, {by_hand} by hand", stage.version);
    assert!((told - by_hand).abs() < 0.3 * by_hand, "{told} told, {by_hand} by hand");
    assert!(writes["update_wal_bytes"].as_f64().unwrap() > told, "all indexes get a new entry: {index:#}");
}

fn a_partitioned_table_is_tried_on_a_partition(stage: &Stage) {
    let scene = stage.scene(
        "CREATE TABLE t (id int, a int, at date) PARTITION BY RANGE (at);
         CREATE TABLE empty PARTITION OF t FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
         CREATE TABLE \"full one\" PARTITION OF t FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
         INSERT INTO t SELECT i, hashint4(i) % 30000, '2021-01-01'::date + i % 365 FROM generate_series(1, 60000) AS i;
         ANALYZE t",
    );
    let sql = scene.sql();
    let belongings = scene.belongings(&sql);
    let index = proven(&scene.dsn);
    assert!(index["writes"]["rows_sampled"].as_u64() > Some(5_000), "{index:#}");
    assert_eq!(index["writes"]["update_column"], "a", "{index:#}");
    assert_eq!(scene.belongings(&sql), belongings, "nothing is left");
}

fn what_updates_cost_depends_on_the_indexes_that_are_there(stage: &Stage) {
    for (index, column, hot) in [
        ("CREATE INDEX ON t (a) WHERE b > 100", "a".into(), [0.0.into(), 0.0.into()]),
        ("CREATE INDEX ON t (b) WHERE a > 1000", "a".into(), [0.0.into(), 0.0.into()]),
        ("CREATE INDEX ON t (b)", "a".into(), [1.0.into(), 0.0.into()]),
        ("CREATE UNIQUE INDEX ON t (a, id) WHERE b > 100", Value::Null, [Value::Null, Value::Null]),
    ] {
        let scene = scene(stage, index);
        let proof = proven(&scene.dsn);
        let writes = &proof["writes"];
        assert_eq!(writes["update_column"], column, "{index}: {proof:#}");
        let told = [writes["hot_updates_before"].clone(), writes["hot_updates_after"].clone()];
        assert_eq!(told, hot, "{index}: {proof:#}");
        assert!(writes["insert_us"].is_number(), "{index}: {proof:#}");
        assert!(writes["insert_wal_bytes"].is_null(), "a WAL that is not written is not told: {proof:#}");
    }
}

fn what_forbids_it_is_said(stage: &Stage) {
    let owned = "CREATE ROLE keeper LOGIN; GRANT ALL ON SCHEMA public TO keeper; ALTER TABLE t OWNER TO keeper; ALTER TABLE fired OWNER TO keeper;";
    let nobody = "REVOKE TEMPORARY ON DATABASE %d FROM PUBLIC";
    let table = [
        (owned, "", ""),
        (owned, nobody, "the role may not make temporary tables in this database"),
        (
            owned,
            "CREATE POLICY low ON t USING (a < 20000); ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY",
            "policies hide rows of the table from the role",
        ),
        (
            owned,
            "CREATE FUNCTION tell() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO fired VALUES (2); END';
             CREATE EVENT TRIGGER tell ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION tell()",
            "a copy of the table would fire the event trigger tell",
        ),
        (
            owned,
            "CREATE FUNCTION tell() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''it fired''; END';
             CREATE EVENT TRIGGER tell ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP INDEX') EXECUTE FUNCTION tell()",
            "",
        ),
        (owned, "CREATE PUBLICATION all_of_it FOR ALL TABLES", ""),
        (owned, "ALTER TABLE t RENAME COLUMN b TO advisor_number", "a column is called advisor_number"),
    ];
    for (owner, obstacle, said) in table {
        let scene = stage.scene(TABLE);
        let sql = scene.sql();
        sql.run(owner);
        sql.run("ANALYZE t");
        sql.run(&obstacle.replace("%d", &scene.name));
        let belongings = scene.belongings(&sql);
        let proof = proven(&scene.dsn_of("keeper"));
        assert_eq!(proof["writes"].is_null(), !said.is_empty(), "{proof:#}");
        let note = format!("what it costs writers was not measured: {said}");
        assert_eq!(proof["notes"].to_string().contains(&note), !said.is_empty(), "{said}: {proof:#}");
        assert_eq!(scene.belongings(&sql), belongings, "nothing is left");
        assert_eq!(sql.one("SELECT count(*) FROM fired"), "0", "{said}");
        sql.run("DROP OWNED BY keeper CASCADE; DROP ROLE keeper");
    }
}

fn a_rate_is_told_where_it_is_known(stage: &Stage) {
    let scene = scene(stage, "");
    let sql = scene.sql();
    sql.run("SELECT pg_stat_reset()");
    let told = proven(&scene.dsn);
    assert!(
        told["writes"]["inserts_per_minute"].is_null(),
        "what was counted for seconds is no rate: {told:#}"
    );
}
