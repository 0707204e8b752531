//! A throw-away cluster with TLS, roles and passwords, for the tests of connecting.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The password of every role: all that quoting, escaping and percent signs stumble over.
pub const SECRET: &str = r"s3cret' \x:@/%?&=";

/// The same in a URL.
pub const SECRET_IN_URL: &str = "s3cret%27%20%5Cx%3A%40%2F%25%3F%26%3D";

/// Who may come how: by TLS only, without TLS only, both ways, with a certificate, with nothing.
const HBA: &str = "local all trusted trust\n\
    local all all scram-sha-256\n\
    hostssl all certified 127.0.0.1/32 cert\n\
    hostssl all only_tls 127.0.0.1/32 scram-sha-256\n\
    hostnossl all only_plain 127.0.0.1/32 scram-sha-256\n\
    host all either,nologin 127.0.0.1/32 scram-sha-256\n\
    host all trusted 127.0.0.1/32 trust\n";

const ROLES: &str = "CREATE ROLE trusted SUPERUSER LOGIN; CREATE ROLE nologin; CREATE ROLE certified LOGIN;
    CREATE ROLE only_tls LOGIN; CREATE ROLE only_plain LOGIN; CREATE ROLE either LOGIN; CREATE DATABASE shop;
    CREATE DATABASE closed; REVOKE CONNECT ON DATABASE closed FROM PUBLIC;";

/// A running server; gone with its files when dropped.
pub struct Cluster {
    directory: TempDir,
    binaries: PathBuf,
    pub port: u16,
    /// Whether the server was built with TLS.
    pub tls: bool,
}

impl Cluster {
    /// Starts a server with the certificate `server` (see [`certificates`]); `None` where there is no PostgreSQL.
    pub fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            println!("skipped: there are no PostgreSQL server binaries here");
            return None;
        };
        let directory = TempDir::new().expect("a directory");
        let port = free_port();
        let mut cluster = Self { directory, binaries, port, tls: false };
        certificates(cluster.path());
        cluster.give_to_postgres();
        cluster.server(
            "initdb",
            &["-D", "data", "-U", "owner", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"],
        );
        cluster.tls = cluster.run("postgres", &["-D", "data", "-c", "ssl=on", "-C", "port"]).status.success();
        let (socket, ssl) = (cluster.path().display(), if cluster.tls { "on" } else { "off" });
        let settings = format!(
            "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{socket}, @{socket}'\nfsync = off\n\
             ssl_cert_file = 'tls.crt'\nssl_key_file = 'tls.key'\nssl_ca_file = '{socket}/ca.crt'\n\
             max_connections = 20\npassword_encryption = 'scram-sha-256'\nssl = {ssl}\n"
        );
        fs::write(cluster.path().join("data/postgresql.auto.conf"), settings).expect("settings");
        cluster.certificate("server");
        cluster.server("pg_ctl", &["start", "-w", "-D", "data", "-l", "log"]);
        let password = SECRET.replace('\'', "''");
        let passwords: String = ["only_tls", "only_plain", "either", "certified"]
            .iter()
            .map(|role| format!("ALTER ROLE {role} PASSWORD E'{}';", password.replace('\\', "\\\\")))
            .collect();
        for sql in ROLES.split(';').chain(passwords.split_inclusive(';')).filter(|sql| !sql.trim().is_empty())
        {
            cluster.owner(sql);
        }
        let possible = |line: &&str| cluster.tls || !line.starts_with("hostssl");
        let hba = HBA.split_inclusive('\n').filter(possible).collect::<String>();
        fs::write(cluster.path().join("data/pg_hba.conf"), hba).expect("pg_hba.conf");
        cluster.restart();
        Some(cluster)
    }

    /// The same, but `None` where the server was built without TLS, too.
    pub fn start_with_tls() -> Option<Self> {
        let cluster = Self::start().filter(|cluster| cluster.tls);
        if cluster.is_none() {
            println!("skipped: there is no server with TLS here");
        }
        cluster
    }

    /// Its directory: the socket's, the certificates', and a home for clients in `home`.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Serves with another pair of certificate and key, or without TLS, from now on.
    pub fn serve(&self, certificate: Option<&str>) {
        if let Some(name) = certificate {
            self.certificate(name);
        }
        let path = self.path().join("data/postgresql.auto.conf");
        let settings = fs::read_to_string(&path).expect("settings");
        let kept = settings.lines().filter(|line| !line.starts_with("ssl = ")).collect::<Vec<_>>().join("\n");
        let ssl = if certificate.is_some() { "on" } else { "off" };
        fs::write(&path, format!("{kept}\nssl = {ssl}\n")).expect("settings");
        self.restart();
    }

    /// psql's one row, or `None` when it failed.
    pub fn psql(&self, dsn: &str, variables: &[(&str, String)], sql: &str) -> Option<String> {
        let own = self.binaries.join("psql");
        let mut psql = Command::new(if own.exists() { own } else { "psql".into() });
        psql.env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .args(["-wXAt", "-d", dsn, "-c", sql]);
        psql.envs(variables.iter().map(|(name, value)| (name, value)));
        let output = psql.output().expect("psql");
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn owner(&self, sql: &str) {
        let dsn = format!("host={} port={} user=owner dbname=postgres", self.path().display(), self.port);
        assert!(self.psql(&dsn, &[], sql).is_some(), "{sql}");
    }

    fn certificate(&self, name: &str) {
        for ending in ["crt", "key"] {
            let to = self.path().join(format!("data/tls.{ending}"));
            fs::copy(self.path().join(format!("{name}.{ending}")), &to).expect("a certificate");
            fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).expect("permissions");
        }
        self.give_to_postgres();
    }

    fn restart(&self) {
        self.server("pg_ctl", &["restart", "-w", "-m", "fast", "-D", "data", "-l", "log"]);
    }

    /// root may not run a server: everything then belongs to `postgres`.
    fn give_to_postgres(&self) {
        if let Some((user, group)) = postgres_when_root() {
            let paths = [self.path().to_owned(), self.path().join("data")];
            let files =
                ["data/tls.crt", "data/tls.key", "data/pg_hba.conf"].map(|file| self.path().join(file));
            for path in paths.iter().chain(&files).filter(|path| path.exists()) {
                chown(path, Some(user), Some(group)).expect("chown");
            }
        }
        fs::set_permissions(self.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    }

    fn server(&self, program: &str, arguments: &[&str]) {
        let output = self.run(program, arguments);
        let log = fs::read_to_string(self.path().join("log")).unwrap_or_default();
        assert!(output.status.success(), "{program}: {}\n{log}", String::from_utf8_lossy(&output.stderr));
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let program = self.binaries.join(program);
        let mut command = match postgres_when_root() {
            Some(_) => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        // pg_ctl leaves the server its output: a pipe would be waited for.
        let (out, err) = (Stdio::null(), fs::File::create(self.path().join("stderr")).expect("a file"));
        let status = command.args(arguments).current_dir(self.path()).stdout(out).stderr(err).status();
        let stderr = fs::read(self.path().join("stderr")).unwrap_or_default();
        Output { status: status.expect("a program"), stdout: Vec::new(), stderr }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["stop", "-m", "immediate", "-D", "data"]);
    }
}

/// The directory named by PG_BIN, or the newest that Debian has.
fn binaries() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("PG_BIN") {
        return Some(named.into());
    }
    let mut found: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|e| e.path().join("bin")).collect();
    found.sort();
    found.into_iter().rev().find(|directory| directory.join("initdb").exists())
}

fn postgres_when_root() -> Option<(u32, u32)> {
    let id = |flag: &str, user: &[&str]| -> Option<u32> {
        let output = Command::new("id").arg(flag).args(user).output().ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().ok()
    };
    (id("-u", &[])? == 0).then(|| Some((id("-u", &["postgres"])?, id("-g", &["postgres"])?))).flatten()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Pairs of `….crt` and `….key`: two authorities, servers good and odd, and a client.
fn certificates(directory: &Path) {
    let script = r#"
        set -e
        key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $1.key; chmod 600 $1.key; }
        authority() { key $1; openssl req -x509 -new -key $1.key -subj "/CN=$1" -days 30 -out $1.crt; }
        signed() { # name, common name, extensions
            key $1; openssl req -new -key $1.key -subj "/CN=$2" -out $1.csr
            printf '%s\n' "$3" > $1.ext
            openssl x509 -req -in $1.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out $1.crt ${3:+-extfile $1.ext}
        }
        authority ca; authority other
        signed server localhost 'subjectAltName=DNS:localhost'
        signed common localhost 'basicConstraints=CA:FALSE'
        signed version1 localhost ''
        signed client certified 'basicConstraints=CA:FALSE'
        key own; openssl req -x509 -new -key own.key -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 30 -out own.crt
        printf '[ca]\ndefault_ca=a\n[a]\ndatabase=index\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=30\n' > ca.conf
        : > index; echo 01 > number
        openssl ca -config ca.conf -keyfile ca.key -cert ca.crt -revoke server.crt
        openssl ca -config ca.conf -keyfile ca.key -cert ca.crt -gencrl -out ca.crl
    "#;
    let output = Command::new("bash").args(["-c", script]).current_dir(directory).output().expect("bash");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
