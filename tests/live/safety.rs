//! Whatever strikes whomever at whatever moment of `--prove`: no index, no extension, no lock and no open
//! transaction is left, and the tool tells no untruth.

mod proxy;
mod stage;

use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use proxy::{Fate, Proxy};
use stage::{Scene, Sql, Stage, Told, ended, play, proofs, signal, tool, wait_until};

/// Long enough to build and to run that a strike finds the tool at work.
const BIG: &str = "
    CREATE TABLE big AS SELECT i AS id, hashint4(i) % 50000 AS a, md5(i::text) AS pad FROM generate_series(1, 600000) AS i;
    ANALYZE big";

const QUERY: &str = "SELECT pad FROM big WHERE a = 77";

const ARGUMENTS: [&str; 5] = ["--prove", "--timeout", "5s", "-c", QUERY];

/// Longer than any of the limits that the tool and the server have in these tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A run that is struck, and what to hold its end against.
struct Theatre<'a> {
    scene: Scene<'a>,
    sql: Sql,
    before: String,
    /// How long a run takes that nobody disturbs.
    run: Duration,
}

impl<'a> Theatre<'a> {
    fn new(stage: &'a Stage) -> Self {
        let scene = stage.scene(BIG);
        let sql = scene.sql();
        // The first session of a database creates what it caches: nothing of the tool's.
        let before = scene.belongings(&sql);
        let start = Instant::now();
        let told = scene.explain(&ARGUMENTS);
        let run = start.elapsed();
        assert_eq!(told.statement()["suggestions"][0]["verdict"], "proven", "{told:?}");
        let theatre = Self { scene, sql, before, run };
        theatre.nothing_is_left("a run that nobody disturbed");
        theatre
    }

    /// Moments all over a run, none at its very ends.
    fn moments(&self, count: u32) -> impl Iterator<Item = Duration> {
        let run = self.run;
        (0..count).map(move |at| run * (2 * at + 1) / (2 * count))
    }

    fn start(&self) -> Child {
        tool(&self.scene.dsn, &ARGUMENTS).spawn().unwrap()
    }

    fn nothing_is_left(&self, after: &str) {
        wait_until(&format!("nothing is left after {after}"), || {
            let now = self.scene.belongings(&self.sql);
            if now == self.before { Ok(()) } else { Err(now) }
        });
        self.sql.run("BEGIN; SET LOCAL lock_timeout = '1s'; INSERT INTO big VALUES (0); ROLLBACK");
    }

    /// Waits until a session of the tool runs a statement that starts so, or waits for a lock to.
    fn caught(&self, child: &mut Child, statement: &str) {
        let sql = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'advisor' AND state = 'active'
             AND datname = current_database() AND query LIKE '{statement}%'"
        );
        wait_until(&format!("the tool runs {statement}"), || {
            assert!(child.try_wait().unwrap().is_none(), "it ended before it ran {statement}");
            if self.sql.one(&sql) == "0" { Err("it does not".to_owned()) } else { Ok(()) }
        });
    }

    /// Ends a session of the tool: its first, or its latest.
    fn terminate(&self, which: &str) {
        self.sql.run(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'advisor'
             AND backend_type = 'client backend' AND datname = current_database()
             ORDER BY backend_start {which} LIMIT 1"
        ));
    }

    /// Ends the session of the tool that runs this.
    fn terminate_who_runs(&self, statement: &str) {
        self.sql.run(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'advisor'
             AND datname = current_database() AND query LIKE '{statement}%'"
        ));
    }
}

#[test]
fn whatever_strikes_nothing_is_left() {
    play(&[("strikes", |stage| {
        let theatre = Theatre::new(stage);
        a_killed_client_leaves_nothing(&theatre);
        an_interrupted_client_says_so_and_leaves_nothing(&theatre);
        a_terminated_backend_leaves_nothing_and_no_untruth(&theatre);
        if stage.hypopg {
            a_strike_while_hypopg_is_created_leaves_no_extension(&theatre);
        }
        a_reset_network_leaves_nothing(&theatre);
        a_silent_network_leaves_nothing_and_does_not_hang(&theatre);
    })]);
}

/// The server with HypoPG is struck more often: there is more to strike.
fn moments_of(stage: &Stage) -> u32 {
    if stage.hypopg { 7 } else { 2 }
}

/// A report that holds no untruth about a trial that was disturbed, or an error that says that the server is gone.
fn assert_honest(told: &Told) {
    match told.code {
        Some(0) => {
            for proof in proofs(&told.statement()) {
                let (verdict, reason) = (proof["verdict"].as_str().unwrap(), proof["reason"].as_str());
                match verdict {
                    "proven" => {}
                    "predicted" => assert!(proof["notes"].to_string().contains("not measured"), "{proof:#}"),
                    "not-possible" => {
                        let said = [" was lost", "no second session could be opened: "];
                        assert!(said.iter().any(|it| reason.unwrap().contains(it)), "{proof:#}");
                    }
                    _ => panic!("{proof:#}"),
                }
            }
        }
        Some(3) => assert!(told.err.contains("error: ") && told.out.is_empty(), "{told:?}"),
        _ => panic!("{told:?}"),
    }
}

fn a_killed_client_leaves_nothing(theatre: &Theatre<'_>) {
    for moment in theatre.moments(moments_of(theatre.scene.stage)) {
        let child = theatre.start();
        thread::sleep(moment);
        signal(&child, "-KILL");
        ended(child, PATIENCE);
        theatre.nothing_is_left(&format!("SIGKILL at {moment:?}"));
    }
    let mut child = theatre.start();
    theatre.caught(&mut child, "CREATE INDEX");
    signal(&child, "-KILL");
    ended(child, PATIENCE);
    theatre.nothing_is_left("SIGKILL while the index is built");
}

fn an_interrupted_client_says_so_and_leaves_nothing(theatre: &Theatre<'_>) {
    let signals = ["-INT", "-TERM", "-HUP"].into_iter().cycle();
    for (moment, name) in theatre.moments(moments_of(theatre.scene.stage)).zip(signals) {
        let child = theatre.start();
        thread::sleep(moment);
        signal(&child, name);
        let start = Instant::now();
        let told = Told::of(ended(child, PATIENCE));
        assert!(start.elapsed() < Duration::from_secs(5), "{name} at {moment:?} took {:?}", start.elapsed());
        match told.code {
            Some(130) => assert!(told.err.contains("interrupted"), "{told:?}"),
            // Before the tool listens, the signal ends it; after the last statement it has its say.
            None | Some(0) => {}
            Some(_) => panic!("{told:?}"),
        }
        theatre.nothing_is_left(&format!("{name} at {moment:?}"));
    }
    let mut child = theatre.start();
    theatre.caught(&mut child, "CREATE INDEX");
    signal(&child, "-INT");
    let told = Told::of(ended(child, PATIENCE));
    assert!(told.code == Some(130) && told.err.contains("the server was asked to cancel"), "{told:?}");
    theatre.nothing_is_left("SIGINT while the index is built");
}

fn a_terminated_backend_leaves_nothing_and_no_untruth(theatre: &Theatre<'_>) {
    for which in ["ASC", "DESC"] {
        for moment in theatre.moments(moments_of(theatre.scene.stage)) {
            let child = theatre.start();
            thread::sleep(moment);
            theatre.terminate(which);
            assert_honest(&Told::of(ended(child, PATIENCE)));
            theatre.nothing_is_left(&format!("pg_terminate_backend at {moment:?}"));
        }
    }
    for whose in ["the trial's", "the main"] {
        let mut child = theatre.start();
        theatre.caught(&mut child, "CREATE INDEX");
        match whose {
            "the main" => theatre.terminate("ASC"),
            _ => theatre.terminate_who_runs("CREATE INDEX"),
        }
        let told = Told::of(ended(child, PATIENCE));
        assert_honest(&told);
        if theatre.scene.stage.hypopg {
            assert!(told.out.contains("not measured"), "{told:?}");
        }
        if whose == "the trial's" {
            assert!(told.out.contains("terminating connection due to administrator command"), "{told:?}");
        }
        theatre.nothing_is_left(&format!("the end of {whose} session while the index is built"));
    }
}

/// The extension is created in a transaction: held there by a lock, and struck in each way.
fn a_strike_while_hypopg_is_created_leaves_no_extension(theatre: &Theatre<'_>) {
    let blocker = theatre.scene.sql();
    for strike in ["-KILL", "-INT", "-TERM", "terminate", "wait"] {
        blocker.run("BEGIN; LOCK TABLE pg_extension IN SHARE MODE");
        let mut child = theatre.start();
        theatre.caught(&mut child, "CREATE EXTENSION");
        match strike {
            "terminate" => theatre.terminate("ASC"),
            // lock_timeout ends it.
            "wait" => {}
            name => signal(&child, name),
        }
        let output = ended(child, PATIENCE);
        blocker.run("ROLLBACK");
        if strike == "wait" {
            let told = Told::of(output);
            assert_eq!(told.statement()["suggestions"][0]["verdict"], "proven", "{told:?}");
            assert!(
                told.out.contains("HypoPG could not be asked: canceling statement due to lock timeout"),
                "{told:?}"
            );
        }
        theatre.nothing_is_left(&format!("{strike} while HypoPG is created"));
    }
}

/// The connections are cut: the client is told, and so is the server.
fn a_reset_network_leaves_nothing(theatre: &Theatre<'_>) {
    for moment in theatre.moments(moments_of(theatre.scene.stage)) {
        let proxy = Proxy::before(theatre.scene.stage.cluster.port());
        let child = tool(&proxy.dsn(&theatre.scene.stage.cluster.tcp_dsn(&theatre.scene.name)), &ARGUMENTS)
            .spawn()
            .unwrap();
        thread::sleep(moment);
        proxy.strike(Fate::Reset);
        let told = Told::of(ended(child, PATIENCE));
        assert_honest(&told);
        theatre.nothing_is_left(&format!("a reset at {moment:?}"));
    }
}

/// Nobody is told anything: the connections look alive, and no byte comes through.
fn a_silent_network_leaves_nothing_and_does_not_hang(theatre: &Theatre<'_>) {
    // The tool keeps this, which is shorter than its own.
    let name = &theatre.scene.name;
    theatre.sql.run(&format!("ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '2s'"));
    let moments: Vec<_> = theatre.moments(4).collect();
    thread::scope(|scope| {
        for moment in moments {
            let dsn = format!("{}?connect_timeout=5", theatre.scene.stage.cluster.tcp_dsn(name));
            scope.spawn(move || {
                let proxy = Proxy::before(theatre.scene.stage.cluster.port());
                let child = tool(&proxy.dsn(&dsn), &ARGUMENTS).spawn().unwrap();
                thread::sleep(moment);
                proxy.strike(Fate::Silent);
                let struck = Instant::now();
                let told = Told::of(ended(child, PATIENCE));
                assert_honest(&told);
                println!("silent from {moment:?}: {:?}, {:?}", struck.elapsed(), told.code);
            });
        }
        // Long before the clients give up, the server has rolled back.
        thread::sleep(theatre.run + Duration::from_secs(1));
        wait_until("no transaction is open behind a silent network", || {
            let open = theatre.sql.one(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'advisor' AND xact_start IS NOT NULL
                 AND datname = current_database()",
            );
            if open == "0" { Ok(()) } else { Err(open) }
        });
    });
    theatre.nothing_is_left("a silent network");
}
