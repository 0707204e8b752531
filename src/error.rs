//! What went wrong, what to do next, and the exit code that says so.

use std::fmt;

/// The tool's exit codes: a documented contract (README, `advisor explain --help`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    /// Nothing at stake, or advice given.
    Fine = 0,
    /// A `--budget` was missed, or `--fail-on` matched.
    Failed = 1,
    /// The arguments or the input cannot be used.
    BadInput = 2,
    /// No connection, or no permission for what is indispensable.
    NoServer = 3,
    /// Ctrl-C, or a signal that ends processes: 128 and the number of SIGINT, as shells count.
    Interrupted = 130,
}

/// What happened (lower case, the thing named in backquotes), and what to do next.
///
/// Everything that can go wrong in the crate is one of these. `anyhow` adds context at the rim;
/// [`Error::exit_code`] survives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    what: String,
    hint: Option<String>,
    code: ExitCode,
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The arguments, a file or a statement cannot be used.
    pub fn input(what: impl Into<String>) -> Self {
        Self { what: what.into(), hint: None, code: ExitCode::BadInput }
    }

    /// The server cannot be reached, or refuses what is indispensable.
    pub fn server(what: impl Into<String>) -> Self {
        Self { what: what.into(), hint: None, code: ExitCode::NoServer }
    }

    /// The user or the system wanted the process to end.
    pub fn interrupted() -> Self {
        Self { what: "interrupted".to_owned(), hint: None, code: ExitCode::Interrupted }
    }

    /// Says where it happened: a file, or a statement's place.
    #[must_use]
    pub fn at(self, place: &str) -> Self {
        self.during(&format!("`{place}`"))
    }

    /// Says what was being done when it happened.
    #[must_use]
    pub fn during(mut self, doing: &str) -> Self {
        self.what = format!("{doing}: {}", self.what);
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What happened, without the hint.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What to do next, if there is anything to say.
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The process's exit code for this error.
    pub fn exit_code(&self) -> ExitCode {
        self.code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "\n hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
