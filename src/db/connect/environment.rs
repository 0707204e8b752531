//! What the process's surroundings say about connecting, as one plain value.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything outside the command line that decides where a connection goes.
#[derive(Clone, Default)]
pub struct Environment {
    /// The environment variables.
    pub variables: BTreeMap<String, String>,
    /// The home directory: `.pgpass`, `.pg_service.conf` and `.postgresql` are looked for there.
    pub home: Option<PathBuf>,
    /// The operating system's name of the user: the default role.
    pub user: Option<String>,
    /// Where a local server may have put its socket, the likeliest directory first.
    pub socket_directories: Vec<PathBuf>,
}

impl Environment {
    /// The surroundings of this process.
    ///
    /// A variable that is not UTF-8 counts as not set.
    pub fn of_this_process() -> Self {
        let relevant = |name: &str| name.starts_with("PG") || name == "DATABASE_URL" || name == "HOME";
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| relevant(name))
            .collect();
        Self {
            home: std::env::home_dir().filter(|home| !home.as_os_str().is_empty()),
            // The effective user, as libpq asks for it; $USER may say something else.
            user: whoami::username().ok(),
            // Debian's and Red Hat's directory, then the one PostgreSQL itself is built with.
            socket_directories: vec!["/var/run/postgresql".into(), "/tmp".into()],
            variables,
        }
    }

    /// The value of a variable; set but empty is a value, as for libpq.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// A file below the home directory.
    pub(super) fn in_home(&self, path: &str) -> Option<PathBuf> {
        self.home.as_deref().map(|home: &Path| home.join(path))
    }
}

/// Names and paths only: a variable may hold a password.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys().collect::<Vec<_>>())
            .field("home", &self.home)
            .field("user", &self.user)
            .field("socket_directories", &self.socket_directories)
            .finish()
    }
}
