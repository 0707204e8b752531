//! Tables of what is given and what it resolves to.

use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

/// What every secret of these tables has in it, and no output.
const SECRET: &str = "s3cret";

/// What is given on the command line, the variables, and what is expected.
type Case<'a, T> = (Option<&'a str>, &'a [(&'a str, &'a str)], T);

/// A home directory with files, and variables in which `~` is that directory.
struct Surroundings {
    home: TempDir,
    environment: Environment,
}

fn surroundings(variables: &[(&str, &str)], files: &[(&str, u32, &str)]) -> Surroundings {
    let home = TempDir::new().expect("a directory");
    for (name, mode, text) in files {
        let path = home.path().join(name);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).expect("permissions");
    }
    let directory = home.path().to_string_lossy().into_owned();
    let mut variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).into(), value.replace('~', &directory))).collect();
    variables.entry("PGSYSCONFDIR".into()).or_insert_with(|| format!("{directory}/none"));
    let environment = Environment {
        variables,
        home: Some(home.path().into()),
        user: Some("me".into()),
        socket_directories: vec![home.path().join("socket")],
    };
    Surroundings { home, environment }
}

/// `user@host:port/database password=… sslmode=…`, with the home directory as `~`.
fn shown(dsn: Option<&str>, around: &Surroundings) -> String {
    let home = around.home.path().to_string_lossy();
    match resolve(dsn, &around.environment) {
        Ok(target) => {
            assert!(
                !format!("{target} {target:?} {}", target.dsn_for_display()).contains(SECRET),
                "{target:?}"
            );
            let passwords: Vec<&str> =
                target.hosts.iter().map(|host| host.password.value.as_deref().unwrap_or("-")).collect();
            format!("{target} {} {:?}", passwords.join(","), target.tls.mode).replace(&*home, "~")
        }
        Err(error) => {
            assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
            assert!(error.advice().is_some(), "{error}");
            assert_eq!(error.exit_code() as i32, 2);
            format!("error: {}", error.what()).replace(&*home, "~")
        }
    }
}

#[test]
fn sources_and_defaults() {
    let service =
        ("service.conf", 0o644, "[shop]\nhost=service\nport=7\nuser=sue\npassword=s3cret-service\n");
    let around = surroundings(&[], &[service]);
    let cases: &[Case<&str>] = &[
        (None, &[], "me@localhost:5432/me - Prefer"),
        (Some(""), &[], "me@localhost:5432/me - Prefer"),
        (Some("shop"), &[], "me@localhost:5432/shop - Prefer"),
        (Some("user=alice"), &[], "alice@localhost:5432/alice - Prefer"),
        (Some("postgres://alice:s3cret@db/shop?sslmode=require"), &[], "alice@db:5432/shop s3cret Require"),
        (Some("postgres://db"), &[("PGUSER", "alice"), ("PGPORT", "7")], "alice@db:7/alice - Prefer"),
        (
            None,
            &[("PGHOST", "db"), ("PGDATABASE", "shop"), ("PGPASSWORD", "s3cret")],
            "me@db:5432/shop s3cret Prefer",
        ),
        (None, &[("DATABASE_URL", "postgres://a@b/c"), ("PGHOST", "x"), ("PGPORT", "7")], "a@b:7/c - Prefer"),
        (Some("host=given"), &[("DATABASE_URL", "postgres://a@b/c")], "me@given:5432/me - Prefer"),
        (None, &[("DATABASE_URL", ""), ("PGHOST", "x")], "me@x:5432/me - Prefer"),
        (
            Some("service=shop"),
            &[("PGSERVICEFILE", "~/service.conf")],
            "sue@service:7/sue s3cret-service Prefer",
        ),
        (
            Some("host=given service=shop"),
            &[("PGSERVICEFILE", "~/service.conf"), ("PGPORT", "8"), ("PGDATABASE", "d")],
            "sue@given:7/d s3cret-service Prefer",
        ),
        (
            None,
            &[("PGSERVICE", "shop"), ("PGSERVICEFILE", "~/service.conf")],
            "sue@service:7/sue s3cret-service Prefer",
        ),
        (None, &[("PGSSLMODE", "verify-ca")], "me@localhost:5432/me - VerifyCa"),
        (None, &[("PGREQUIRESSL", "1")], "me@localhost:5432/me - Require"),
        (Some("sslrootcert=system"), &[], "me@localhost:5432/me - VerifyFull"),
        // An empty value counts as given, so that no later source fills it.
        (Some("host='' port=''"), &[("PGHOST", "x"), ("PGPORT", "7")], "me@localhost:5432/me - Prefer"),
        (Some("password=''"), &[("PGPASSWORD", "s3cret")], "me@localhost:5432/me - Prefer"),
    ];
    for (dsn, variables, expected) in cases {
        let around = if variables.is_empty() { &around } else { &surroundings(variables, &[service]) };
        assert_eq!(shown(*dsn, around), *expected, "{dsn:?} {variables:?}");
    }
}

#[test]
fn hosts() {
    let around = surroundings(&[], &[]);
    let cases = [
        ("host=/tmp", "me@[/tmp]:5432/me - Prefer"),
        ("postgres://%2Ftmp:5433/shop", "me@[/tmp]:5433/shop - Prefer"),
        ("postgres:///shop?host=/tmp&port=5433", "me@[/tmp]:5433/shop - Prefer"),
        ("postgres://[::1]:5433/shop", "me@[::1]:5433/shop - Prefer"),
        ("host=a,b port=1,2", "me@a:1,b:2/me -,- Prefer"),
        ("host=a,b port=7", "me@a:7,b:7/me -,- Prefer"),
        ("host=a,b port=,2", "me@a:5432,b:2/me -,- Prefer"),
        ("host=a,,b", "me@a:5432,localhost:5432,b:5432/me -,-,- Prefer"),
        ("hostaddr=127.0.0.1", "me@127.0.0.1:5432/me - Prefer"),
        ("hostaddr=::1", "me@[::1]:5432/me - Prefer"),
        ("host=db hostaddr=127.0.0.1", "me@db:5432/me - Prefer"),
    ];
    for (dsn, expected) in cases {
        assert_eq!(shown(Some(dsn), &around), expected, "{dsn}");
    }
}

#[test]
fn the_default_is_a_socket_where_there_is_one() {
    let around = surroundings(&[], &[(".pgpass", 0o600, "localhost:5433:*:me:s3cret\n")]);
    let socket = around.home.path().join("socket");
    fs::create_dir(&socket).expect("a directory");
    fs::write(socket.join(".s.PGSQL.5433"), "").expect("a file");
    assert_eq!(shown(None, &around), "me@localhost:5432/me - Prefer");
    assert_eq!(shown(Some("port=5433"), &around), "me@[~/socket]:5433/me s3cret Prefer");
}

#[test]
fn password_files() {
    let text = "a:5432:shop:alice:s3cret a\nb:*:*:alice:s3cret\\:b\n*:*:*:bob:\n";
    let around = surroundings(&[], &[(".pgpass", 0o600, text)]);
    let cases = [
        ("postgres://alice@a/shop", "alice@a:5432/shop s3cret a Prefer"),
        ("postgres://alice@a/other", "alice@a:5432/other - Prefer"),
        ("postgres://alice@a,b:7/shop", "alice@a:5432,b:7/shop s3cret a,s3cret:b Prefer"),
        ("postgres://alice@bob/x?hostaddr=127.0.0.1", "alice@bob:5432/x - Prefer"),
        ("postgres://alice@b/x?hostaddr=127.0.0.1", "alice@b:5432/x s3cret:b Prefer"),
        ("postgres://bob@a/shop", "bob@a:5432/shop - Prefer"),
        ("postgres://alice:given@a/shop", "alice@a:5432/shop given Prefer"),
        ("postgres://alice@a/shop?passfile=/nowhere", "alice@a:5432/shop - Prefer"),
    ];
    for (dsn, expected) in cases {
        assert_eq!(shown(Some(dsn), &around), expected, "{dsn}");
    }
}

#[test]
fn a_password_file_that_others_may_read_is_ignored_with_a_warning() {
    for (mode, warned) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
        let around = surroundings(&[("PGPASSFILE", "~/pass")], &[("pass", mode, "*:*:*:*:s3cret\n")]);
        let target = resolve(None, &around.environment).expect("a target");
        assert_eq!(target.hosts[0].password.value.is_none(), warned, "{mode:o}");
        assert_eq!(
            target.warnings.iter().filter(|warning| warning.contains("chmod 600")).count(),
            usize::from(warned)
        );
    }
}

#[test]
fn what_cannot_be_used_is_an_error_with_a_hint_and_without_the_secret() {
    let around = surroundings(&[("PGSERVICEFILE", "~/missing")], &[]);
    let cases = [
        ("hots=db", "`--dsn` has the key word `hots`, which libpq does not know"),
        (
            "postgres://a:s3cret@db/shop?schema=x",
            "`--dsn` has the key word `schema`, which libpq does not know",
        ),
        ("password=my s3cret=x", "`--dsn` has something that is not a key word of libpq's"),
        ("postgres://db/shop?password=a&s3cret=b", "`--dsn` has something that is not a key word of libpq's"),
        ("a:s3cret@b=c", "`--dsn` has something that is not a key word of libpq's"),
        ("postgres://alice:s3cret/shop", "`port` in `--dsn` is not valid"),
        ("port=0", "`port` in `--dsn` is not valid"),
        ("port=65536", "`port` in `--dsn` is not valid"),
        ("host=a,b,c port=1,2", "`port` in `--dsn` is not valid"),
        ("host=a,b hostaddr=127.0.0.1", "`hostaddr` in `--dsn` is not valid"),
        ("hostaddr=s3cret", "`hostaddr` in `--dsn` is not valid"),
        ("sslmode=no-verify", "`sslmode` in `--dsn` is not valid"),
        ("sslmode=require sslrootcert=system", "`sslmode` in `--dsn` is not valid"),
        ("sslnegotiation=direct", "`sslnegotiation` in `--dsn` is not valid"),
        ("ssl_max_protocol_version=TLSv1.1", "`ssl_max_protocol_version` in `--dsn` is not valid"),
        ("connect_timeout=soon", "`connect_timeout` in `--dsn` is not valid"),
        ("target_session_attrs=best", "`target_session_attrs` in `--dsn` is not valid"),
        ("requirepeer=postgres", "`requirepeer` in `--dsn` asks for something that is not supported"),
        ("require_auth=scram-sha-256", "`require_auth` in `--dsn` asks for something that is not supported"),
        ("service=shop", "the service file `~/missing` does not exist"),
    ];
    for (dsn, expected) in cases {
        assert_eq!(shown(Some(dsn), &around), format!("error: {expected}"), "{dsn}");
    }
    let none = surroundings(&[], &[]);
    assert_eq!(shown(Some("service=shop"), &none), "error: the service `shop` is not defined");
    let from_variable = surroundings(&[("DATABASE_URL", "postgres://a:s3@cret@b"), ("PGSSLMODE", "on")], &[]);
    assert!(shown(None, &from_variable).starts_with("error: `DATABASE_URL` cannot be read: "));
    assert_eq!(shown(Some("x"), &from_variable), "error: `sslmode` in `PGSSLMODE` is not valid");
}

#[test]
fn settings_of_the_session() {
    let cases: &[Case<Option<&str>>] = &[
        (None, &[], None),
        (Some("options='-c work_mem=1MB'"), &[("PGOPTIONS", "-c jit=off")], Some("-c work_mem=1MB")),
        (
            None,
            &[("PGOPTIONS", "-c jit=off"), ("PGTZ", "Europe/Berlin")],
            Some("-c jit=off -c timezone=Europe/Berlin"),
        ),
        (None, &[("PGDATESTYLE", "ISO, DMY"), ("PGTZ", "default")], Some("-c datestyle=ISO,\\ DMY")),
    ];
    for (dsn, variables, expected) in cases {
        let around = surroundings(variables, &[]);
        let target = resolve(*dsn, &around.environment).expect("a target");
        assert_eq!(target.options.as_deref(), *expected, "{dsn:?} {variables:?}");
    }
}

#[test]
fn what_is_displayed_can_be_given_again() {
    let around = surroundings(&[], &[]);
    let cases = [
        ("postgres://alice:s3cret@db/shop", "postgres://alice@db:5432/shop"),
        ("host=/tmp user='a b' dbname='x/y'", "postgres://a%20b@%2Ftmp:5432/x%2Fy"),
        ("postgres://[::1],b:7/shop", "postgres://me@[::1]:5432,b:7/shop"),
    ];
    for (dsn, expected) in cases {
        let target = resolve(Some(dsn), &around.environment).expect(dsn);
        assert_eq!(target.dsn_for_display(), expected);
        let again = resolve(Some(expected), &around.environment).expect(expected);
        assert_eq!(again.to_string(), target.to_string());
    }
}
