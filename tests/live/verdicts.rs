//! The same experiment gives the same verdict, whatever else the server does; who was in the way is named; and what is
//! quick is quick.

mod stage;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use advisor::db::connect::{Environment, resolve};
use advisor::db::{self, Depth, Gateway, Limits, Session, Wanted, Watcher};
use advisor::prove::{self, Effort, Laboratory, Ledger, Proof, Subject, prove};
use advisor::remedy::{Action, IndexSpec, Key, Proposal, Remedy, Treatment};
use advisor::units::Bytes;
use serde_json::Value;
use stage::{Scene, Stage, play, proofs, shop, wait_until};
use tokio::runtime::Runtime;

macro_rules! parts {
    ($($part:ident),* $(,)?) => { &[$((stringify!($part), $part as stage::Part)),*] };
}

#[test]
fn verdicts_hold() {
    play(parts![the_same_experiment_gives_the_same_verdict_under_load]);
}

#[test]
fn others_are_seen() {
    play(parts![
        who_waits_for_whom_is_seen_as_far_as_the_role_may,
        a_run_that_waited_for_a_lock_is_named_and_made_again,
        who_holds_the_lock_that_a_build_waits_for_is_named,
    ]);
}

#[test]
fn what_is_quick_is_quick() {
    play(parts![quick_takes_five_times_the_statement_and_says_what_for]);
}

/// `same` has an index on `a` already, `bare` has none.
const TABLES: &str = "
    CREATE TABLE same (a int, b int);
    INSERT INTO same SELECT i % 50, i FROM generate_series(1, 60000) AS i;
    CREATE INDEX same_a ON same (a) WITH (fillfactor = 60);
    CREATE TABLE bare AS SELECT * FROM same;
    ANALYZE same, bare";

/// So often is an experiment repeated.
const TIMES: usize = 20;

static BY_HAND: Treatment = Treatment { id: "by-hand", title: "", doc: "", propose: |_| Proposal::default() };

/// An index on `a`, made by hand and tried on a statement.
struct Experiment<'a> {
    runtime: Runtime,
    gateway: Gateway,
    table: &'a str,
    query: String,
}

impl<'a> Experiment<'a> {
    fn new(scene: &Scene, table: &'a str, query: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let target = resolve(Some(&scene.dsn), &Environment::default()).unwrap();
        let gateway = Gateway::new(target, Limits::default());
        Self { runtime, gateway, table, query: query.replace('@', table) }
    }

    fn run(&self) -> Proof {
        self.runtime.block_on(async {
            let mut session = self.gateway.open().await.unwrap();
            let proof = self.tried(&mut session).await;
            session.close().await;
            proof
        })
    }

    async fn tried(&self, session: &mut Session) -> Proof {
        let plan = db::explain(session, &self.query, Depth::Attribute).await.unwrap();
        let catalog = db::load_catalog(session, &Wanted::of(&plan)).await.unwrap();
        let table = catalog.tables.iter().find(|table| table.name.name == self.table).unwrap();
        let scan = plan.nodes.iter().find(|node| node.relation.is_some()).unwrap();
        let remedy = Remedy {
            treatment: &BY_HAND,
            actions: vec![Action::CreateIndex(IndexSpec::on(table, vec![Key::ascending("a")]))],
            nodes: vec![scan.id],
            why: String::new(),
            replaces: Vec::new(),
        };
        let limits =
            prove::Limits { build: true, max_build: Bytes(u64::MAX), writes: false, effort: Effort::Normal };
        let (gateway, spent) = (&self.gateway, Ledger::default());
        let mut lab = Laboratory { session, gateway, limits, say: &|_| {}, spent };
        let (sql, timed_out) = (self.query.as_str(), None);
        let subject = Subject { sql, plan: &plan, catalog: &catalog, writes: false, timed_out, given: false };
        let outcome = prove(&mut lab, &subject, vec![remedy]).await.unwrap();
        outcome.suggestions.into_iter().chain(outcome.tried).chain(outcome.untried).next().unwrap()
    }
}

/// Keeps the server busy until `done`: work that comes and goes, as on a server in use.
fn hammer(scene: &Scene, done: &AtomicBool, number: u64) {
    let sql = scene.sql();
    let mut turn = number;
    while !done.load(Ordering::Relaxed) {
        sql.run(&format!("SELECT sum(sqrt(i)) FROM generate_series(1, {}) AS i", 20_000 * (1 + turn % 5)));
        sql.run("SELECT count(*) FROM bare WHERE b % 7 = 3");
        thread::sleep(Duration::from_millis(turn * 7 % 40));
        turn += 1;
    }
}

fn the_same_experiment_gives_the_same_verdict_under_load(stage: &Stage) {
    let scene = stage.scene(TABLES);
    let query = "SELECT count(*), sum(b) FROM @ WHERE a = 7";
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for number in 0..2 {
            let (scene, done) = (&scene, &done);
            scope.spawn(move || hammer(scene, done, number));
        }
        for (table, verdict) in [("same", "no-gain"), ("bare", "proven")] {
            let experiment = Experiment::new(&scene, table, query);
            for time in 1..=TIMES {
                let proof = experiment.run();
                if proof.verdict.name() != verdict {
                    done.store(true, Ordering::Relaxed);
                    let Proof { verdict, measurement, notes, .. } = proof;
                    panic!(
                        "{table} on {}, experiment {time}: {verdict:?} {measurement:?} {notes:?}",
                        stage.version
                    );
                }
            }
        }
        done.store(true, Ordering::Relaxed);
    });
}

fn who_waits_for_whom_is_seen_as_far_as_the_role_may(stage: &Stage) {
    let scene = stage.scene("CREATE TABLE t (a int); CREATE ROLE nobody_much LOGIN");
    let (holder, waiter, sql) = (scene.sql(), scene.sql(), scene.sql());
    let pid = |sql: &stage::Sql| sql.one("SELECT pg_backend_pid()").parse::<i32>().unwrap();
    let (held_by, waits) = (pid(&holder), pid(&waiter));
    holder.run("BEGIN; LOCK TABLE t");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let look = |dsn: &str| {
        let target = resolve(Some(dsn), &Environment::default()).unwrap();
        runtime.block_on(async {
            let watcher = Watcher::open(&Gateway::new(target, Limits::default())).await.unwrap();
            let sight = watcher.look(waits, &[waits]).await.unwrap();
            let alone = watcher.look(held_by, &[waits]).await.unwrap();
            watcher.close().await;
            assert!(alone.blockers.is_empty(), "it waits for nobody: {alone:?}");
            sight
        })
    };
    thread::scope(|scope| {
        let waiting = scope.spawn(move || waiter.run("SET lock_timeout = '30s'; SELECT count(*) FROM t"));
        wait_until("it waits", || {
            let waiting =
                sql.one(&format!("SELECT count(*) FROM pg_locks WHERE pid = {waits} AND NOT granted"));
            if waiting == "1" { Ok(()) } else { Err(waiting) }
        });
        let sight = look(&scene.dsn);
        let [blocker] = sight.blockers.as_slice() else { panic!("{sight:?}") };
        assert_eq!((blocker.pid, blocker.state.as_str()), (held_by, "idle in transaction"));
        assert!(blocker.seconds > 0.0, "{sight:?}");
        // Another role's waiting is hidden from a role without rights, and no error.
        assert_eq!(look(&scene.dsn_of("nobody_much")).blockers, []);
        holder.run("COMMIT");
        waiting.join().unwrap();
    });
    let busy = scene.sql();
    thread::scope(|scope| {
        scope.spawn(move || busy.run("SELECT pg_sleep(1)"));
        wait_until("a busy session is seen", || {
            let sight = look(&scene.dsn);
            if sight.busy > 0 { Ok(()) } else { Err(format!("{sight:?}")) }
        });
    });
    sql.run("DROP ROLE nobody_much");
}

/// A statement that takes 10 ms with an index or without, and during which a lock is had for a moment.
const LOCKS: &str = "
    CREATE TABLE t AS SELECT i % 500 AS a FROM generate_series(1, 50000) AS i;
    ANALYZE t;
    CREATE FUNCTION waits() RETURNS boolean VOLATILE LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_lock_shared(7), pg_advisory_unlock_shared(7), pg_sleep(0.01); RETURN true; END'";

fn a_run_that_waited_for_a_lock_is_named_and_made_again(stage: &Stage) {
    let scene = stage.scene(LOCKS);
    let (sql, holder) = (scene.sql(), scene.sql());
    let pid = holder.one("SELECT pg_backend_pid()");
    let child = stage::tool(
        &scene.dsn,
        &["--prove", "-c", "SELECT count(*) FROM t WHERE a = 77 AND (SELECT waits())"],
    );
    let child = { child }.spawn().unwrap();
    wait_until("the statement is measured", || {
        let measured = sql.one(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'advisor'
             AND datname = current_database() AND query LIKE 'EXPLAIN (ANALYZE, TIMING OFF%'",
        );
        if measured == "2" { Ok(()) } else { Err(measured) }
    });
    holder.run("SELECT pg_advisory_lock(7), pg_sleep(0.3), pg_advisory_unlock(7)");
    let told = stage::Told::of(stage::ended(child, Duration::from_secs(60)));
    let tried = proofs(&told.statement());
    let waited: Vec<&Value> = tried
        .iter()
        .filter(|it| it["notes"].to_string().contains(&format!("session {pid} (active")))
        .collect();
    let [proof] = waited.as_slice() else { panic!("{told:#?}") };
    assert!(proof["notes"].to_string().contains("was made again"), "{proof:#}");
    for runs in ["before_runs_ms", "after_runs_ms"] {
        let runs = proof[runs].as_array().unwrap();
        assert!(runs.iter().all(|run| run.as_f64().unwrap() < 250.0), "the wait does not count: {proof:#}");
    }
}

fn who_holds_the_lock_that_a_build_waits_for_is_named(stage: &Stage) {
    let scene = stage.scene(TABLES);
    let writer = scene.sql();
    let pid = writer.one("SELECT pg_backend_pid()");
    writer.run("BEGIN; UPDATE bare SET b = 0 WHERE a = 99");
    let told = scene.explain(&["--prove", "-c", "SELECT sum(b) FROM bare WHERE a = 7"]).statement();
    let said = proofs(&told).into_iter().map(|proof| format!("{} {}", proof["reason"], proof["notes"]));
    let said = said.collect::<String>();
    assert!(said.contains(&format!("lock_timeout: session {pid} (idle in transaction")), "{told:#}");
    writer.run("COMMIT");
}

fn quick_takes_five_times_the_statement_and_says_what_for(stage: &Stage) {
    let shop = shop(stage);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sql/demo/queries/05-support-desk.sql");
    let told = shop.explain(&["--prove", "--effort", "quick", folder]).statement();
    assert_eq!(told["suggestions"][0]["verdict"], "proven", "{told:#}");
    let spent = |what: &str| -> f64 {
        let parts = told["spent"].as_array().unwrap().iter();
        let of = parts.filter(|part| part["what"].as_str().unwrap().starts_with(what));
        of.map(|part| part["ms"].as_f64().unwrap()).sum()
    };
    // The statement's own time is not always the same: the machine may be busier later than at first.
    let runs = told["suggestions"][0]["before_runs_ms"].as_array().unwrap();
    let slowest = runs.iter().map(|run| run.as_f64().unwrap()).fold(spent("running"), f64::max);
    let (running, building, measuring) = (spent("running"), spent("building"), spent("measuring"));
    let all = spent("");
    println!(
        "on {}: {all:.0} ms in all, building {building:.0} ms, measuring {measuring:.0} ms: {:.1} times {running:.0} ms",
        stage.version,
        (all - building) / running
    );
    assert!(building > 0.0 && measuring > 0.0, "{told:#}");
    assert!(running + measuring <= 5.0 * slowest, "{told:#}");
}
