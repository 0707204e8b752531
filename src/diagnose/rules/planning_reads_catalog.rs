//! Planning that took long because the session knew nothing yet.

use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::Plan;
use crate::units::{Ms, Rows, Share};

use super::planning_dominates::planning_that_dominates;

/// `planning-reads-catalog`.
pub static RULE: Rule = Rule {
    id: "planning-reads-catalog",
    title: "Planning reads the catalog for the first time",
    doc: "A session keeps what it has read of tables, columns, indexes and statistics; its first statement on a table reads all \
          of that from the system catalogs. With many tables or partitions that takes longer than running, and the \
          same statement is planned in a tenth of the time when it comes again in the same session. Connections that are \
          opened for each request pay for it each time.\n\n\
          Example: `Planning: Buffers: shared hit=6049  Planning Time: 26.8 ms` for 400 partitions; 2.0 ms the second \
          time (measured on 15).\n\n\
          Silent without BUFFERS, below ten milliseconds of planning, while running takes longer, and where the pages \
          looked at do not explain half of the time.",
    check: Check::WholePlan(check),
};

/// Looking something up in the catalog takes this long for each page touched (25 ms for 6,049 pages, measured on 15).
const A_PAGE: Ms = Ms(0.004);

/// Then it is the reason, not something on the side.
const EXPLAINS: Share = Share(0.5);

/// The part of the planning time that went into reading the catalog, where that is most of it.
pub(super) fn reading_catalog(plan: &Plan) -> Option<Ms> {
    let (planning, _) = planning_that_dominates(plan)?;
    let reading = A_PAGE * plan.planning_pages()? as f64;
    (reading.0 >= EXPLAINS.0 * planning.0).then(|| reading.min(planning))
}

fn check(plan: &Plan) -> Vec<Finding> {
    let Some((planning, execution)) = planning_that_dominates(plan) else { return Vec::new() };
    let (Some(reading), Some(pages)) = (reading_catalog(plan), plan.planning_pages()) else {
        return Vec::new();
    };
    let what = format!(
        "planning took {planning}, running {execution}: it looked at {} pages, most of them of the catalog, which the \
         session did not know yet",
        Rows(pages as f64)
    );
    let finding = Finding::about_statement(&RULE, what, reading)
        .symptom(Symptom::PlanningDominates)
        .next("Plan it twice in the same session to see what remains; keep connections open (a pool) rather than make new ones.")
        .with("planning", planning)
        .with("execution", execution)
        .with("pages while planning", pages);
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn pages_that_explain_the_time() {
        let table = [
            (Some(6000), 27.0, 5.0, 1),
            (Some(600), 27.0, 5.0, 0), // something else took the time
            (None, 27.0, 5.0, 0),
            (Some(6000), 27.0, 50.0, 0), // running takes longer
            (Some(6000), 9.0, 5.0, 0),
        ];
        for (pages, planning, execution, expected) in table {
            let mut plan = plan(r#"{"Node Type": "Result", "Actual Rows": 1, "Actual Loops": 1}"#);
            (plan.planning, plan.execution) = (Some(Ms(planning)), Some(Ms(execution)));
            plan.extra = vec![("Planning".into(), serde_json::json!({"Shared Hit Blocks": pages}))];
            assert_eq!(findings(&RULE, &plan).len(), expected, "{pages:?} {planning} {execution}");
        }
    }
}
