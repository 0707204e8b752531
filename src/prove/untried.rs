//! What nobody could try, why, and what would prove it.

use std::fmt;

use super::{Outcome, Proof, Verdict, choose};
use crate::remedy::Remedy;

/// Why a remedy could not be tried here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untriable {
    /// A plan was given, and nothing else.
    PlanAlone,
    /// A plan was given, and a catalog from a file.
    File,
    /// A plan was given without its statement, and a server.
    NoStatement,
    /// A plan was given with a statement that cannot be planned again: why.
    Unfit(String),
    /// The planner of the server could not be asked about the statement of a plan that was given.
    Given,
    /// The statement is there and the server too; nobody asked for a build.
    Unasked,
    /// The same, of a statement that must write to be measured.
    UnaskedWrite,
}

/// What proves a remedy for a plan that was taken elsewhere.
const PROVES: &str = "to prove it, run `advisor explain --prove -d DSN query.sql` with the statement";

impl fmt::Display for Untriable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self {
            Self::PlanAlone => {
                "nothing but the plan is known, neither the indexes that are there nor the columns' types"
            }
            Self::File => "there is a catalog, but no server",
            Self::NoStatement => "the plan does not hold its statement",
            Self::Unfit(why) => why,
            Self::Given => "the server's planner could not be asked",
            Self::UnaskedWrite => {
                return f.write_str(
                    "`--prove --allow-writes` builds it, runs the statement, rolls both back, and measures",
                );
            }
            Self::Unasked => {
                return f.write_str("`--prove` builds it in a transaction that is rolled back, and measures");
            }
        };
        write!(f, "{why}; {PROVES}")
    }
}

/// Remedies that nobody can try, for one and the same reason.
pub fn untried(remedies: Vec<Remedy>, why: &Untriable) -> Outcome {
    let untried = |remedy| Proof { verdict: Verdict::Untried(why.to_string()), ..Proof::untried(remedy) };
    choose::choose(remedies.into_iter().map(untried).collect(), Outcome::default())
}
