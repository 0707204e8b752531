//! The only door to PostgreSQL.

pub mod connect;
pub mod session;
