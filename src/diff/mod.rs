//! Two plans of one statement, node by node: what each node does now, what it did before, and what that cost.
//!
//! Nodes are matched by what they do, not by where they stand (`matching`); what differs between two matched nodes
//! is a closed list of changes (`changes`), and differences that one more run could have made are none.

mod changes;
mod matching;
mod pairing;
mod shape;

pub use pairing::{Paired, pair};

use std::collections::{HashMap, HashSet};

use crate::plan::{Node, NodeId, Plan, Role};
use crate::units::{Factor, Ms};

/// Two plans compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// The plan as it was.
    pub before: Plan,
    /// The plan as it is.
    pub after: Plan,
    /// What the two can be weighed by.
    pub basis: Basis,
    /// Whether both read at least one table in common, or neither reads any.
    pub related: bool,
    /// Every node of both plans, each once: those of `after` in print order, then those that are gone.
    pub pairs: Vec<Pair>,
}

/// What two plans can be weighed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Both were measured: by time.
    Time,
    /// At least one was not: by the planner's cost, which is not time.
    Cost,
    /// There are neither times nor costs in both.
    Nothing,
}

/// A node before and after; one of the two is missing where a node appeared or disappeared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The node in the plan before.
    pub before: Option<NodeId>,
    /// The node in the plan after.
    pub after: Option<NodeId>,
    /// What differs; nothing is said of a node that is there only once.
    pub changes: Vec<Change>,
}

/// What can differ between two nodes that do the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// It is done in another way: another node type, join type, strategy or direction.
    Method,
    /// Another index.
    Index,
    /// A join of other tables, or of the same with their sides swapped.
    Inputs,
    /// Sorted or grouped by other keys.
    Keys,
    /// Other conditions, literals apart.
    Conditions,
    /// A sort or a hash table began or ceased to go to disk.
    Spill,
    /// Another number of workers was planned or launched.
    Workers,
    /// The planner expects another number of rows.
    Estimate,
    /// Another number of rows came out, over all loops.
    Rows,
    /// It ran another number of times.
    Loops,
    /// It looked at another number of pages, those of the nodes below apart.
    Pages,
    /// It took another time, or has another cost where times are not known, that of the nodes below apart.
    Time,
}

impl Change {
    /// Whether the plan has another shape by it, rather than other numbers.
    pub fn is_of_shape(self) -> bool {
        matches!(self, Self::Method | Self::Index | Self::Inputs | Self::Keys | Self::Conditions)
    }

    /// Its name in the report's schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Index => "index",
            Self::Inputs => "inputs",
            Self::Keys => "keys",
            Self::Conditions => "conditions",
            Self::Spill => "spill",
            Self::Workers => "workers",
            Self::Estimate => "estimate",
            Self::Rows => "rows",
            Self::Loops => "loops",
            Self::Pages => "pages",
            Self::Time => "time",
        }
    }
}

/// Which way a number went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// It is less, beyond the noise.
    Less,
    /// It is more, beyond the noise.
    More,
    /// The difference is noise, or there is none.
    Same,
}

impl Trend {
    /// The same, seen from the other side.
    #[must_use]
    pub fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::More => Self::Less,
            Self::Same => Self::Same,
        }
    }
}

/// Compares two plans.
pub fn compare(before: Plan, after: Plan) -> Diff {
    let basis = Basis::of(&before, &after);
    let (left, right) = (shape::Shape::of(&before), shape::Shape::of(&after));
    let related = left.shares_a_table_with(&right);
    let matches = matching::matches(&before, &left, &after, &right);
    let old_of: HashMap<NodeId, NodeId> = matches.iter().map(|(old, new)| (*new, *old)).collect();
    let kept: HashSet<NodeId> = matches.iter().map(|(old, _)| *old).collect();
    let mut pairs: Vec<Pair> = Vec::new();
    for node in &after.nodes {
        let old = old_of.get(&node.id).copied();
        let changes = old.map_or_else(Vec::new, |old| {
            let sides = changes::Sides { before: (&before, &left), after: (&after, &right), basis };
            sides.changes(before.node(old), node)
        });
        pairs.push(Pair { before: old, after: Some(node.id), changes });
    }
    let gone = before.nodes.iter().filter(|node| !kept.contains(&node.id));
    pairs.extend(gone.map(|node| Pair { before: Some(node.id), after: None, changes: Vec::new() }));
    Diff { before, after, basis, related, pairs }
}

impl Basis {
    fn of(before: &Plan, after: &Plan) -> Self {
        let timed = |plan: &Plan| elapsed_alone(plan).is_some();
        let costed = |plan: &Plan| plan.nodes.first().is_some_and(|root| root.estimate.is_some());
        if timed(before) && timed(after) {
            Self::Time
        } else if costed(before) && costed(after) {
            Self::Cost
        } else {
            Self::Nothing
        }
    }
}

/// `Execution Time`, or what the root took; `None` when neither was measured.
fn elapsed_alone(plan: &Plan) -> Option<Ms> {
    let root = plan.nodes.first().filter(|root| root.actual.is_some())?;
    plan.execution.or_else(|| root.own.map(|own| own.inclusive))
}

impl Pair {
    /// Whether the plan has another shape here.
    pub fn is_of_shape(&self) -> bool {
        self.before.is_none() || self.after.is_none() || self.changes.iter().any(|c| c.is_of_shape())
    }

    /// Whether anything is to be said of it.
    pub fn is_changed(&self) -> bool {
        self.is_of_shape() || !self.changes.is_empty()
    }

    /// Whether this differs.
    pub fn has(&self, change: Change) -> bool {
        self.changes.contains(&change)
    }
}

impl Diff {
    /// Whether any node is new, gone, or does its work in another way.
    pub fn is_of_shape(&self) -> bool {
        self.pairs.iter().any(Pair::is_of_shape)
    }

    /// Whether there is nothing to say: the same nodes, and all differences are noise.
    pub fn is_same(&self) -> bool {
        !self.pairs.iter().any(Pair::is_changed) && self.trend() == Trend::Same && self.pages() == Trend::Same
    }

    /// Whether the nodes are the same, and do the same work: whatever differs then is the machine's doing.
    pub fn is_same_work(&self) -> bool {
        let timed_only = |pair: &Pair| pair.changes.iter().all(|change| *change == Change::Time);
        self.pairs.iter().all(|pair| !pair.is_of_shape() && timed_only(pair))
    }

    /// What was waited for: execution, and planning where both plans tell it.
    pub fn elapsed(&self) -> Option<(Ms, Ms)> {
        let (before, after) = (elapsed_alone(&self.before)?, elapsed_alone(&self.after)?);
        match (self.before.planning, self.after.planning) {
            (Some(p), Some(q)) => Some((before + p, after + q)),
            _ => Some((before, after)),
        }
    }

    /// The planner's costs of the two.
    pub fn costs(&self) -> Option<(f64, f64)> {
        let cost = |plan: &Plan| plan.nodes.first()?.estimate.map(|estimate| estimate.total_cost);
        Some((cost(&self.before)?, cost(&self.after)?))
    }

    /// By time, or by cost where there are no times: did it become more?
    pub fn trend(&self) -> Trend {
        match self.basis {
            Basis::Time => self
                .elapsed()
                .map_or(Trend::Same, |(b, a)| changes::of_times(b, a, Ms::default(), self.is_same_work())),
            Basis::Cost => self.costs().map_or(Trend::Same, |(b, a)| changes::of_costs(b, a)),
            Basis::Nothing => Trend::Same,
        }
    }

    /// By the shared pages that the whole statement looked at: did it become more?
    pub fn pages(&self) -> Trend {
        match (self.before.pages(), self.after.pages()) {
            (Some(before), Some(after)) => changes::of_pages(before, after),
            _ => Trend::Same,
        }
    }

    /// How many times less it takes, or costs, by [`Basis`].
    pub fn factor(&self) -> Option<Factor> {
        let (before, after) = match self.basis {
            Basis::Time => self.elapsed().map(|(b, a)| (b.0, a.0))?,
            Basis::Cost => self.costs()?,
            Basis::Nothing => return None,
        };
        (before > 0.0 && after > 0.0).then_some(Factor(before / after))
    }

    /// The two nodes of a pair.
    pub fn nodes(&self, pair: &Pair) -> (Option<&Node>, Option<&Node>) {
        (pair.before.map(|id| self.before.node(id)), pair.after.map(|id| self.after.node(id)))
    }

    /// What the node has cost and costs by itself, by [`Basis`]: 0 where it is not.
    pub fn weights(&self, pair: &Pair) -> (f64, f64) {
        let weight = |plan: &Plan, id: Option<NodeId>| {
            id.map_or(0.0, |id| changes::weight(plan, plan.node(id), self.basis).unwrap_or(0.0))
        };
        (weight(&self.before, pair.before), weight(&self.after, pair.after))
    }

    /// Pages that the node looked at by itself.
    pub fn own_pages(plan: &Plan, node: &Node) -> Option<u64> {
        changes::own_pages(plan, node)
    }

    /// The tables below a join or another node, as the plan's reader knows them: aliases, in print order.
    pub fn tables(plan: &Plan, node: &Node) -> Vec<String> {
        shape::tables(plan, node)
    }

    /// The tables on either side of a join, the driving side first.
    pub fn join_sides(plan: &Plan, join: &Node) -> [Vec<String>; 2] {
        [Role::Outer, Role::Inner]
            .map(|role| plan.child(join, role).map_or_else(Vec::new, |child| shape::tables(plan, child)))
    }

    /// Settings that differ between the two plans: the name, and the value on each side unless it was the default.
    pub fn settings(&self) -> Vec<(&str, Option<&str>, Option<&str>)> {
        let names = self.before.settings.iter().chain(&self.after.settings).map(|(name, _)| name.as_str());
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names.dedup();
        let both = names.into_iter().map(|name| (name, self.before.setting(name), self.after.setting(name)));
        both.filter(|(_, before, after)| before != after).collect()
    }
}

#[cfg(test)]
mod tests;
