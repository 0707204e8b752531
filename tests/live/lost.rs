//! Statements that are cancelled and connections that are lost, with TLS and without.

use super::throwaway::Cluster;
use super::{assert_secret, open, run};
use advisor::db::connect::Connection;
use advisor::error::ExitCode;

#[test]
fn a_statement_can_be_cancelled_and_a_lost_connection_says_why() {
    let Some(cluster) = Cluster::start() else { return };
    let modes: &[&str] =
        if cluster.tls { &["disable", "prefer", "verify-full"] } else { &["disable", "prefer"] };
    for mode in modes {
        let dsn = format!(
            "host=localhost hostaddr=127.0.0.1 port={} user=trusted dbname=shop sslmode={mode} sslrootcert={}/ca.crt",
            cluster.port,
            cluster.path().display()
        );
        run(async {
            let connection = open(&dsn, &[]).await.expect(&dsn);
            assert_eq!(connection.encrypted, cluster.tls && *mode != "disable");
            // The socket's end is read while the statement waits.
            let (slept, cancelled) =
                tokio::join!(connection.client.batch_execute("SELECT pg_sleep(30)"), async {
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    connection.cancel.cancel().await
                });
            cancelled.expect("a cancel request");
            let error = slept.expect_err("a cancelled statement");
            assert_eq!(error.code().map(|code| code.code()), Some("57014"), "{error:?}");
            assert_eq!(connection.driver.lost(&error), None, "the connection lives");

            let pid: i32 =
                connection.client.query_typed("SELECT pg_backend_pid()", &[]).await.expect("a row")[0].get(0);
            let killer = open(&dsn, &[]).await.expect(&dsn);
            let kill = format!("SELECT pg_terminate_backend({pid})");
            let (slept, _) = tokio::join!(connection.client.batch_execute("SELECT pg_sleep(30)"), async {
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                killer.client.batch_execute(&kill).await.expect(&kill);
            });
            assert_lost(&connection, &slept.expect_err("a killed backend"));
            let after = connection.client.batch_execute("SELECT 1").await.expect_err("a closed connection");
            assert_lost(&connection, &after);
        });
    }
}

fn assert_lost(connection: &Connection, error: &tokio_postgres::Error) {
    let error = connection.driver.lost(error).expect("a lost connection");
    assert!(error.what().contains("terminating connection due to administrator command"), "{error}");
    assert_eq!(error.exit_code(), ExitCode::NoServer);
    assert_secret(&format!("{error:?}"));
}
