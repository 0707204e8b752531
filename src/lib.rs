//! `advisor` finds out why a PostgreSQL query is slow, says what to do about it, and proves that it helps.

pub mod cluster;
pub mod error;
pub mod units;
