//! `advisor` finds out why a PostgreSQL query is slow, says what to do about it, and proves that it helps.
//!
//! The command line is [`cli`]; everything below it is a library. A plan is read into a value, symptoms are found in
//! it, and remedies are proposed for them: all of that is pure and needs no server.
//!
//! ```
//! use advisor::catalog::{Catalog, Column, Table, TableName};
//! use advisor::diagnose::{Preferences, diagnose};
//! use advisor::plan::read_json;
//! use advisor::remedy::{Case, propose};
//!
//! # fn main() -> Result<(), advisor::error::Error> {
//! // What `EXPLAIN (ANALYZE, VERBOSE, FORMAT JSON) SELECT * FROM orders WHERE customer_id = 42` printed.
//! let plan = read_json(
//!     r#"[{"Plan": {"Node Type": "Seq Scan", "Relation Name": "orders", "Schema": "public", "Alias": "orders",
//!                   "Startup Cost": 0.0, "Total Cost": 4189.0, "Plan Rows": 10, "Plan Width": 37,
//!                   "Actual Startup Time": 0.01, "Actual Total Time": 24.1, "Actual Rows": 9, "Actual Loops": 1,
//!                   "Filter": "(orders.customer_id = 42)", "Rows Removed by Filter": 199991},
//!         "Planning Time": 0.1, "Execution Time": 24.2}]"#,
//! )?
//! .remove(0);
//!
//! // What the server knows of the table; `db::load_catalog` asks it.
//! let catalog = Catalog {
//!     tables: vec![Table {
//!         name: TableName { schema: "public".into(), name: "orders".into() },
//!         rows: 200_000.0,
//!         pages: 1_689,
//!         columns: vec![Column { name: "customer_id".into(), btree: true, ..Column::default() }],
//!         ..Table::default()
//!     }],
//!     ..Catalog::default()
//! };
//! let findings = diagnose(&plan, &catalog, &Preferences::default());
//! assert_eq!(findings[0].rule.id, "scan-discards-rows");
//! assert_eq!(findings[0].stake.to_string(), "24 ms");
//!
//! let remedies = propose(&Case { plan: &plan, findings: &findings, catalog: &catalog, sql: None }).remedies;
//! assert_eq!(
//!     remedies[0].sql(),
//!     ["CREATE INDEX orders_customer_id_idx ON public.orders (customer_id);"]
//! );
//! # Ok(())
//! # }
//! ```
//!
//! Whether a remedy helps is decided by trying it: [`prove::prove`] does, inside transactions that cannot commit.
//! [`report`] turns what came of it into text, Markdown and JSON.

pub mod anonymize;
pub mod catalog;
pub mod cli;
pub mod cluster;
pub mod db;
pub mod diagnose;
pub mod diff;
pub mod error;
pub mod input;
pub mod plan;
pub mod prove;
pub mod query;
pub mod remedy;
pub mod report;
pub mod units;
