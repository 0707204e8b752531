//! What could help: remedies proposed for symptoms from what is known of the tables.

mod action;

pub use action::{Action, IndexSpec, SortedKey};

use crate::plan::NodeId;

/// A kind of help: plain data, one file each under `treatments`.
pub struct Treatment {
    /// Its name in reports and docs: `btree-index`.
    pub id: &'static str,
    /// What it does, as a heading.
    pub title: &'static str,
    /// When it is proposed, when not, and why.
    pub doc: &'static str,
}

/// An action that could help, and why.
#[derive(Debug, Clone)]
pub struct Remedy {
    /// Who proposed it.
    pub treatment: &'static Treatment,
    /// What to do.
    pub action: Action,
    /// The nodes whose work it would change.
    pub nodes: Vec<NodeId>,
    /// Why, in a sentence: which condition each key answers, and why in this order.
    pub why: String,
    /// Existing indexes that this one makes superfluous.
    pub replaces: Vec<String>,
}

/// Why no index is proposed for a node that reads a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Silence {
    /// The node.
    pub node: NodeId,
    /// The reason, as a sentence.
    pub reason: String,
}

/// Everything proposed for a plan.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// What could help; alternatives for the same node stand beside each other, the best argued first.
    pub remedies: Vec<Remedy>,
    /// Where nothing can, and why.
    pub silences: Vec<Silence>,
}

impl std::fmt::Debug for Treatment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}
