//! More rows than anybody reads, whose sending EXPLAIN does not measure.

use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::Plan;
use crate::units::{Bytes, Ms, Rows};

/// `result-is-large`.
pub static RULE: Rule = Rule {
    id: "result-is-large",
    title: "The result is large, and its sending not measured",
    doc: "EXPLAIN ANALYZE throws the rows away that the statement would send. In earnest, each is turned into text, \
          sent over the network, and kept by the client: often longer than it took to find them.\n\n\
          Example: `Seq Scan on o (actual time=0.0..96.1 rows=1000000 loops=1)` at the top: 140 ms by EXPLAIN, 1,035 ms to \
          a client on the same machine (measured on 15).\n\n\
          None of that is in the time that was measured, so it is told behind what is.\n\n\
          Silent below a hundred thousand rows, and where `Serialization` (17 and later) tells the larger part of it.",
    check: Check::WholePlan(check),
};

/// Nobody reads as many rows; they take a tenth of a second to send.
const MANY: Rows = Rows(100_000.0);

/// Turning a row of three columns and 90 bytes into text and sending it through a Unix socket took 0.9 µs (measured on
/// 15); a network takes longer.
const SENDING: Ms = Ms(0.000_9);

/// What is in play comes on top of the time that was measured, so nothing of that is. This much of it keeps the finding
/// in the list, behind all that was measured.
const TOLD_LAST: f64 = 0.02;

fn check(plan: &Plan) -> Vec<Finding> {
    let Some(root) = plan.nodes.first().filter(|root| root.ran()) else { return Vec::new() };
    let sent = root.rows_out().unwrap_or_default();
    if sent.0 < MANY.0 || plan.serialization.is_some() {
        return Vec::new();
    }
    let sending = SENDING * sent.0;
    let size = root.estimate.map(|e| Bytes((e.width as f64 * sent.0) as u64));
    let of_size = size.map(|size| format!(", some {size}")).unwrap_or_default();
    let what = format!(
        "the result has {}{of_size}, which EXPLAIN threw away: what it takes to send them was not measured, and may be \
         {} and more",
        rows(sent),
        sending
    );
    let finding = Finding::about_statement(&RULE, what, plan.total() * TOLD_LAST)
        .next("Aggregate or page in the database (a condition on the last key, and LIMIT) instead of in the client.")
        .with("rows", sent);
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn many_rows_that_nobody_measured() {
        let table = [(200_000, None, 1), (90_000, None, 0), (200_000, Some(Ms(70.0)), 0)];
        for (rows, serialization, expected) in table {
            let mut plan = plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Actual Total Time": 90.0, "Actual Rows": {rows}, "Actual Loops": 1}}"#
            ));
            plan.serialization = serialization;
            assert_eq!(findings(&RULE, &plan).len(), expected, "{rows} {serialization:?}");
        }
    }
}
