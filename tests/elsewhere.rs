//! Transcripts of `--catalog`, and of plans without their server: a plan of the demo's shop (`sql/demo`), printed by
//! psql, and what `advisor catalog -t orders --no-values` wrote of the shop.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const CATALOG: &str = include_str!("elsewhere/catalog.json");

const PLAN: &str = include_str!("elsewhere/orders.txt");

/// A table, and an index, that the shop does not have.
const STRANGE: &str = "\
Hash Join  (cost=10.00..5289.00 rows=10 width=37) (actual time=0.110..150.0 rows=10 loops=1)
  Hash Cond: (o.bill_id = b.id)
  ->  Seq Scan on public.orders o  (cost=0.00..4189.00 rows=10 width=37) (actual time=0.010..120.0 rows=9 loops=1)
        Filter: (o.bill_state = 4)
        Rows Removed by Filter: 199991
  ->  Hash  (cost=5.00..5.00 rows=100 width=4) (actual time=20.0..20.0 rows=100 loops=1)
        ->  Index Scan using bills_pkey on accounts.bills b  (cost=0.00..5.00 rows=100 width=4) (actual time=0.01..20.0 rows=100 loops=1)
Planning Time: 0.2 ms
Execution Time: 150.2 ms
";

/// A folder with the files that the transcripts name.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a directory");
    let cut = CATALOG.get(..CATALOG.find("customer_id").expect("a column")).expect("a part");
    let wrong = CATALOG.replacen("\"rows\":200000.0", "\"rows\":\"many\"", 1);
    let later = CATALOG.replacen("\"catalog_version\":1", "\"catalog_version\":2", 1);
    let files: [(&str, &str); 8] = [
        ("orders.txt", PLAN),
        ("strange.txt", STRANGE),
        ("shop.json", CATALOG),
        ("cut.json", cut),
        ("wrong.json", &wrong),
        ("later.json", &later),
        ("plan.json", include_str!("report/plans/join.json")),
        ("query.sql", "select 1;"),
    ];
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

/// The program in surroundings of its own: 100 columns, no server.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_advisor"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("HOME", folder).env("COLUMNS", "100").env("LANG", "C.UTF-8").env("PGSYSCONFDIR", "/nowhere");
    command.output().expect("the program")
}

/// What was typed, what came out, and the exit code.
fn transcripts(calls: &[&[&str]]) -> String {
    let folder = folder();
    let told = calls.iter().map(|call| {
        let output = run(folder.path(), call);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        let code = output.status.code().expect("no signal");
        assert!(!err.contains("panicked"), "{err}");
        format!("$ advisor {}\n{out}{err}[exit {code}]\n", call.join(" "))
    });
    told.collect::<Vec<_>>().join("\n")
}

macro_rules! assert_transcript {
    ($told:expr) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($told) })
    };
}

#[test]
fn a_plan_is_advised_by_a_catalog_or_by_itself() {
    assert_transcript!(transcripts(&[
        &["explain", "orders.txt", "--catalog", "shop.json"],
        &["explain", "orders.txt"],
        &["explain", "strange.txt", "--catalog", "shop.json"],
        &["explain", "strange.txt", "-d", "postgres://me@127.0.0.1:1/shop"],
    ]));
}

#[test]
fn catalogs_that_cannot_be_used() {
    assert_transcript!(transcripts(&[
        &["explain", "orders.txt", "--catalog", "missing.json"],
        &["explain", "orders.txt", "--catalog", "orders.txt"],
        &["explain", "orders.txt", "--catalog", "plan.json"],
        &["explain", "orders.txt", "--catalog", "cut.json"],
        &["explain", "orders.txt", "--catalog", "wrong.json"],
        &["explain", "orders.txt", "--catalog", "later.json"],
        &["explain", "query.sql", "--catalog", "shop.json"],
        &["explain", "orders.txt", "--catalog", "shop.json", "-d", "shop"],
    ]));
}

#[test]
fn the_command_that_writes_a_catalog() {
    assert_transcript!(transcripts(&[
        &["catalog", "--help"],
        &["catalog", "-d", "host=/nowhere user=me", "-o", "nowhere/shop.json"],
        &["catalog", "-d", "postgres://me@127.0.0.1:1/shop"],
        &["catalog", "plan.json"],
    ]));
}

#[test]
fn what_could_not_be_tried_is_no_suggestion() {
    let table: [(&[&str], i32); 6] = [
        (&["orders.txt", "--fail-on", "suggestion"], 0),
        (&["orders.txt", "--fail-on", "untried"], 1),
        (&["orders.txt", "--catalog", "shop.json", "--fail-on", "suggestion"], 0),
        (&["orders.txt", "--catalog", "shop.json", "--fail-on", "untried"], 1),
        (&["strange.txt", "--catalog", "shop.json", "--fail-on", "untried"], 0),
        (&["strange.txt", "--catalog", "shop.json", "--fail-on", "finding"], 1),
    ];
    let folder = folder();
    for (arguments, code) in table {
        let output = run(folder.path(), &[&["explain"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}

/// A program that applies what is suggested finds nothing under `suggestions` that nobody tried.
#[test]
fn programs_are_told_apart_what_is_untried() {
    let folder = folder();
    for (more, known_from) in [(&["--catalog", "shop.json"][..], "file"), (&[], "plan")] {
        let arguments = [&["explain", "orders.txt", "--format", "json"], more].concat();
        let document: serde_json::Value =
            serde_json::from_slice(&run(folder.path(), &arguments).stdout).expect("JSON");
        let statement = &document["statements"][0];
        assert_eq!(statement["known_from"], known_from);
        assert_eq!(statement["suggestions"], serde_json::json!([]));
        let untried = &statement["untried"][0];
        assert_eq!(untried["verdict"], "untried");
        assert!(untried["reason"].as_str().is_some_and(|why| why.contains("advisor explain --prove")));
        assert!(untried["sql"][0].as_str().is_some_and(|sql| sql.ends_with("(customer_id, created_at);")));
    }
}

fn keys(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| {
            found.push(key.clone());
            keys(value, found);
        }),
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

#[test]
fn every_key_of_a_catalog_is_documented() {
    let docs = include_str!("../docs/catalog.md");
    let mut found = Vec::new();
    keys(&serde_json::from_str(CATALOG).expect("JSON"), &mut found);
    found.sort();
    found.dedup();
    assert!(found.len() > 40, "{found:?}");
    for key in found {
        assert!(docs.contains(&format!("`{key}`")), "docs/catalog.md does not say what `{key}` is");
    }
}
