//! Transcripts of the command line as a user meets it, without a server.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A snapshot, without the arguments again that the transcript shows.
macro_rules! assert_transcript {
    ($told:expr) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($told) })
    };
}

/// A measured plan with something to find: a join over 600,000 rows.
const PLAN: &str = include_str!("report/plans/join.json");

/// A plan that was not measured.
const ESTIMATED: &str = include_str!("report/plans/join-estimated.json");

/// Environment variables.
type Variables<'a> = &'a [(&'a str, &'a str)];

/// A folder with the files that the transcripts name.
fn folder() -> TempDir {
    let folder = TempDir::new().expect("a directory");
    let files: [(&str, &[u8]); 9] = [
        ("plan.json", PLAN.as_bytes()),
        ("estimated.json", ESTIMATED.as_bytes()),
        ("empty.sql", b" \n"),
        ("latin1.sql", b"select 1;\nselect '\xe9'"),
        ("utf16.sql", b"\xff\xfes\0"),
        ("broken.json", b"[{\"Plan\": {\"Node Type\":"),
        ("other.json", b"{\"a\": 1}"),
        ("hollow.json", b"[{\"Plan\": {}}]"),
        ("comments.sql", b"-- nothing\n/* at all */\n\\set x 1\n"),
    ];
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    fs::create_dir(folder.path().join("queries")).expect("a directory");
    folder
}

/// The program in surroundings of its own: 100 columns, no server, no colours asked for.
fn advisor(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_advisor"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command.env("HOME", folder).env("COLUMNS", "100").env("LANG", "C.UTF-8");
    command.env("PGSYSCONFDIR", "/nowhere");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    advisor(folder, arguments).output().expect("the program")
}

fn with_stdin(folder: &Path, arguments: &[&str], text: &str) -> Output {
    let mut command = advisor(folder, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    // Whoever fails before reading closes the pipe.
    let _ = child.stdin.take().expect("its input").write_all(text.as_bytes());
    child.wait_with_output().expect("its output")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What was typed, what came out, and the exit code.
fn transcript(arguments: &[&str], output: &Output) -> String {
    let typed: Vec<String> =
        arguments.iter().map(|a| if a.contains(' ') { format!("'{a}'") } else { (*a).to_owned() }).collect();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code().expect("no signal");
    assert!(!err.contains("panicked"), "{err}");
    format!("$ advisor {}\n{out}{err}[exit {code}]\n", typed.join(" "))
}

fn transcripts(calls: &[&[&str]]) -> String {
    let folder = folder();
    let told: Vec<String> = calls.iter().map(|call| transcript(call, &run(folder.path(), call))).collect();
    told.join("\n")
}

#[test]
fn help() {
    assert_transcript!(transcripts(&[
        &[],
        &["--help"],
        &["explain", "--help"],
        &["prove", "--help"],
        &["prove"],
        &["demo", "-h"],
        &["explan"],
        &["explain"],
    ]));
}

#[test]
fn arguments_that_cannot_be_used() {
    assert_transcript!(transcripts(&[
        &["explain", "--nope"],
        &["explain", "plan.json", "--timeout", "5"],
        &["explain", "plan.json", "--timeout", "0s"],
        &["explain", "plan.json", "--budget", "soon"],
        &["explain", "plan.json", "--max-build-size", "much"],
        &["explain", "plan.json", "--fail-on", "everything"],
        &["explain", "plan.json", "--format", "html"],
        &["explain", "plan.json", "--color", "sometimes"],
        &["explain", "plan.json", "-o", "nowhere/report.md"],
        &["explain", "plan.json", "-o", "queries"],
        &["explain", "-", "-"],
    ]));
}

#[test]
fn ideas_that_cannot_be_tried() {
    // Each is refused before a server is asked for.
    assert_transcript!(transcripts(&[
        &["prove", "-a", "create index on t (a); insert into t values (1)", "-c", "select 1"],
        &["prove", "-a", "set session_replication_role = replica", "-c", "select 1"],
        &["prove", "-a", "analyze", "-c", "select 1"],
        &["prove", "-a", "select pg_terminate_backend(1)", "-c", "select 1"],
        &["prove", "-a", "select 1", "-a", "select 2", "-c", "select 1"],
        &["prove", "-a", "select 1", "-c", "select 1; select 2"],
        &["prove", "-a", "create index on t (a)", "--query", "plan.json"],
        &["prove", "comments.sql", "-c", "select 1"],
        &["prove", "-", "--query", "-"],
        &["prove", "plan.json", "-c", "select 1"],
        &["explain", "comments.sql", "-o", "comments.sql"],
        &["rules", "--format", "sql"],
    ]));
}

#[test]
fn inputs_that_cannot_be_read() {
    assert_transcript!(transcripts(&[
        &["explain", "missing.sql"],
        &["explain", "queries"],
        &["explain", "empty.sql"],
        &["explain", "latin1.sql"],
        &["explain", "utf16.sql"],
        &["explain", "broken.json"],
        &["explain", "other.json"],
        &["explain", "hollow.json"],
        &["explain", "comments.sql"],
        &["explain", "-c", ""],
        &["explain", "-"],
    ]));
}

#[test]
fn servers_that_cannot_be_reached() {
    let calls: &[&[&str]] = &[
        &["explain", "-c", "select 1", "-d", "host=/nowhere user=me password=s3cret"],
        &["explain", "-c", "select 1", "-d", "postgres://me:s3cret@127.0.0.1:1/shop"],
        &["explain", "-c", "select 1", "-d", "postgres://me:s3cret@127.0.0.1:many/shop"],
        &["explain", "-c", "select 1", "-d", "postgres://me:s3cret@127.0.0.1/shop?sslmode=perhaps"],
        &["explain", "-c", "select 1", "-d", "hots=localhost password=s3cret"],
        &["explain", "-c", "select 1", "-d", "service=nobody password=s3cret"],
    ];
    let folder = folder();
    let mut told = Vec::new();
    for call in calls {
        let output = run(folder.path(), call);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(!out.contains("s3cret") && !err.contains("s3cret"), "{err}");
        assert!(err.contains("\n hint: "), "{err}");
        let home = folder.path().display().to_string();
        told.push(transcript(call, &output).replace("s3cret", "***").replace(&home, "~"));
    }
    assert_transcript!(told.join("\n"));
}

#[test]
fn a_plan_in_every_format() {
    assert_transcript!(transcripts(&[
        &["explain", "plan.json"],
        &["explain", "estimated.json", "--format", "text"],
        &["explain", "plan.json", "estimated.json", "--format", "markdown"],
    ]));
}

#[test]
fn a_plan_from_standard_input_is_the_same() {
    let folder = folder();
    let file = run(folder.path(), &["explain", "plan.json"]);
    let stdin = with_stdin(folder.path(), &["explain", "-"], PLAN);
    assert_eq!(text(&file.stdout), text(&stdin.stdout));
    assert_eq!(stdin.status.code(), Some(0));
    let broken = with_stdin(folder.path(), &["explain", "-"], "[{");
    assert!(text(&broken.stderr).starts_with("error: `<stdin>`: the plan cannot be read at line 1"));
    assert_eq!(broken.status.code(), Some(2));
}

#[test]
fn a_file_gets_the_format_of_its_ending() {
    let table: [(&str, &[&str], &str); 5] = [
        ("report.md", &[], "**"),
        ("report.markdown", &[], "**"),
        ("report.json", &[], "{"),
        ("report.txt", &[], "Snappy:"),
        ("report.md", &["--format", "json"], "{"),
    ];
    let folder = folder();
    for (file, more, start) in table {
        let output = run(folder.path(), &[&["explain", "plan.json", "-o", file], more].concat());
        assert_eq!(
            (output.status.code(), text(&output.stdout), text(&output.stderr)),
            (Some(0), "".into(), "".into())
        );
        let report = fs::read_to_string(folder.path().join(file)).expect("a report");
        assert!(report.starts_with(start), "{file}: {report}");
        assert!(!report.contains('\x1b'));
        if start == "{" {
            let document: serde_json::Value = serde_json::from_str(&report).expect("JSON");
            assert_eq!(document["schema_version"], 1);
        }
    }
}

#[test]
fn exit_codes() {
    let table: [(&[&str], i32); 14] = [
        (&["plan.json"], 0),
        (&["plan.json", "--budget", "200ms"], 0),
        (&["plan.json", "--budget", "100ms"], 1),
        (&["estimated.json", "--budget", "1ms"], 0),
        (&["plan.json", "estimated.json", "--budget", "100ms"], 1),
        (&["plan.json", "--fail-on", "finding"], 1),
        (&["plan.json", "--fail-on", "suggestion"], 0),
        (&["plan.json", "--fail-on", "scan-discards-rows"], 1),
        (&["plan.json", "--fail-on", "jit-outweighs-query"], 0),
        (&["plan.json", "--fail-on", "jit-outweighs-query", "--fail-on", "finding"], 1),
        (&["plan.json", "--format", "json", "--budget", "100ms"], 1),
        (&["plan.json", "missing.json"], 2),
        (&["plan.json", "comments.sql"], 0),
        (&["-c", "select 1", "-d", "host=/nowhere user=me"], 3),
    ];
    let folder = folder();
    for (arguments, code) in table {
        let output = run(folder.path(), &[&["explain"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn what_is_finished_is_told_when_the_server_cannot_be_reached() {
    let folder = folder();
    let statements = ["-c", "select 1", "-c", "select 2"];
    let output = run(
        folder.path(),
        &[&["explain", "plan.json", "-d", "host=/nowhere user=me"], &statements[..]].concat(),
    );
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(out.starts_with("Snappy:"), "{out}");
    let words = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("The statement at `-c 1:1` was not finished, nor the one after it: "), "{out}");
    assert!(err.starts_with("error: ") && output.status.code() == Some(3), "{err}");
}

/// A server that accepts and never answers; then Ctrl-C.
#[cfg(unix)]
#[test]
fn what_is_finished_is_told_after_an_interrupt() {
    let folder = folder();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let dsn = format!("host=127.0.0.1 user=me port={}", silent.local_addr().expect("its address").port());
    for (more, out, signal) in [(&["plan.json"][..], "Snappy:", "-INT"), (&[], "", "-TERM")] {
        let arguments = [&["explain", "-c", "select 1", "-d", &dsn], more].concat();
        let mut command = advisor(folder.path(), &arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
        let called = silent.accept().expect("a call");
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
        let output = child.wait_with_output().expect("its output");
        assert!(killed.success());
        assert!(text(&output.stdout).starts_with(out), "{}", text(&output.stdout));
        assert_eq!(
            (output.status.code(), text(&output.stderr).as_str()),
            (Some(130), "error: interrupted\n")
        );
        drop(called);
    }
}

#[test]
fn budgets_are_told() {
    assert_transcript!(transcripts(&[
        &["explain", "plan.json", "--budget", "200ms"],
        &["explain", "plan.json", "--budget", "100ms"],
    ]));
}

#[test]
fn colours_only_where_they_are_wanted() {
    let folder = folder();
    type Case<'a> = (&'a [&'a str], Variables<'a>, bool);
    let into_a_pipe: [Case; 6] = [
        (&[], &[], false),
        (&["--color", "always"], &[], true),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&["--color", "never"], &[], false),
        (&["--color", "auto"], &[("TERM", "xterm-256color")], false),
        (&["--color", "always", "--format", "markdown"], &[], false),
    ];
    for (arguments, variables, painted) in into_a_pipe {
        let mut command = advisor(folder.path(), &[&["explain", "plan.json"], arguments].concat());
        let output = command.envs(variables.iter().copied()).output().expect("the program");
        assert_eq!(text(&output.stdout).contains('\x1b'), painted, "{arguments:?} {variables:?}");
    }
}

/// `script` gives a program a terminal; without it there is nothing to see.
#[cfg(target_os = "linux")]
#[test]
fn colours_on_a_terminal() {
    let on_a_terminal: [(&str, Variables, bool); 5] = [
        ("", &[("TERM", "xterm")], true),
        ("", &[("TERM", "xterm"), ("NO_COLOR", "1")], false),
        ("", &[("TERM", "xterm"), ("NO_COLOR", "")], true),
        ("", &[("TERM", "dumb")], false),
        ("--color never", &[("TERM", "xterm")], false),
    ];
    let folder = folder();
    for (more, variables, painted) in on_a_terminal {
        let mut command = Command::new("script");
        let typed = format!("{} explain plan.json {more}", env!("CARGO_BIN_EXE_advisor"));
        command.args(["-qec", &typed, "/dev/null"]).current_dir(folder.path()).env_clear();
        command.env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8").env("COLUMNS", "80");
        let Ok(output) = command.envs(variables.iter().copied()).stdin(Stdio::null()).output() else {
            println!("skipped: there is no `script` here");
            return;
        };
        let out = text(&output.stdout);
        assert!(out.contains("Snappy:"), "{out}");
        assert_eq!(out.contains('\x1b'), painted, "{more} {variables:?}");
    }
}

#[test]
fn ascii_where_it_is_wanted() {
    let folder = folder();
    let report = text(&run(folder.path(), &["explain", "plan.json", "--ascii"]).stdout);
    assert!(report.is_ascii(), "{report}");
    assert!(!text(&run(folder.path(), &["explain", "plan.json"]).stdout).is_ascii());
}

#[test]
fn reports_fit_the_width() {
    let folder = folder();
    for columns in [60, 80, 120, 200] {
        let mut command = advisor(folder.path(), &["explain", "plan.json", "estimated.json", "--all"]);
        let report = text(&command.env("COLUMNS", columns.to_string()).output().expect("the program").stdout);
        // SQL is to be pasted.
        let sql =
            |line: &&str| ["CREATE ", "-- undo: "].iter().any(|start| line.trim_start().starts_with(start));
        let told = report.lines().filter(|line| !sql(line));
        let widest = told.map(unicode_width::UnicodeWidthStr::width).max();
        assert!(widest <= Some(columns), "{columns}:\n{report}");
        assert!(report.lines().any(|line| unicode_width::UnicodeWidthStr::width(line) == columns), "a rule");
    }
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let folder = folder();
    for arguments in
        [&["explain", "plan.json", "--all"][..], &["explain", "plan.json", "--format", "json"], &["--help"]]
    {
        let mut command = advisor(folder.path(), arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("its end");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{arguments:?}");
    }
}
