//! What happens to servers in use: they are restarted, and others stand by.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use advisor::cluster::Cluster;

use crate::stage::wait_until;

/// One of the server's own programs, run as whom the cluster belongs to.
fn program(cluster: &Cluster, name: &str) -> Command {
    let owner = fs::metadata(cluster.socket_dir().join("data")).unwrap();
    let mut command = Command::new(cluster.bin().join(name));
    command.current_dir(cluster.socket_dir()).stdin(Stdio::null());
    let ours = tempfile::tempfile().and_then(|file| file.metadata()).unwrap();
    if ours.uid() != owner.uid() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    command
}

fn succeed(command: &mut Command) {
    let run = command.stdout(Stdio::null()).stderr(Stdio::piped()).output().unwrap();
    assert!(run.status.success(), "{command:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// Restarts a server, so that nothing is in its cache. Its guard ends the new one as well: it goes by the file
/// `postmaster.pid`.
pub fn restart(cluster: &Cluster) {
    let mut restart = program(cluster, "pg_ctl");
    restart.args(["restart", "--wait", "--mode=fast", "-D", "data", "-l", "restarted.log"]);
    succeed(restart.arg("-o").arg(format!("-p {}", cluster.port())));
}

/// A copy of a server that follows it, or would if it could, and only reads. Ends when it is dropped.
pub struct Standby {
    server: Child,
    pub dsn: String,
}

impl Standby {
    pub fn of(primary: &Cluster) -> Self {
        let home = primary.socket_dir();
        let data: PathBuf = home.join("standby");
        let mut copy = program(primary, "pg_basebackup");
        copy.args([
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--wal-method=fetch",
            "--no-sync",
            "-U",
            "postgres",
        ]);
        copy.arg("-h").arg(home).arg("-p").arg(primary.port().to_string());
        succeed(copy.arg("-D").arg(&data));
        // The same directory for the socket, and another port.
        let port = primary.port() ^ 1;
        let mut settings = OpenOptions::new().append(true).open(data.join("postgresql.conf")).unwrap();
        writeln!(settings, "listen_addresses = ''\nhot_standby = on").unwrap();
        let server = program(primary, "postgres")
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let dsn = primary.dsn("postgres").replace(&format!(":{}/", primary.port()), &format!(":{port}/"));
        wait_until("the standby answers", || ready(&data));
        Self { server, dsn }
    }
}

/// The eighth line tells the state: `ready`, and `standby` before 16 only while it takes no connections.
fn ready(data: &Path) -> Result<(), String> {
    let status = fs::read_to_string(data.join("postmaster.pid")).map_err(|error| error.to_string())?;
    let state = status.lines().nth(7).unwrap_or_default().trim();
    if state == "ready" { Ok(()) } else { Err(format!("`{state}`")) }
}

impl Drop for Standby {
    fn drop(&mut self) {
        // At once, and without a word: it is thrown away.
        let _ = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
    }
}
