//! What differs between two nodes that do the same, and which differences are noise.

use super::shape::{Shape, masked};
use super::{Basis, Change, Trend};
use crate::plan::{Node, Plan, Role};
use crate::units::{Factor, Ms};

/// One run against one run: of ten runs of one statement in a row, the last but one took up to 1.4 times what the
/// second took, and the slowest twice what the fastest took (measured on 15, four statements of 16 to 55 ms, on a busy
/// machine of two cores).
const SPREAD: Factor = Factor(1.5);

/// A node that reads the same pages and yields the same rows in the same way differs by the machine alone, its load and
/// its cache: nothing less is worth a word (1.9 times, measured on 15 with five busy processes to a core).
const SAME_WORK: Factor = Factor(3.0);

/// A cold cache, a first call of a function: single runs differ by so much whatever they do (measured on 15).
const HICCUP: Ms = Ms(1.0);

/// ANALYZE looks at a sample, so that a table which did not change has a slightly other cost next time.
const COST_SPREAD: Factor = Factor(1.1);

/// Numbers of rows, loops and pages that differ by less have the same consequences.
const NOTEWORTHY: Factor = Factor(2.0);

/// And those that differ by fewer than these too, however large the factor is.
const FEW: f64 = 10.0;

/// The two plans, and what they are weighed by.
pub(super) struct Sides<'a> {
    pub before: (&'a Plan, &'a Shape),
    pub after: (&'a Plan, &'a Shape),
    pub basis: Basis,
}

impl Sides<'_> {
    pub(super) fn changes(&self, before: &Node, after: &Node) -> Vec<Change> {
        use Change::{
            Conditions, Estimate, Index, Inputs, Keys, Loops, Method, Pages, Rows, Spill, Time, Workers,
        };
        let method = before.title() != after.title();
        let index = before.index.is_some() && after.index.is_some() && before.index != after.index;
        let both = before.ran() && after.ran();
        let loops = both && differ(before.loops(), after.loops());
        let rows = |node: &Node| node.rows_out().map_or(0.0, |rows| rows.0);
        let expected = |node: &Node| node.estimate.map(|estimate| estimate.rows.0);
        let checks = [
            (Method, method),
            (Index, index),
            (Inputs, self.other_inputs(before, after)),
            (Keys, keys(before) != keys(after)),
            // Another method asks the same in other places.
            (Conditions, !method && !index && conditions(before) != conditions(after)),
            (Spill, before.actual.is_some() && after.actual.is_some() && before.spilled() != after.spilled()),
            (Workers, workers(before) != workers(after)),
            // Rows are expected of one loop and of one process: with others, the numbers say nothing of each other.
            (
                Estimate,
                !loops
                    && before.parallel_aware == after.parallel_aware
                    && expected(before).zip(expected(after)).is_some_and(|(b, a)| differ(b, a)),
            ),
            (Rows, both && differ(rows(before), rows(after))),
            (Loops, loops),
            (Pages, self.other_pages(before, after)),
        ];
        let mut changes: Vec<Change> =
            checks.into_iter().filter(|(_, is)| *is).map(|(change, _)| change).collect();
        if self.trend(before, after, changes.is_empty()) != Trend::Same {
            changes.push(Time);
        }
        changes
    }

    fn other_inputs(&self, before: &Node, after: &Node) -> bool {
        if !before.operator.is_join() {
            return false;
        }
        let side = |(plan, shape): (&Plan, &Shape), node: &Node, role| {
            plan.child(node, role).map(|child| shape.0[child.id.0].below.clone())
        };
        [Role::Outer, Role::Inner]
            .into_iter()
            .any(|role| side(self.before, before, role) != side(self.after, after, role))
    }

    fn other_pages(&self, before: &Node, after: &Node) -> bool {
        let pages = own_pages(self.before.0, before).zip(own_pages(self.after.0, after));
        pages.is_some_and(|(before, after)| of_pages(before, after) != Trend::Same)
    }

    fn trend(&self, before: &Node, after: &Node, same_work: bool) -> Trend {
        let weights = weight(self.before.0, before, self.basis).zip(weight(self.after.0, after, self.basis));
        let Some((old, new)) = weights else { return Trend::Same };
        let bound = |node: &Node| node.own.map_or(Ms(0.0), |own| own.bound);
        match self.basis {
            Basis::Time => of_times(Ms(old), Ms(new), bound(before) + bound(after), same_work),
            _ => of_costs(old, new),
        }
    }
}

fn keys(node: &Node) -> Vec<String> {
    node.sort_key.iter().chain(&node.group_key).map(|key| masked(key)).collect()
}

/// The conditions without literals. A recheck says again what the index was asked.
fn conditions(node: &Node) -> Vec<String> {
    node.conditions.iter().map(|condition| masked(&condition.text)).collect()
}

fn workers(node: &Node) -> (Option<u64>, Option<u64>) {
    (node.workers_planned, node.workers_launched)
}

fn differ(before: f64, after: f64) -> bool {
    trend(before, after, NOTEWORTHY, FEW) != Trend::Same
}

fn trend(before: f64, after: f64, factor: Factor, least: f64) -> Trend {
    let (low, high) = (before.min(after), before.max(after));
    if high - low < least || high < low * factor.0 {
        Trend::Same
    } else if after < before {
        Trend::Less
    } else {
        Trend::More
    }
}

/// Times of one run each, of the same work perhaps; rounding may have moved their difference by `bound`.
pub(super) fn of_times(before: Ms, after: Ms, bound: Ms, same_work: bool) -> Trend {
    let factor = if same_work { SAME_WORK } else { SPREAD };
    trend(before.0, after.0, factor, HICCUP.0.max(bound.0))
}

pub(super) fn of_costs(before: f64, after: f64) -> Trend {
    trend(before, after, COST_SPREAD, f64::MIN_POSITIVE)
}

pub(super) fn of_pages(before: u64, after: u64) -> Trend {
    trend(before as f64, after as f64, NOTEWORTHY, FEW)
}

/// What a node takes by itself, in ms or in the planner's units.
pub(super) fn weight(plan: &Plan, node: &Node, basis: Basis) -> Option<f64> {
    match basis {
        Basis::Time => node.own.map(|own| own.exclusive.0),
        // What a limit saves is never paid, so a node may cost less than those below it.
        Basis::Cost => {
            let below = plan.children(node).filter_map(|n| n.estimate).map(|e| e.total_cost).sum::<f64>();
            node.estimate.map(|estimate| (estimate.total_cost - below).max(0.0))
        }
        Basis::Nothing => None,
    }
}

/// Shared pages that a node looked at by itself: EXPLAIN counts those of the nodes below too.
pub(super) fn own_pages(plan: &Plan, node: &Node) -> Option<u64> {
    let below = plan.children(node).filter_map(|n| n.buffers).map(|b| b.shared()).sum::<u64>();
    node.buffers.map(|buffers| buffers.shared().saturating_sub(below))
}
