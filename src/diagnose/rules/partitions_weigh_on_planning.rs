//! Planning that took long because each partition is planned for.

use super::planning_dominates::planning_that_dominates;
use super::planning_reads_catalog::reading_catalog;
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Rows, count};

/// `partitions-weigh-on-planning`.
pub static RULE: Rule = Rule {
    id: "partitions-weigh-on-planning",
    title: "Planning for many partitions takes the time",
    doc: "The planner weighs the paths of every partition that it cannot rule out while planning: by a comparison of the \
          partition key with a constant. What is ruled out when the plan starts or runs (a parameter, `now()`, a join) is \
          planned for first (manual, \"Partition Pruning\").\n\n\
          Example: `Append … Subplans Removed: 1499 … Planning Time: 41.2 ms  Execution Time: 9.1 ms`.\n\n\
          Silent below ten milliseconds of planning, while running takes longer, for fewer than a hundred partitions, \
          and when it was the catalog that was read for the first time (`planning-reads-catalog`).",
    check: Check::WholePlan(check),
};

/// 400 partitions of a plain table are planned in 2 ms (measured on 15): with fewer than this, something else takes
/// ten.
const MANY: f64 = 100.0;

/// How many partitions were planned for, and how many of them ruled out afterwards; `None` for a few.
pub(super) fn partitions(plan: &Plan) -> Option<(f64, f64)> {
    let appends =
        plan.nodes.iter().filter(|node| matches!(node.operator, Operator::Append | Operator::MergeAppend));
    let (mut planned, mut removed) = (0.0, 0.0);
    for append in appends {
        removed += append.said("Subplans Removed").unwrap_or_default();
        planned += plan.inputs(append).filter(|below| reads_a_table(plan, below)).count() as f64;
    }
    (planned + removed >= MANY).then_some((planned + removed, removed))
}

fn check(plan: &Plan) -> Vec<Finding> {
    let Some((planning, execution)) = planning_that_dominates(plan) else { return Vec::new() };
    let Some((planned, removed)) = partitions(plan).filter(|_| reading_catalog(plan).is_none()) else {
        return Vec::new();
    };
    let unused = if removed > 0.0 {
        format!(", {} of which were ruled out afterwards", Rows(removed))
    } else {
        String::new()
    };
    let what = format!(
        "planning took {planning}, running {execution}: it planned for {}{unused}",
        count(planned, "partition", "partitions")
    );
    let finding = Finding::about_statement(&RULE, what, planning)
        .symptom(Symptom::PlanningDominates)
        .next(
            "Compare the partition key with a constant, so that the planner rules partitions out before it plans for them; or \
             have fewer and larger partitions; or prepare the statement and keep its plan.",
        )
        .with("planning", planning)
        .with("partitions", planned as u64);
    vec![finding]
}

/// A UNION ALL has other things below its Append.
fn reads_a_table(plan: &Plan, node: &Node) -> bool {
    plan.sources(node).any(|source| source.relation.is_some())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;
    use crate::units::Ms;

    #[test]
    fn many_partitions() {
        let table = [
            (1499, 41.0, 9.0, None, 1),
            (98, 41.0, 9.0, None, 0),
            (1499, 41.0, 90.0, None, 0),
            (1499, 9.0, 1.0, None, 0),
            (1499, 41.0, 9.0, Some(9000), 0), // the catalog, for the first time
        ];
        for (removed, planning, execution, pages, expected) in table {
            let mut plan = plan(&format!(
                r#"{{"Node Type": "Append", "Subplans Removed": {removed}, "Actual Rows": 1, "Actual Loops": 1,
                     "Plans": [{{"Node Type": "Seq Scan", "Parent Relationship": "Member", "Relation Name": "p1",
                     "Actual Rows": 1, "Actual Loops": 1}}]}}"#
            ));
            (plan.planning, plan.execution) = (Some(Ms(planning)), Some(Ms(execution)));
            plan.extra = vec![("Planning".into(), serde_json::json!({"Shared Hit Blocks": pages}))];
            assert_eq!(findings(&RULE, &plan).len(), expected, "{removed} {planning} {execution} {pages:?}");
        }
    }
}
