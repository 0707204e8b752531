//! A node of a kind that a setting forbids, used for want of any other.

use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};

/// `node-disabled`.
pub static RULE: Rule = Rule {
    id: "node-disabled",
    title: "A forbidden kind of node had to be used",
    doc: "`enable_seqscan = off` and its like do not remove a kind of node; they make the planner take it only where \
          nothing else is possible (manual, \"Planner Method Configuration\"). Where it is in the plan all the same, the setting \
          did not help here. Before PostgreSQL 18 it also added 10,000,000,000 to the cost (costsize.c, `disable_cost`), next \
          to which all real differences vanish: the rest of the plan is then chosen as if by chance, and JIT is \
          switched on by its cost.\n\n\
          Example: `Seq Scan on orders (cost=10000000000.00..10000004364.00 …)`, or `Disabled: true` from 18 on.\n\n\
          Silent about the nodes above, which merely inherit the cost.",
    check: Check::EachNode(check),
};

/// What is added for a disabled node before PostgreSQL 18 (costsize.c, `disable_cost`).
const DISABLE_COST: f64 = 1e10;

/// Whether the node itself, not one below it, is of a kind that is switched off.
pub(super) fn is_disabled(plan: &Plan, node: &Node) -> bool {
    let flagged = node.extra.iter().any(|(key, value)| key == "Disabled" && value.as_bool() == Some(true));
    let cost = |n: &Node| n.estimate.map_or(0.0, |estimate| estimate.total_cost);
    let below: f64 = plan.children(node).map(cost).sum();
    flagged || (cost(node) - below >= DISABLE_COST * 0.99 && setting(node).is_some())
}

/// The setting that forbids nodes of this kind (costsize.c).
fn setting(node: &Node) -> Option<&'static str> {
    Some(match node.operator {
        Operator::SeqScan => "enable_seqscan",
        // `cost_index` asks the same setting for both.
        Operator::IndexScan | Operator::IndexOnlyScan => "enable_indexscan",
        Operator::BitmapHeapScan => "enable_bitmapscan",
        Operator::TidScan | Operator::TidRangeScan => "enable_tidscan",
        Operator::NestedLoop => "enable_nestloop",
        Operator::MergeJoin => "enable_mergejoin",
        Operator::HashJoin => "enable_hashjoin",
        Operator::Sort => "enable_sort",
        Operator::Aggregate if node.strategy.as_deref() == Some("Hashed") => "enable_hashagg",
        _ => return None,
    })
}

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    if !is_disabled(plan, node) || (plan.is_measured() && !node.ran()) {
        return None;
    }
    let setting = setting(node);
    let off = setting.map_or("a setting that is off".to_owned(), |name| format!("{name} = off"));
    let did = if plan.is_measured() {
        format!("ran in spite of {off}: there was no other way")
    } else {
        format!("is in the plan in spite of {off}: there is no other way")
    };
    let reset = setting.map_or("`RESET ALL;`".to_owned(), |name| format!("`RESET {name};`"));
    let finding = Finding::at(&RULE, node, did)
        .next(format!("Look at the plan after {reset}, when the planner chooses by cost."))
        .with("setting", off);
    Some(match node.estimate {
        Some(estimate) => finding.with("expected cost", estimate.total_cost as u64),
        None => finding,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn only_where_it_is() {
        let table = [
            (r#""Disabled": true, "Total Cost": 10.0"#, 1),
            (r#""Disabled": false, "Total Cost": 10.0"#, 0),
            (r#""Total Cost": 10000000010.0"#, 1),
            (r#""Total Cost": 10.0"#, 0),
        ];
        for (said, expected) in table {
            let above = if said.contains("100000") { "10000000050.0" } else { "50.0" };
            let plan = plan(&format!(
                r#"{{"Node Type": "Sort", "Total Cost": {above}, "Actual Total Time": 9.0, "Actual Rows": 1,
                     "Actual Loops": 1, "Plans": [{{"Node Type": "Seq Scan", "Parent Relationship": "Outer", {said},
                     "Actual Total Time": 8.0, "Actual Rows": 1, "Actual Loops": 1}}]}}"#
            ));
            let found = findings(&RULE, &plan);
            assert_eq!(found.len(), expected, "{said}");
            assert!(
                found.iter().all(|finding| finding.node.is_some_and(|id| id.0 == 1)),
                "the scan, not the sort"
            );
        }
    }
}
