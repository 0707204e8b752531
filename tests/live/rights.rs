//! A role with nothing but SELECT gets a full report, with each thing that its rights forbid named once, in one line,
//! with the GRANT that would allow it.

mod stage;

use serde_json::Value;
use stage::{Scene, Stage, Told, explain, play, proofs};

const SHOP: &str = "
    CREATE ROLE keeper;
    CREATE ROLE reader LOGIN;
    CREATE TABLE orders (id int, customer_id int, status text, secret text);
    INSERT INTO orders SELECT i, hashint4(i) % 9000, 'done', md5(i::text) FROM generate_series(1, 120000) AS i;
    CREATE TABLE customers (id int PRIMARY KEY, name text);
    INSERT INTO customers SELECT i, 'c' || i FROM generate_series(1, 9000) AS i;
    CREATE SCHEMA hidden;
    CREATE TABLE hidden.orders AS SELECT * FROM orders;
    CREATE VIEW open_orders AS SELECT id, customer_id FROM hidden.orders WHERE status = 'done';
    ALTER TABLE orders OWNER TO keeper;
    ANALYZE";

const QUERY: &str =
    "SELECT o.id FROM orders AS o JOIN customers AS c ON c.id = o.customer_id WHERE o.customer_id = 77";

/// A part on a shop of its own; the roles go with it, since they belong to the whole server.
fn in_shop(stage: &Stage, part: fn(&Scene<'_>, &str)) {
    let scene = stage.scene(SHOP);
    part(&scene, &scene.dsn_of("reader"));
    scene.sql().run("DROP OWNED BY reader, keeper CASCADE; DROP ROLE reader, keeper");
}

fn missing(told: &Told) -> Vec<(String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let entries = told.json()["missing"].as_array().unwrap().clone();
    let entries: Vec<_> =
        entries.iter().map(|it| (text(&it["what"]).unwrap(), text(&it["remedy"]))).collect();
    for (what, remedy) in &entries {
        assert!(
            !what.contains('\n') && !remedy.iter().any(|it| it.contains('\n')),
            "one line each: {told:?}"
        );
        assert_eq!(entries.iter().filter(|(it, _)| it == what).count(), 1, "once each: {told:?}");
    }
    entries
}

fn remedies(told: &Told) -> Vec<String> {
    missing(told).into_iter().filter_map(|(_, remedy)| remedy).collect()
}

fn select_is_enough_for_a_full_report(scene: &Scene<'_>, reader: &str) {
    scene.sql().run("GRANT SELECT ON orders, customers TO reader");
    for arguments in [vec!["-c", QUERY], vec!["--prove", "-c", QUERY, "-c", QUERY]] {
        let told = explain(reader, &arguments);
        assert_eq!(told.code, Some(0), "{told:?}");
        let statement = told.statement();
        assert_eq!(statement["run"], "measured");
        assert!(!statement["findings"].as_array().unwrap().is_empty(), "{statement:#}");
        let sql = proofs(&statement).iter().map(|it| it["sql"].to_string()).collect::<String>();
        assert!(sql.contains("ON public.orders (customer_id)"), "{statement:#}");
        let prove = arguments[0] == "--prove";
        assert_eq!(remedies(&told).iter().any(|it| it == "GRANT keeper TO reader;"), prove, "{told:?}");
        let hypopg = remedies(&told).iter().any(|it| it == "CREATE EXTENSION hypopg;");
        assert_eq!(hypopg, scene.stage.hypopg, "{told:?}");
    }
}

/// What `missing` says works: with all of it done, the same role proves the index.
fn what_is_named_as_missing_is_what_was_missing(scene: &Scene<'_>, reader: &str) {
    let sql = scene.sql();
    sql.run("GRANT SELECT ON orders, customers TO reader");
    for _ in 0..4 {
        let told = explain(reader, &["--prove", "-c", QUERY]);
        if told.statement()["suggestions"][0]["verdict"] == "proven" {
            return;
        }
        let remedies = remedies(&told);
        assert!(!remedies.is_empty(), "{told:?}");
        for remedy in remedies {
            sql.run(&remedy);
        }
    }
    panic!("all was granted, and still nothing is proven");
}

/// Some columns only: what the role may not read, it is told nothing of, and needs not be.
fn columns_are_enough(scene: &Scene<'_>, reader: &str) {
    scene.sql().run("GRANT SELECT (id, customer_id) ON orders TO reader");
    let told = explain(reader, &["-c", "SELECT id FROM orders WHERE customer_id = 77"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    assert_eq!(told.statement()["run"], "measured");
    assert!(!proofs(&told.statement()).is_empty(), "{told:?}");
    let told = explain(reader, &["-c", "SELECT secret FROM orders WHERE customer_id = 77"]);
    assert_eq!(told.code, Some(3), "{told:?}");
    assert!(told.out.contains("permission denied for table orders"), "{told:?}");
}

fn what_cannot_be_read_is_named_with_the_grant(scene: &Scene<'_>, reader: &str) {
    scene.sql().run("GRANT SELECT ON customers TO reader");
    for (query, grant) in [
        (QUERY, "GRANT SELECT ON orders TO reader;"),
        ("SELECT * FROM hidden.orders", "GRANT USAGE ON SCHEMA hidden TO reader;"),
        ("SELECT * FROM open_orders", "GRANT SELECT ON open_orders TO reader;"),
    ] {
        let told = explain(reader, &["-c", query]);
        assert_eq!(told.code, Some(3), "{told:?}");
        let error = told.statement()["error"].as_str().unwrap().to_owned();
        assert!(error.contains("permission denied") && error.contains(grant), "{error}");
    }
}

/// A view lends its owner's rights: the table below it is advised on, though the role may not even see its schema.
fn a_view_over_hidden_tables_is_advised(scene: &Scene<'_>, reader: &str) {
    scene.sql().run("GRANT SELECT ON open_orders TO reader");
    let told = explain(reader, &["--prove", "-c", "SELECT id FROM open_orders WHERE customer_id = 77"]);
    assert_eq!(told.code, Some(0), "{told:?}");
    let proofs = proofs(&told.statement());
    assert!(proofs.iter().any(|it| it["sql"].to_string().contains("hidden.orders")), "{told:?}");
    let owner = missing(&told).into_iter().find(|(what, _)| what.contains("owner of hidden.orders"));
    assert_eq!(
        owner.map(|(_, remedy)| remedy),
        Some(None),
        "nobody becomes a superuser for an index: {told:?}"
    );
}

#[test]
fn rights_that_lack_are_named_once_with_their_grant() {
    play(&[
        ("select", |stage| in_shop(stage, select_is_enough_for_a_full_report)),
        ("missing", |stage| in_shop(stage, what_is_named_as_missing_is_what_was_missing)),
        ("columns", |stage| in_shop(stage, columns_are_enough)),
        ("no rights", |stage| in_shop(stage, what_cannot_be_read_is_named_with_the_grant)),
        ("views", |stage| in_shop(stage, a_view_over_hidden_tables_is_advised)),
    ]);
}
