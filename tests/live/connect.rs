//! Connecting, beside psql: the same strings lead to the same place, or both fail.

mod lost;
mod session;
mod throwaway;

use advisor::db::connect::{Connection, Environment, connect, resolve};
use advisor::error::{Error, ExitCode};
use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use throwaway::{Cluster, SECRET, SECRET_IN_URL};

/// Who, where, and whether under TLS.
const WHERE: &str = "SELECT concat_ws(' ', current_user, current_database(), inet_server_port(),
    (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), current_setting('TimeZone'))";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// Connects, and asserts that nothing said about it gives the password away.
async fn open(dsn: &str, variables: &[(&str, String)]) -> Result<Connection, Error> {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let environment = Environment {
        home: variables.get("HOME").map(Into::into),
        variables,
        user: Some("root".into()),
        ..Environment::default()
    };
    let result = match resolve(Some(dsn), &environment) {
        Ok(target) => {
            assert_secret(&format!("{target} {target:?} {} {environment:?}", target.dsn_for_display()));
            connect(&target).await
        }
        Err(error) => Err(error),
    };
    match &result {
        Ok(connection) => assert_secret(&format!("{connection:?}")),
        Err(error) => assert_secret(&format!("{error} {error:?}")),
    }
    result
}

fn assert_secret(text: &str) {
    assert!(!text.contains("s3cret") && !text.contains("cret'"), "{text}");
}

async fn ask(connection: &Connection, sql: &str) -> String {
    connection.client.query_typed(sql, &[]).await.expect(sql).first().expect(sql).get(0)
}

/// What `WHERE` says, or the error's first line.
fn ours(dsn: &str, variables: &[(&str, String)]) -> Result<String, Error> {
    run(async {
        let connection = open(dsn, variables).await?;
        let answer = ask(&connection, WHERE).await;
        assert_eq!(connection.encrypted, answer.contains(" t "), "{dsn}");
        assert_eq!(ask(&connection, "SHOW application_name").await, "advisor");
        connection.close().await;
        Ok(answer)
    })
}

fn file(cluster: &Cluster, name: &str, mode: u32, text: &str) -> String {
    let path = cluster.path().join(name);
    fs::write(&path, text).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("permissions");
    path.to_string_lossy().into_owned()
}

#[test]
fn strings_variables_and_files_lead_where_psql_goes() {
    let Some(cluster) = Cluster::start() else { return };
    let (port, socket) = (cluster.port, cluster.path().to_string_lossy().into_owned());
    let escaped = SECRET.replace('\\', "\\\\").replace('\'', "\\'");
    let in_file = SECRET.replace('\\', "\\\\").replace(':', "\\:");
    let pass = file(
        &cluster,
        "pass",
        0o600,
        &format!("# all\nlocalhost:{port}:shop:either:wrong\n*:*:*:*:{in_file}\n"),
    );
    let open_pass = file(&cluster, "open", 0o644, &format!("*:*:*:*:{in_file}\n"));
    let services = file(
        &cluster,
        "services",
        0o644,
        &format!("[shop]\nhost=127.0.0.1\nport={port}\ndbname=shop\nuser=either\n[bad]\nhots=x\n"),
    );
    let encoded = socket.replace('/', "%2F");
    let (p, s) = (port.to_string(), socket.as_str());
    let cases: Vec<(String, Vec<(&str, &str)>)> = vec![
        (format!("host={s} port={p} user=trusted dbname=shop"), vec![]),
        (format!("postgres://trusted@{encoded}:{p}/shop"), vec![]),
        (format!("host=@{s} port={p} user=trusted dbname=shop"), vec![]),
        (format!("postgresql:///shop?host={s}&port={p}&user=trusted"), vec![]),
        (format!("postgres://either:{SECRET_IN_URL}@127.0.0.1:{p}/shop"), vec![]),
        (format!("host=127.0.0.1 port={p} user=either dbname=shop password='{escaped}'"), vec![]),
        (format!("host=127.0.0.1 port={p} user=either dbname=shop"), vec![("PGPASSWORD", SECRET)]),
        (format!("host=127.0.0.1 port={p} user=either dbname=shop"), vec![]),
        (format!("host=127.0.0.1 port={p} user=either dbname=postgres"), vec![("PGPASSFILE", &pass)]),
        (format!("host=localhost port={p} user=either dbname=shop"), vec![("PGPASSFILE", &pass)]),
        (
            format!("host=localhost hostaddr=127.0.0.1 port={p} user=either dbname=postgres"),
            vec![("PGPASSFILE", &pass)],
        ),
        (format!("host=127.0.0.1 port={p} user=either dbname=shop"), vec![("PGPASSFILE", &open_pass)]),
        (format!("host=127.0.0.1 port={p} user=either dbname=shop passfile={pass}"), vec![]),
        ("shop".into(), vec![("PGHOST", s), ("PGPORT", &p), ("PGUSER", "trusted")]),
        ("".into(), vec![("PGHOST", s), ("PGPORT", &p), ("PGUSER", "trusted"), ("PGDATABASE", "shop")]),
        ("".into(), vec![("PGHOST", s), ("PGPORT", &p), ("PGUSER", "trusted")]),
        ("dbname=shop".into(), vec![("PGHOSTADDR", "127.0.0.1"), ("PGPORT", &p), ("PGUSER", "trusted")]),
        (
            "service=shop".into(),
            vec![("PGSERVICEFILE", &services), ("PGPASSWORD", SECRET), ("PGUSER", "trusted")],
        ),
        ("service=shop user=trusted".into(), vec![("PGSERVICEFILE", &services), ("PGPORT", "1")]),
        ("".into(), vec![("PGSERVICE", "shop"), ("PGSERVICEFILE", &services), ("PGPASSWORD", SECRET)]),
        ("service=bad".into(), vec![("PGSERVICEFILE", &services)]),
        ("service=none".into(), vec![("PGSERVICEFILE", &services)]),
        (format!("host=127.0.0.1,{s} port=1,{p} user=trusted dbname=shop"), vec![]),
        (format!("postgres://trusted@127.0.0.1:1,127.0.0.1:{p}/shop"), vec![]),
        (format!("host={s},127.0.0.1 port={p},1 user=trusted dbname=shop"), vec![]),
        (format!("host=127.0.0.1,{s} port={p},{p} user=either dbname=shop password=wrong"), vec![]),
        (format!("host=a,b port={p},{p},{p} user=trusted"), vec![]),
        (format!("host={s} port={p} user=trusted dbname=shop"), vec![("PGTZ", "Asia/Tokyo")]),
        (
            format!("host={s} port={p} user=trusted dbname=shop"),
            vec![("PGOPTIONS", "-c TimeZone=Asia/Tokyo")],
        ),
        (
            format!("host={s} port={p} user=trusted dbname=shop options='-c TimeZone=Asia/Seoul'"),
            vec![("PGOPTIONS", "-c TimeZone=Asia/Tokyo"), ("PGTZ", "UTC")],
        ),
        (format!("host={s} port={p} user=trusted dbname=shop hots=x"), vec![]),
        (format!("host={s} port={p} user=trusted dbname=missing"), vec![]),
        (format!("host={s} port={p} user=nobody dbname=shop"), vec![]),
        (format!("host={s} port={p} user='' dbname=shop"), vec![]),
        (format!("postgres://trusted@127.0.0.1:{p}/shop?sslmode=require"), vec![("PGSSLMODE", "disable")]),
        (format!("postgres://trusted@127.0.0.1:{p}/shop?ssl=true"), vec![]),
        (format!("postgres://trusted@127.0.0.1:{p}/shop"), vec![("PGSSLMODE", "disable")]),
        (format!("postgres://trusted@127.0.0.1:{p}/shop"), vec![("PGREQUIRESSL", "1")]),
        (format!("postgres://trusted@127.0.0.1:{p}/shop?sslmode=sometimes"), vec![]),
        (format!("postgres://trusted@127.0.0.1:{p}/shop?target_session_attrs=read-write"), vec![]),
        (format!("postgres://trusted@127.0.0.1:{p}/shop?target_session_attrs=primary"), vec![]),
        (format!("postgres://trusted@127.0.0.1:{p}/shop?target_session_attrs=standby"), vec![]),
        (format!("postgres://trusted@127.0.0.1:{p}/shop?target_session_attrs=prefer-standby"), vec![]),
        (format!("postgres://trusted@127.0.0.1:{p}/shop?target_session_attrs=read-only"), vec![]),
        (
            format!("postgres://trusted@127.0.0.1:{p}/shop?target_session_attrs=read-only"),
            vec![("PGOPTIONS", "-c default_transaction_read_only=on")],
        ),
        (format!("postgres://either:{SECRET_IN_URL}@127.0.0.1:{p}/shop?channel_binding=require"), vec![]),
        (
            format!(
                "postgres://either:{SECRET_IN_URL}@127.0.0.1:{p}/shop?channel_binding=require&sslmode=disable"
            ),
            vec![],
        ),
    ];
    let mut connected = 0;
    for (dsn, given) in cases {
        let mut variables: Vec<(&str, String)> =
            given.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        variables.push(("HOME", cluster.path().join("home").to_string_lossy().into_owned()));
        let (theirs, ours) = (cluster.psql(&dsn, &variables, WHERE), ours(&dsn, &variables));
        connected += usize::from(theirs.is_some());
        assert_eq!(ours.as_ref().ok(), theirs.as_ref(), "{dsn} {given:?}: {ours:?}");
    }
    assert!(connected > 25, "only {connected} cases connect at all");
}

#[test]
fn every_sslmode_ends_where_psql_ends() {
    let Some(cluster) = Cluster::start_with_tls() else { return };
    let mut connected = 0;
    for server in [Some("server"), None] {
        cluster.serve(server);
        for mode in ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] {
            for (root, host) in
                [("none", "localhost"), ("ca", "localhost"), ("ca", "elsewhere"), ("other", "localhost")]
            {
                for user in ["either", "only_tls", "only_plain"] {
                    let dsn = format!(
                        "host={host} hostaddr=127.0.0.1 port={} user={user} dbname=shop sslmode={mode} sslrootcert={}/{root}.crt",
                        cluster.port,
                        cluster.path().display()
                    );
                    let variables = [("PGPASSWORD", SECRET.to_owned())];
                    let (theirs, ours) = (cluster.psql(&dsn, &variables, WHERE), ours(&dsn, &variables));
                    connected += usize::from(theirs.is_some());
                    assert_eq!(ours.as_ref().ok(), theirs.as_ref(), "{server:?} {dsn}: {ours:?}");
                    if let Err(error) = ours {
                        assert!(
                            error.exit_code() == ExitCode::NoServer && error.advice().is_some(),
                            "{error}"
                        );
                    }
                }
            }
        }
    }
    assert!(connected > 50, "only {connected} cases connect at all");
}

#[test]
fn certificates_good_and_odd() {
    let Some(cluster) = Cluster::start_with_tls() else { return };
    let here = cluster.path().display().to_string();
    // The server's certificate, what to connect with, and the error (or none). psql agrees but for the marked.
    let cases = [
        ("server", "user=either sslmode=verify-full sslrootcert=ca.crt", "", true),
        ("server", "user=either sslmode=verify-ca sslrootcert=ca.crt sslcrl=ca.crl", "it was revoked", true),
        (
            "server",
            "user=either sslmode=require sslrootcert=none sslcert=client.crt sslkey=none",
            "no key for it",
            true,
        ),
        ("server", "user=either sslmode=require sslcert=client.crt sslkey=ca.key", "does not belong", true),
        (
            "server",
            "user=certified sslmode=verify-full sslrootcert=ca.crt sslcert=client.crt sslkey=client.key",
            "",
            true,
        ),
        (
            "server",
            "user=certified sslmode=require sslcert=none.crt",
            "requires a valid client certificate",
            true,
        ),
        (
            "server",
            "user=certified sslmode=require sslcert=client.crt sslkey=open.key",
            "others may read it",
            true,
        ),
        ("server", "user=either sslmode=require ssl_min_protocol_version=TLSv1.3", "", true),
        ("server", "user=either sslmode=require ssl_max_protocol_version=TLSv1.2", "", true),
        // psql before 16 takes `system` for a file.
        ("server", "user=either sslrootcert=system", "was signed by no authority", false),
        ("common", "user=either sslmode=verify-ca sslrootcert=ca.crt", "", true),
        // rustls does not look at common names, OpenSSL does.
        (
            "common",
            "user=either sslmode=verify-full sslrootcert=ca.crt",
            "a common name alone does not count",
            false,
        ),
        ("own", "user=either sslmode=verify-full sslrootcert=own.crt", "", true),
        ("own", "user=either sslmode=verify-ca sslrootcert=ca.crt", "it is self-signed", true),
        ("version1", "user=either sslmode=require channel_binding=require", "", true),
        (
            "version1",
            "user=either sslmode=verify-ca sslrootcert=ca.crt",
            "it is not of X.509 version 3",
            false,
        ),
    ];
    file(&cluster, "open.key", 0o644, &fs::read_to_string(cluster.path().join("client.key")).expect("a key"));
    let mut served = "server";
    for (server, given, expected, like_psql) in cases {
        if served != server {
            cluster.serve(Some(server));
            served = server;
        }
        let in_directory = |word: &str| match word.split_once('=') {
            Some((key, file))
                if key.starts_with("ssl") && !key.contains('_') && key != "sslmode" && file != "system" =>
            {
                format!("{key}={here}/{file}")
            }
            _ => word.to_owned(),
        };
        let given: Vec<String> = given.split(' ').map(in_directory).collect();
        let dsn = format!(
            "host=localhost hostaddr=127.0.0.1 port={} dbname=shop {}",
            cluster.port,
            given.join(" ")
        );
        let variables = [("PGPASSWORD", SECRET.to_owned()), ("HOME", format!("{here}/home"))];
        let ours = ours(&dsn, &variables);
        match &ours {
            Ok(_) => assert_eq!(expected, "", "{server} {dsn} connected"),
            Err(error) => {
                assert!(!expected.is_empty() && error.what().contains(expected), "{server} {dsn}: {error}");
                assert!(error.exit_code() == ExitCode::NoServer && error.advice().is_some(), "{error}");
            }
        }
        if like_psql {
            assert_eq!(ours.ok(), cluster.psql(&dsn, &variables, WHERE), "{server} {dsn}");
        }
    }
}

#[test]
fn every_failure_says_what_happened_and_what_to_do() {
    let Some(cluster) = Cluster::start_with_tls() else { return };
    let deaf = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let rude = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let [deaf_port, rude_port] =
        [&deaf, &rude].map(|listener| listener.local_addr().expect("an address").port());
    std::thread::spawn(move || rude.incoming().for_each(drop));
    let (p, s) = (cluster.port, cluster.path().display().to_string());
    let cases = [
        (
            "postgres://either@127.0.0.1:1/shop".to_owned(),
            "`127.0.0.1:1` refused the connection",
            "listen_addresses",
        ),
        (format!("host={s} port=1 user=either"), "there is no socket for", "PGHOST"),
        ("postgres://either@no-such-host.invalid/shop".into(), "cannot be looked up", "the host's name"),
        (
            format!("postgres://either@127.0.0.1:{deaf_port}/shop?connect_timeout=1"),
            "did not answer within 1 s",
            "connect_timeout",
        ),
        (
            format!("postgres://either@127.0.0.1:{rude_port}/shop"),
            "closed the connection",
            "PostgreSQL that listens",
        ),
        (format!("postgres://either@127.0.0.1:{p}/shop"), "there is none", "PGPASSWORD"),
        (
            format!("postgres://either:s3cret@127.0.0.1:{p}/shop"),
            "password authentication failed",
            "came from `--dsn`",
        ),
        (
            format!("postgres://either:{SECRET_IN_URL}@127.0.0.1:{p}/none"),
            "\"none\" does not exist",
            "`psql -l`",
        ),
        (
            format!("postgres://either:{SECRET_IN_URL}@127.0.0.1:{p}/closed"),
            "permission denied for database",
            "GRANT CONNECT",
        ),
        (format!("postgres://nologin:{SECRET_IN_URL}@127.0.0.1:{p}/shop"), "failed", "came from"),
        (
            format!("postgres://only_tls:{SECRET_IN_URL}@127.0.0.1:{p}/shop?sslmode=disable"),
            "no pg_hba.conf entry",
            "sslmode=require",
        ),
        (
            format!("postgres://only_plain:{SECRET_IN_URL}@127.0.0.1:{p}/shop?sslmode=require"),
            "no pg_hba.conf entry",
            "sslmode=prefer",
        ),
        (
            format!("postgres://trusted@127.0.0.1:{p}/shop?channel_binding=require"),
            "channel binding",
            "SCRAM",
        ),
        (
            format!("postgres://trusted@127.0.0.1:{p}/shop?target_session_attrs=standby"),
            "is not a standby",
            "target_session_attrs",
        ),
        (
            format!("postgres://trusted@127.0.0.1:1,127.0.0.1:{p}/none"),
            "refused the connection; 127.0.0.1:",
            "`psql -l`",
        ),
    ];
    for (dsn, what, hint) in cases {
        let error = ours(&dsn, &[]).expect_err(&dsn);
        assert!(error.what().contains(what), "{dsn}: {error}");
        assert!(error.advice().is_some_and(|advice| advice.contains(hint)), "{dsn}: {error}");
        assert_eq!(error.exit_code(), ExitCode::NoServer, "{dsn}: {error}");
    }
}
