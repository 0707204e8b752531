//! The demo's shop: the same million rows on every server, and queries that run on them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use advisor::cluster::{self, Cluster};

const TABLES: [&str; 6] = ["customers", "products", "orders", "order_items", "events", "tickets"];

fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/demo")
}

/// Sends a text as it is, in one round trip of the simple protocol: what the demo does too.
fn send(shop: &Cluster, text: &str) -> String {
    let psql = Command::new(shop.bin().join("psql"))
        .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", &shop.dsn("postgres"), "-c", text])
        .output()
        .unwrap();
    assert!(psql.status.success(), "{}", String::from_utf8_lossy(&psql.stderr));
    String::from_utf8(psql.stdout).unwrap()
}

fn load(shop: &Cluster) {
    for file in ["schema.sql", "data.sql", "finish.sql"] {
        send(shop, &fs::read_to_string(demo().join(file)).unwrap());
    }
}

/// How many rows each table has, and a sum over all that is in them.
fn contents(shop: &Cluster) -> Vec<String> {
    let sum = |table: &str| format!("select count(*), sum(hashtextextended(t::text, 0)) from {table} as t");
    TABLES.iter().map(|table| send(shop, &sum(table))).collect()
}

#[test]
fn every_server_gets_the_same_million_rows() {
    let mut first: Option<Vec<String>> = None;
    for installation in cluster::installations() {
        let shop = Cluster::start(&installation, &[]).unwrap();
        load(&shop);
        let contents = contents(&shop);
        let rows: u64 = contents.iter().map(|it| it.split_once('|').unwrap().0.parse::<u64>().unwrap()).sum();
        assert!((950_000..1_050_000).contains(&rows), "{rows} rows");
        assert_eq!(first.get_or_insert_with(|| contents.clone()), &contents, "{installation:?}");
        queries_say_what_they_serve_and_find_rows(&shop);
    }
    assert!(first.is_some(), "no PostgreSQL server here: `make test` installs one");
}

fn queries_say_what_they_serve_and_find_rows(shop: &Cluster) {
    let mut queries: Vec<_> =
        fs::read_dir(demo().join("queries")).unwrap().map(|it| it.unwrap().path()).collect();
    queries.sort();
    assert!(queries.len() >= 7);
    for query in queries {
        let text = fs::read_to_string(&query).unwrap();
        assert!(text.starts_with("-- "), "{}", query.display());
        assert!(!send(shop, &text).is_empty(), "{} finds nothing", query.display());
    }
}
