//! A network between a client and a server, which can be made to fail.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

/// What becomes of the bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Fate {
    /// They go through.
    Through,
    /// They are swallowed, both ways, and nobody is told.
    Silent,
    /// The connections are reset, both ways.
    Reset,
    /// The proxy is gone.
    Over,
}

/// Forwards connections to a port of this machine, until it strikes.
pub struct Proxy {
    port: u16,
    target: u16,
    fate: Arc<AtomicU8>,
}

/// How soon a thread sees that its fate has changed.
const BLINK: Duration = Duration::from_millis(5);

impl Proxy {
    pub fn before(target: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let fate = Arc::new(AtomicU8::new(Fate::Through as u8));
        let seen = Arc::clone(&fate);
        thread::spawn(move || accept(&listener, target, &seen));
        Self { port, target, fate }
    }

    /// The same data source through this proxy.
    pub fn dsn(&self, dsn: &str) -> String {
        dsn.replacen(&format!(":{}/", self.target), &format!(":{}/", self.port), 1)
    }

    /// From now on.
    pub fn strike(&self, fate: Fate) {
        self.fate.store(fate as u8, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.strike(Fate::Over);
    }
}

fn is(fate: &AtomicU8, wanted: Fate) -> bool {
    fate.load(Ordering::SeqCst) == wanted as u8
}

fn accept(listener: &TcpListener, target: u16, fate: &Arc<AtomicU8>) {
    while !is(fate, Fate::Over) {
        let Ok((client, _)) = listener.accept() else {
            thread::sleep(BLINK);
            continue;
        };
        let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)) else { continue };
        for stream in [&client, &server] {
            stream.set_nonblocking(false).unwrap();
            stream.set_nodelay(true).unwrap();
            stream.set_read_timeout(Some(BLINK)).unwrap();
        }
        let ways = [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)];
        for (from, to) in ways {
            let fate = Arc::clone(fate);
            thread::spawn(move || forward(from, to, &fate));
        }
    }
}

/// One direction of one connection.
fn forward(mut from: TcpStream, mut to: TcpStream, fate: &AtomicU8) {
    let mut bytes = [0; 16384];
    while !is(fate, Fate::Over) {
        if is(fate, Fate::Reset) {
            return reset([from, to]);
        }
        match from.read(&mut bytes) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            // Nor is the end of a connection heard of through a silent network.
            _ if is(fate, Fate::Silent) => thread::sleep(BLINK),
            Ok(0) | Err(_) => break,
            Ok(read) if to.write_all(&bytes[..read]).is_err() => break,
            Ok(_) => {}
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// Closes without a goodbye: what is still under way is lost.
fn reset(streams: [TcpStream; 2]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    for stream in streams {
        stream.set_nonblocking(true).unwrap();
        if let Ok(stream) = tokio::net::TcpStream::from_std(stream) {
            let _ = stream.set_zero_linger();
        }
    }
}
