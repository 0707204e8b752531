//! What the tool costs beside the server: `advisor explain` of a statement that takes about a millisecond, against
//! psql's EXPLAIN of the same, both as whole processes over the Unix socket.
//!
//! In turn, so that whatever else the machine does happens to both; medians of [`RUNS`] after a warm-up. It fails
//! when `advisor` takes longer than psql. Measured on 15, on two busy cores: 0.76 to 0.90 of psql's time in three runs.
//!
//! The program itself takes a third of psql's processor time (3.2 ms against 9.6). The rest is the server's: a fresh
//! backend looks up each table and function of the queries that make the session careful and look for volatile
//! functions. Asking for the tables' statistics and indexes takes as long again as all of that, so it is left out
//! where nothing hurts (`QUICK` in `src/cli/statement.rs`).

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use advisor::cluster::{self, Cluster};

/// Counted runs of each.
const RUNS: usize = 15;

/// Runs that fill caches and are not counted.
const WARM_UP: usize = 5;

/// A table of which a whole scan takes about a millisecond.
const TABLE: &str = "CREATE TABLE pages AS SELECT id, md5(id::text) AS title FROM generate_series(1, 10000) AS id; \
                     ALTER TABLE pages ADD PRIMARY KEY (id); ANALYZE pages";

/// The statement.
const SQL: &str = "SELECT count(*) FROM pages WHERE title < '8'";

fn main() {
    let installation = cluster::best().expect("a PostgreSQL server to compare with");
    let cluster = Cluster::start(&installation, &[]).expect("a throw-away server");
    let dsn = cluster.dsn("postgres");
    // The program itself: Debian's `psql` in the PATH is a script that looks for it.
    let psql = cluster.bin().join("psql");
    if !psql.exists() {
        println!("skipped: {} has no psql", cluster.bin().display());
        return;
    }
    run(&psql, &["-X", "-q", "-d", &dsn, "-c", TABLE]);
    let explain = format!("EXPLAIN (ANALYZE, VERBOSE, BUFFERS) {SQL}");
    let advisor = PathBuf::from(env!("CARGO_BIN_EXE_advisor"));
    let theirs = || run(&psql, &["-X", "-d", &dsn, "-c", &explain]);
    let ours = || run(&advisor, &["explain", "-d", &dsn, "-c", SQL]);
    for _ in 0..WARM_UP {
        theirs();
        ours();
    }
    let (mut psql_times, mut advisor_times) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        psql_times.push(theirs());
        advisor_times.push(ours());
    }
    let (psql, advisor) = (median(psql_times), median(advisor_times));
    let ratio = advisor / psql;
    println!("PostgreSQL {}, whole processes, median of {RUNS} in turn:", installation.version);
    println!("  psql -c 'EXPLAIN (ANALYZE, …) …'  {psql:6.2} ms");
    println!("  advisor explain -c '…'            {advisor:6.2} ms");
    println!("  ratio                             {ratio:6.2}");
    assert!(ratio < 1.0, "advisor takes longer than psql");
}

/// How long the program takes, from its start to its end.
fn run(program: &PathBuf, arguments: &[&str]) -> Duration {
    let start = Instant::now();
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status();
    let time = start.elapsed();
    assert!(status.is_ok_and(|status| status.success()), "{} {arguments:?}", program.display());
    time
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
