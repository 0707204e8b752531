//! Parallel workers that cost more than they took over.

use super::gather_moves_many_rows::passing;
use crate::diagnose::words::times;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan, Role};
use crate::query::Expr;
use crate::units::{Ms, count};

/// `parallel-does-not-pay`.
pub static RULE: Rule = Rule {
    id: "parallel-does-not-pay",
    title: "Starting workers costs more than they take over",
    doc: "Each time that a Gather runs, it asks the postmaster for processes, which copy the session's state, attach to \
          shared memory, and are waited for in the end: some milliseconds. `parallel_setup_cost` stands for that in the \
          planner's cost; where it expects too many rows, or the Gather runs again and again, the start outweighs the \
          work.\n\n\
          Example: `Gather (actual time=6.1..9.8 rows=1 loops=1) … -> Partial Aggregate (actual time=0.3..0.3 rows=1 \
          loops=3)`.\n\n\
          Silent unless the start took longer than all processes worked below the Gather, added up, which is what a single \
          one would have needed. Silent without VERBOSE, which tells whether the Gather \
          computed anything itself. Silent where the time went into handing rows up (`gather-moves-many-rows`).",
    check: Check::EachNode(check),
};

fn check(plan: &Plan, gather: &Node) -> Option<Finding> {
    let child = plan.child(gather, Role::Outer).filter(|_| gather.operator.is_gather() && gather.ran())?;
    let workers = gather.workers_launched.filter(|workers| *workers > 0)?;
    gather.own?;
    let work: Ms = plan.subtree(child).iter().filter_map(|node| node.own).map(|own| own.work).sum();
    let loss = gather.inclusive() - work;
    if loss.0 <= work.0 || computes(plan, gather, child) || passing(gather).0 >= loss.0 / 2.0 {
        return None;
    }
    let again = if gather.loops() > 1.0 { format!(", {}", times(gather.loops())) } else { String::new() };
    let did = format!(
        "had {} started{again} and took {} for work that adds up to {work}",
        count(workers as f64, "worker", "workers"),
        gather.inclusive()
    );
    let finding = Finding::at(&RULE, gather, did)
        .at_others_cost()
        .stake(loss)
        .next(
            "`SET LOCAL max_parallel_workers_per_gather = 0`, or a larger `parallel_setup_cost`, would leave it to one \
             process.",
        )
        .with("workers launched", workers)
        .with("time of the Gather", gather.inclusive())
        .with("work below, all processes", work)
        .with("runs", gather.loops() as u64);
    Some(finding)
}

/// Whether the leader may have computed something in the Gather itself: a function, or a subquery, that no worker may
/// run. Without VERBOSE nobody knows.
fn computes(plan: &Plan, gather: &Node, child: &Node) -> bool {
    let evaluated = gather.extra.iter().any(|(key, _)| key == "Params Evaluated");
    let apart = evaluated || plan.children(gather).any(Node::is_apart);
    let calls = |text: &str| Expr::parse(text).is_none_or(|expr| !expr.function_names().is_empty());
    // What was made below is printed in parentheses: `(PARTIAL count(*))`.
    let below = |text: &str| child.output.iter().any(|made| text == made || text == format!("({made})"));
    let made = gather.output.iter().filter(|text| !below(text)).any(|text| calls(text));
    apart || made || gather.output.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn more_than_the_work() {
        // Time of the Gather, mean time of a process, rows of the Gather, workers, its output.
        let table = [
            (9.0, 0.3, 1, 2, r#""id""#, true),
            (9.0, 2.0, 1, 2, r#""id""#, false),             // 6 ms of work
            (9.0, 0.3, 30_000, 2, r#""id""#, false),        // rows were handed up
            (9.0, 0.3, 1, 0, r#""id""#, false),             // nobody came
            (9.0, 0.3, 1, 2, r#""id", "slow(id)""#, false), // computed by the leader
            (9.0, 0.3, 1, 2, "", false),                    // not VERBOSE
        ];
        for (time, below, rows, workers, output, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Gather", "Workers Launched": {workers}, "Actual Total Time": {time},
                     "Actual Rows": {rows}, "Actual Loops": 1, "Output": [{output}], "Plans": [{{"Node Type": "Seq Scan",
                     "Output": ["id"],
                     "Parent Relationship": "Outer", "Actual Total Time": {below}, "Actual Rows": 1,
                     "Actual Loops": 3}}]}}"#
            ));
            assert_eq!(
                findings(&RULE, &plan).len(),
                usize::from(expected),
                "{time} {below} {rows} {workers}"
            );
        }
    }
}
