//! The private directory that a throw-away cluster lives in, and whom it belongs to.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{Error, Result};

/// How the directories are called: this, the owner's process id, and a number.
const PREFIX: &str = "advisor-pg-";

/// The file that the owner holds a lock on. The kernel drops it with the owner, so an unlocked one is left over.
const OWNER: &str = "owner";

/// A socket's path has at most 103 bytes on macOS (107 on Linux), `/.s.PGSQL.65535` included.
const LONGEST_PATH: usize = 103 - "/.s.PGSQL.65535".len();

/// Whom the server runs as, when that is not us: PostgreSQL refuses root (manual: "18.1. The PostgreSQL User Account").
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) name: &'static str,
    uid: u32,
    gid: u32,
}

impl User {
    /// Who we are, a directory tells that we have just made.
    fn if_we_are_root(made: &Path) -> Result<Option<Self>> {
        if fs::metadata(made).is_ok_and(|it| it.uid() == 0) { Self::for_server().map(Some) } else { Ok(None) }
    }

    fn for_server() -> Result<Self> {
        let number = |option, name| {
            let printed = Command::new("id").args([option, name]).stderr(Stdio::null()).output().ok()?;
            String::from_utf8(printed.stdout).ok()?.trim().parse::<u32>().ok()
        };
        let user = |name| Some(Self { name, uid: number("-u", name)?, gid: number("-g", name)? });
        ["postgres", "nobody"].into_iter().find_map(user).ok_or_else(|| {
            Error::input("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")
                .hint("create one of them, or run this as another user than root")
        })
    }
}

/// The directory and the user whom it belongs to, both watched by a guard. Dropping it removes the
/// directory; so does dying, in whatever way: the guard (guard.sh) sees our end of its input closed.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) path: PathBuf,
    pub(super) user: Option<User>,
    guard: Child,
    pipe: Option<ChildStdin>,
    _lock: File,
}

impl Home {
    /// Makes the directory in the first place that suits the server: short enough, and open to its user.
    pub(super) fn create() -> Result<Self> {
        let mut why = None;
        for base in bases() {
            sweep(&base);
            match Self::create_in(&base) {
                Ok(home) => return Ok(home),
                Err(error) => why = Some(error),
            }
        }
        Err(why.unwrap_or_else(|| Error::input("there is no directory for temporary files")))
    }

    fn create_in(base: &Path) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = base.join(format!("{PREFIX}{}-{number}", std::process::id()));
        if path.as_os_str().len() > LONGEST_PATH {
            return Err(Error::input(format!("`{}` is too long a path for a socket", path.display()))
                .hint("set TMPDIR to a shorter one"));
        }
        let failed = |error: io::Error| {
            Error::input(format!("`{}` cannot be used for a cluster: {error}", path.display()))
                .hint("set TMPDIR to a directory that the server's user may enter")
        };
        DirBuilder::new().mode(0o700).create(&path).map_err(failed)?;
        let home = User::if_we_are_root(&path).and_then(|user| Self::occupy(&path, user).map_err(failed));
        if home.is_err() {
            // Nobody guards it yet. What went wrong is told; should this fail too, there is nothing to add.
            let _ = fs::remove_dir_all(&path);
        }
        home
    }

    /// Locks the fresh directory, gives it to the server's user, and sets the guard.
    fn occupy(path: &Path, user: Option<User>) -> io::Result<Self> {
        // Locked under another name first: a sweep never sees it unlocked while its owner lives.
        let lock = File::create(path.join("owner.new"))?;
        lock.lock()?;
        fs::rename(path.join("owner.new"), path.join(OWNER))?;
        give(path, user.as_ref())?;
        let mut guard = command("sh", path, user.as_ref());
        guard.args(["-c", include_str!("guard.sh"), "advisor-guard"]).arg(path).stdin(Stdio::piped());
        let mut guard = guard.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let pipe = guard.stdin.take();
        Ok(Self { path: path.to_path_buf(), user, guard, pipe, _lock: lock })
    }

    /// A command that the server's user runs in this directory, out of reach of the terminal's Ctrl-C.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        command(program, &self.path, self.user.as_ref())
    }

    /// Gives a file or directory in here to the server's user.
    pub(super) fn give(&self, path: &Path) -> io::Result<()> {
        give(path, self.user.as_ref())
    }

    /// Copies a directory into this one, for the server's user.
    pub(super) fn copy(&self, from: &Path, name: &str) -> io::Result<PathBuf> {
        let to = self.path.join(name);
        let run = |command: &mut Command| {
            let run = command.stdin(Stdio::null()).output()?;
            let said = || io::Error::other(String::from_utf8_lossy(&run.stderr).trim_end().to_owned());
            if run.status.success() { Ok(()) } else { Err(said()) }
        };
        run(Command::new("cp").arg("-RP").arg(from).arg(&to))?;
        if let Some(user) = &self.user {
            run(Command::new("chown").arg("-R").arg(format!("{}:{}", user.uid, user.gid)).arg(&to))?;
        }
        Ok(to)
    }

    /// Tells the guard to stop the server and to remove the directory, and does not wait.
    pub(super) fn clear(&mut self) {
        self.pipe = None;
    }

    /// Dismisses the guard, and disowns the directory so that no sweep takes it: it stays until it is removed by hand.
    pub(super) fn keep(&mut self) -> io::Result<()> {
        fs::remove_file(self.path.join(OWNER))?;
        if let Some(mut pipe) = self.pipe.take() {
            pipe.write_all(b"keep\n")?;
        }
        self.guard.wait().map(drop)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.clear();
        // Only so that no zombie is left; there is nobody to tell if it fails.
        let _ = self.guard.wait();
    }
}

fn bases() -> Vec<PathBuf> {
    let mut bases = vec![env::temp_dir(), PathBuf::from("/tmp")];
    bases.dedup();
    bases
}

fn command(program: impl AsRef<OsStr>, dir: &Path, user: Option<&User>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(dir).stdin(Stdio::null()).process_group(0);
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid); // std drops the supplementary groups with them
    }
    command
}

fn give(path: &Path, user: Option<&User>) -> io::Result<()> {
    user.map_or(Ok(()), |user| chown(path, Some(user.uid), Some(user.gid)))
}

/// Removes what dead owners left: only needed where the guard was killed as well.
fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && is_left_over(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path()); // another user's, perhaps: then it is theirs to sweep
        }
    }
}

/// Left over is what had an owner, has none any more, and no server that still answers.
fn is_left_over(home: &Path) -> bool {
    let owner = home.join(OWNER);
    let regular = fs::symlink_metadata(&owner).is_ok_and(|it| it.is_file());
    regular && File::open(owner).is_ok_and(|file| file.try_lock().is_ok()) && !answers(home)
}

fn answers(home: &Path) -> bool {
    let entries = fs::read_dir(home).into_iter().flatten().flatten();
    entries.map(|it| it.path()).any(|path| UnixStream::connect(path).is_ok())
}
