//! Transcripts of the command line on a throw-away server: many statements, their mistakes, and all ways in.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use advisor::cluster::{self, Cluster};
use tempfile::TempDir;

/// A table that a scan takes long enough for.
const TABLE: &str = "CREATE TABLE orders AS SELECT id, id % 5000 AS customer_id, md5(id::text) AS note \
                     FROM generate_series(1, 100000) AS id; ALTER TABLE orders ADD PRIMARY KEY (id); ANALYZE orders;
                     CREATE ROLE guest LOGIN; CREATE ROLE nobody LOGIN; GRANT SELECT ON orders TO guest";

struct Live {
    cluster: Cluster,
    folder: TempDir,
}

impl Live {
    fn start() -> Self {
        let installation = cluster::best().expect("a PostgreSQL server");
        let live = Self {
            cluster: Cluster::start(&installation, &[]).expect("a throw-away server"),
            folder: TempDir::new().expect("a directory"),
        };
        let psql = live.cluster.bin().join("psql");
        let mut load = Command::new(if psql.exists() { psql } else { "psql".into() });
        load.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", &live.dsn(), "-c", TABLE]);
        assert!(load.status().expect("psql").success());
        live
    }

    fn dsn(&self) -> String {
        self.cluster.dsn("postgres")
    }

    /// The same as a keyword string, for any role.
    fn keywords(&self, user: &str) -> String {
        let (host, port) = (self.cluster.socket_dir().display(), self.cluster.port());
        format!("host={host} port={port} user={user} dbname=postgres")
    }

    fn advisor(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_advisor"));
        command.arg("explain").args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("COLUMNS", "100").env("LANG", "C.UTF-8");
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Told {
        Told::of(self.advisor(&[&["-d", &self.dsn()], arguments].concat()).output())
    }

    fn file(&self, name: &str, sql: &str) {
        fs::write(self.folder.path().join(name), sql).expect("a file");
    }
}

struct Told {
    out: String,
    err: String,
    code: Option<i32>,
}

impl Told {
    fn of(output: std::io::Result<Output>) -> Self {
        let Output { status, stdout, stderr } = output.expect("the program");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { out: text(stdout), err: text(stderr), code: status.code() }
    }

    /// Asserts that these stand in the report, in this order.
    fn tells(&self, parts: &[&str]) {
        let mut rest = self.out.as_str();
        for part in parts {
            let at = rest
                .find(part)
                .unwrap_or_else(|| panic!("no {part:?} (any more) in:\n{}{}", self.out, self.err));
            rest = &rest[at + part.len()..];
        }
    }
}

/// Statements that fail, so that no time is in the report.
const MISTAKES: &str = "select 1 from orders where nosuch = 1;\r\n-- Größe: ½ \u{1f600}\r\n\tselect 'größé' as ü,\
    \tnosuch\tfrom orders;\r\nselect count(*) fro orders;\r\nselect 'é', * from nosuch;\r\nselect 1 from orders, ;\r\n\
    select :id;\r\ncreate index i on orders (id);\r\ncopy orders from stdin;\r\n1\t2\r\n\\.\r\ncall p();\r\n\
    do $$ begin end $$;\r\nbegin;\r\nvacuum orders;\r\nselect * from orders where id = $1;\r\nselect 1/0";

#[test]
fn mistakes_are_shown_where_they_are_made() {
    let live = Live::start();
    live.file("mistakes.sql", MISTAKES);
    let told = live.run(&["mistakes.sql"]);
    assert_eq!((told.code, told.err.as_str()), (Some(2), ""));
    assert_eq!(told.out.matches("error: ").count(), told.out.matches("\n hint: ").count(), "{}", told.out);
    insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!(told.out) });
}

#[test]
fn statements_of_a_file_are_advised_one_by_one() {
    let live = Live::start();
    let sql = "\\set x 1\n-- the first\nselect count(*) from orders\n  where customer_id = 42;\n\
               drop table orders;\nbegin;\nEXPLAIN (ANALYZE, BUFFERS) select * from orders where id = 7;\n\
               insert into orders values (0, 0, '');\nselect note from orders where customer_id = 7;";
    live.file("many.sql", sql);
    let told = live.run(&["--prove", "many.sql"]);
    told.tells(&[
        "6 statements, ",
        " in all: 2 made faster (proven), 1 fine, 1 not run, 2 failed.",
        "── 1 of 6 · many.sql:3 ──",
        "\n  select count(*) from orders\n    where customer_id = 42\n",
        "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id);",
        "── 2 of 6 · many.sql:5 ──",
        "error: DROP TABLE is not a statement that can be explained",
        " --> many.sql:5:1",
        " hint: give a SELECT, ",
        "── 3 of 6 · many.sql:6 ──",
        "error: BEGIN is not a statement",
        "── 4 of 6 · many.sql:7 ──",
        "\n  select * from orders where id = 7\n",
        "Fine: ",
        "── 5 of 6 · many.sql:8 ──",
        "Not run: it writes (INSERT), so it was only planned",
        "── 6 of 6 · many.sql:9 ──",
        "── in short ──",
        "many.sql:3",
        "index on orders (customer_id)\n",
        "failed: DROP TABLE",
        "many.sql:7",
        "fine",
        "Notes\n  many.sql:1: psql meta-command `\\set x 1` ignored.",
    ]);
    assert_eq!(told.code, Some(2), "two failed");
    live.file(
        "hushed.sql",
        "select note from orders\nwhere customer_id = 7; -- advisor:ignore scan-discards-rows as agreed",
    );
    live.run(&["hushed.sql"])
        .tells(&["`scan-discards-rows` is not looked for, as hushed.sql:2 says: as agreed."]);
    let saved = live.run(&["many.sql", "-o", "report.md"]);
    assert_eq!((saved.code, saved.out.as_str()), (Some(2), ""));
    assert_eq!(
        saved.err,
        "error: 2 of 6 statements could not be advised\n hint: the reasons are in `report.md`\n"
    );
}

#[test]
fn a_statement_comes_from_anywhere_to_a_server_named_anyhow() {
    let live = Live::start();
    live.file("one.sql", "select 4711 as file");
    let (host, port) = (live.cluster.socket_dir().display().to_string(), live.cluster.port().to_string());
    let url = live.dsn();
    let variables: [(&str, &str); 3] = [("PGHOST", &host), ("PGPORT", &port), ("PGUSER", "postgres")];
    type Way<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);
    let keywords = live.keywords("postgres");
    let table: [Way; 6] = [
        (&["-d", &url, "-c", "select 1"], &[], ""),
        (&["-d", &keywords, "one.sql"], &[], ""),
        (&["-d", "postgres", "-"], &variables, "select 2"),
        (&["-c", "select 3"], &[("DATABASE_URL", &url)], ""),
        (&["-c", "select 3"], &variables, ""),
        (&["-d", "postgres", "-c", "select 3", "-", "one.sql"], &variables, "select 2"),
    ];
    for (arguments, variables, stdin) in table {
        let mut command = live.advisor(arguments);
        command
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program");
        let _ = child.stdin.take().expect("its input").write_all(stdin.as_bytes());
        let told = Told::of(child.wait_with_output());
        assert_eq!((told.code, told.err.as_str()), (Some(0), ""), "{arguments:?}");
        told.tells(&["Fine: ", "Result"]);
    }
}

#[test]
fn what_the_server_forbids_is_told_with_what_would_allow_it() {
    let live = Live::start();
    let slow = "select note from orders where customer_id = 42";
    let told = Told::of(live.advisor(&["-d", &live.keywords("nobody"), "-c", slow]).output());
    told.tells(&["error: permission denied for table orders\n hint: "]);
    assert_eq!(told.code, Some(3));
    let told = Told::of(live.advisor(&["-d", &live.keywords("guest"), "--prove", "-c", slow]).output());
    told.tells(&["nly the owner of orders can build an index on it", "`postgres`"]);
    assert!(!told.out.contains("GRANT postgres"), "nobody becomes a superuser for an index: {}", told.out);
    assert!(!told.out.contains("nothing worth changing"), "{}", told.out);
    assert_eq!(told.code, Some(0));
    let told = Told::of(live.advisor(&["-d", &live.keywords("absent"), "-c", slow]).output());
    assert!(told.err.starts_with("error: ") && told.err.contains("\n hint: "), "{}", told.err);
    assert_eq!(told.code, Some(3));
}

#[test]
fn a_proof_says_who_waits_and_the_exit_code_what_came_of_it() {
    let live = Live::start();
    let slow = "select note from orders where customer_id = 42";
    let told = live.run(&["--prove", "-c", slow, "--fail-on", "suggestion"]);
    let warning = "building orders_customer_id_idx in a transaction that is rolled back; writers of orders wait \
                   meanwhile, at most about ";
    assert!(told.err.starts_with(warning), "{}", told.err);
    told.tells(&["faster: ", "(proven).", "✓ Index on orders (customer_id) · ", "built in "]);
    assert_eq!(told.code, Some(1));
    let missed = live.run(&["-c", "select pg_sleep(0.05)", "--budget", "10ms"]);
    missed.tells(&["It misses the budget of 10 ms by "]);
    assert_eq!(missed.code, Some(1));
    let cancelled = live.run(&["-c", "select pg_sleep(5)", "--timeout", "100ms"]);
    cancelled.tells(&["Cancelled: --timeout stopped it after 100 ms."]);
    assert_eq!(cancelled.code, Some(0));
}
