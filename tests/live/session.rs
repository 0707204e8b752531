//! The session's settings are in force, in one round trip, over sockets and TCP.

use super::run;
use super::throwaway::Cluster;
use advisor::db::connect::{Connection, Environment, connect, resolve};
use advisor::db::session::{Limit, Limits, Session, SetBy};
use std::time::{Duration, Instant};

async fn connection(dsn: &str) -> Connection {
    connect(&resolve(Some(dsn), &Environment::default()).expect(dsn)).await.expect(dsn)
}

async fn setting(session: &Session, name: &str) -> String {
    let sql = format!("SELECT coalesce(current_setting('{name}', true), 'none')");
    session.client.query_typed(&sql, &[]).await.expect(&sql)[0].get(0)
}

fn seconds(time: u64) -> Duration {
    Duration::from_secs(time)
}

#[test]
fn each_setting_is_in_force() {
    let Some(cluster) = Cluster::start() else { return };
    let (socket, port) = (cluster.path().display().to_string(), cluster.port);
    for (host, keepalive) in [(socket.as_str(), ["0"; 4]), ("127.0.0.1", ["15", "5", "3", "30000"])] {
        run(async {
            let dsn = format!("host={host} port={port} user=trusted dbname=shop");
            let session = Session::open(connection(&dsn).await, Limits::default()).await.expect("a session");
            let [idle, interval, count, user_timeout] = keepalive;
            let modern = session.server.version_num >= 140_000;
            let expected = [
                ("default_transaction_read_only", "on"),
                ("transaction_read_only", "on"),
                ("statement_timeout", "1min"),
                ("lock_timeout", "2s"),
                ("idle_in_transaction_session_timeout", "30s"),
                ("application_name", "advisor"),
                ("client_connection_check_interval", if modern { "1s" } else { "none" }),
                ("tcp_keepalives_idle", idle),
                ("tcp_keepalives_interval", interval),
                ("tcp_keepalives_count", count),
                ("tcp_user_timeout", user_timeout),
            ];
            for (name, value) in expected {
                assert_eq!(setting(&session, name).await, value, "{name} over {host}");
            }
            let server = &session.server;
            assert_eq!((server.user.as_str(), server.database.as_str()), ("trusted", "shop"));
            assert!(server.superuser && !server.in_recovery, "{server:?}");
            assert_eq!(server.version_num.to_string(), setting(&session, "server_version_num").await);
            assert_eq!(server.version, setting(&session, "server_version").await);

            let error = session.client.batch_execute("CREATE TABLE t ()").await.expect_err("read-only");
            assert_eq!(error.code().map(|code| code.code()), Some("25006"), "{error:?}");
            assert!(session.lost(&error).is_none());
            session.close().await;
        });
    }
}

#[test]
fn a_shorter_limit_of_the_server_is_kept_and_known() {
    let Some(cluster) = Cluster::start() else { return };
    let ours = Limits { statement_timeout: seconds(60), ..Limits::default() };
    let unlimited = Limits {
        statement_timeout: Duration::ZERO,
        lock_timeout: Duration::ZERO,
        idle_in_transaction: Duration::ZERO,
    };
    let limit = |time, set_by| Limit { time, set_by };
    // The server's settings; ours; what is in force.
    let cases = [
        ("", ours, limit(Some(seconds(60)), SetBy::Us), limit(Some(seconds(2)), SetBy::Us)),
        (
            "-c statement_timeout=90s -c lock_timeout=1500ms",
            ours,
            limit(Some(seconds(60)), SetBy::Us),
            limit(Some(Duration::from_millis(1500)), SetBy::Server),
        ),
        (
            "-c statement_timeout=30s",
            ours,
            limit(Some(seconds(30)), SetBy::Server),
            limit(Some(seconds(2)), SetBy::Us),
        ),
        (
            "-c statement_timeout=2d",
            unlimited,
            limit(Some(seconds(172_800)), SetBy::Server),
            limit(None, SetBy::Us),
        ),
        (
            "-c statement_timeout=1h -c IntervalStyle=iso_8601",
            unlimited,
            limit(Some(seconds(3600)), SetBy::Server),
            limit(None, SetBy::Us),
        ),
    ];
    for (options, limits, statement, lock) in cases {
        run(async {
            let dsn = format!(
                "host={} port={} user=trusted dbname=shop options='{options}'",
                cluster.path().display(),
                cluster.port
            );
            let session = Session::open(connection(&dsn).await, limits).await.expect("a session");
            assert_eq!((session.statement_timeout, session.lock_timeout), (statement, lock), "{options}");
            for (name, limit) in [("statement_timeout", statement), ("lock_timeout", lock)] {
                let sql = format!("SELECT setting::bigint FROM pg_settings WHERE name = '{name}'");
                let set: i64 = session.client.query_typed(&sql, &[]).await.expect(&sql)[0].get(0);
                assert_eq!(
                    u128::from(set.unsigned_abs()),
                    limit.time.unwrap_or_default().as_millis(),
                    "{name} {options}"
                );
            }
        });
    }
}

#[test]
fn the_limit_ends_a_statement_but_not_the_session() {
    let Some(cluster) = Cluster::start() else { return };
    run(async {
        let dsn = format!("host={} port={} user=trusted dbname=shop", cluster.path().display(), cluster.port);
        let limits = Limits { statement_timeout: Duration::from_millis(100), ..Limits::default() };
        let session = Session::open(connection(&dsn).await, limits).await.expect("a session");
        let start = Instant::now();
        let error = session.client.batch_execute("SELECT pg_sleep(30)").await.expect_err("a timeout");
        assert_eq!(error.code().map(|code| code.code()), Some("57014"), "{error:?}");
        assert!(start.elapsed() < seconds(10) && session.lost(&error).is_none());
        assert_eq!(setting(&session, "application_name").await, "advisor");
    });
}
