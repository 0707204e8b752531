//! Why a connection did not come about, or ended: what happened and what to do next.

use super::target::{Host, PasswordSource, Roots, SslMode, Target};
use crate::error::Error;
use rustls::CertificateError;
use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::time::Duration;
use tokio_postgres::error::{DbError, Severity, SqlState};

/// One attempt that failed.
pub(super) struct Failure {
    /// The server as it was named, and the address that was tried when it had several.
    pub place: String,
    pub host: Host,
    pub cause: Cause,
}

/// What went wrong.
pub(super) enum Cause {
    /// The name cannot be looked up.
    NoAddress(io::Error),
    TimedOut(Duration),
    /// A file of TLS cannot be used.
    Files(Error),
    /// The server is not what `target_session_attrs` asks for.
    Unwanted(&'static str),
    Postgres(tokio_postgres::Error),
}

impl Cause {
    /// TLS itself failed, before anything was said over it.
    pub fn is_tls(&self) -> bool {
        // The kinds of tokio_postgres's errors are private; their texts are the way to tell them apart.
        match self {
            Self::Files(_) => true,
            Self::Postgres(error) => error.to_string().starts_with("error performing TLS handshake"),
            _ => false,
        }
    }

    /// The server refused the client: class 28, invalid authorization.
    pub fn is_refusal(&self) -> bool {
        self.code().is_some_and(|code| code.code().starts_with("28"))
    }

    /// libpq goes on to the next server only when this one cannot be reached, is not ready, or is unwanted.
    pub fn tries_next(&self) -> bool {
        match self {
            Self::NoAddress(_) | Self::TimedOut(_) | Self::Unwanted(_) => true,
            Self::Files(_) => false,
            Self::Postgres(error) => {
                error.to_string().starts_with("error connecting to server")
                    || self.code() == Some(&SqlState::CANNOT_CONNECT_NOW)
            }
        }
    }

    fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Postgres(error) => error.code(),
            _ => None,
        }
    }
}

/// The error for all attempts that failed; the hint belongs to the last one that says more than "not reached".
pub(super) fn report(target: &Target, failures: &[Failure]) -> Error {
    let explained: Vec<(String, Option<String>)> =
        failures.iter().map(|failure| explain(target, failure)).collect();
    let mut parts: Vec<String> = Vec::new();
    for (failure, (text, _)) in failures.iter().zip(&explained) {
        let part = if target.hosts.len() > 1 { format!("{}: {text}", failure.place) } else { text.clone() };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let error = Error::server(format!("no connection to `{target}`: {}", parts.join("; ")));
    let telling = failures.iter().zip(&explained).rev().find(|(failure, _)| !failure.cause.tries_next());
    match telling.map(|(_, explained)| explained).or(explained.last()).and_then(|(_, hint)| hint.clone()) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn explain(target: &Target, failure: &Failure) -> (String, Option<String>) {
    let hinted = |text: String, hint: &str| (text, Some(hint.to_owned()));
    match &failure.cause {
        Cause::NoAddress(error) => hinted(
            format!("the host of `{}` cannot be looked up: {error}", failure.host),
            "check the host's name in `-d` or PGHOST",
        ),
        Cause::TimedOut(time) => hinted(
            format!("`{}` did not answer within {} s", failure.place, time.as_secs()),
            "check host, port and firewall, or raise `connect_timeout`",
        ),
        Cause::Files(error) => (error.what().to_owned(), error.advice().map(str::to_owned)),
        Cause::Unwanted(what) => hinted(
            format!("`{}` is {what}", failure.place),
            "`target_session_attrs` asks for another kind of server",
        ),
        Cause::Postgres(error) => match error.as_db_error() {
            Some(error) => server_error(target, failure, error),
            None => client_error(target, failure, error),
        },
    }
}

/// What the server said, with a hint by its code (manual, appendix A).
fn server_error(target: &Target, failure: &Failure, error: &DbError) -> (String, Option<String>) {
    let code = error.code();
    let hint = if *code == SqlState::INVALID_PASSWORD {
        password_hint(&failure.host)
    } else if error.message().contains("pg_hba.conf") {
        format!("{}; or let the server's `pg_hba.conf` admit this host, role and database", tls_hint(target))
    } else if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        format!("connect as another role (`-d postgres://role@…`, PGUSER); now it is `{}`", target.user)
    } else if *code == SqlState::INVALID_CATALOG_NAME {
        "name the database with `-d` or PGDATABASE; `psql -l` lists them".to_owned()
    } else if *code == SqlState::TOO_MANY_CONNECTIONS {
        "wait for a free connection, or end one; `max_connections` is the limit".to_owned()
    } else if *code == SqlState::CANNOT_CONNECT_NOW {
        "the server is starting, stopping or recovering: try again in a moment".to_owned()
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        format!("ask for `GRANT CONNECT ON DATABASE … TO {}`", target.user)
    } else if error.message().contains("unsupported startup parameter") {
        "a connection pooler refuses a setting: leave out `options`, PGOPTIONS, PGTZ and PGDATESTYLE, or connect \
         to the server itself"
            .to_owned()
    } else {
        error.hint().unwrap_or("the server's log may say more").to_owned()
    };
    (error.message().to_owned(), Some(hint))
}

fn password_hint(host: &Host) -> String {
    match &host.password.source {
        PasswordSource::Found(place) => format!("the password came from {place}: correct it there"),
        PasswordSource::Missing(places) => {
            format!("looked for a password in {places}: set PGPASSWORD, or add a line to the password file")
        }
    }
}

fn tls_hint(target: &Target) -> &'static str {
    match target.tls.mode {
        SslMode::Disable | SslMode::Allow => "if the server insists on TLS, use `sslmode=require`",
        _ => "if the server does without TLS, use `sslmode=prefer` or `disable`",
    }
}

fn client_error(
    target: &Target,
    failure: &Failure,
    error: &tokio_postgres::Error,
) -> (String, Option<String>) {
    let hinted = |text: String, hint: &str| (text, Some(hint.to_owned()));
    if let Some(error) = in_sources::<rustls::Error>(error) {
        return tls_error(target, failure, error);
    }
    let reason = innermost(error);
    if reason == "password missing" {
        return (
            "the server asks for a password, and there is none".into(),
            Some(password_hint(&failure.host)),
        );
    }
    if reason == "server does not support TLS" {
        return hinted(
            "the server does not support TLS".into(),
            "`sslmode=prefer` or `disable` connects without, over a network you trust",
        );
    }
    if reason.contains("channel binding") {
        return hinted(reason, "`channel_binding=require` needs TLS and SCRAM authentication");
    }
    match in_sources::<io::Error>(error).map(io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => hinted(
            format!("`{}` refused the connection", failure.place),
            "is the server running there? check host and port, and its `listen_addresses`",
        ),
        Some(ErrorKind::NotFound) => hinted(
            format!("there is no socket for `{}`", failure.place),
            "is the server running? name another socket directory or host with `-d` or PGHOST",
        ),
        Some(ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => hinted(
            format!("`{}` closed the connection unexpectedly", failure.place),
            "is it PostgreSQL that listens there? its log may say more",
        ),
        _ => hinted(reason, "check host and port; the server's log may say more"),
    }
}

/// Why TLS failed. rustls differs from OpenSSL in that it never looks at a certificate's common name.
fn tls_error(target: &Target, failure: &Failure, error: &rustls::Error) -> (String, Option<String>) {
    let hinted = |text: String, hint: &str| (text, Some(hint.to_owned()));
    let rustls::Error::InvalidCertificate(problem) = error else {
        return hinted(
            format!("TLS with `{}` failed: {error}", failure.place),
            "does the server want a client certificate (`sslcert`, `sslkey`)? its log says more",
        );
    };
    match problem {
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => hinted(
            format!(
                "the certificate of `{}` has no subject alternative name (a common name alone does not count)",
                failure.place
            ),
            "have it reissued with `subjectAltName=DNS:…`, or use `sslmode=verify-ca`",
        ),
        CertificateError::NotValidForNameContext { presented, .. } => hinted(
            format!("the certificate of `{}` is for {}", failure.place, presented.join(", ")),
            "connect by a name in the certificate (`hostaddr` can give the address), or use `sslmode=verify-ca`",
        ),
        CertificateError::UnknownIssuer => hinted(
            format!("the certificate of `{}` was signed by no authority in {}", failure.place, roots(target)),
            "name the authority's certificate with `sslrootcert`",
        ),
        problem => hinted(
            format!("the certificate of `{}` cannot be accepted: {}", failure.place, in_words(problem)),
            "have it reissued as X.509 version 3 with valid dates; `sslmode=require` without a root file does not verify",
        ),
    }
}

fn in_words(problem: &CertificateError) -> String {
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".into(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet".into()
        }
        CertificateError::Revoked => "it was revoked".into(),
        CertificateError::ExpiredRevocationList | CertificateError::ExpiredRevocationListContext { .. } => {
            "the revocation list has expired".into()
        }
        // webpki is not a dependency of ours: its errors are known by their names only.
        CertificateError::Other(other) => match other.0.to_string().as_str() {
            "CaUsedAsEndEntity" => "it is self-signed, and not in the root file itself".into(),
            "UnsupportedCertVersion" => "it is not of X.509 version 3".into(),
            name => name.to_owned(),
        },
        other => other.to_string(),
    }
}

fn roots(target: &Target) -> String {
    match &target.tls.roots {
        Roots::File(path) => format!("`{}`", path.display()),
        Roots::System | Roots::None => "this system's store".to_owned(),
    }
}

/// The error for a connection that was lost after it had been established.
pub(super) fn lost(place: &str, reason: &str) -> Error {
    Error::server(format!("the connection to `{place}` was lost: {reason}"))
        .hint("nothing was committed; try again, and look into the server's log if it happens again")
}

/// Whether a connection cannot live on after this error.
pub(super) fn is_final(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(error) => matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic)),
        None => in_sources::<io::Error>(error).is_some(),
    }
}

/// What the server said, or else the cause of all causes.
pub(super) fn words(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| innermost(error), |error| error.message().to_owned())
}

/// The cause of all causes, in words.
pub(super) fn innermost(error: &tokio_postgres::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// An error of that type among the causes; `io::Error` hides what it wraps from `source`.
fn in_sources<E: std::error::Error + 'static>(error: &tokio_postgres::Error) -> Option<&E> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|wrapped| wrapped.downcast_ref::<E>()) {
            return Some(found);
        }
        source = error.source();
    }
    None
}
