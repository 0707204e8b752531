//! Throw-away PostgreSQL clusters, from the server binaries that a machine has.
//!
//! A [`Cluster`] lives in a private directory and ends with its owner, however that ends.

mod home;
mod installation;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

pub use installation::{Installation, PLACES, best, installations};

use crate::error::{Error, Result};
use home::Home;

/// The superuser, and the only user.
const USER: &str = "postgres";

/// A cluster starts in one or two seconds; a machine this slow has another problem.
const PATIENCE: Duration = Duration::from_secs(60);

/// A port found free can be taken by somebody else before the server binds it: rare, so a few tries do.
const PORTS: usize = 3;

/// How much of the server's log an error shows.
const TAIL: usize = 20;

/// The locales for `initdb`, in order of preference. `C.UTF-8` sorts by code point, so the same on every
/// machine, knows letters beyond ASCII, and like most servers' locale has no use of a plain B-tree for
/// LIKE (before 18). Not every system has it; `C` is built into PostgreSQL (manual: "24.1. Locale Support").
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// Fast because nothing has to survive a crash, and repeatable because nothing runs behind one's back:
/// an autovacuum in the middle of a measurement would change the plan or the time.
const SETTINGS: &[(&str, &str)] = &[
    ("listen_addresses", "127.0.0.1"),
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("synchronous_commit", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"), // `minimal` asks for it
    ("max_wal_size", "2GB"),  // no checkpoint while the demo loads
    ("autovacuum", "off"),
    ("shared_buffers", "128MB"),
    ("max_connections", "50"),
    ("timezone", "UTC"),
];

/// A running PostgreSQL server that ends, with all its files, when it is dropped or its owner dies.
///
/// Only the owner's user (and root) can reach its socket; TCP on the loopback interface asks for a
/// password that is made up at each start, because every user of a machine can connect to that.
pub struct Cluster {
    home: Home,
    bin: PathBuf,
    port: u16,
    password: String,
    server: Option<Child>,
}

impl Cluster {
    /// Makes a cluster and starts it. `settings` come after the cluster's own, so they win.
    pub fn start(installation: &Installation, settings: &[(&str, &str)]) -> Result<Self> {
        let home = Home::create()?;
        let bin = reachable(&home, installation)?;
        let mut cluster = Self { home, bin, port: 0, password: password()?, server: None };
        cluster.initialise()?;
        cluster.configure(settings).map_err(|it| cluster.failed("configured", &it.to_string()))?;
        cluster.launch()?;
        Ok(cluster)
    }

    /// How to connect to a database, through the socket: a URL that libpq understands.
    pub fn dsn(&self, database: &str) -> String {
        let host = percent_encoded(&self.home.path.to_string_lossy());
        format!("postgresql://{USER}@{host}:{}/{}", self.port, percent_encoded(database))
    }

    /// How to connect over TCP. It holds the password: do not print it.
    pub fn tcp_dsn(&self, database: &str) -> String {
        format!("postgresql://{USER}:{}@127.0.0.1:{}/{}", self.password, self.port, percent_encoded(database))
    }

    /// The port, of the socket and on the loopback interface.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The directory of the socket: what libpq takes as the host.
    pub fn socket_dir(&self) -> &Path {
        &self.home.path
    }

    /// Where the server's binaries are.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// The last lines that the server logged.
    pub fn log_tail(&self) -> String {
        let log = fs::read(self.home.path.join("log")).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&log))
    }

    /// Leaves the cluster running after this process has ended, and says how to connect and how to stop it.
    pub fn keep(mut self) -> Result<String> {
        self.home.keep().map_err(|it| self.failed("kept", &it.to_string()))?;
        self.server = None; // a child that is forgotten runs on
        let (home, bin) = (self.home.path.display(), self.bin.display());
        let as_user =
            self.home.user.as_ref().map(|it| format!("runuser -u {} -- ", it.name)).unwrap_or_default();
        let stop = format!("{as_user}{bin}/pg_ctl -D {home}/data -m immediate stop && rm -rf {home}");
        Ok(format!("{}\nstop it with: {stop}", self.dsn(USER)))
    }

    fn initialise(&self) -> Result<()> {
        let secret = self.home.path.join("password");
        let written = write_new(&secret, &self.password).and_then(|()| self.home.give(&secret));
        written.map_err(|it| self.failed("made", &it.to_string()))?;
        let mut why = String::new();
        for locale in LOCALES {
            let mut initdb = self.home.command(self.bin.join("initdb"));
            initdb.arg("--pgdata").arg(self.home.path.join("data")).arg("--pwfile").arg(&secret);
            initdb.args(["--username", USER, "--encoding=UTF8", "--locale", locale, "--no-sync"]);
            let run = initdb.args(["--auth-local=trust", "--auth-host=scram-sha-256"]).output();
            let run = run.map_err(|it| self.failed("made", &format!("`initdb` does not run: {it}")))?;
            if run.status.success() {
                // Nobody reads it again; what is left is removed with the directory.
                let _ = fs::remove_file(&secret);
                return Ok(());
            }
            why = last_lines(&String::from_utf8_lossy(&run.stderr));
        }
        Err(self.failed("made", &why))
    }

    fn configure(&self, settings: &[(&str, &str)]) -> io::Result<()> {
        // The list's elements may be quoted with `"`, so that a path may hold a comma or a blank.
        let socket = format!("\"{}\"", self.home.path.display());
        let mut lines = setting("unix_socket_directories", &socket);
        lines.extend(SETTINGS.iter().chain(settings).map(|(name, value)| setting(name, value)));
        let conf = self.home.path.join("data/postgresql.conf");
        OpenOptions::new().append(true).open(conf)?.write_all(lines.as_bytes())
    }

    fn launch(&mut self) -> Result<()> {
        for _ in 0..PORTS {
            self.port = free_port().map_err(|it| self.failed("started", &it.to_string()))?;
            let log = File::create(self.home.path.join("log"));
            let started = log.and_then(|log| {
                let mut postgres = self.home.command(self.bin.join("postgres"));
                postgres.arg("-D").arg(self.home.path.join("data")).arg("-p").arg(self.port.to_string());
                postgres.stdout(log.try_clone()?).stderr(log).spawn()
            });
            self.server = Some(started.map_err(|it| self.failed("started", &it.to_string()))?);
            if self.is_ready()? {
                return Ok(());
            }
            if !self.log_tail().contains("could not bind") {
                break;
            }
        }
        Err(self.failed("started", &self.log_tail()))
    }

    /// Waits until the server takes connections; `false` when it has ended instead.
    fn is_ready(&mut self) -> Result<bool> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.server.as_mut().is_none_or(|it| !matches!(it.try_wait(), Ok(None))) {
                return Ok(false);
            }
            // The eighth line tells the postmaster's state (measured on 15 and 18; `pg_ctl` waits for it too).
            let status = fs::read_to_string(self.home.path.join("data/postmaster.pid")).unwrap_or_default();
            if status.lines().nth(7).is_some_and(|it| it.trim() == "ready") {
                return Ok(true);
            }
            thread::sleep(Duration::from_millis(10));
        }
        let seconds = PATIENCE.as_secs();
        Err(self
            .failed("started", &format!("it takes no connections after {seconds} s\n{}", self.log_tail())))
    }

    fn failed(&self, done: &str, why: &str) -> Error {
        Error::server(format!(
            "a cluster of `{}` could not be {done}: {}",
            self.bin.display(),
            why.trim_end()
        ))
        .hint(format!("set `{PLACES}` to the bin directory of another PostgreSQL server"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            self.home.clear();
            let _ = server.wait(); // reaped while the guard looks on, so that it sees it gone
        }
    }
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cluster")
            .field("bin", &self.bin)
            .field("dsn", &self.dsn(USER))
            .finish_non_exhaustive()
    }
}

/// The binaries, or a copy of the whole installation where the server's user may not go (beneath /root, say).
fn reachable(home: &Home, installation: &Installation) -> Result<PathBuf> {
    let bin = &installation.bin;
    let failed = |why: String| {
        Error::input(format!("the server in `{}` cannot be run: {why}", bin.display()))
            .hint(format!("set `{PLACES}` to the bin directory of another PostgreSQL server"))
    };
    match home.command(bin.join("postgres")).arg("--version").output() {
        Ok(run) if run.status.success() => return Ok(bin.clone()),
        Ok(run) => return Err(failed(last_lines(&String::from_utf8_lossy(&run.stderr)))),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && home.user.is_some() => {}
        Err(error) => return Err(failed(error.to_string())),
    }
    let (Some(from), Some(name)) = (bin.parent(), bin.file_name()) else {
        return Err(failed("it is in no directory of its own".to_owned()));
    };
    home.copy(from, "server")
        .map_err(|it| failed(format!("it is out of its user's reach, and copying it failed: {it}")))
        .map(|copy| copy.join(name))
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Long and random: nobody types it.
fn password() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .map_err(|it| Error::input(format!("`/dev/urandom` cannot be read: {it}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

/// A line of postgresql.conf (manual: "19.1.2. Parameter Interaction via the Configuration File").
fn setting(name: &str, value: &str) -> String {
    format!("{name} = '{}'\n", value.replace('\\', "\\\\").replace('\'', "''"))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(TAIL)).copied().collect::<Vec<_>>().join("\n")
}

/// For a part of a URL: everything but letters, digits and `-._~` (RFC 3986, section 2.3).
fn percent_encoded(part: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    part.bytes().map(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_quoted_for_the_configuration_file() {
        for (value, expected) in [
            ("128MB", "work_mem = '128MB'\n"),
            ("it's", "work_mem = 'it''s'\n"),
            (r"a\b", "work_mem = 'a\\\\b'\n"),
            ("", "work_mem = ''\n"),
        ] {
            assert_eq!(setting("work_mem", value), expected);
        }
    }

    #[test]
    fn a_part_of_a_url_is_percent_encoded() {
        for (part, expected) in [
            ("shop", "shop"),
            ("/tmp/advisor-pg-1-0", "%2Ftmp%2Fadvisor-pg-1-0"),
            ("my shop?", "my%20shop%3F"),
            ("größe", "gr%C3%B6%C3%9Fe"),
        ] {
            assert_eq!(percent_encoded(part), expected);
        }
    }

    #[test]
    fn the_last_lines_of_a_log_are_shown() {
        let log: Vec<_> = (1..=30).map(|it| it.to_string()).collect();
        assert_eq!(last_lines(&log.join("\n")), log[10..].join("\n"));
        assert_eq!(last_lines("one\ntwo\n"), "one\ntwo");
        assert_eq!(last_lines(""), "");
    }
}
