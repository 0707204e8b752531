//! Connecting exactly as libpq does: the same strings, variables, files, defaults and TLS modes, so that
//! whoever can say `psql …` can say `advisor … -d …`.
//!
//! [`resolve`] turns what was given into a [`Target`] without touching the network; [`connect`] opens it.
//! "libpq" in the comments below is the manual's chapter 34 (34.1 parameters, 34.15 variables, 34.16 the
//! password file, 34.17 the service file, 34.19 SSL) and fe-connect.c of PostgreSQL 15.

mod attempt;
mod client_certificate;
mod driver;
mod dsn;
mod environment;
mod failure;
mod keywords;
mod passfile;
mod resolve;
mod service;
mod settings;
mod target;
mod tls;
mod url;
mod verifier;

pub use attempt::connect;
pub use driver::{Canceller, Connection, Driver};
pub use environment::Environment;
pub use resolve::resolve;
pub use target::{Address, Host, Password, PasswordSource, SessionAttributes, SslMode, Target};
