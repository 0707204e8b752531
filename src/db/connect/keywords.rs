//! The parameter key words of libpq (manual, 34.1.2, as of PostgreSQL 18), and what becomes of each here.

/// Key words with their values, in the order given.
pub(super) type Pairs = Vec<(String, String)>;

/// One key word of a connection string.
#[derive(Debug)]
pub(super) struct Keyword {
    pub name: &'static str,
    /// The environment variable that sets it.
    pub variable: Option<&'static str>,
    pub support: Support,
}

/// What this crate makes of a key word.
#[derive(Debug)]
pub(super) enum Support {
    /// Means what it means to libpq.
    Honoured,
    /// Known and without effect here: leaving it out makes nothing less safe and no result different.
    Ignored,
    /// Asks for something that is not done here, and must not be left out silently: any value but these.
    OnlyIf(&'static [&'static str]),
}

use Support::{Honoured, Ignored, OnlyIf};

const fn keyword(name: &'static str, variable: &'static str, support: Support) -> Keyword {
    Keyword { name, variable: Some(variable), support }
}

const fn without_variable(name: &'static str, support: Support) -> Keyword {
    Keyword { name, variable: None, support }
}

/// All of libpq's key words.
pub(super) static KEYWORDS: &[Keyword] = &[
    keyword("service", "PGSERVICE", Honoured),
    keyword("servicefile", "PGSERVICEFILE", Honoured),
    keyword("user", "PGUSER", Honoured),
    keyword("password", "PGPASSWORD", Honoured),
    keyword("passfile", "PGPASSFILE", Honoured),
    keyword("channel_binding", "PGCHANNELBINDING", Honoured),
    keyword("connect_timeout", "PGCONNECT_TIMEOUT", Honoured),
    keyword("dbname", "PGDATABASE", Honoured),
    keyword("host", "PGHOST", Honoured),
    keyword("hostaddr", "PGHOSTADDR", Honoured),
    keyword("port", "PGPORT", Honoured),
    keyword("client_encoding", "PGCLIENTENCODING", Ignored), // always UTF8
    keyword("options", "PGOPTIONS", Honoured),
    keyword("application_name", "PGAPPNAME", Ignored), // always `advisor`
    without_variable("fallback_application_name", Ignored),
    without_variable("keepalives", Honoured),
    without_variable("keepalives_idle", Honoured),
    without_variable("keepalives_interval", Honoured),
    without_variable("keepalives_count", Honoured),
    without_variable("tcp_user_timeout", Honoured),
    keyword("sslmode", "PGSSLMODE", Honoured),
    keyword("sslnegotiation", "PGSSLNEGOTIATION", Honoured),
    keyword("sslcompression", "PGSSLCOMPRESSION", Ignored), // no TLS library compresses any more
    keyword("sslcert", "PGSSLCERT", Honoured),
    keyword("sslkey", "PGSSLKEY", Honoured),
    keyword("sslcertmode", "PGSSLCERTMODE", OnlyIf(&["", "allow", "disable"])),
    without_variable("sslpassword", Ignored), // an encrypted key is refused when it is read
    keyword("sslrootcert", "PGSSLROOTCERT", Honoured),
    keyword("sslcrl", "PGSSLCRL", Honoured),
    keyword("sslcrldir", "PGSSLCRLDIR", OnlyIf(&[""])),
    keyword("sslsni", "PGSSLSNI", Honoured),
    keyword("requirepeer", "PGREQUIREPEER", OnlyIf(&[""])),
    keyword("require_auth", "PGREQUIREAUTH", OnlyIf(&[""])),
    keyword("min_protocol_version", "PGMINPROTOCOLVERSION", OnlyIf(&["", "3.0"])),
    keyword("max_protocol_version", "PGMAXPROTOCOLVERSION", Ignored), // always 3.0, the lowest
    keyword("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION", Honoured),
    keyword("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", Honoured),
    keyword("gssencmode", "PGGSSENCMODE", OnlyIf(&["", "disable", "prefer"])),
    keyword("krbsrvname", "PGKRBSRVNAME", Ignored), // the server's wish for GSSAPI fails by name
    keyword("gsslib", "PGGSSLIB", Ignored),
    keyword("gssdelegation", "PGGSSDELEGATION", Ignored),
    without_variable("replication", OnlyIf(&["", "0", "false", "off", "no"])),
    keyword("target_session_attrs", "PGTARGETSESSIONATTRS", Honoured),
    keyword("load_balance_hosts", "PGLOADBALANCEHOSTS", Honoured),
    without_variable("scram_client_key", Ignored), // for postgres_fdw; the password works as well
    without_variable("scram_server_key", Ignored),
    without_variable("sslkeylogfile", Ignored), // for debugging TLS
    without_variable("oauth_issuer", Ignored),  // the server's wish for OAuth fails by name
    without_variable("oauth_client_id", Ignored),
    without_variable("oauth_client_secret", Ignored),
    without_variable("oauth_scope", Ignored),
];

/// Variables that libpq sends as settings of the session (manual, 34.15).
pub(super) const SESSION_VARIABLES: [(&str, &str); 3] =
    [("PGDATESTYLE", "datestyle"), ("PGTZ", "timezone"), ("PGGEQO", "geqo")];

/// The key word of that name, if libpq knows it.
pub(super) fn find(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// Key words whose value is a secret, so that what follows it may be a piece of it.
pub(super) fn is_secret(name: &str) -> bool {
    matches!(
        name,
        "password" | "sslpassword" | "oauth_client_secret" | "scram_client_key" | "scram_server_key"
    )
}
