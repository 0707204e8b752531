//! What was asked: statements, conditions, names. The only place that reads SQL.
//!
//! Everything here stands on one lexer (`token`) that follows PostgreSQL's own (`scan.l`, and
//! `psqlscan.l` for what psql adds), so that no two parts of the crate disagree on where a string ends.

mod assigned;
pub mod expression;
pub mod functions;
pub mod idea;
mod ignore;
pub mod kind;
mod masked;
mod mentions;
pub mod name;
pub mod sort_key;
pub mod statements;
mod string;
mod token;

pub use assigned::assigned_columns;
pub use expression::{Expr, Names};
pub use ignore::Ignore;
pub use kind::Kind;
pub use masked::masked;
pub use mentions::{called, mentions, order};
pub use sort_key::SortKey;
pub use statements::{Note, Place, Script, Statement, split};
pub(crate) use string::{array_elements, value};
pub(crate) use token::{Token, TokenKind, tokens};
