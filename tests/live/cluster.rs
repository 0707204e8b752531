//! Throw-away clusters on every server that this machine has: they start, they answer, and nothing of
//! them is left, however their owner ends.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use advisor::cluster::{self, Cluster, Installation};

/// Set for the test that plays the owner in a process of its own: where it writes what it has started.
const OWNER_WRITES: &str = "ADVISOR_TEST_OWNER_WRITES";

/// Set beside it when the owner is to keep its cluster.
const OWNER_KEEPS: &str = "ADVISOR_TEST_OWNER_KEEPS";

/// What one query answers, asked with the server's own psql.
fn ask(bin: &Path, dsn: &str, query: &str) -> Result<String, String> {
    let run = Command::new(bin.join("psql")).args(["-XAtqw", "-d", dsn, "-c", query]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
    if run.status.success() { Ok(text(run.stdout)) } else { Err(text(run.stderr)) }
}

fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Every installation; a machine without any cannot tell anything about clusters.
fn installations() -> Vec<Installation> {
    let found = cluster::installations();
    assert!(!found.is_empty(), "no PostgreSQL server here: `make test` installs one");
    found
}

#[test]
fn starts_on_every_installation_and_leaves_nothing() {
    for installation in installations() {
        let running = Cluster::start(&installation, &[("work_mem", "7MB")]).unwrap();
        let (home, port) = (running.socket_dir().to_path_buf(), running.port());
        let version = format!("{}", installation.version);
        for (query, expected) in [
            ("select current_setting('server_version_num')::integer / 10000", version.as_str()),
            ("select current_setting('work_mem')", "7MB"),
            ("select current_setting('autovacuum')", "off"),
            ("select current_setting('server_encoding')", "UTF8"),
            (
                "select count(*)::text from pg_available_extensions where name = 'hypopg'",
                if installation.hypopg { "1" } else { "0" },
            ),
        ] {
            assert_eq!(
                ask(running.bin(), &running.dsn("postgres"), query).as_deref(),
                Ok(expected),
                "{query}"
            );
            assert_eq!(
                ask(running.bin(), &running.tcp_dsn("postgres"), query).as_deref(),
                Ok(expected),
                "{query}"
            );
        }
        assert_eq!(fs::metadata(&home).unwrap().mode() & 0o077, 0, "the socket is its owner's alone");
        drop(running);
        assert!(!home.exists(), "{}", home.display());
        assert!(!listens(port));
    }
}

#[test]
fn tcp_asks_for_the_password_and_debug_does_not_tell_it() {
    let running = Cluster::start(&cluster::best().unwrap(), &[]).unwrap();
    let dsn = running.tcp_dsn("postgres");
    let password = dsn.split([':', '@']).nth(2).unwrap();
    let without = dsn.replacen(&format!(":{password}@"), "@", 1);
    assert!(ask(running.bin(), &without, "select 1").unwrap_err().contains("password"));
    assert!(!format!("{running:?}").contains(password));
    assert!(!running.log_tail().contains(password));
}

#[test]
fn two_at_once_do_not_collide() {
    let installation = cluster::best().unwrap();
    let start = || Cluster::start(&installation, &[]).unwrap();
    let (one, other) = thread::scope(|scope| {
        let other = scope.spawn(start);
        (start(), other.join().unwrap())
    });
    assert_ne!(one.port(), other.port());
    assert_ne!(one.socket_dir(), other.socket_dir());
    ask(one.bin(), &one.dsn("postgres"), "create table only_here ()").unwrap();
    let there = ask(other.bin(), &other.dsn("postgres"), "select to_regclass('only_here') is null");
    assert_eq!(there.as_deref(), Ok("t"));
    drop(one);
    assert_eq!(ask(other.bin(), &other.dsn("postgres"), "select 1").as_deref(), Ok("1"));
}

#[test]
fn a_server_that_does_not_start_says_why_and_leaves_nothing() {
    let error = Cluster::start(&cluster::best().unwrap(), &[("shared_buffers", "plenty")]).unwrap_err();
    assert!(error.what().contains("shared_buffers"), "{error}");
    assert!(error.advice().is_some());
    // Other tests may have clusters at the same time: this one's is known by its setting.
    let asks_for_plenty = |home: fs::DirEntry| {
        let conf = fs::read_to_string(home.path().join("data/postgresql.conf"));
        conf.is_ok_and(|it| it.contains("shared_buffers = 'plenty'"))
    };
    assert!(!fs::read_dir(std::env::temp_dir()).unwrap().flatten().any(asks_for_plenty));
}

/// Another process that starts a cluster; its lines are the directory, the port, and what `keep` said.
fn owner(keeps: bool) -> (Child, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let written = dir.path().join("started");
    let mut owner = Command::new(std::env::current_exe().unwrap());
    owner.args(["--exact", "plays_the_owner", "--ignored"]).env(OWNER_WRITES, &written);
    if keeps {
        owner.env(OWNER_KEEPS, "yes");
    }
    let child = owner.stdout(std::process::Stdio::null()).spawn().unwrap();
    wait_until("the owner has started its cluster", || written.exists());
    (child, fs::read_to_string(written).unwrap().lines().map(str::to_owned).collect())
}

#[test]
#[ignore = "played in a process of its own by the tests below"]
fn plays_the_owner() {
    let Some(written) = std::env::var_os(OWNER_WRITES).map(PathBuf::from) else { return };
    let running = Cluster::start(&cluster::best().unwrap(), &[]).unwrap();
    let started = format!("{}\n{}\n", running.socket_dir().display(), running.port());
    let keeps = std::env::var_os(OWNER_KEEPS).is_some();
    let (held, kept) = if keeps { (None, running.keep().unwrap()) } else { (Some(running), String::new()) };
    fs::write(written.with_extension("new"), started + &kept).unwrap();
    fs::rename(written.with_extension("new"), written).unwrap();
    if held.is_some() {
        thread::sleep(Duration::from_secs(600));
    }
}

#[test]
fn a_killed_owner_leaves_nothing() {
    for signal in ["-KILL", "-TERM", "-INT"] {
        let (mut child, started) = owner(false);
        let (home, port) = (PathBuf::from(&started[0]), started[1].parse().unwrap());
        assert!(home.exists() && listens(port));
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        child.wait().unwrap();
        wait_until("the directory is gone", || !home.exists());
        assert!(!listens(port), "{signal}");
    }
}

#[test]
fn a_kept_cluster_outlives_its_owner_until_it_is_stopped() {
    let (mut child, started) = owner(true);
    assert!(child.wait().unwrap().success());
    let [home, _, dsn, stop] = &started[..] else { panic!("{started:?}") };
    let bin = cluster::best().unwrap().bin;
    // A start sweeps what dead owners left: this is not such a thing.
    drop(Cluster::start(&cluster::best().unwrap(), &[]).unwrap());
    assert_eq!(ask(&bin, dsn, "select 1").as_deref(), Ok("1"));
    let stop = stop.strip_prefix("stop it with: ").unwrap();
    assert!(Command::new("sh").args(["-c", stop]).output().unwrap().status.success(), "{stop}");
    assert!(!Path::new(home).exists());
}

#[test]
fn what_a_dead_owner_and_its_guard_left_is_swept() {
    let left = std::env::temp_dir().join(format!("advisor-pg-0-{}", std::process::id()));
    fs::create_dir(&left).unwrap();
    fs::write(left.join("owner"), "").unwrap();
    let owned = std::env::temp_dir().join(format!("advisor-pg-1-{}", std::process::id()));
    fs::create_dir(&owned).unwrap();
    let lock = fs::File::create(owned.join("owner")).unwrap();
    lock.lock().unwrap();
    drop(Cluster::start(&cluster::best().unwrap(), &[]).unwrap());
    assert!(!left.exists());
    assert!(owned.exists(), "its owner lives");
    fs::remove_dir_all(&owned).unwrap();
}

/// Only root meets it: the server's user cannot enter a directory that root can.
#[test]
fn an_installation_out_of_reach_is_copied() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
    // One that finds its own files wherever it lies: what `scripts/install.sh` unpacks.
    let in_project =
        |it: &Installation| it.bin.ends_with("bin") && it.bin.iter().any(|part| part == ".postgres");
    let Some(installation) = cluster::installations().into_iter().find(in_project) else { return };
    let (from, to) = (installation.bin.parent().unwrap(), dir.path().join("server"));
    assert!(Command::new("cp").arg("-RP").arg(from).arg(&to).status().unwrap().success());
    let moved = Installation::at(&to.join("bin")).unwrap();
    let running = Cluster::start(&moved, &[]).unwrap();
    assert_eq!(ask(running.bin(), &running.dsn("postgres"), "select 1").as_deref(), Ok("1"));
    let we_are_root = fs::metadata(dir.path()).unwrap().uid() == 0;
    assert_eq!(running.bin().starts_with(running.socket_dir()), we_are_root);
}
