//! A long pass over a table by a single process, because no other was allowed.

use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Ms, Share};

/// `parallel-not-used`.
pub static RULE: Rule = Rule {
    id: "parallel-not-used",
    title: "A long pass is made by a single process",
    doc: "Parallel workers can share the reading of a table and add up their results. \
          `max_parallel_workers_per_gather = 0` forbids it (manual, \"When Can Parallel Query Be Used?\").\n\n\
          Example: `Aggregate -> Seq Scan on o (actual time=0.01..1850.2 rows=10000000 loops=1) … Settings: \
          max_parallel_workers_per_gather = '0'`.\n\n\
          Silent unless the plan's settings say so (the option SETTINGS prints them); for scans of less than a tenth of \
          a second; for scans that keep a tenth of their rows or less, which want an index; where no aggregate \
          is above, so that all rows would have to be handed up; for statements that write, which are not made \
          parallel.",
    check: Check::EachNode(check),
};

/// Twenty times what it takes to start workers (5 ms, measured on 15): below, sharing gains nothing that is felt.
const LONG: Ms = Ms(100.0);

/// What wants an index instead, as in `scan-discards-rows`.
const WANTS_AN_INDEX: Share = Share(0.10);

/// With the default of two workers, three processes share the work (manual, "Resource Consumption").
const SAVED: Share = Share(2.0 / 3.0);

fn check(plan: &Plan, scan: &Node) -> Option<Finding> {
    let forbidden = plan.setting("max_parallel_workers_per_gather") == Some("0");
    if !forbidden || scan.operator != Operator::SeqScan || scan.loops() != 1.0 || plan.writes() {
        return None;
    }
    let (read, kept) = (scan.rows_read()?, scan.rows_out()?);
    let adds_up = plan.ancestors(scan).any(|above| above.operator == Operator::Aggregate);
    if scan.exclusive().0 < LONG.0 || kept.share_of(read).0 <= WANTS_AN_INDEX.0 || !adds_up {
        return None;
    }
    let did = format!("read {} in a single process: max_parallel_workers_per_gather is 0", rows(read));
    let finding = Finding::at(&RULE, scan, did)
        .stake(scan.exclusive() * SAVED.0)
        .next(
            "`SET LOCAL max_parallel_workers_per_gather = 2` would let the planner share the work, if all functions in the \
             statement are PARALLEL SAFE; workers take CPU from other sessions.",
        )
        .with("rows read", read)
        .with("setting", "max_parallel_workers_per_gather = 0");
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn long_and_forbidden() {
        // The setting, the scan's time, rows kept and removed, what is above.
        let table = [
            (Some("0"), 900.0, 5_000_000, 0, "Aggregate", true),
            (None, 900.0, 5_000_000, 0, "Aggregate", false),
            (Some("1"), 900.0, 5_000_000, 0, "Aggregate", false),
            (Some("0"), 90.0, 500_000, 0, "Aggregate", false),
            (Some("0"), 900.0, 50, 5_000_000, "Aggregate", false), // wants an index
            (Some("0"), 900.0, 5_000_000, 0, "Sort", false),
        ];
        for (setting, time, kept, removed, above, expected) in table {
            let mut plan = plan(&format!(
                r#"{{"Node Type": "{above}", "Actual Total Time": 999.0, "Actual Rows": 1, "Actual Loops": 1,
                     "Plans": [{{"Node Type": "Seq Scan", "Parent Relationship": "Outer",
                     "Actual Total Time": {time}, "Actual Rows": {kept}, "Rows Removed by Filter": {removed},
                     "Actual Loops": 1}}]}}"#
            ));
            let settings =
                setting.map(|value| ("max_parallel_workers_per_gather".to_owned(), value.to_owned()));
            plan.settings = settings.into_iter().collect();
            assert_eq!(
                findings(&RULE, &plan).len(),
                usize::from(expected),
                "{setting:?} {time} {kept} {above}"
            );
        }
    }
}
