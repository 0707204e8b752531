//! Time that EXPLAIN spends on reading the clock.

use crate::diagnose::{Check, Finding, Rule};
use crate::plan::Plan;
use crate::units::{Ms, Rows, Share};

/// `timing-costs`.
pub static RULE: Rule = Rule {
    id: "timing-costs",
    title: "Measuring takes a large part of the time",
    doc: "With TIMING, EXPLAIN ANALYZE reads the clock before and after each row of each node (`instrument.c`). Where \
          many nodes hand many rows up that cost little themselves, the measuring is a good part of what is measured, and \
          nodes with many rows look worse than they are (manual, \"Using EXPLAIN\", caveats; \"pg_test_timing\").\n\n\
          Example: a `Nested Loop` whose inner `Index Only Scan` ran 2,000,000 times.\n\n\
          Silent unless a fifth of the time is spent on it even with a fast clock: how fast the server's is, the plan \
          does not tell. Silent for less than ten milliseconds of it, and below parallel workers, which share the cost.",
    check: Check::WholePlan(check),
};

/// A reading of the fastest clocks there are; the manual's example takes 36 ns ("pg_test_timing"), slow ones a
/// microsecond.
const READING: Ms = Ms(0.000_02);

/// Less is not felt, and a short statement is not measured for its time.
const NOTICEABLE: Ms = Ms(10.0);

/// Before and after.
const READINGS_A_ROW: f64 = 2.0;

/// Less distorts no conclusion: the ranking of nodes stays as it is.
const DISTORTS: Share = Share(0.2);

fn check(plan: &Plan) -> Vec<Finding> {
    let workers = plan.nodes.iter().any(|node| node.operator.is_gather());
    if !plan.is_timed() || workers {
        return Vec::new();
    }
    // Each run of a node ends with one more call that brings nothing.
    let calls: f64 = plan.nodes.iter().filter_map(|node| node.actual).map(|a| a.all_rows().0 + a.loops).sum();
    let readings = calls * READINGS_A_ROW;
    let time = READING * readings;
    if time.0 < NOTICEABLE.0 || time.share_of(plan.total()).0 < DISTORTS.0 {
        return Vec::new();
    }
    let what = format!(
        "EXPLAIN read the clock some {} times for a statement of {}: where reading it is fast, that is {} of the \
         time, elsewhere more",
        Rows(readings),
        plan.total(),
        time
    );
    let finding = Finding::about_statement(&RULE, what, time.min(plan.total()))
        .next("EXPLAIN (ANALYZE, TIMING OFF) tells the time of the statement as a whole without that.")
        .with("rows and runs of all nodes", Rows(calls))
        .with("readings of the clock", Rows(readings));
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn many_rows_that_cost_little() {
        // Rows; the statement's time; the node; whether its time was measured.
        let table = [
            (600_000, 100.0, "Seq Scan", true, true),
            (400_000, 100.0, "Seq Scan", true, false),
            (600_000, 100.0, "Gather", true, false),
            (600_000, 100.0, "Seq Scan", false, false),
            (200_000, 10.0, "Seq Scan", true, false), // soon over, whatever it is made of
        ];
        for (rows, all, operator, timed, expected) in table {
            let time = if timed { r#""Actual Total Time": 90.0,"# } else { "" };
            let mut plan = plan(&format!(
                r#"{{"Node Type": "{operator}", {time} "Actual Rows": {rows}, "Actual Loops": 1}}"#
            ));
            plan.execution = Some(Ms(all));
            assert_eq!(
                findings(&RULE, &plan).len(),
                usize::from(expected),
                "{rows} {all} {operator} {timed}"
            );
        }
    }
}
