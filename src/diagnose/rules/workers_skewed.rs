//! One process of a parallel plan did most of the work.

use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Actual, Node, Plan, Role};
use crate::units::{Ms, Rows, Share};

/// `workers-skewed`.
pub static RULE: Rule = Rule {
    id: "workers-skewed",
    title: "One parallel process does most of the work",
    doc: "The processes below a Gather do not share rows: they take turns at fetching blocks of a table, or parts of an \
          Append. Where the expensive rows lie in a few blocks, or one part is larger than all others, one process \
          works and the rest wait for it (manual, \"Parallel Scans\" and \"Parallel Append\").\n\n\
          Example: `Gather … Workers Launched: 2 -> Parallel Seq Scan … (actual time=0.02..400.1 rows=3 loops=3) \
          Worker 0: actual time=0.02..1200.2 rows=9 loops=1  Worker 1: actual time=0.01..0.01 rows=0 loops=1`.\n\n\
          Silent while half of what parallelism can bring is reached, and when the difference is no more than workers \
          need to start. Only VERBOSE prints the workers one by one.",
    check: Check::EachNode(check),
};

/// Of the time that perfect balance would save over a single process; when half of it is lost, the workers brought
/// less than they cost others.
const LOST: Share = Share(0.5);

/// What comes of workers that started late, or of rows that do not divide evenly, is no more than this: they start within
/// 1 to 5 ms (measured on 15).
const START: Ms = Ms(10.0);

/// The leader may have done all because the workers came when it was done; on a busy machine they took up to 50 ms
/// (measured on 15).
const LATE_START: Ms = Ms(100.0);

const LEADER: &str = "the leader";

fn check(plan: &Plan, gather: &Node) -> Option<Finding> {
    // Of a Gather that ran several times, the workers of the last time are printed.
    let child =
        plan.child(gather, Role::Outer).filter(|_| gather.operator.is_gather() && gather.loops() == 1.0)?;
    let shares = processes(child)?;
    let leader = shares.last().filter(|(who, ..)| who == LEADER).map(|(_, time, _)| *time);
    let (who, most, rows) = shares.iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    let all: Ms = shares.iter().map(|(_, time, _)| *time).sum();
    let fair = all * (1.0 / shares.len() as f64);
    let loss = *most - fair;
    let start = if leader == Some(*most) { LATE_START } else { START };
    // An InitPlan or a CTE is run by the process that first asks for it: that is no skew.
    let alone = plan.nodes.iter().any(|n| n.role == Role::InitPlan && n.inclusive().0 >= loss.0 / 2.0);
    if alone || shares.len() < 2 || loss.0 < start.0 || loss.0 < LOST.0 * (all - fair).0 {
        return None;
    }
    let did = format!(
        "had {} processes below it, of which {who} did {} of the work ({most} of {all})",
        shares.len(),
        most.share_of(all)
    );
    let finding = Finding::at(&RULE, gather, did)
        .at_others_cost()
        .stake(loss.min(gather.inclusive()))
        .next(
            "Look at how the work lies in the table: processes take blocks, and whole parts of an Append, not rows. \
             Rows that lie less together, partitions of like size, or doing the expensive part above the Gather \
             may spread it.",
        )
        .with("processes", shares.len() as u64)
        .with("time of the busiest", *most)
        .with("time of all", all)
        .with("rows of the busiest", *rows);
    Some(finding)
}

/// Who took part, for how long, and with how many rows. The leader is what the workers leave of the total.
fn processes(child: &Node) -> Option<Vec<(String, Ms, Rows)>> {
    let figures = |a: &Actual| Some((a.total? * a.loops, a.all_rows(), a.loops));
    let (mut time, mut rows, mut loops) = figures(child.actual.as_ref()?)?;
    let mut found = Vec::new();
    for worker in &child.workers {
        let Some((spent, made, ran)) = worker.actual.as_ref().and_then(figures) else { continue };
        (time, rows, loops) = (time - spent, Rows(rows.0 - made.0), loops - ran);
        found.push((format!("worker {}", worker.number), spent, made));
    }
    if found.is_empty() {
        return None;
    }
    if loops > 0.5 {
        found.push((LEADER.to_owned(), time.max(Ms(0.0)), Rows(rows.0.max(0.0).round())));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn one_of_three() {
        // The time of the leader and of two workers; the Gather's loops.
        let table = [
            ([900.0, 10.0, 10.0], 1, true),
            ([10.0, 900.0, 10.0], 1, true),
            ([620.0, 160.0, 160.0], 1, false), // half of the saving is reached
            ([300.0, 310.0, 290.0], 1, false),
            ([90.0, 0.1, 0.1], 1, false), // the workers came late
            ([0.1, 90.0, 0.1], 1, true),
            ([0.1, 9.0, 0.1], 1, false),
            ([900.0, 10.0, 10.0], 2, false),
        ];
        for (times, loops, expected) in table {
            let [leader, first, second] = times;
            let mean = (leader + first + second) / 3.0;
            let worker = |number: u64, time: f64| {
                format!(
                    r#"{{"Worker Number": {number}, "Actual Total Time": {time}, "Actual Rows": 5, "Actual Loops": 1}}"#
                )
            };
            let plan = plan(&format!(
                r#"{{"Node Type": "Gather", "Workers Launched": 2, "Actual Total Time": 950.0, "Actual Rows": 15,
                     "Actual Loops": {loops}, "Plans": [{{"Node Type": "Seq Scan", "Parent Relationship": "Outer",
                     "Actual Total Time": {mean}, "Actual Rows": 5, "Actual Loops": 3,
                     "Workers": [{}, {}]}}]}}"#,
                worker(0, first),
                worker(1, second)
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{times:?} {loops}");
        }
    }
}
