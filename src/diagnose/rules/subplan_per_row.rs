//! A subquery that runs again for each row.

use super::ONE_DESCENT;
use super::not_in_subquery::is_looked_through;
use crate::diagnose::words::times;
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Node, Plan, Role};

/// `subplan-per-row`.
pub static RULE: Rule = Rule {
    id: "subplan-per-row",
    title: "A subquery runs once for each row",
    doc: "A subquery that refers to the row outside of it is run again for each of them. Written as a join, or as a \
          LATERAL one over the distinct keys, it could be answered for all rows in one pass; with an index on what \
          it compares, each run becomes a lookup.\n\n\
          Example: `SubPlan 1 -> Aggregate (actual … loops=20) -> Seq Scan on orders  Filter: (customer_code = \
          c.id)`.\n\n\
          Silent for a hashed subplan, which runs once and is then looked up, for the stored one of a `NOT IN` (told as \
          `not-in-subquery`), and below ten runs. In a plan that was not run, it is seen when at least a hundred rows are expected to ask.",
    check: Check::EachNode(check),
};

/// From ten runs on, one pass that costs as much as a run saves nine tenths.
const MANY: f64 = 10.0;

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    let parent = plan.parent(node).filter(|_| node.role == Role::SubPlan)?;
    if is_hashed(parent, node) || is_looked_through(plan, node) {
        return None;
    }
    let above = parent.label();
    let did = if plan.is_measured() {
        format!("ran {}, once for each row of the {above}", times(node.loops()))
    } else {
        format!("would run once for each row of the {above}")
    };
    let finding = Finding::at(&RULE, node, did)
        .by(node, node.inclusive())
        .symptom(Symptom::SubplanPerRow { subplan: node.id });
    if plan.is_measured() {
        let runs = node.loops();
        let repeated = node.inclusive() * (1.0 - 1.0 / runs.max(1.0));
        let told = finding
            .stake(repeated)
            .with("runs", runs as u64)
            .with("time of a run", node.inclusive() * (1.0 / runs.max(1.0)));
        return (runs >= MANY).then_some(told);
    }
    let rows = parent.estimate?.rows;
    (rows.0 >= ONE_DESCENT.0).then(|| finding.with("runs expected", rows.0 as u64))
}

/// The node that uses it says so: `(hashed SubPlan 1)`.
fn is_hashed(parent: &Node, subplan: &Node) -> bool {
    let Some(name) = subplan.subplan_name.as_deref() else { return false };
    let hashed = format!("hashed {name})");
    parent.expressions().any(|text| text.contains(&hashed))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn run_by_run() {
        let table = [
            ("(SubPlan 1)", 20, true),
            ("(SubPlan 1)", 3, false),
            ("(SubPlan 1)", 0, false),              // never executed
            ("(hashed SubPlan 1)", 20, false),      // as 15 words it
            ("(hashed SubPlan 1).col1", 20, false), // as 18 words it
            ("(hashed SubPlan 12)", 20, true),      // another one
        ];
        for (filter, loops, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Filter": "{filter}", "Actual Total Time": 30.0, "Actual Rows": 20,
                     "Actual Loops": 1, "Plans": [{{"Node Type": "Seq Scan", "Parent Relationship": "SubPlan",
                     "Subplan Name": "SubPlan 1", "Actual Total Time": 1.0, "Actual Rows": 1,
                     "Actual Loops": {loops}}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{filter} {loops}");
        }
    }

    #[test]
    fn a_plan_that_was_not_run() {
        for (rows, expected) in [(5000, 1), (50, 0)] {
            let plan = plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Output": ["(SubPlan 1)"], "Plan Rows": {rows}, "Plans": [
                     {{"Node Type": "Seq Scan", "Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 1"}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), expected, "{rows}");
        }
    }
}
