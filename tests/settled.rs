//! What a team has settled: `advisor.toml`, `advisor rules`, and comments that silence a rule.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use advisor::diagnose::rules::RULES;
use serde_json::Value;
use tempfile::TempDir;

/// A plan in which rows are read only to be thrown away.
const PLAN: &str = include_str!("plans/rules/scan-discards-rows-fires.json");

/// `project/advisor.toml`, and a plan two folders below it.
fn project(settings: &str) -> TempDir {
    let project = TempDir::new().expect("a directory");
    fs::create_dir_all(project.path().join("queries/slow")).expect("a directory");
    fs::write(project.path().join("advisor.toml"), settings).expect("a file");
    fs::write(project.path().join("queries/slow/plan.json"), PLAN).expect("a file");
    project
}

fn advisor(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_advisor"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("COLUMNS", "100").output().expect("the program")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The rules of the findings, in their order, and the notes.
fn told(output: &Output) -> (Vec<String>, String) {
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let statement = &report["statements"][0];
    let findings = statement["findings"].as_array().expect("findings");
    let rules = findings.iter().map(|f| f["rule"].as_str().expect("a rule").to_owned()).collect();
    (rules, statement["notes"].to_string())
}

#[test]
fn the_nearest_file_is_found_upwards() {
    let explain = ["explain", "plan.json", "--format", "json"];
    let table = [
        ("", vec!["scan-discards-rows"]),
        ("[rules]\nscan-discards-rows = true\n", vec!["scan-discards-rows"]),
        ("[rules]\nscan-discards-rows = false\n", vec![]),
        ("[rules]\nscan-discards-rows = 0.001\n", vec![]),
    ];
    for (settings, expected) in table {
        let project = project(settings);
        let slow = project.path().join("queries/slow");
        assert_eq!(told(&advisor(&slow, &explain)).0, expected, "{settings}");
        fs::write(slow.join("advisor.toml"), "").expect("a file");
        assert_eq!(told(&advisor(&slow, &explain)).0, ["scan-discards-rows"], "a nearer file");
        let named = [&explain[..], &["--config", "../../advisor.toml"]].concat();
        assert_eq!(told(&advisor(&slow, &named)).0, expected, "the file that is named");
    }
}

#[test]
fn a_file_that_cannot_be_used_ends_with_its_place() {
    let table = [
        ("[rules]\nno-such = 1", "`PROJECT/advisor.toml`: line 2, column 1: there is no rule `no-such`"),
        ("[rules]\nsort-spills = 'loud'", "`PROJECT/advisor.toml`: line 2, column 15: expected `true`"),
        ("rules = ", "`PROJECT/advisor.toml`: line 1, column "),
    ];
    for (settings, expected) in table {
        let project = project(settings);
        let output = advisor(project.path(), &["explain", "queries/slow/plan.json"]);
        let home = project.path().canonicalize().expect("a directory").display().to_string();
        let err = text(&output.stderr).replace(&home, "PROJECT");
        assert_eq!(output.status.code(), Some(2));
        assert!(err.starts_with(&format!("error: {expected}")) && err.contains("\n hint: "), "{err}");
    }
    let project = project("");
    let output = advisor(project.path(), &["rules", "--config", "nowhere.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("`nowhere.toml` cannot be read"));
}

#[test]
fn a_comment_in_a_logged_statement_silences_a_rule() {
    let project = project("");
    let logged = |comment: &str| {
        let mut plan: Value = serde_json::from_str(PLAN).expect("JSON");
        plan[0]["Query Text"] = format!("select * -- {comment}\nfrom orders where status = 'failed'").into();
        fs::write(project.path().join("logged.json"), plan.to_string()).expect("a file");
        told(&advisor(project.path(), &["explain", "logged.json", "--format", "json"]))
    };
    let (rules, notes) = logged("advisor:ignore scan-discards-rows it runs once a night");
    assert!(rules.is_empty() && notes.contains("logged.json:1 says: it runs once a night"), "{notes}");
    let (rules, notes) = logged("advisor:ignore scan-discard why");
    assert_eq!(rules, ["scan-discards-rows"]);
    assert!(notes.contains("logged.json:1: there is no rule `scan-discard` to ignore"), "{notes}");
    assert_eq!(logged("advisor is ignored").1, "[]");
}

#[test]
fn the_rules_are_listed_and_explained() {
    let project = project("[rules]\nsort-spills = false\nheap-fetches = 2\n");
    let run = |arguments: &[&str]| advisor(project.path(), arguments);
    let list = text(&run(&["rules"]).stdout);
    let names: Vec<&str> = list.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(RULES.iter().all(|rule| names.contains(&rule.id)), "{list}");
    assert!(list.contains("A sort goes to disk (switched off by advisor.toml)"), "{list}");
    assert!(list.contains("visits the table (weighs 2 by advisor.toml)"), "{list}");
    let one = text(&run(&["rules", "hash-spills"]).stdout);
    let parts =
        ["hash-spills  A hash table goes to disk\n\n  A hash table may use", "\n  Example: ", "\n  Silent "];
    assert!(parts.iter().all(|part| one.contains(part)), "{one}");
    assert!(
        text(&run(&["rules", "hash-spills", "--format", "markdown"]).stdout)
            .starts_with("## `hash-spills`\n")
    );
    let json: Value = serde_json::from_slice(&run(&["rules", "--format", "json"]).stdout).expect("JSON");
    let weights: Vec<f64> =
        RULES.iter().enumerate().filter_map(|(i, _)| json[i]["weight"].as_f64()).collect();
    assert_eq!(weights.iter().sum::<f64>(), RULES.len() as f64, "one off, one twice");
    let unknown = run(&["rules", "spill"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("perhaps `sort-spills` or `hash-spills`"), "{unknown:?}");
}
