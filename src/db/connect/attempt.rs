//! Trying hosts, addresses and modes of TLS in libpq's order (fe-connect.c, `PQconnectPoll`).

use super::driver::{Canceller, Connection, Driver};
use super::failure::{Cause, Failure, report};
use super::target::{Address, ChannelBinding, Host, SessionAttributes, SslMode, Target};
use super::tls::Connector;
use crate::error::Result;
use std::cell::OnceCell;
use std::ffi::OsStr;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_postgres::tls::{MakeTlsConnect, TlsStream};
use tokio_postgres::{Config, NoTls, SimpleQueryMessage, Socket, config};

/// The name that the session goes by on the server.
const APPLICATION_NAME: &str = "advisor";

/// Connects to the first server that accepts and is what the target asks for.
///
/// Must be called on a tokio runtime: the connection is driven by a task of its own.
pub async fn connect(target: &Target) -> Result<Connection> {
    let attempts = Attempts { target, connector: OnceCell::new() };
    let mut failures = Vec::new();
    for &wanted in passes(target.session_attributes) {
        for host in ordered(&target.hosts, target.shuffle, ToString::to_string) {
            let places = match places(&host, target.shuffle).await {
                Ok(places) => places,
                Err(error) => {
                    failures.push(Failure { place: host.to_string(), host, cause: Cause::NoAddress(error) });
                    continue;
                }
            };
            for place in &places {
                let before = failures.len();
                if let Some(connection) = attempts.at(&host, place, wanted, &mut failures).await {
                    return Ok(connection);
                }
                if failures.iter().skip(before).any(|failure| !failure.cause.tries_next()) {
                    return Err(report(target, &failures));
                }
            }
        }
    }
    Err(report(target, &failures))
}

/// A standby that is merely preferred is looked for among all hosts before any other server is taken.
fn passes(wanted: SessionAttributes) -> &'static [SessionAttributes] {
    use SessionAttributes::{Any, PreferStandby, Primary, ReadOnly, ReadWrite, Standby};
    match wanted {
        Any => &[Any],
        ReadWrite => &[ReadWrite],
        ReadOnly => &[ReadOnly],
        Primary => &[Primary],
        Standby => &[Standby],
        PreferStandby => &[Standby, Any],
    }
}

/// A place to open a socket.
#[derive(Clone)]
enum Place {
    Unix(PathBuf),
    Tcp(IpAddr),
}

async fn places(host: &Host, shuffle: bool) -> std::io::Result<Vec<Place>> {
    match &host.address {
        Address::Unix(directory) => Ok(vec![Place::Unix(directory.clone())]),
        Address::Ip(ip, _) => Ok(vec![Place::Tcp(*ip)]),
        Address::Name(name) => {
            let found = tokio::net::lookup_host((name.as_str(), host.port)).await?;
            let ips: Vec<IpAddr> = found.map(|address| address.ip()).collect();
            Ok(ordered(&ips, shuffle, ToString::to_string).into_iter().map(Place::Tcp).collect())
        }
    }
}

/// As given, or shuffled by a hash with a random key.
fn ordered<T: Clone>(items: &[T], shuffle: bool, name: impl Fn(&T) -> String) -> Vec<T> {
    let mut items = items.to_vec();
    if shuffle {
        let random = RandomState::new();
        items.sort_by_cached_key(|item| random.hash_one(name(item)));
    }
    items
}

struct Attempts<'a> {
    target: &'a Target,
    /// Built when the first attempt needs it, and once only.
    connector: OnceCell<Result<Connector>>,
}

impl Attempts<'_> {
    /// One address, with the modes of TLS that libpq tries there one after the other.
    async fn at(
        &self,
        host: &Host,
        place: &Place,
        wanted: SessionAttributes,
        failures: &mut Vec<Failure>,
    ) -> Option<Connection> {
        let mode = match place {
            Place::Unix(_) => SslMode::Disable, // PostgreSQL has no TLS over Unix sockets
            Place::Tcp(_) => self.target.tls.mode,
        };
        let first_with_tls = !matches!(mode, SslMode::Disable | SslMode::Allow);
        let (cause, encrypted) = match self.once(host, place, first_with_tls, wanted).await {
            Ok(connection) => return Some(connection),
            Err(failed) => failed,
        };
        let again = match mode {
            SslMode::Allow => cause.is_refusal(),
            SslMode::Prefer => cause.is_tls() || (cause.is_refusal() && encrypted),
            _ => false,
        };
        let failure = |cause| Failure { place: host.to_string(), host: host.clone(), cause };
        failures.push(failure(cause));
        if again {
            match self.once(host, place, !first_with_tls, wanted).await {
                Ok(connection) => return Some(connection),
                Err((cause, _)) => failures.push(failure(cause)),
            }
        }
        None
    }

    /// One connection, with `connect_timeout` over all of it; the error comes with whether TLS had begun.
    async fn once(
        &self,
        host: &Host,
        place: &Place,
        with_tls: bool,
        wanted: SessionAttributes,
    ) -> Result<Connection, (Cause, bool)> {
        let config = config(self.target, host, place, with_tls);
        let connector = with_tls.then(|| self.connector()).transpose().map_err(|cause| (cause, false))?;
        let place = self.target.to_string();
        let opening = async {
            match connector.clone() {
                Some(tls) => open(&config, tls, connector.clone(), wanted, place).await,
                None => open(&config, NoTls, None, wanted, place).await,
            }
        };
        let opened = match self.target.connect_timeout {
            Some(time) => tokio::time::timeout(time, opening).await.unwrap_or(Err(Cause::TimedOut(time))),
            None => opening.await,
        };
        opened.map_err(|cause| (cause, connector.is_some_and(|connector| connector.started())))
    }

    fn connector(&self) -> Result<Connector, Cause> {
        match self.connector.get_or_init(|| Connector::new(&self.target.tls)) {
            Ok(connector) => Ok(connector.again()),
            Err(error) => Err(Cause::Files(error.clone())),
        }
    }
}

fn config(target: &Target, host: &Host, place: &Place, with_tls: bool) -> Config {
    let mut config = Config::new();
    config
        .user(&target.user)
        .dbname(&target.database)
        .application_name(APPLICATION_NAME)
        .port(host.port)
        .ssl_mode(match (with_tls, target.tls.mode) {
            (false, _) => config::SslMode::Disable,
            // A server without TLS is taken as it is in these modes.
            (true, SslMode::Disable | SslMode::Allow | SslMode::Prefer) => config::SslMode::Prefer,
            (true, _) => config::SslMode::Require,
        })
        .channel_binding(match target.channel_binding {
            ChannelBinding::Disable => config::ChannelBinding::Disable,
            ChannelBinding::Prefer => config::ChannelBinding::Prefer,
            ChannelBinding::Require => config::ChannelBinding::Require,
        });
    if target.tls.direct {
        config.ssl_negotiation(config::SslNegotiation::Direct);
    }
    match (place, &host.address) {
        (Place::Unix(directory), _) => config.host_path(socket_directory(directory)),
        // The name is for TLS; an address without one stands for itself.
        (Place::Tcp(ip), Address::Name(name) | Address::Ip(_, Some(name))) => config.host(name).hostaddr(*ip),
        (Place::Tcp(ip), _) => config.host(ip.to_string()).hostaddr(*ip),
    };
    if let Some(password) = &host.password.value {
        config.password(password);
    }
    if let Some(options) = &target.options {
        config.options(options);
    }
    keep_alive(&mut config, target);
    config
}

/// Unless told otherwise, a network that is gone ends the connection as soon here as on the server (session.sql).
fn keep_alive(config: &mut Config, target: &Target) {
    let wanted = &target.keepalives;
    config
        .keepalives(!wanted.off)
        .keepalives_idle(wanted.idle.unwrap_or(Duration::from_secs(15)))
        .keepalives_interval(wanted.interval.unwrap_or(Duration::from_secs(5)))
        .keepalives_retries(wanted.count.unwrap_or(3))
        .tcp_user_timeout(wanted.user_timeout.unwrap_or(Duration::from_secs(30)));
}

/// `@name` is a name in Linux's abstract namespace, which starts with a zero byte.
fn socket_directory(directory: &Path) -> PathBuf {
    match directory.as_os_str().as_bytes() {
        [b'@', name @ ..] => PathBuf::from(OsStr::from_bytes(&[b"\0", name].concat())),
        _ => directory.to_owned(),
    }
}

async fn open<T>(
    config: &Config,
    tls: T,
    connector: Option<Connector>,
    wanted: SessionAttributes,
    place: String,
) -> Result<Connection, Cause>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: TlsStream + Send + Unpin + 'static,
{
    let (client, connection) = config.connect(tls).await.map_err(Cause::Postgres)?;
    let parameter = |name| connection.parameter(name).map(str::to_owned);
    let server_version = parameter("server_version").unwrap_or_default();
    // Since 14 the server tells these two by itself (manual, 34.1.2, target_session_attrs).
    let (standby, read_only) = (parameter("in_hot_standby"), parameter("default_transaction_read_only"));
    let encrypted = connector.as_ref().is_some_and(Connector::started);
    let cancel = Canceller::new(&client, connector);
    let connection =
        Connection { client, cancel, driver: Driver::spawn(connection, place), server_version, encrypted };
    if wanted == SessionAttributes::Any {
        return Ok(connection);
    }
    let on = |value: Option<String>| value.map(|value| value == "on");
    let (standby, read_only) = match (on(standby), on(read_only)) {
        (Some(standby), Some(read_only)) => (standby, read_only),
        _ => asked(&connection).await?,
    };
    match unwanted(wanted, standby, standby || read_only) {
        Some(what) => Err(Cause::Unwanted(what)),
        None => Ok(connection),
    }
}

/// Asks a server before 14.
async fn asked(connection: &Connection) -> Result<(bool, bool), Cause> {
    let sql = "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')";
    let messages = connection.client.simple_query(sql).await.map_err(Cause::Postgres)?;
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((row.get(0) == Some("t"), row.get(1) == Some("on"))),
        _ => None,
    });
    Ok(row.unwrap_or_default())
}

fn unwanted(wanted: SessionAttributes, standby: bool, read_only: bool) -> Option<&'static str> {
    match wanted {
        SessionAttributes::ReadWrite if read_only => Some("read-only"),
        SessionAttributes::ReadOnly if !read_only => Some("not read-only"),
        SessionAttributes::Primary if standby => Some("a standby"),
        SessionAttributes::Standby if !standby => Some("not a standby"),
        _ => None,
    }
}
