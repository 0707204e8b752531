//! What `advisor diff` has to say, as one value, and its painters.

pub(super) mod json;
pub(super) mod markdown;
mod parts;
pub(super) mod terminal;
mod wording;

use crate::diff::Diff;

/// The plans of two files, compared.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// What the plans before came from.
    pub before: String,
    /// What the plans after came from.
    pub after: String,
    /// The plans in pairs, in the order of those before.
    pub compared: Vec<Compared>,
    /// Remarks about the input, such as plans that have no other.
    pub notes: Vec<String>,
}

/// One statement's plans, compared.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Which of several: `plan 2 and plan 3`.
    pub which: String,
    /// The comparison.
    pub diff: Diff,
}
