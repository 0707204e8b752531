//! What a person proposes to do to a database: a closed list of statements. Everything else is refused by its name.
//!
//! What is read here is taken apart and put together again from our own tokens, so that what runs is what was
//! understood. The server has the last word: each statement goes to it alone, in a transaction that cannot commit.

mod clauses;
mod reader;
mod settings;

use std::ops::Range;

use self::reader::Reader;
use super::kind::Kind;
use super::statements::Statement;
use super::token::TokenKind;

/// A name, with its schema where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The schema.
    pub schema: Option<String>,
    /// The name itself.
    pub name: String,
}

/// A statement that may be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idea {
    /// `CREATE INDEX`.
    CreateIndex(NewIndex),
    /// `ALTER INDEX … ATTACH PARTITION`.
    AttachIndex {
        /// The partitioned table's index.
        index: Named,
        /// The partition's.
        partition: Named,
    },
    /// `CREATE EXTENSION`, of those that bring operator classes.
    CreateExtension(String),
    /// `DROP INDEX`, of one or several.
    DropIndexes(Vec<Named>),
    /// `CREATE STATISTICS`.
    CreateStatistics(NewStatistics),
    /// `ANALYZE` of tables, each with its columns; none is all.
    Analyze(Vec<(Named, Vec<String>)>),
    /// `SET` or, without a value, `RESET` of a setting of the planner.
    Set {
        /// The setting.
        name: String,
        /// Its value, as SQL writes it.
        value: Option<String>,
    },
    /// `SET` of a timeout, as migrations begin with: it is passed over, since a trial has its own.
    Timeout(String),
    /// A query to run instead.
    Query(String),
}

/// `CREATE INDEX`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIndex {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The table.
    pub table: Named,
    /// UNIQUE.
    pub unique: bool,
    /// ONLY.
    pub only: bool,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// Everything behind the table.
    pub definition: String,
    /// What PostgreSQL names it after: a column, a function, or `expr`.
    pub named_after: Vec<String>,
}

/// `CREATE STATISTICS`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStatistics {
    /// Their name, where they have one.
    pub name: Option<Named>,
    /// The table.
    pub table: Named,
    /// What is counted: `(dependencies) ON city, zip`.
    pub definition: String,
    /// What PostgreSQL names them after.
    pub named_after: Vec<String>,
}

/// Why a statement is not tried, and where in the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwelcome {
    /// Bytes of the script.
    pub at: Range<usize>,
    /// Why not, as a clause.
    pub why: String,
    /// What to do instead.
    pub hint: String,
}

/// What may be tried, for whoever gave something else.
pub const WELCOME: &str = "an idea is made of CREATE INDEX, DROP INDEX, CREATE STATISTICS, ANALYZE, SET and RESET of the \
    planner's settings, CREATE EXTENSION for operator classes, and a query to run instead";

/// Extensions that bring operator classes or functions for indexes, and do nothing else when they are created (manual,
/// appendix "Additional Supplied Modules").
const EXTENSIONS: [&str; 13] = [
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "ltree",
    "pg_trgm",
    "seg",
    "unaccent",
];

/// Reads one statement of an idea.
pub fn read(statement: &Statement) -> Result<Idea, Unwelcome> {
    let mut reader = Reader::new(statement);
    if let Some(token) = reader.tokens.iter().find(|token| token.punct(";")) {
        return Err(reader.unwelcome(token, "a semicolon within a statement"));
    }
    if let Some(token) = reader.tokens.iter().find(|token| token.kind == TokenKind::Param) {
        return Err(Unwelcome {
            hint: "put a value in its place".to_owned(),
            ..reader.unwelcome(token, "a statement with parameters")
        });
    }
    let idea = match statement.kind {
        Kind::Read => Idea::Query(reader.rest()),
        Kind::Locks => return Err(reader.refused("SELECT … FOR UPDATE or SHARE")),
        Kind::Writes(verb) => return Err(reader.refused(verb)),
        Kind::Refused(ref name) => clauses::statement(&mut reader, name)?,
    };
    match reader.next() {
        Some(token) => Err(reader.unreadable(&token)),
        None => Ok(idea),
    }
}

#[cfg(test)]
mod tests;
