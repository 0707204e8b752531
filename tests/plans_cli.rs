//! Transcripts of the commands that take plans to plans: `advisor diff` and `advisor anonymize`.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const BEFORE: &str = include_str!("plans/changes/index-added-before.json");
const AFTER: &str = include_str!("plans/changes/index-added-after.json");
const ESTIMATED: &str = include_str!("plans/changes/estimated-after.json");
const OTHER: &str = include_str!("plans/changes/estimates-after.json");
const LOG: &str = include_str!("nasty/11-stderr-text.txt");

fn folder() -> TempDir {
    let folder = TempDir::new().expect("a directory");
    let several = format!("{BEFORE}\n{OTHER}\n{OTHER}");
    let files = [
        ("before.json", BEFORE),
        ("after.json", AFTER),
        ("estimated.json", ESTIMATED),
        ("other.json", OTHER),
        ("several.txt", &several),
        ("server.log", LOG),
        ("query.sql", "select 1"),
        ("empty.json", ""),
    ];
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

fn advisor(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_advisor"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("HOME", folder).env("COLUMNS", "100").env("LANG", "C.UTF-8");
    command
}

fn with_stdin(folder: &Path, arguments: &[&str], text: &str) -> Output {
    let mut command = advisor(folder, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    // Whoever fails before reading closes the pipe.
    let _ = child.stdin.take().expect("its input").write_all(text.as_bytes());
    child.wait_with_output().expect("its output")
}

fn transcript(folder: &Path, arguments: &[&str]) -> String {
    let output = advisor(folder, arguments).output().expect("the program");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(!err.contains("panicked"), "{err}");
    let code = output.status.code().expect("no signal");
    format!("$ advisor {}\n{out}{err}[exit {code}]\n", arguments.join(" "))
}

/// The transcripts, as a snapshot without the arguments again that they show.
fn assert_transcripts(name: &str, calls: &[&[&str]]) {
    let folder = folder();
    let told: Vec<String> = calls.iter().map(|call| transcript(folder.path(), call)).collect();
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(name, told.join("\n")) });
}

#[test]
fn help() {
    assert_transcripts("help", &[&["diff", "--help"], &["anonymize", "--help"]]);
}

#[test]
fn plans_compared() {
    assert_transcripts(
        "diff",
        &[
            &["diff", "before.json", "after.json"],
            &["diff", "before.json", "after.json", "--format", "markdown"],
            &["diff", "before.json", "estimated.json", "--ascii"],
            &["diff", "before.json", "other.json"],
            &["diff", "several.txt", "other.json"],
        ],
    );
}

#[test]
fn plans_that_cannot_be_compared() {
    assert_transcripts(
        "diff-errors",
        &[
            &["diff", "before.json"],
            &["diff", "before.json", "missing.json"],
            &["diff", "before.json", "query.sql"],
            &["diff", "before.json", "empty.json"],
            &["diff", "-", "-"],
            &["diff", "before.json", "after.json", "--fail-on", "anything"],
            &["diff", "before.json", "after.json", "-o", "nowhere/report.md"],
        ],
    );
}

#[test]
fn exit_codes() {
    let folder = folder();
    for (before, after, fail_on, code) in [
        ("before.json", "after.json", &[][..], 0),
        ("before.json", "after.json", &["slower"], 0),
        ("after.json", "before.json", &["slower"], 1),
        ("before.json", "after.json", &["changed"], 1),
        ("before.json", "before.json", &["changed", "slower", "pages"], 0),
        ("after.json", "before.json", &["pages"], 1),
        ("before.json", "estimated.json", &["slower"], 0),
        ("estimated.json", "before.json", &["slower"], 1),
    ] {
        let options: Vec<&str> = fail_on.iter().flat_map(|what| ["--fail-on", what]).collect();
        let output = advisor(folder.path(), &[&["diff", before, after], &options[..]].concat()).output();
        assert_eq!(output.expect("the program").status.code(), Some(code), "{before} {after} {fail_on:?}");
    }
}

#[test]
fn plans_from_standard_input() {
    let folder = folder();
    let diff = with_stdin(folder.path(), &["diff", "-", "after.json", "--format", "json"], BEFORE);
    let json: serde_json::Value = serde_json::from_slice(&diff.stdout).expect("JSON");
    assert_eq!(
        (json["before"].as_str(), json["comparisons"][0]["trend"].as_str()),
        (Some("<stdin>"), Some("less"))
    );
    let anonymous = with_stdin(folder.path(), &["anonymize"], BEFORE);
    let named = advisor(folder.path(), &["anonymize", "before.json"]).output().expect("the program");
    assert!(anonymous.status.success() && anonymous.stdout == named.stdout);
}

#[test]
fn plans_without_names() {
    assert_transcripts(
        "anonymize",
        &[
            &["anonymize", "server.log"],
            &["anonymize", "estimated.json"],
            &["anonymize", "query.sql"],
            &["anonymize", "empty.json"],
            &["anonymize", "missing.json"],
            &["anonymize", "before.json", "-o", "nowhere/plan.json"],
            &["anonymize", "before.json", "--mapping", "nowhere/names.json"],
        ],
    );
}

#[test]
fn the_owner_can_translate_back() {
    let folder = folder();
    let call = ["anonymize", "before.json", "-o", "plan.json", "--mapping", "names.json"];
    let output = advisor(folder.path(), &call).output().expect("the program");
    assert!(output.status.success() && output.stdout.is_empty());
    let text = |file: &str| fs::read_to_string(folder.path().join(file)).expect("a file");
    let names: serde_json::Value = serde_json::from_str(&text("names.json")).expect("JSON");
    assert_eq!(names["t1"], "orders");
    assert!(text("plan.json").contains("\"Relation Name\": \"t1\"") && !text("plan.json").contains("orders"));
    // The diagnosis needs no names.
    let explained = advisor(folder.path(), &["explain", "plan.json"]).output().expect("the program");
    assert!(String::from_utf8_lossy(&explained.stdout).contains("Seq Scan on t1"));
}
