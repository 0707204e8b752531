//! What could help: remedies proposed for symptoms from what is known of the tables.

mod access;
mod action;
mod existing;
mod guess;
pub mod treatments;

pub use access::{Access, Equality, Order, Range};
pub use action::{Action, IndexSpec, SortedKey, index_name};
pub use guess::propose_from_plan;

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::diagnose::{Finding, Symptom};
use crate::plan::{Node, NodeId, Plan};
use crate::units::Ms;

/// A kind of help: plain data, one file each under `treatments`.
pub struct Treatment {
    /// Its name in reports and docs: `btree-index`.
    pub id: &'static str,
    /// What it does, as a heading.
    pub title: &'static str,
    /// When it is proposed, when not, and why.
    pub doc: &'static str,
    /// Proposes, or says why not.
    pub propose: fn(&Case) -> Proposal,
}

/// What a treatment may look at.
pub struct Case<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What hurts.
    pub findings: &'a [Finding],
    /// What is known of the tables.
    pub catalog: &'a Catalog,
}

/// An action that could help, and why.
#[derive(Debug, Clone)]
pub struct Remedy {
    /// Who proposed it.
    pub treatment: &'static Treatment,
    /// What to do.
    pub action: Action,
    /// The nodes whose work it would change; remedies for the same node are alternatives.
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

/// Faster than this, a statement costs its application about as much in sending, parsing and planning it.
/// Asking the catalogs would take ten times as long as the statement (measured on 15).
const ALREADY_FAST: Ms = Ms(2.0);

/// Everything that could help against these findings, with alternatives, and where nothing can.
///
/// No treatment asks whether it helps: trying decides.
pub fn propose(plan: &Plan, findings: &[Finding], catalog: &Catalog) -> Proposal {
    if is_fast_already(plan) {
        let reason = format!("the statement takes {}, too little for an index to be noticed", plan.total());
        let silences = vec![Silence { node: plan.root().id, reason }];
        return Proposal { remedies: Vec::new(), silences };
    }
    let case = Case { plan, findings, catalog };
    let mut all = Proposal::default();
    for treatment in treatments::TREATMENTS {
        let Proposal { remedies, silences } = (treatment.propose)(&case);
        all.silences.extend(silences);
        remedies.into_iter().for_each(|remedy| all.add(remedy));
    }
    let helped: BTreeSet<NodeId> = all.remedies.iter().flat_map(|r| r.nodes.iter().copied()).collect();
    all.silences.retain(|silence| !helped.contains(&silence.node));
    all
}

/// Whether the statement is so fast that nothing could make it noticeably faster.
pub fn is_fast_already(plan: &Plan) -> bool {
    plan.is_measured() && plan.total() < ALREADY_FAST
}

impl Remedy {
    /// Whether a plan would show that it is used. What a trigger runs is in no plan of EXPLAIN's.
    pub fn shows_in(&self, plan: &Plan) -> bool {
        self.nodes.iter().any(|id| plan.node(*id).operator.reads_table())
    }
}

impl Proposal {
    /// One action is tried once, however many nodes ask for it (the partitions of a table, a table read twice).
    fn add(&mut self, mut remedy: Remedy) {
        match self.remedies.iter_mut().find(|known| known.action == remedy.action) {
            Some(known) => known
                .nodes
                .extend(remedy.nodes.iter().filter(|n| !known.nodes.contains(n)).collect::<Vec<_>>()),
            None => {
                let taken: Vec<String> =
                    self.remedies.iter().map(|known| known.action.index_name()).collect();
                remedy.action.avoid(&taken);
                self.remedies.push(remedy);
            }
        }
    }
}

impl Case<'_> {
    /// The findings that an access to a table could be behind: at the node itself, at what it feeds, or above
    /// a subplan that it is part of.
    pub fn findings_at<'f>(&'f self, node: &'f Node) -> impl Iterator<Item = &'f Finding> {
        let concerns = move |symptom: &Symptom| self.concerns(symptom, node);
        self.findings
            .iter()
            .flat_map(Finding::everywhere)
            .filter(move |finding| finding.symptom.as_ref().is_some_and(concerns))
    }

    fn concerns(&self, symptom: &Symptom, node: &Node) -> bool {
        let below = |top: &NodeId| {
            let first = *top <= node.id;
            first && self.plan.subtree(self.plan.node(*top)).iter().any(|n| n.id == node.id)
        };
        match symptom {
            Symptom::ScanDiscardsRows { scan } | Symptom::IndexScanDiscardsRows { scan } => *scan == node.id,
            Symptom::BitmapTurnsLossy { scan } => *scan == node.id,
            Symptom::InnerSideRepeated { scan, .. } => *scan == node.id,
            Symptom::JoinDiscardsRows { join } => below(join),
            Symptom::SortFeedsLimit { sort, .. } | Symptom::SortSpills { sort, .. } => below(sort),
            Symptom::SubplanPerRow { subplan } => below(subplan),
            Symptom::HashSpills { hash, .. } => below(hash),
            Symptom::RowsMisestimated { .. }
            | Symptom::HeapFetches { .. }
            | Symptom::OffsetDiscardsRows { .. }
            | Symptom::JitOutweighsQuery
            | Symptom::WorkersMissing { .. }
            | Symptom::PlanningDominates
            | Symptom::TriggerDominates { .. } => false,
        }
    }
}

impl std::fmt::Debug for Treatment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}
