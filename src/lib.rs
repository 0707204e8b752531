//! `advisor` finds out why a PostgreSQL query is slow, says what to do about it, and proves that it helps.

pub mod catalog;
pub mod cluster;
pub mod db;
pub mod diagnose;
pub mod error;
pub mod input;
pub mod plan;
pub mod prove;
pub mod query;
pub mod remedy;
pub mod report;
pub mod units;
