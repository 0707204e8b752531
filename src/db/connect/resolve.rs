//! From what was given to a [`Target`]: libpq's defaults and checks, host by host.

use super::environment::Environment;
use super::keywords::SESSION_VARIABLES;
use super::passfile::{self, Wanted};
use super::settings::Settings;
use super::target::{
    Address, ChannelBinding, Host, Keepalives, Password, PasswordSource, Roots, SessionAttributes, SslMode,
    Target, Tls, Version,
};
use crate::error::{Error, Result};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// PostgreSQL's port.
const PORT: u16 = 5432;

/// Resolves a connection string (or none) to what libpq would connect to: connection string, service file,
/// environment variables, defaults, in this order; then the password file.
///
/// Without a string, `DATABASE_URL` is taken for one when it is set.
pub fn resolve(dsn: Option<&str>, environment: &Environment) -> Result<Target> {
    let settings = Settings::gather(dsn, environment)?;
    let user = settings.raw("user").or(environment.user.as_deref()).ok_or_else(|| {
        Error::input("no role was named, and the operating system has no name for this user")
            .hint("name one: `-d postgres://role@…`, or PGUSER")
    })?;
    let database = settings.get("dbname").unwrap_or(user);
    let mut warnings = Vec::new();
    let hosts = with_passwords(
        servers(&settings, environment)?,
        (user, database),
        &settings,
        environment,
        &mut warnings,
    );
    Ok(Target {
        hosts,
        user: user.to_owned(),
        database: database.to_owned(),
        options: options(&settings, environment),
        connect_timeout: seconds(&settings, "connect_timeout")?,
        session_attributes: session_attributes(&settings)?,
        shuffle: settings
            .choice("load_balance_hosts", &[("disable", false), ("random", true)])?
            .unwrap_or(false),
        channel_binding: channel_binding(&settings)?,
        keepalives: keepalives(&settings)?,
        tls: tls(&settings, environment)?,
        warnings,
    })
}

/// The lists `host`, `hostaddr` and `port`, joined (manual, 34.1.1.3).
fn servers(settings: &Settings, environment: &Environment) -> Result<Vec<(Address, u16)>> {
    let list = |name| settings.get(name).map(|value| value.split(',').collect::<Vec<_>>());
    let (names, addresses) = (list("host"), list("hostaddr"));
    let count = addresses.as_ref().or(names.as_ref()).map_or(1, Vec::len);
    if names.as_ref().is_some_and(|names| names.len() != count) {
        return Err(settings.invalid("hostaddr", "a list as long as that of `host`"));
    }
    let ports = list("port").unwrap_or_default();
    if ports.len() > 1 && ports.len() != count {
        return Err(
            settings.invalid("port", "one port for all hosts, or a list as long as that of the hosts")
        );
    }
    (0..count)
        .map(|at| {
            let of = |list: &Option<Vec<&str>>| {
                list.as_ref().and_then(|list| list.get(at).copied()).unwrap_or_default().to_owned()
            };
            let port = port(ports.get(at).or(ports.first()).copied().unwrap_or_default(), settings)?;
            Ok((address(&of(&names), &of(&addresses), port, settings, environment)?, port))
        })
        .collect()
}

fn port(text: &str, settings: &Settings) -> Result<u16> {
    match text.trim() {
        "" => Ok(PORT),
        text => match text.parse() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(settings
                .invalid("port", "a number from 1 to 65535 (in a URL, write `:` in a password as %3A)")),
        },
    }
}

fn address(
    name: &str,
    ip: &str,
    port: u16,
    settings: &Settings,
    environment: &Environment,
) -> Result<Address> {
    if !ip.is_empty() {
        let ip: IpAddr = ip.trim().parse().map_err(|_| settings.invalid("hostaddr", "IP addresses"))?;
        return Ok(Address::Ip(ip, Some(name).filter(|name| !name.is_empty()).map(str::to_owned)));
    }
    Ok(match name {
        "" => default_address(port, environment),
        // A leading `@` is Linux's abstract namespace (manual, 34.1.2, host).
        socket if socket.starts_with(['/', '@']) => Address::Unix(PathBuf::from(socket)),
        name => Address::Name(name.to_owned()),
    })
}

/// libpq has one socket directory built in, which differs between distributions: the one with a socket is taken.
fn default_address(port: u16, environment: &Environment) -> Address {
    let socket = format!(".s.PGSQL.{port}");
    let found = environment.socket_directories.iter().find(|directory| directory.join(&socket).exists());
    found.map_or_else(|| Address::Name("localhost".into()), |directory| Address::Unix(directory.clone()))
}

fn with_passwords(
    servers: Vec<(Address, u16)>,
    (user, database): (&str, &str),
    settings: &Settings,
    environment: &Environment,
    warnings: &mut Vec<String>,
) -> Vec<Host> {
    if let (Some(value), Some(origin)) = (settings.get("password"), settings.origin("password")) {
        let password =
            Password { value: Some(value.to_owned()), source: PasswordSource::Found(origin.to_string()) };
        let host = |(address, port)| Host { address, port, password: password.clone() };
        return servers.into_iter().map(host).collect();
    }
    let path = settings.get("passfile").map(PathBuf::from).or_else(|| environment.in_home(".pgpass"));
    let text = path.as_deref().and_then(|path| passfile::read(path, warnings)).unwrap_or_default();
    let shown = path.as_deref().unwrap_or(Path::new("~/.pgpass")).display().to_string();
    let host = |(address, port)| {
        let hosts = names_in_passfile(&address, environment);
        let value = passfile::look_up(&text, &Wanted { hosts: &hosts, port, database, user });
        let source = match value {
            Some(_) => PasswordSource::Found(format!("`{shown}`")),
            None => PasswordSource::Missing(format!("the connection string, `PGPASSWORD` and `{shown}`")),
        };
        // An empty password is none, as in libpq.
        let value = value.filter(|value| !value.is_empty());
        Host { address, port, password: Password { value, source } }
    };
    servers.into_iter().map(host).collect()
}

/// A default socket directory goes by the name of `localhost` too (manual, 34.16).
fn names_in_passfile(address: &Address, environment: &Environment) -> Vec<String> {
    match address {
        Address::Name(name) | Address::Ip(_, Some(name)) => vec![name.clone()],
        Address::Ip(ip, None) => vec![ip.to_string()],
        Address::Unix(directory) => {
            let default = environment.socket_directories.contains(directory).then(|| "localhost".to_owned());
            [directory.to_string_lossy().into_owned()].into_iter().chain(default).collect()
        }
    }
}

/// PGOPTIONS, and the variables that libpq sends as settings of the session.
fn options(settings: &Settings, environment: &Environment) -> Option<String> {
    let escaped = |value: &str| value.replace('\\', "\\\\").replace(' ', "\\ ");
    let variables = SESSION_VARIABLES.iter().filter_map(|(variable, setting)| {
        let value = environment.variable(variable)?;
        (!value.eq_ignore_ascii_case("default")).then(|| format!("-c {setting}={}", escaped(value)))
    });
    // What is said last counts; measured on 15: the variables beat `options`.
    let all: Vec<String> = settings.get("options").map(str::to_owned).into_iter().chain(variables).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

fn seconds(settings: &Settings, name: &'static str) -> Result<Option<Duration>> {
    let number = settings.number(name)?.and_then(|number| u64::try_from(number).ok());
    Ok(number.filter(|&number| number > 0).map(Duration::from_secs))
}

fn session_attributes(settings: &Settings) -> Result<SessionAttributes> {
    let choices = [
        ("any", SessionAttributes::Any),
        ("read-write", SessionAttributes::ReadWrite),
        ("read-only", SessionAttributes::ReadOnly),
        ("primary", SessionAttributes::Primary),
        ("standby", SessionAttributes::Standby),
        ("prefer-standby", SessionAttributes::PreferStandby),
    ];
    Ok(settings.choice("target_session_attrs", &choices)?.unwrap_or_default())
}

fn channel_binding(settings: &Settings) -> Result<ChannelBinding> {
    let choices = [
        ("disable", ChannelBinding::Disable),
        ("prefer", ChannelBinding::Prefer),
        ("require", ChannelBinding::Require),
    ];
    Ok(settings.choice("channel_binding", &choices)?.unwrap_or_default())
}

fn keepalives(settings: &Settings) -> Result<Keepalives> {
    let count = settings.number("keepalives_count")?.and_then(|count| u32::try_from(count).ok());
    let user_timeout = settings.number("tcp_user_timeout")?.and_then(|number| u64::try_from(number).ok());
    Ok(Keepalives {
        off: settings.number("keepalives")? == Some(0),
        idle: seconds(settings, "keepalives_idle")?,
        interval: seconds(settings, "keepalives_interval")?,
        count: count.filter(|&count| count > 0),
        user_timeout: user_timeout.filter(|&number| number > 0).map(Duration::from_millis),
    })
}

fn tls(settings: &Settings, environment: &Environment) -> Result<Tls> {
    let file = |name, default| {
        settings
            .get(name)
            .map(PathBuf::from)
            .or_else(|| environment.in_home(&format!(".postgresql/{default}")))
    };
    let roots = match settings.get("sslrootcert") {
        Some("system") => Roots::System,
        _ => file("sslrootcert", "root.crt").map_or(Roots::None, Roots::File),
    };
    let mode = ssl_mode(settings, &roots)?;
    let direct =
        settings.choice("sslnegotiation", &[("postgres", false), ("direct", true)])?.unwrap_or(false);
    if direct && mode < SslMode::Require {
        return Err(
            settings.invalid("sslnegotiation", "`postgres` unless `sslmode` is `require` or stricter")
        );
    }
    let unwanted = settings.get("sslcertmode") == Some("disable");
    Ok(Tls {
        mode,
        direct,
        roots,
        revoked: file("sslcrl", "root.crl"),
        certificate: file("sslcert", "postgresql.crt").filter(|_| !unwanted),
        key: file("sslkey", "postgresql.key"),
        hide_server_name: settings.get("sslsni") == Some("0"),
        oldest: settings.choice("ssl_min_protocol_version", &versions(Some(Version::Tls12)))?.flatten(),
        newest: newest(settings)?,
    })
}

/// The spelling of TLS versions; what is older than 1.2 as given.
fn versions(older: Option<Version>) -> [(&'static str, Option<Version>); 4] {
    [
        ("TLSv1", older),
        ("TLSv1.1", older),
        ("TLSv1.2", Some(Version::Tls12)),
        ("TLSv1.3", Some(Version::Tls13)),
    ]
}

fn newest(settings: &Settings) -> Result<Option<Version>> {
    match settings.choice("ssl_max_protocol_version", &versions(None))? {
        Some(None) => {
            Err(settings
                .invalid("ssl_max_protocol_version", "`TLSv1.2` or `TLSv1.3` (older ones are unsafe)"))
        }
        version => Ok(version.flatten()),
    }
}

fn ssl_mode(settings: &Settings, roots: &Roots) -> Result<SslMode> {
    let choices = [
        ("disable", SslMode::Disable),
        ("allow", SslMode::Allow),
        ("prefer", SslMode::Prefer),
        ("require", SslMode::Require),
        ("verify-ca", SslMode::VerifyCa),
        ("verify-full", SslMode::VerifyFull),
    ];
    let mode = settings.choice("sslmode", &choices)?;
    match (roots, mode) {
        // Anyone can get a certificate from a public authority (manual, 34.1.2, sslrootcert).
        (Roots::System, None) => Ok(SslMode::VerifyFull),
        (Roots::System, Some(mode)) if mode != SslMode::VerifyFull => {
            Err(settings.invalid("sslmode", "`verify-full` when `sslrootcert` is `system`"))
        }
        _ => Ok(mode.unwrap_or_default()),
    }
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
