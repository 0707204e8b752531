//! Which PostgreSQL server binaries this machine has.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};

/// The environment variable that names bin directories, separated as in `PATH`. When it is set, no
/// other place is looked at: who sets it has made a choice.
pub const PLACES: &str = "ADVISOR_POSTGRES";

/// Where packages put servers. A `*` stands for the one part of a path that differs by version.
const USUAL_PLACES: &[&str] = &[
    "/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
    "/usr/pgsql-*/bin",                                   // the PostgreSQL project's packages for Red Hat
    "/opt/homebrew/opt/postgresql*/bin",                  // Homebrew on Apple silicon
    "/usr/local/opt/postgresql*/bin",                     // Homebrew on Intel
    "/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
];

/// Where `scripts/install.sh` unpacks a server: beneath the project that the working directory is in.
const IN_PROJECT: &str = ".postgres/*/bin";

/// A directory with the binaries of a PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Where `initdb` and `postgres` are.
    pub bin: PathBuf,
    /// The major version.
    pub version: u32,
    /// Whether HypoPG's files are there, so that `CREATE EXTENSION hypopg` can work.
    pub hypopg: bool,
}

impl Installation {
    /// Looks at one bin directory; `None` when there is no server in it that runs here.
    pub fn at(bin: &Path) -> Option<Self> {
        let bin = home_of(bin)?;
        let version = major(&output(&bin.join("postgres"), "--version")?)?;
        let hypopg = extension_dirs(&bin, version).iter().any(|dir| dir.join("hypopg.control").is_file());
        Some(Self { bin, version, hypopg })
    }
}

/// Every server found here, the newest first, each once.
pub fn installations() -> Vec<Installation> {
    let mut seen = HashSet::new();
    let mut found: Vec<_> = places()
        .iter()
        .filter(|bin| fs::canonicalize(bin.join("postgres")).is_ok_and(|real| seen.insert(real)))
        .filter_map(|bin| Installation::at(bin))
        .collect();
    found.sort_by_key(|it| std::cmp::Reverse(it.version)); // stable: of equals, the first in order of places
    found
}

/// The one to show things on: the newest that has HypoPG, else the newest.
pub fn best() -> Result<Installation> {
    let found = installations();
    let with_hypopg = found.iter().find(|it| it.hypopg);
    with_hypopg.or(found.first()).cloned().ok_or_else(|| {
        Error::input("no PostgreSQL server binaries (`initdb` and `postgres`) were found").hint(format!(
            "install PostgreSQL's server package, or set `{PLACES}` to the directory that has them"
        ))
    })
}

fn places() -> Vec<PathBuf> {
    if let Some(chosen) = env::var_os(PLACES).filter(|it| !it.is_empty()) {
        return env::split_paths(&chosen).collect();
    }
    let mut places: Vec<_> = env::var_os("PATH").iter().flat_map(env::split_paths).collect();
    places.extend(output(Path::new("pg_config"), "--bindir").map(PathBuf::from));
    places.extend(USUAL_PLACES.iter().flat_map(|pattern| matching(Path::new(pattern))));
    let here = env::current_dir().unwrap_or_default();
    places.extend(here.ancestors().flat_map(|dir| matching(&dir.join(IN_PROJECT))));
    places
}

/// The directories that a path with one `*` stands for.
fn matching(pattern: &Path) -> Vec<PathBuf> {
    let parts: Vec<_> = pattern.iter().collect();
    let Some(at) = parts.iter().position(|part| part.to_string_lossy().contains('*')) else {
        return vec![pattern.to_path_buf()];
    };
    let (before, rest) = parts.split_at(at);
    let Some((star, after)) = rest.split_first() else { return Vec::new() };
    let star = star.to_string_lossy();
    let (head, tail) = star.split_once('*').unwrap_or((&star, ""));
    let dir: PathBuf = before.iter().collect();
    let mut found: Vec<PathBuf> = fs::read_dir(&dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name())
        .filter(|name| name.to_str().is_some_and(|it| it.starts_with(head) && it.ends_with(tail)))
        .map(|name| dir.join(name).join(after.iter().collect::<PathBuf>()))
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

/// The directory that the binaries are really in: `/usr/local/bin/postgres` is often a link into one.
fn home_of(bin: &Path) -> Option<PathBuf> {
    let bin = std::path::absolute(bin).ok()?;
    let postgres = bin.join("postgres");
    let home =
        if postgres.is_symlink() { fs::canonicalize(&postgres).ok()?.parent()?.to_path_buf() } else { bin };
    (home.join("postgres").is_file() && home.join("initdb").is_file()).then_some(home)
}

/// `pg_config` knows where extensions are, but is often packaged apart from the server.
fn extension_dirs(bin: &Path, version: u32) -> Vec<PathBuf> {
    let mut share: Vec<_> =
        output(&bin.join("pg_config"), "--sharedir").map(PathBuf::from).into_iter().collect();
    let beside = bin.join("../share");
    share.extend([beside.join("postgresql"), beside.join(format!("postgresql@{version}")), beside]);
    share.push(PathBuf::from(format!("/usr/share/postgresql/{version}")));
    share.into_iter().map(|dir| dir.join("extension")).collect()
}

/// The major version in what `postgres --version` prints: `postgres (PostgreSQL) 15.18 (Debian …)`.
fn major(printed: &str) -> Option<u32> {
    let (_, version) = printed.split_once("(PostgreSQL) ")?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// What a program prints, without the line's end; `None` when it cannot be run or fails.
pub(super) fn output(program: &Path, argument: &str) -> Option<String> {
    let output =
        Command::new(program).arg(argument).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_postgres_prints() {
        for (printed, expected) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some(15)),
            ("postgres (PostgreSQL) 18.6", Some(18)),
            ("postgres (PostgreSQL) 19beta1", Some(19)),
            ("postgres (PostgreSQL) 17devel", Some(17)),
            ("postgres (EnterpriseDB) 15.2", None),
            ("", None),
        ] {
            assert_eq!(major(printed), expected, "{printed}");
        }
    }

    #[test]
    fn a_star_stands_for_the_directories_that_are_there() {
        let dir = tempfile::tempdir().unwrap();
        for made in ["pgsql-9/bin", "pgsql-17/bin", "pgsql-empty", "other/bin"] {
            fs::create_dir_all(dir.path().join(made)).unwrap();
        }
        for (pattern, expected) in [
            ("pgsql-*/bin", vec!["pgsql-17/bin", "pgsql-9/bin"]),
            ("*/bin", vec!["other/bin", "pgsql-17/bin", "pgsql-9/bin"]),
            ("absent/*/bin", vec![]),
        ] {
            let expected: Vec<_> = expected.iter().map(|it| dir.path().join(it)).collect();
            assert_eq!(matching(&dir.path().join(pattern)), expected, "{pattern}");
        }
    }

    #[test]
    fn a_directory_without_a_server_is_no_installation() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Installation::at(dir.path()), None);
        fs::write(dir.path().join("postgres"), "not a program").unwrap();
        fs::write(dir.path().join("initdb"), "not a program").unwrap();
        assert_eq!(Installation::at(dir.path()), None);
    }
}
