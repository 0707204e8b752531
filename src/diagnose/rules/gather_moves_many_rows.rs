//! Rows that workers hand up one by one, where they could have handed up a result.

use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan, Role};
use crate::units::{Ms, Rows};

/// `gather-moves-many-rows`.
pub static RULE: Rule = Rule {
    id: "gather-moves-many-rows",
    title: "Workers hand up row after row",
    doc: "Each row that a worker makes is copied into a queue in shared memory, and out of it by the leader \
          (`execParallel.c`, `tqueue.c`). That pays when workers throw most rows away or add them up. Where nearly \
          everything is handed up, the leader is busy with taking rows, and the workers wait for room in their \
          queues.\n\n\
          Example: `Gather (actual time=0.2..335.4 rows=1000000 loops=1) -> Parallel Seq Scan on o (actual \
          time=0.0..48.5 rows=333333 loops=3)`.\n\n\
          Silent below 10,000 rows, and while the Gather itself takes less time than the processes below it.",
    check: Check::EachNode(check),
};

/// A row's way through the queue: 0.2 to 0.3 µs for rows of 90 bytes (measured on 15).
const PASSING: Ms = Ms(0.000_2);

/// Fewer rows pass in two milliseconds, less than the workers took to start.
const MANY: Rows = Rows(10_000.0);

/// The time that handing up its rows takes a Gather at least.
pub(super) fn passing(gather: &Node) -> Ms {
    PASSING * gather.rows_out().unwrap_or_default().0
}

fn check(plan: &Plan, gather: &Node) -> Option<Finding> {
    let child = plan.child(gather, Role::Outer).filter(|_| gather.operator.is_gather())?;
    let passed = gather.rows_out()?;
    gather.own?;
    let workers = gather.workers_launched.filter(|workers| *workers > 0)?;
    let mostly_passing = passing(gather).0 >= gather.exclusive().0 / 2.0;
    if passed.0 < MANY.0 || gather.exclusive().0 <= child.inclusive().0 || !mostly_passing {
        return None;
    }
    let did = format!(
        "took {} one by one from its workers, which needed {} to make them",
        rows(passed),
        child.inclusive()
    );
    let finding = Finding::at(&RULE, gather, did)
        .next(
            "Aggregate or filter below the Gather if the statement allows it, return fewer rows, or try \
             `SET LOCAL max_parallel_workers_per_gather = 0`; a larger `parallel_tuple_cost` makes the planner do so.",
        )
        .with("rows passed", passed)
        .with("workers launched", workers)
        .with("time below", child.inclusive());
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn more_time_in_passing_than_in_making() {
        // Rows and time of the Gather, mean time below.
        let table = [
            (1_000_000, 335.0, 48.0, true),
            (1_000_000, 335.0, 300.0, false), // the work is below
            (9_000, 4.0, 0.1, false),
            (10_000, 300.0, 5.0, false), // waiting, not passing
        ];
        for (rows, time, below, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Gather", "Workers Launched": 2, "Actual Total Time": {time},
                     "Actual Rows": {rows}, "Actual Loops": 1, "Plans": [{{"Node Type": "Seq Scan",
                     "Parent Relationship": "Outer", "Actual Total Time": {below}, "Actual Rows": {rows},
                     "Actual Loops": 3}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{rows} {time} {below}");
        }
    }
}
