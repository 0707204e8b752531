//! What the live tests play on: one throw-away cluster per installed server, a database per scene, sessions that
//! stay open, and the tool itself as its users run it.

#![allow(dead_code, reason = "each test binary takes what it needs")]

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use advisor::cluster::{self, Cluster};
use advisor::db::connect::{Connection, Environment, connect, resolve};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio_postgres::SimpleQueryMessage;

/// A running server; the guard of its cluster ends it with this process.
pub struct Stage {
    pub cluster: Cluster,
    pub version: u32,
    pub hypopg: bool,
}

/// One for each installation, the one with HypoPG first; started once.
pub fn stages() -> &'static [Stage] {
    static STAGES: OnceLock<Vec<Stage>> = OnceLock::new();
    STAGES.get_or_init(|| {
        let mut found = cluster::installations();
        assert!(!found.is_empty(), "no PostgreSQL server here: `make test` installs one");
        found.sort_by_key(|it| !it.hypopg);
        let start = |it: &cluster::Installation| Stage {
            cluster: Cluster::start(it, &[]).unwrap(),
            version: it.version,
            hypopg: it.hypopg,
        };
        thread::scope(|scope| {
            let starting: Vec<_> = found.iter().map(|it| scope.spawn(move || start(it))).collect();
            starting.into_iter().map(|it| it.join().unwrap()).collect()
        })
    })
}

/// Something that is shown on one server.
pub type Part = fn(&Stage);

/// Plays every part on every server: the servers side by side, the parts one after the other, so that a process
/// starts each server once.
pub fn play(parts: &[(&str, Part)]) {
    thread::scope(|scope| {
        for stage in stages() {
            scope.spawn(move || {
                for (name, part) in parts {
                    let start = Instant::now();
                    println!("on {}: {name}", stage.version);
                    part(stage);
                    println!("on {}: {name}: {:.1?}", stage.version, start.elapsed());
                }
            });
        }
    });
}

impl Stage {
    /// A database of its own, with what `script` makes.
    pub fn scene(&self, script: &str) -> Scene<'_> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("scene{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        Sql::open(&self.cluster.dsn("postgres")).run(&format!("CREATE DATABASE {name}"));
        let scene = Scene { stage: self, dsn: self.cluster.dsn(&name), name };
        scene.sql().run(script);
        scene
    }
}

/// A database, and the tool pointed at it.
pub struct Scene<'a> {
    pub stage: &'a Stage,
    pub name: String,
    pub dsn: String,
}

impl Scene<'_> {
    /// A session of the superuser.
    pub fn sql(&self) -> Sql {
        Sql::open(&self.dsn)
    }

    /// The same place for another role.
    pub fn dsn_of(&self, role: &str) -> String {
        self.dsn.replacen("postgres@", &format!("{role}@"), 1)
    }

    /// Runs `advisor explain` to its end.
    pub fn explain(&self, arguments: &[&str]) -> Told {
        explain(&self.dsn, arguments)
    }

    /// Everything that could be left behind: relations, extensions, and what other sessions of this database hold.
    pub fn belongings(&self, sql: &Sql) -> String {
        sql.one(
            "SELECT json_build_object(
                'relations', (SELECT count(*) FROM pg_class),
                'extensions', (SELECT array_agg(extname ORDER BY 1) FROM pg_extension),
                'functions', (SELECT count(*) FROM pg_proc),
                'sessions of the tool', (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'advisor'
                    AND datname = current_database()),
                'open transactions', (SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL),
                'locks', (SELECT count(*) FROM pg_locks WHERE pid IS DISTINCT FROM pg_backend_pid()
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
                'prepared', (SELECT count(*) FROM pg_prepared_xacts))",
        )
    }
}

/// What the tool said, and how it ended.
#[derive(Debug)]
pub struct Told {
    pub out: String,
    pub err: String,
    /// `None` when a signal ended it.
    pub code: Option<i32>,
}

impl Told {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let told = Self { out: text(output.stdout), err: text(output.stderr), code: output.status.code() };
        assert!(!told.err.contains("panicked"), "{told:?}");
        told
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The report of the only statement.
    pub fn statement(&self) -> Value {
        self.json()["statements"][0].clone()
    }
}

/// `advisor explain --format json`, not yet started. Nothing of this process's surroundings reaches it.
pub fn tool(dsn: &str, arguments: &[&str]) -> Command {
    command("explain", dsn, arguments)
}

/// The same of another command.
pub fn command(name: &str, dsn: &str, arguments: &[&str]) -> Command {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_advisor"));
    let format = if arguments.contains(&"--format") { &[][..] } else { &["--format", "json"] };
    tool.env_clear().arg(name).args(format).args(["-d", dsn]).args(arguments);
    tool.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    tool
}

pub fn explain(dsn: &str, arguments: &[&str]) -> Told {
    Told::of(tool(dsn, arguments).output().unwrap())
}

/// Waits for a child's end, but not for ever.
pub fn ended(mut child: Child, within: Duration) -> Output {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > within {
            child.kill().unwrap();
            panic!("it hangs: {:?}", child.wait_with_output());
        }
        thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

pub fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// Waits until `condition` holds; says what it was when it never does.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> Result<(), String>) {
    let start = Instant::now();
    while let Err(why) = condition() {
        assert!(start.elapsed() < Duration::from_secs(30), "waited in vain until {what}: {why}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The verdicts of everything that was proposed.
pub fn proofs(statement: &Value) -> Vec<Value> {
    let list = |key: &str| statement[key].as_array().unwrap().clone();
    ["suggestions", "untried", "tried"].into_iter().flat_map(list).collect()
}

/// A session that stays open, as a person at a psql prompt has it.
pub struct Sql {
    runtime: Runtime,
    connection: Connection,
}

impl Sql {
    pub fn open(dsn: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let target = resolve(Some(dsn), &Environment::default()).unwrap();
        let connection = runtime.block_on(connect(&target)).unwrap();
        let sql = Self { runtime, connection };
        sql.run("SET application_name = 'a test'");
        sql
    }

    /// The rows, each value as text, `∅` for null.
    pub fn try_rows(&self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        let answer = self.runtime.block_on(self.connection.client.simple_query(sql));
        let messages = answer.map_err(|error| match error.as_db_error() {
            Some(said) => said.message().to_owned(),
            None => error.to_string(),
        })?;
        let row = |message: &SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|at| row.get(at).unwrap_or("∅").to_owned()).collect())
            }
            _ => None,
        };
        Ok(messages.iter().filter_map(row).collect())
    }

    pub fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        self.try_rows(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub fn run(&self, sql: &str) {
        self.rows(sql);
    }

    /// The first value of the first row.
    pub fn one(&self, sql: &str) -> String {
        self.rows(sql)
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next())
            .unwrap_or_else(|| panic!("{sql}: no row"))
    }

    /// `Execution Time` of one run, without per-node timing.
    pub fn timed(&self, sql: &str) -> f64 {
        let rows = self.rows(&format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}"));
        let plan: Value = serde_json::from_str(&rows[0][0]).unwrap();
        plan[0]["Execution Time"].as_f64().unwrap()
    }
}

/// The shop of `advisor demo`.
pub fn shop(stage: &Stage) -> Scene<'_> {
    let read = |file: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/demo").join(file);
        std::fs::read_to_string(path).unwrap()
    };
    let scene = stage.scene(&read("schema.sql"));
    let sql = scene.sql();
    sql.run(&read("data.sql"));
    sql.run(&read("finish.sql"));
    scene
}
