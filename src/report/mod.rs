//! What was found, proposed and proven, as one value; and the painters that turn it into text.

mod diff;
mod feeling;
mod harmless;
mod ink;
mod json;
mod markdown;
mod migration;
mod rules;
mod terminal;
mod tree;
mod wording;

pub use diff::{Compared, Comparison};
pub use feeling::{Feeling, Judgement};
pub use ink::Style;

use crate::diagnose::{Finding, Preferences, Rule};
use crate::error::ExitCode;
use crate::plan::Plan;
pub use crate::prove::Missing;
use crate::prove::{Proof, Spent, Together};
use crate::remedy::Silence;
use crate::units::Ms;

/// Everything that one call of `advisor explain` has to say.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The server, when one was asked.
    pub server: Option<ServerFacts>,
    /// The statements, in the order in which they were given.
    pub statements: Vec<Advice>,
    /// What the session's rights or the server's extensions forbid: once each, with what would allow it.
    pub missing: Vec<Missing>,
    /// Remarks about the input and the connection, such as psql commands that were ignored.
    pub notes: Vec<String>,
    /// `--budget`: every statement must stay below it.
    pub budget: Option<Ms>,
}

/// What the planner expects of a statement that is still running, in a sentence.
pub fn expectation(plan: &Plan) -> String {
    wording::expectation(plan)
}

/// The report for a terminal.
pub fn terminal(report: &Report, style: &Style) -> String {
    terminal::paint(report, style)
}

/// The report for a pull request; `all` findings, or those that lead.
pub fn markdown(report: &Report, all: bool) -> String {
    markdown::paint(report, all)
}

/// The report for programs: the contract of docs/json.md.
pub fn json(report: &Report) -> String {
    json::paint(report)
}

/// A migration file of what is suggested: SQL that runs as it is.
pub fn migration(report: &Report) -> String {
    migration::paint(report)
}

/// Text with names from a server or a file, so that a terminal that is shown it obeys none of them.
pub fn harmless_text(text: &str) -> String {
    harmless::in_a_block(text)
}

/// The same of JSON, with its values.
pub fn harmless_json(json: &str) -> String {
    json::harmless(json)
}

/// All of docs/rules.md.
pub fn rules_page(rules: &[&Rule]) -> String {
    rules::page(rules)
}

/// These rules, a line each.
pub fn rules_list(rules: &[&Rule], preferences: &Preferences, style: &Style) -> String {
    rules::list(rules, preferences, style)
}

/// These rules with their reasons and examples, for a terminal.
pub fn rules_whole(rules: &[&Rule], preferences: &Preferences, style: &Style) -> String {
    rules::whole(rules, preferences, style)
}

/// These rules with their reasons and examples, as Markdown.
pub fn rules_markdown(rules: &[&Rule]) -> String {
    rules::markdown(rules)
}

/// These rules for programs: an array of `rule`, `title`, `doc` (Markdown) and `weight`.
pub fn rules_json(rules: &[&Rule], preferences: &Preferences) -> String {
    rules::json(rules, preferences)
}

/// The comparison of plans for a terminal.
pub fn diff_terminal(comparison: &Comparison, style: &Style) -> String {
    diff::terminal::paint(comparison, style)
}

/// The comparison of plans for a pull request.
pub fn diff_markdown(comparison: &Comparison, all: bool) -> String {
    diff::markdown::paint(comparison, all)
}

/// The comparison of plans for programs: the contract of docs/json.md.
pub fn diff_json(comparison: &Comparison) -> String {
    diff::json::paint(comparison)
}

/// The server that was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerFacts {
    /// `server_version`, e.g. `15.14 (Debian 15.14-0+deb12u1)`.
    pub version: String,
    /// `server_version_num`, e.g. 150014.
    pub version_num: u32,
    /// The database.
    pub database: String,
    /// The role.
    pub user: String,
    /// HypoPG's version, when it is installed or could be for the length of a transaction.
    pub hypopg: Option<String>,
}

/// One statement and what is to be said of it.
#[derive(Debug, Clone, Default)]
pub struct Advice {
    /// Where it came from: `query.sql:12`, `-c`, `plan.json`.
    pub source: String,
    /// The statement; `None` when a plan was given without its text.
    pub sql: Option<String>,
    /// How far it was run.
    pub run: Run,
    /// The plan; `None` when the statement could not even be planned.
    pub plan: Option<Plan>,
    /// What hurts, most time in play first.
    pub findings: Vec<Finding>,
    /// What the tool stands behind, the best first.
    pub suggestions: Vec<Proof>,
    /// What may help, and could not be tried here; the best argued first.
    pub untried: Vec<Proof>,
    /// What was tried in vain, or whose trial was refused.
    pub tried: Vec<Proof>,
    /// What the suggestions are worth together, where there are several.
    pub set: Option<Together>,
    /// Where no index can help, and why.
    pub silences: Vec<Silence>,
    /// Whether a person proposed what was tried: then it is told in full, whatever came of it.
    pub asked: bool,
    /// What is known of the tables, and where from.
    pub known_from: KnownFrom,
    /// Remarks about this statement.
    pub notes: Vec<String>,
    /// What the time of advising it went to; nothing where nothing was run here.
    pub spent: Vec<Spent>,
}

/// Where what is known of a statement's tables comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KnownFrom {
    /// From the server that was asked.
    #[default]
    Server,
    /// From a file that `advisor catalog` wrote.
    File,
    /// From nothing but the plan.
    Plan,
}

impl KnownFrom {
    /// Its name in the report's schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::File => "file",
            Self::Plan => "plan",
        }
    }
}

/// How far a statement was run.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Run {
    /// Run to its end, and measured.
    #[default]
    Measured,
    /// A plan that was given: measured or not, it was not run here.
    Given,
    /// It writes, or does more than a rollback undoes, so it was only planned.
    OnlyPlanned {
        /// What kind of write it is: `INSERT`, `SELECT … FOR UPDATE`, `a call of pg_advisory_lock()`, ….
        write: String,
        /// Whether a rollback leaves some of it done.
        beyond_rollback: bool,
    },
    /// Cancelled: the plan is the planner's estimate.
    TimedOut {
        /// After how long.
        after: Ms,
        /// Whose limit it was: `--timeout`, or `the server's statement_timeout`.
        limit: String,
    },
    /// Refused or failed; the message, with its place in the source and its hint.
    Failed {
        /// What happened, ready to be shown.
        message: String,
        /// What the process says of it when it ends.
        code: ExitCode,
    },
}
