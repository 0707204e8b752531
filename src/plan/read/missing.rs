//! Nodes that must have been there: a join has two inputs, a sort has one.

use super::Reading;
use crate::plan::Plan;
use crate::plan::operator::Operator;

/// The plans with the notes, and one more for each plan that lacks nodes.
pub(super) fn noted(plans: Vec<Plan>, mut notes: Vec<String>) -> Reading {
    for (number, plan) in plans.iter().enumerate() {
        let missing = missing(plan);
        if missing == 0 {
            continue;
        }
        let which = if plans.len() > 1 { format!("plan {}", number + 1) } else { "the plan".to_owned() };
        let nodes = if missing == 1 { "1 node is" } else { &format!("{missing} nodes are") };
        notes.push(format!("{which} is not whole: at least {nodes} missing"));
    }
    Reading { plans, notes }
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
