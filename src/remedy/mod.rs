//! What could help: remedies proposed for symptoms from what is known of the tables.

mod access;
mod action;
mod beside;
mod candidate;
mod change;
mod existing;
mod guess;
mod immutable;
mod index;
#[cfg(test)]
mod jobs_testing;
mod lock;
mod nearest;
mod partitions;
mod pattern;
mod place;
mod plain;
mod question;
#[cfg(test)]
mod testing;
pub mod treatments;
mod types;
mod wishes;

pub use access::{Access, Equality, Order, Range};
pub use action::Action;
pub use change::{Analyze, AttachIndex, DropIndex, GivenIndex, Setting, Statistics};
pub use guess::propose_from_plan;
pub use index::{IndexSpec, Key, KeyValue, Method, index_name};
pub use lock::Lock;

use std::collections::BTreeSet;

use crate::catalog::{Catalog, TableName};
use crate::diagnose::{Finding, Symptom};
use crate::plan::{Node, NodeId, Plan};
use crate::units::{Bytes, Ms};

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
    /// The statement's own text, where it is there: it holds what a plan loses, such as COLLATE.
    pub sql: Option<&'a str>,
}

/// What could help, and why.
#[derive(Debug, Clone)]
pub struct Remedy {
    /// Who proposed it.
    pub treatment: &'static Treatment,
    /// What to do: mostly one thing; several where none of them helps alone.
    pub actions: Vec<Action>,
    /// The nodes whose work it would change; remedies for the same node are alternatives.
    pub nodes: Vec<NodeId>,
    /// Why, in a sentence: which condition each key answers, and why in this order.
    pub why: String,
    /// Existing indexes that this one makes superfluous.
    pub replaces: Vec<Replaced>,
}

/// An index that another one makes superfluous.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// Its name.
    pub name: String,
    /// Its size, which is given back.
    pub bytes: Bytes,
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
pub fn propose(case: &Case) -> Proposal {
    let plan = case.plan;
    if is_fast_already(plan) {
        let reason = format!("the statement takes {}, too little for an index to be noticed", plan.total());
        let silences = vec![Silence { node: plan.root().id, reason }];
        return Proposal { remedies: Vec::new(), silences };
    }
    let mut all = Proposal::default();
    for treatment in treatments::TREATMENTS {
        let Proposal { remedies, silences } = (treatment.propose)(case);
        all.silences.extend(silences);
        remedies.into_iter().for_each(|remedy| all.add(remedy));
    }
    let helped: BTreeSet<NodeId> = all.remedies.iter().flat_map(|r| r.nodes.iter().copied()).collect();
    all.silences.retain(|silence| !helped.contains(&silence.node));
    all.silences = each_node_once(all.silences);
    all
}

/// One sentence for each node. That no column answers is known better by the treatments that know what is asked; that an
/// index is there already stays true beside what they say.
fn each_node_once(silences: Vec<Silence>) -> Vec<Silence> {
    let mut once: Vec<Silence> = Vec::new();
    for silence in silences {
        match once.iter_mut().find(|known| known.node == silence.node) {
            Some(known) if known.reason.starts_with(NO_COLUMN) => *known = silence,
            Some(known) if known.reason.starts_with('`') && !known.reason.contains(&silence.reason) => {
                known.reason = format!("{}; {}", known.reason, silence.reason);
            }
            Some(_) => {}
            None => once.push(silence),
        }
    }
    once
}

/// How the reason begins where no B-tree could be made of columns; another kind of index may be.
const NO_COLUMN: &str = "no B-tree column answers";

/// Whether the statement is so fast that nothing could make it noticeably faster.
pub fn is_fast_already(plan: &Plan) -> bool {
    plan.is_measured() && plan.total() < ALREADY_FAST
}

impl Remedy {
    /// Whether a plan would show that it is used. What a trigger runs is in no plan of EXPLAIN's.
    pub fn shows_in(&self, plan: &Plan) -> bool {
        self.nodes.iter().any(|id| plan.node(*id).operator.reads_table())
    }

    /// The statements as they are tried, in a transaction.
    pub fn sql(&self) -> Vec<String> {
        self.actions.iter().flat_map(Action::sql).collect()
    }

    /// The statements for a server in use.
    pub fn online(&self) -> Vec<String> {
        self.actions.iter().flat_map(Action::online).collect()
    }

    /// What takes it back, the last first.
    pub fn undo(&self) -> Vec<String> {
        self.actions.iter().rev().flat_map(Action::undo).collect()
    }

    /// The statements as HypoPG is asked about them, for each action; none where it cannot imagine one of them.
    pub fn imagined(&self) -> Vec<Vec<String>> {
        let each: Vec<Vec<String>> = self.actions.iter().map(Action::imagined).collect();
        if each.iter().any(Vec::is_empty) { Vec::new() } else { each }
    }

    /// The tables that it changes, each once.
    pub fn tables(&self) -> Vec<&TableName> {
        let mut tables: Vec<&TableName> = Vec::new();
        for table in self.actions.iter().filter_map(Action::table) {
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        tables
    }

    /// Its name in sentences: those of its indexes, and what else it does.
    pub fn name(&self) -> String {
        self.actions.iter().map(Action::name).collect::<Vec<_>>().join(" and ")
    }

    /// The statement that is to run instead, if there is one.
    pub fn rewrite(&self) -> Option<&str> {
        self.actions.iter().find_map(|action| match action {
            Action::Rewrite(sql) => Some(sql.as_str()),
            _ => None,
        })
    }

    /// Whether it takes something away and adds nothing: then it is good if the statement gets no slower.
    pub fn only_removes(&self) -> bool {
        !self.actions.is_empty() && self.actions.iter().all(Action::removes)
    }

    /// Whether it does nothing but make indexes, so that a plan shows whether it is of use.
    pub fn is_only_indexes(&self) -> bool {
        let makes = |action: &Action| {
            action.builds() || matches!(action, Action::AttachIndex(_) | Action::CreateExtension(_))
        };
        self.actions.iter().all(makes)
    }

    /// Whether it builds something that takes space.
    pub fn builds(&self) -> bool {
        self.actions.iter().any(Action::builds)
    }

    /// What it gives back.
    pub fn frees(&self) -> Bytes {
        let freed = self.actions.iter().map(|action| match action {
            Action::DropIndex(index) => index.bytes.0,
            _ => 0,
        });
        Bytes(freed.sum())
    }

    /// The strongest lock that it takes while it is tried.
    pub fn lock(&self) -> Lock {
        self.actions.iter().map(Action::lock).max().unwrap_or(Lock::None)
    }

    /// Whether the planner could think more of it once it exists and is analyzed: of an expression it knows nothing before.
    pub fn wants_statistics(&self) -> bool {
        self.actions.iter().any(|action| !action.statistics().is_empty())
    }

    /// How many columns it keeps.
    pub fn width(&self) -> usize {
        self.actions.iter().map(Action::width).sum()
    }

    /// Whether writers wait on a server in use, too.
    pub fn blocks_writers(&self) -> bool {
        self.actions.iter().any(Action::blocks_writers)
    }

    /// Whether it does the same as another, under whatever names.
    fn does_as(&self, other: &Self) -> bool {
        let same = |(one, two): (&Action, &Action)| one.does_as(two);
        self.actions.len() == other.actions.len() && self.actions.iter().zip(&other.actions).all(same)
    }
}

impl Proposal {
    /// One action is tried once, however many nodes ask for it (the partitions of a table, a table read twice).
    fn add(&mut self, mut remedy: Remedy) {
        match self.remedies.iter_mut().find(|known| known.does_as(&remedy)) {
            Some(known) => known
                .nodes
                .extend(remedy.nodes.iter().filter(|n| !known.nodes.contains(n)).collect::<Vec<_>>()),
            None => {
                let known: Vec<Action> =
                    self.remedies.iter().flat_map(|known| &known.actions).cloned().collect();
                let mut taken: Vec<String> = known.iter().filter_map(Action::index_name).collect();
                for action in &mut remedy.actions {
                    // The same index, alone and as one of several, is one index.
                    match known.iter().find(|known| known.does_as(action)) {
                        Some(same) => *action = same.clone(),
                        None => action.avoid(&taken),
                    }
                    taken.extend(action.index_name());
                }
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
