//! Planning took longer than running.

use super::partitions_weigh_on_planning::partitions;
use super::planning_reads_catalog::reading_catalog;
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::Plan;
use crate::units::Ms;

/// `planning-dominates`.
pub static RULE: Rule = Rule {
    id: "planning-dominates",
    title: "Planning takes longer than running",
    doc: "Each execution of a statement that is not prepared is planned anew. With many joins (the planner weighs their \
          orders), partitions or indexes, that can take longer than running the plan. A prepared statement keeps a \
          generic plan; fewer tables, or `join_collapse_limit`, narrow the search.\n\n\
          Example: `Planning Time: 55.630 ms  Execution Time: 0.103 ms`.\n\n\
          Silent below ten milliseconds of planning, however short the execution, and where the reason is known: the catalog \
          was read for the first time (`planning-reads-catalog`), or there are many partitions \
          (`partitions-weigh-on-planning`).",
    check: Check::WholePlan(check),
};

/// Ten statements of this kind make a page wait a tenth of a second, which people begin to notice; less is not
/// felt.
const NOTICEABLE: Ms = Ms(10.0);

/// The times of planning and of running, where planning took longer and can be felt.
pub(super) fn planning_that_dominates(plan: &Plan) -> Option<(Ms, Ms)> {
    let (planning, execution) = plan.planning.zip(plan.execution)?;
    (planning.0 >= NOTICEABLE.0 && planning.0 > execution.0).then_some((planning, execution))
}

fn check(plan: &Plan) -> Vec<Finding> {
    let Some((planning, execution)) = planning_that_dominates(plan) else { return Vec::new() };
    if reading_catalog(plan).is_some() || partitions(plan).is_some() {
        return Vec::new();
    }
    let what = format!("planning took {planning}, running {execution}");
    let finding = Finding::about_statement(&RULE, what, planning)
        .symptom(Symptom::PlanningDominates)
        .with("planning", planning)
        .with("execution", execution);
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn longer_than_running_and_long() {
        let table = [
            (Some(55.0), Some(0.1), true),
            (Some(55.0), Some(80.0), false),
            (Some(5.0), Some(0.1), false),
            (Some(55.0), None, false), // only planned
            (None, Some(0.1), false),  // auto_explain does not tell
        ];
        for (planning, execution, expected) in table {
            let mut plan = plan(r#"{"Node Type": "Result", "Actual Rows": 1, "Actual Loops": 1}"#);
            (plan.planning, plan.execution) = (planning.map(Ms), execution.map(Ms));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{planning:?} {execution:?}");
        }
    }
}
