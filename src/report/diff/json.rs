//! A comparison for programs: a versioned contract, documented in docs/json.md.

use serde::Serialize;

use super::{Compared, Comparison, wording};
use crate::diff::{Basis, Diff, Pair, Trend};
use crate::plan::{Node, Plan};
use crate::report::json::{SCHEMA_VERSION, harmless, ms, rounded};

/// Writes the whole comparison.
pub(in crate::report) fn paint(comparison: &Comparison) -> String {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        before: &comparison.before,
        after: &comparison.after,
        comparisons: comparison.compared.iter().map(One::of).collect(),
        notes: &comparison.notes,
    };
    harmless(&serde_json::to_string_pretty(&document).unwrap_or_default()) + "\n"
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    before: &'a str,
    after: &'a str,
    comparisons: Vec<One<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct One<'a> {
    which: &'a str,
    verdict: String,
    related: bool,
    basis: Option<&'static str>,
    trend: &'static str,
    shape_changed: bool,
    pages_trend: &'static str,
    before: Side,
    after: Side,
    nodes: Vec<NodeJson<'a>>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Side {
    measured: bool,
    execution_ms: Option<f64>,
    planning_ms: Option<f64>,
    cost: Option<f64>,
    pages: Option<u64>,
}

#[derive(Serialize)]
struct NodeJson<'a> {
    what: &'static str,
    changes: Vec<&'static str>,
    says: Vec<String>,
    before: Option<NodeSide<'a>>,
    after: Option<NodeSide<'a>>,
}

#[derive(Serialize)]
struct NodeSide<'a> {
    id: usize,
    label: String,
    relation: Option<&'a str>,
    index: Option<&'a str>,
    exclusive_ms: Option<f64>,
    bound_ms: Option<f64>,
    loops: Option<f64>,
    rows: Option<f64>,
    rows_estimated: Option<f64>,
    cost: Option<f64>,
    own_pages: Option<u64>,
    spilled: bool,
}

impl<'a> One<'a> {
    fn of(one: &'a Compared) -> Self {
        let diff = &one.diff;
        Self {
            which: &one.which,
            verdict: wording::verdict(diff, false),
            related: diff.related,
            basis: match diff.basis {
                Basis::Time => Some("time"),
                Basis::Cost => Some("cost"),
                Basis::Nothing => None,
            },
            trend: trend(diff.trend()),
            shape_changed: diff.is_of_shape(),
            pages_trend: trend(diff.pages()),
            before: Side::of(&diff.before),
            after: Side::of(&diff.after),
            nodes: diff.pairs.iter().map(|pair| NodeJson::of(diff, pair)).collect(),
            notes: wording::notes(diff),
        }
    }
}

fn trend(trend: Trend) -> &'static str {
    match trend {
        Trend::Less => "less",
        Trend::More => "more",
        Trend::Same => "same",
    }
}

impl Side {
    fn of(plan: &Plan) -> Self {
        Self {
            measured: plan.is_measured(),
            execution_ms: plan.execution.and_then(ms),
            planning_ms: plan.planning.and_then(ms),
            cost: plan.nodes.first().and_then(|root| root.estimate).and_then(|e| rounded(e.total_cost)),
            pages: plan.pages(),
        }
    }
}

impl<'a> NodeJson<'a> {
    fn of(diff: &'a Diff, pair: &Pair) -> Self {
        let (before, after) = diff.nodes(pair);
        Self {
            what: match (before, after) {
                (Some(_), None) => "gone",
                (None, _) => "new",
                _ if pair.is_changed() => "changed",
                _ => "same",
            },
            changes: pair.changes.iter().map(|change| change.name()).collect(),
            says: wording::details(diff, pair),
            before: before.map(|node| NodeSide::of(&diff.before, node)),
            after: after.map(|node| NodeSide::of(&diff.after, node)),
        }
    }
}

impl<'a> NodeSide<'a> {
    fn of(plan: &Plan, node: &'a Node) -> Self {
        Self {
            id: node.id.0,
            label: node.label(),
            relation: node.relation.as_ref().map(|relation| relation.name.as_str()),
            index: node.index.as_deref(),
            exclusive_ms: node.own.and_then(|own| ms(own.exclusive)),
            bound_ms: node.own.and_then(|own| ms(own.bound)),
            loops: node.actual.and_then(|actual| rounded(actual.loops)),
            rows: node.actual.and_then(|actual| rounded(actual.rows.0)),
            rows_estimated: node.estimate.and_then(|estimate| rounded(estimate.rows.0)),
            cost: node.estimate.and_then(|estimate| rounded(estimate.total_cost)),
            own_pages: Diff::own_pages(plan, node),
            spilled: node.spilled(),
        }
    }
}
