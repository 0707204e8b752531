//! A parallel plan that ran with fewer workers than it was made for.

use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Node, Plan};
use crate::units::count;

/// `workers-missing`.
pub static RULE: Rule = Rule {
    id: "workers-missing",
    title: "Fewer parallel workers came than were planned",
    doc: "The planner counts on its workers; whether they come is decided when the query runs. When \
          `max_parallel_workers` or `max_worker_processes` is used up by other queries, the processes that are there \
          do all of the work, in a plan that was chosen for more of them.\n\n\
          Example: `Gather … Workers Planned: 2  Workers Launched: 0`.\n\n\
          Silent when all came, when the Gather never ran, and for a single-copy Gather, which runs as well in the \
          leader. No threshold: in play is the part of the time that the missing workers would have taken over.",
    check: Check::EachNode(check),
};

fn check(_: &Plan, gather: &Node) -> Option<Finding> {
    let (planned, launched) = gather.workers_planned.zip(gather.workers_launched)?;
    let single_copy =
        gather.extra.iter().any(|(key, value)| key == "Single Copy" && value.as_bool() == Some(true));
    if launched >= planned || !gather.ran() || single_copy {
        return None;
    }
    // The leader works too.
    let there = (launched as f64 + 1.0) / (planned as f64 + 1.0);
    let symptom = Symptom::WorkersMissing { gather: gather.id, planned, launched };
    let wanted = count(planned as f64, "worker", "workers");
    let finding = Finding::at(&RULE, gather, format!("got {launched} of the {wanted} that were planned"))
        .at_others_cost()
        .symptom(symptom)
        .stake(gather.inclusive() * (1.0 - there))
        .with("workers planned", planned)
        .with("workers launched", launched);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn fewer_than_planned() {
        let table = [
            (2, 0, 1, false, vec![60.0]), // of 90 ms: three processes would need 30
            (2, 1, 1, false, vec![30.0]),
            (2, 2, 1, false, vec![]),
            (2, 0, 0, false, vec![]), // never executed
            (1, 0, 1, true, vec![]),
        ];
        for (planned, launched, loops, single_copy, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Gather", "Workers Planned": {planned}, "Workers Launched": {launched},
                     "Single Copy": {single_copy},
                     "Actual Total Time": 90.0, "Actual Rows": 1, "Actual Loops": {loops}}}"#
            ));
            let stakes: Vec<f64> =
                findings(&RULE, &plan).iter().map(|finding| finding.stake.0.round()).collect();
            assert_eq!(stakes, expected, "{planned} {launched} {loops}");
        }
    }
}
