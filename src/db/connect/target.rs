//! Where a connection goes and how, resolved to the last default.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Everything needed to connect. No form of output shows a password.
#[derive(Debug, Clone)]
pub struct Target {
    /// To be tried in this order.
    pub hosts: Vec<Host>,
    /// The role.
    pub user: String,
    /// The database.
    pub database: String,
    /// Settings for the session in the form of `postgres -c name=value`.
    pub options: Option<String>,
    /// The time that one attempt may take.
    pub connect_timeout: Option<Duration>,
    /// What the server must be to be accepted.
    pub session_attributes: SessionAttributes,
    /// What must not stop the connection but should be said.
    pub warnings: Vec<String>,
    /// Hosts and addresses are tried in a random order (`load_balance_hosts=random`).
    pub(super) shuffle: bool,
    pub(super) channel_binding: ChannelBinding,
    pub(super) keepalives: Keepalives,
    pub(super) tls: Tls,
}

/// One server to try.
#[derive(Debug, Clone)]
pub struct Host {
    /// Where it listens.
    pub address: Address,
    /// Its port, or the number in its socket's name.
    pub port: u16,
    /// The password for it.
    pub password: Password,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// The directory of a Unix socket.
    Unix(PathBuf),
    /// A name to look up, or a number as text.
    Name(String),
    /// An IP address (`hostaddr`), and the name that a certificate must carry (`host`).
    Ip(IpAddr, Option<String>),
}

/// A password, or none; shown as neither.
#[derive(Clone)]
pub struct Password {
    pub(super) value: Option<String>,
    /// Where it came from, or where it was looked for.
    pub source: PasswordSource,
}

/// Where a password came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// Found there, in words: "`PGPASSWORD`".
    Found(String),
    /// Looked for there in vain, in words.
    Missing(String),
}

/// libpq's `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionAttributes {
    /// Any server.
    #[default]
    Any,
    /// One whose sessions may write unless told otherwise.
    ReadWrite,
    /// One whose sessions may not.
    ReadOnly,
    /// One that is not in recovery.
    Primary,
    /// One that is.
    Standby,
    /// A standby if there is one, else any server.
    PreferStandby,
}

/// libpq's `sslmode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum SslMode {
    /// Never.
    Disable,
    /// Only when the server refuses to do without.
    Allow,
    /// If the server can.
    #[default]
    Prefer,
    /// Always.
    Require,
    /// Always, with a certificate that a known authority signed.
    VerifyCa,
    /// Always, with a certificate that a known authority signed for this host.
    VerifyFull,
}

/// libpq's `channel_binding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ChannelBinding {
    Disable,
    #[default]
    Prefer,
    Require,
}

/// The TCP settings of libpq; `None` is the operating system's value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Keepalives {
    pub off: bool,
    pub idle: Option<Duration>,
    pub interval: Option<Duration>,
    pub count: Option<u32>,
    pub user_timeout: Option<Duration>,
}

/// Everything about TLS; files are named here and read only once TLS is in play.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tls {
    pub mode: SslMode,
    pub direct: bool,
    pub roots: Roots,
    pub revoked: Option<PathBuf>,
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    pub hide_server_name: bool,
    pub oldest: Option<Version>,
    pub newest: Option<Version>,
}

/// Whom to trust.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Roots {
    #[default]
    None,
    File(PathBuf),
    System,
}

/// The versions of TLS that rustls has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    Tls12,
    Tls13,
}

impl Target {
    /// A URL that psql and this tool understand, without the password.
    pub fn dsn_for_display(&self) -> String {
        let hosts: Vec<String> = self
            .hosts
            .iter()
            .map(|host| match &host.address {
                Address::Unix(directory) => {
                    format!("{}:{}", encoded(&directory.to_string_lossy()), host.port)
                }
                Address::Name(_) | Address::Ip(..) => host.to_string(),
            })
            .collect();
        format!("postgres://{}@{}/{}", encoded(&self.user), hosts.join(","), encoded(&self.database))
    }
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// `alice@db.example.com:5433/shop`, `postgres@[/tmp]:5432/shop`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<String> = self.hosts.iter().map(ToString::to_string).collect();
        write!(f, "{}@{}/{}", self.user, hosts.join(","), self.database)
    }
}

/// `db.example.com:5433`, `[::1]:5432`, `[/tmp]:5432`.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Address::Unix(directory) => write!(f, "[{}]:{}", directory.display(), self.port),
            Address::Name(name) | Address::Ip(_, Some(name)) if name.contains(':') => {
                write!(f, "[{name}]:{}", self.port)
            }
            Address::Name(name) | Address::Ip(_, Some(name)) => write!(f, "{name}:{}", self.port),
            Address::Ip(IpAddr::V6(ip), None) => write!(f, "[{ip}]:{}", self.port),
            Address::Ip(ip, None) => write!(f, "{ip}:{}", self.port),
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = if self.value.is_some() { "***" } else { "none" };
        write!(f, "Password({value}, {:?})", self.source)
    }
}
