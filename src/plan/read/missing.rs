//! What must have been there: a join has two inputs, a sort has one, a measured plan ends with its time.

use super::Reading;
use crate::plan::Plan;
use crate::plan::operator::Operator;

/// The plans with the notes, and one more for each plan that lacks something. Where no bracket tells that it is
/// `closed`, a plan that was cut off between two lines shows it only by what is not there.
pub(super) fn noted(plans: Vec<Plan>, mut notes: Vec<String>, closed: bool) -> Reading {
    let closed = closed || !notes.is_empty();
    for (number, plan) in plans.iter().enumerate() {
        let missing = missing(plan);
        let which = if plans.len() > 1 { format!("plan {}", number + 1) } else { "the plan".to_owned() };
        if missing > 0 {
            let nodes = if missing == 1 { "1 node is" } else { &format!("{missing} nodes are") };
            notes.push(format!("{which} is not whole: at least {nodes} missing"));
        } else if let Some(lack) = without_end(plan).filter(|_| !closed) {
            notes.push(format!("{which} {lack}"));
        }
    }
    Reading { plans, notes }
}

/// What a measured plan says last is its `Execution Time`, unless SUMMARY is off (explain.c, `ExplainOnePlan`);
/// auto_explain, which tells the query, prints none.
fn without_end(plan: &Plan) -> Option<&'static str> {
    if !plan.is_measured() || plan.execution.is_some() || plan.query_text.is_some() {
        return None;
    }
    Some(match plan.planning {
        Some(_) => "is cut off before its `Execution Time`",
        None => "has no `Execution Time`: it was cut off, made with SUMMARY OFF, or logged by auto_explain",
    })
}

/// How many inputs its nodes lack.
fn missing(plan: &Plan) -> usize {
    let lacks = |node| inputs(&plan.node(node).operator).saturating_sub(plan.inputs(plan.node(node)).count());
    plan.nodes.iter().map(|node| lacks(node.id)).sum()
}

/// The inputs that a node of this type has at the least.
fn inputs(operator: &Operator) -> usize {
    match operator {
        Operator::NestedLoop | Operator::MergeJoin | Operator::HashJoin => 2,
        Operator::BitmapAnd | Operator::BitmapOr => 2,
        Operator::RecursiveUnion => 2,
        Operator::Sort | Operator::IncrementalSort | Operator::Hash | Operator::Limit => 1,
        Operator::Gather | Operator::GatherMerge | Operator::Materialize | Operator::Memoize => 1,
        Operator::Unique | Operator::Group | Operator::Aggregate | Operator::WindowAgg => 1,
        Operator::SetOp | Operator::LockRows | Operator::BitmapHeapScan | Operator::SubqueryScan => 1,
        _ => 0,
    }
}
