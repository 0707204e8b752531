//! What `advisor catalog` writes is what the server knows, and a plan is advised by it, and by a server, as its statement
//! is.

mod stage;

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use advisor::catalog::CatalogFile;
use serde_json::Value;
use stage::{Scene, Stage, Told, play, proofs};
use tempfile::TempDir;

const SHOP: &str = "
    CREATE TABLE customers (id int PRIMARY KEY, email varchar(80) UNIQUE, note text);
    INSERT INTO customers SELECT i, 'c' || i || '@example.com', NULL FROM generate_series(1, 3000) AS i;
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, status text,
                         \"Placed At\" timestamptz DEFAULT '2024-01-01', CHECK (status <> ''));
    INSERT INTO orders SELECT i, 1 + i % 3000, CASE WHEN i % 50 = 0 THEN 'top secret' ELSE 'paid' END
        FROM generate_series(1, 120000) AS i;
    CREATE INDEX ON orders (lower(status)) WHERE status = 'top secret';
    CREATE SCHEMA archive;
    CREATE TABLE archive.events (at date, kind int) PARTITION BY RANGE (at);
    CREATE TABLE archive.events_1 PARTITION OF archive.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE TABLE archive.events_2 PARTITION OF archive.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    INSERT INTO archive.events SELECT date '2024-01-01' + i % 700, i % 9000 FROM generate_series(1, 60000) AS i;
    CREATE MATERIALIZED VIEW totals AS SELECT customer_id, count(*) FROM orders GROUP BY 1;
    ANALYZE";

const QUERY: &str = "SELECT id FROM orders WHERE customer_id = 42 AND status = 'paid'";

fn catalog(dsn: &str, arguments: &[&str]) -> Told {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_advisor"));
    tool.env_clear().args(["catalog", "-d", dsn]).args(arguments).stdin(Stdio::null());
    Told::of(tool.output().unwrap())
}

fn read(told: &Told) -> CatalogFile {
    assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
    CatalogFile::read(&told.out).unwrap()
}

fn names(file: &CatalogFile) -> Vec<String> {
    file.tables.iter().map(|table| table.name.to_string()).collect()
}

/// The text is what is read from it, twice over; the numbers are the server's own.
fn what_is_written_is_what_the_server_knows(scene: &Scene<'_>) {
    let told = catalog(&scene.dsn, &[]);
    let file = read(&told);
    assert_eq!(file.write(), told.out, "read and written again");
    let all = ["archive.events", "archive.events_1", "archive.events_2", "customers", "orders", "totals"];
    assert_eq!(names(&file), all);
    assert_eq!(file.origin.database, scene.name);
    assert_eq!(file.origin.search_path, ["public"]);
    let sql = scene.sql();
    for table in &file.tables {
        let statistics = |c: &&advisor::catalog::Column| c.statistics.is_some();
        let of_table =
            format!("WHERE schemaname = '{}' AND tablename = '{}'", table.name.schema, table.name.name);
        let columns = sql.one(&format!("SELECT count(DISTINCT attname) FROM pg_stats {of_table}"));
        assert_eq!(table.columns.iter().filter(statistics).count().to_string(), columns, "{}", table.name);
        let indexes = sql.one(&format!("SELECT count(*) FROM pg_indexes {of_table}"));
        assert_eq!(table.indexes.len().to_string(), indexes, "{}", table.name);
    }
    let orders = file.tables.iter().find(|table| table.name.name == "orders").unwrap();
    assert_eq!((orders.rows, orders.columns[3].name.as_str()), (120_000.0, "Placed At"));
    let customers = file.tables.iter().find(|table| table.name.name == "customers").unwrap();
    assert_eq!(customers.referenced_by[0].table, orders.name);
    assert!(sql.one("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'advisor'").len() == 1);
}

fn tables_are_chosen_and_values_left_out(scene: &Scene<'_>) {
    let events: &[&str] = &["archive.events", "archive.events_1", "archive.events_2"];
    let table: [(&[&str], &[&str]); 5] = [
        (&["-t", "orders"], &["orders"]),
        (&["-t", "*s", "-n", "public"], &["customers", "orders", "totals"]),
        (&["-n", "archive"], events),
        (&["-t", "archive.events_2"], events),
        (&["-t", "events"], events),
    ];
    for (arguments, expected) in table {
        assert_eq!(names(&read(&catalog(&scene.dsn, arguments))), expected, "{arguments:?}");
    }
    let told = catalog(&scene.dsn, &["-t", "nosuch"]);
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.err.starts_with("error: no table is called `nosuch`"), "{told:?}");
    let (with, without) = (catalog(&scene.dsn, &[]).out, catalog(&scene.dsn, &["--no-values"]).out);
    // The condition of an index is no value of a row; it stands in its definition, too.
    assert_eq!((with.matches("top secret").count(), without.matches("top secret").count()), (3, 2));
    assert!(with.contains("@example.com") && !without.contains("@example.com"));
}

/// Without SELECT there are no statistics, and one remark says so.
fn what_may_not_be_read_is_named_once(scene: &Scene<'_>) {
    let sql = scene.sql();
    sql.run("CREATE ROLE looker LOGIN");
    let dsn = scene.dsn_of("looker");
    let told = catalog(&dsn, &["-t", "orders", "-t", "customers"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let hint = "GRANT SELECT ON public.customers, public.orders TO looker;";
    assert!(told.err.contains("may not read customers, orders") && told.err.contains(hint), "{told:?}");
    assert_eq!(told.err.lines().count(), 2, "{told:?}");
    let bare = CatalogFile::read(&told.out).unwrap();
    assert!(bare.tables.iter().flat_map(|t| &t.columns).all(|c| c.statistics.is_none()));
    sql.run(hint);
    let told = catalog(&dsn, &["-t", "orders", "-t", "customers"]);
    assert_eq!(told.err, "", "what was granted is all that lacked");
    sql.run("DROP OWNED BY looker; DROP ROLE looker");
}

fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// The plan as psql's user prints it: text, without VERBOSE.
fn plan(scene: &Scene<'_>, sql: &str) -> String {
    let rows = scene.sql().rows(&format!("EXPLAIN (ANALYZE) {sql}"));
    rows.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn sql_of(statement: &Value, lists: &[&str]) -> BTreeSet<String> {
    let listed = lists.iter().flat_map(|list| statement[list].as_array().unwrap());
    listed.map(|proof| proof["sql"][0].as_str().unwrap().to_owned()).collect()
}

fn a_plan_is_advised_as_its_statement_is(scene: &Scene<'_>) {
    let folder = TempDir::new().unwrap();
    let live = scene.explain(&["-c", QUERY]).statement();
    let proposed = sql_of(&live, &["suggestions", "untried", "tried"]);
    assert!(!proposed.is_empty(), "{live:#}");
    let given = file(&folder, "plan.txt", &plan(scene, QUERY));
    let catalog = file(&folder, "shop.json", &catalog(&scene.dsn, &[]).out);
    let mut offline = Command::new(env!("CARGO_BIN_EXE_advisor"));
    offline.env_clear().args(["explain", "--format", "json", &given, "--catalog", &catalog]);
    let by_file = Told::of(offline.output().unwrap()).statement();
    assert_eq!(sql_of(&by_file, &["untried"]), proposed, "{by_file:#}");
    assert_eq!((&by_file["known_from"], &by_file["run"]), (&Value::from("file"), &Value::from("given")));
    let by_server = scene.explain(&[&given]).statement();
    assert_eq!(sql_of(&by_server, &["untried"]), proposed, "{by_server:#}");
    let reason = by_server["untried"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("the plan does not hold its statement; to prove it, run"), "{reason}");
}

/// With its statement, as auto_explain logs it or psql shows it, a plan's remedies are shown to the planner; nothing is
/// run.
fn the_planner_is_asked_where_the_statement_is_known(scene: &Scene<'_>) {
    let folder = TempDir::new().unwrap();
    let logged = |sql: &str| format!("Query Text: {sql}\n{}", plan(scene, &sql.replace("$1", "42")));
    let shown = format!("EXPLAIN (ANALYZE) {QUERY};\n{}", plan(scene, QUERY));
    let verdict = if scene.stage.hypopg { "predicted" } else { "untried" };
    let write = "UPDATE orders SET status = 'void' WHERE customer_id = 42";
    let parameters = "SELECT id FROM orders WHERE customer_id = $1";
    for (text, verdict, reason) in [
        (logged(QUERY), verdict, ""),
        (shown, verdict, ""),
        (logged(parameters), "untried", "the plan's statement has parameters"),
        (logged(write), verdict, ""),
    ] {
        let told = scene.explain(&[&file(&folder, "log.txt", &text), "--prove"]);
        assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{told:?}");
        let statement = told.statement();
        let proof = proofs(&statement).into_iter().find(|proof| proof["verdict"] == verdict);
        let proof = proof.unwrap_or_else(|| panic!("{text}: {statement:#}"));
        assert!(proof["reason"].as_str().unwrap_or_default().starts_with(reason), "{proof:#}");
        assert!(proof["before_ms"].is_null(), "a plan that was given is not run: {proof:#}");
        assert!(statement["notes"].to_string().contains("--prove runs statements"), "{statement:#}");
    }
}

fn what_is_not_here_is_named(scene: &Scene<'_>) {
    let folder = TempDir::new().unwrap();
    let given = file(&folder, "plan.txt", &plan(scene, QUERY));
    let elsewhere = scene.stage.scene("CREATE TABLE orders (id int, customer_id int)");
    let notes = elsewhere.explain(&[&given]).statement()["notes"].to_string();
    assert!(notes.contains("the column `orders.status` of the plan is not in the database"), "{notes}");
    let empty = scene.stage.scene("");
    let told = empty.explain(&[&given]);
    let notes = told.statement()["notes"].to_string();
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(notes.contains("the table `orders` of the plan is not in the database"), "{notes}");
}

/// All on one shop: it takes the longest to make.
fn in_a_shop(stage: &Stage) {
    let scene = stage.scene(SHOP);
    what_is_written_is_what_the_server_knows(&scene);
    tables_are_chosen_and_values_left_out(&scene);
    what_may_not_be_read_is_named_once(&scene);
    a_plan_is_advised_as_its_statement_is(&scene);
    what_is_not_here_is_named(&scene);
    the_planner_is_asked_where_the_statement_is_known(&scene);
}

#[test]
fn plans_are_advised_elsewhere() {
    play(&[("in a shop", in_a_shop)]);
}
