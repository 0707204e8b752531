//! Key words gathered from all sources in libpq's order: connection string, service file, variables.

use super::dsn;
use super::environment::Environment;
use super::keywords::Pairs;
use super::keywords::{self, KEYWORDS, Support};
use super::service;
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where a value came from, for hints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    ConnectionString(&'static str),
    ServiceFile(PathBuf),
    Variable(&'static str),
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ConnectionString(source) => f.write_str(source),
            Self::ServiceFile(path) => write!(f, "the service file `{}`", path.display()),
            Self::Variable(name) => write!(f, "`{name}`"),
        }
    }
}

/// Values by key word. The first source to name a key word wins, with an empty value too.
#[derive(Default)]
pub(super) struct Settings(BTreeMap<&'static str, (String, Origin)>);

impl Settings {
    /// Everything that was said about the connection.
    pub fn gather(dsn: Option<&str>, environment: &Environment) -> Result<Self> {
        let mut settings = Self::default();
        let given = dsn.map(|dsn| (dsn, "`--dsn`"));
        // An empty DATABASE_URL is how people unset it in an .env file.
        let from_environment = || {
            environment
                .variable("DATABASE_URL")
                .filter(|url| !url.is_empty())
                .map(|url| (url, "`DATABASE_URL`"))
        };
        if let Some((text, source)) = given.or_else(from_environment) {
            settings.add_connection_string(dsn::parse(text, source)?, source)?;
        }
        settings.add_service(environment)?;
        settings.add_variables(environment)?;
        Ok(settings)
    }

    /// The value of a key word, when it is given and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(value, _)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of a key word, empty or not.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(value, _)| value.as_str())
    }

    /// Where the value of a key word came from.
    pub fn origin(&self, name: &str) -> Option<&Origin> {
        self.0.get(name).map(|(_, origin)| origin)
    }

    /// The value read as a number; surrounding spaces are allowed, as in libpq.
    pub fn number(&self, name: &'static str) -> Result<Option<i64>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match value.trim().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(self.invalid(name, "a whole number")),
        }
    }

    /// The value looked up among those that libpq allows.
    pub fn choice<T: Copy>(&self, name: &'static str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let chosen = choices.iter().find(|(choice, _)| *choice == value).map(|&(_, meaning)| meaning);
        let names: Vec<String> = choices.iter().map(|(choice, _)| format!("`{choice}`")).collect();
        chosen.map(Some).ok_or_else(|| self.invalid(name, &names.join(", ")))
    }

    /// The error for a value that makes no sense. It is not quoted: it may be a piece of a password.
    pub fn invalid(&self, name: &str, allowed: &str) -> Error {
        let origin = self.origin(name).map(|origin| format!(" in {origin}")).unwrap_or_default();
        Error::input(format!("`{name}`{origin} is not valid")).hint(format!("it must be {allowed}"))
    }

    fn add_connection_string(&mut self, pairs: Pairs, source: &'static str) -> Result<()> {
        let mut after_secret = false;
        for (name, value) in pairs {
            let Some(keyword) = keywords::find(&name) else {
                return Err(unknown(&name, after_secret, source));
            };
            after_secret = keywords::is_secret(&name);
            // Within one string, the last one counts.
            self.0.remove(keyword.name);
            self.add(keyword, value, Origin::ConnectionString(source))?;
        }
        Ok(())
    }

    fn add_service(&mut self, environment: &Environment) -> Result<()> {
        let or_variable = |value: Option<&str>, variable| {
            value
                .or_else(|| environment.variable(variable))
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
        };
        let Some(name) = or_variable(self.raw("service"), "PGSERVICE") else { return Ok(()) };
        let file = or_variable(self.raw("servicefile"), "PGSERVICEFILE");
        let (path, pairs) = service::look_up(&name, file.as_deref(), environment)?;
        for (key, value) in pairs {
            if let Some(keyword) = keywords::find(&key) {
                self.add(keyword, value, Origin::ServiceFile(path.clone()))?;
            }
        }
        Ok(())
    }

    fn add_variables(&mut self, environment: &Environment) -> Result<()> {
        for keyword in KEYWORDS {
            let Some(variable) = keyword.variable else { continue };
            if let Some(value) = environment.variable(variable) {
                self.add(keyword, value.to_owned(), Origin::Variable(variable))?;
            }
        }
        // The forerunner of PGSSLMODE, which libpq still reads.
        if environment.variable("PGREQUIRESSL").is_some_and(|value| value.starts_with('1')) {
            self.0.entry("sslmode").or_insert_with(|| ("require".into(), Origin::Variable("PGREQUIRESSL")));
        }
        Ok(())
    }

    fn add(&mut self, keyword: &'static keywords::Keyword, value: String, origin: Origin) -> Result<()> {
        if self.0.contains_key(keyword.name) {
            return Ok(());
        }
        if let Support::OnlyIf(allowed) = keyword.support
            && !allowed.contains(&value.as_str())
        {
            return Err(Error::input(format!(
                "`{}` in {origin} asks for something that is not supported",
                keyword.name
            ))
            .hint("leave it out if the connection is safe without it"));
        }
        self.0.insert(keyword.name, (value, origin));
        Ok(())
    }
}

/// The error for a key word that libpq does not know; it is named only when it cannot be a piece of a secret.
fn unknown(name: &str, after_secret: bool, source: &str) -> Error {
    let is_a_word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    if after_secret || !is_a_word {
        return Error::input(format!("{source} has something that is not a key word of libpq's"))
            .hint("quote a value with spaces (`password='…'`); in a URL, write `&` as %26 and `=` as %3D");
    }
    Error::input(format!("{source} has the key word `{name}`, which libpq does not know"))
        .hint(format!("leave `{name}` out, or correct its spelling"))
}
