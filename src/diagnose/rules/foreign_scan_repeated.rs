//! Another server asked again for each row.

use super::ONE_DESCENT;
use crate::diagnose::words::{rows, times};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::Ms;

/// `foreign-scan-repeated`.
pub static RULE: Rule = Rule {
    id: "foreign-scan-repeated",
    title: "Another server is asked again for each row",
    doc: "On the inner side of a nested loop, or in a subquery that refers to the row outside, a `Foreign Scan` sends its \
          query once for each outer row, and each waits for the network there and back. What would be cheap lookups by \
          index in a local table are that many round trips. A hash join fetches the rows once.\n\n\
          Example: `Nested Loop … -> Foreign Scan on remote_customer (actual … rows=1 loops=2000)  Remote SQL: SELECT … \
          WHERE ((id = $1::integer))`.\n\n\
          Silent below ten runs, where a run fetches as many rows as make reading them the work (then \
          `inner-side-repeated` tells of it), and for an asynchronous or parallel scan.",
    check: Check::EachNode(check),
};

/// From ten runs on, one that fetched all at once would save nine tenths of the round trips.
const MANY: f64 = 10.0;

fn check(plan: &Plan, scan: &Node) -> Option<Finding> {
    let runs = scan.loops();
    let read = scan.rows_read().filter(|_| scan.operator == Operator::ForeignScan)?;
    let parallel = plan.ancestors(scan).any(|above| above.operator.is_gather());
    if runs < MANY || parallel || read.0 >= ONE_DESCENT.0 * runs {
        return None;
    }
    let a_run = scan.inclusive() * (1.0 / runs);
    let did = format!("asked the other server {} for {} in all", times(runs), rows(read));
    let finding = Finding::at(&RULE, scan, did)
        .stake(scan.inclusive() * (1.0 - 1.0 / runs))
        .next(
            "Fetched once, the rows can be joined by a hash: SET enable_nestloop = off in a session shows what that takes; \
             use_remote_estimate, or ANALYZE of the foreign table, tells the planner what a round trip brings, and \
             fdw_startup_cost what it costs.",
        )
        .with("runs", runs as u64)
        .with("rows fetched", read);
    Some(if a_run > Ms(0.0) { finding.with("time of a run", a_run) } else { finding })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn round_trips() {
        let table = [
            ("Foreign Scan", 1.0, 10.0, true),
            ("Foreign Scan", 1.0, 9.0, false),
            ("Foreign Scan", 100.0, 10.0, false), // the rows are the work
            ("Foreign Scan", 0.0, 0.0, false),
            ("Index Scan", 1.0, 10.0, false),
        ];
        for (operator, rows, loops, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Nested Loop", "Actual Total Time": 50.0, "Actual Rows": 10, "Actual Loops": 1,
                     "Plans": [{{"Node Type": "{operator}", "Parent Relationship": "Inner", "Relation Name": "t",
                     "Actual Total Time": 1.0, "Actual Rows": {rows}, "Actual Loops": {loops}}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{operator} {rows} {loops}");
        }
    }
}
