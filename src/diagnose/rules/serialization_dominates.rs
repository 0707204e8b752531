//! Making text of the result takes longer than finding it.

use crate::diagnose::words::{out, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::Plan;

/// `serialization-dominates`.
pub static RULE: Rule = Rule {
    id: "serialization-dominates",
    title: "Turning the result into text takes the time",
    doc: "Before a row is sent, every value is turned into text, and long values are fetched from TOAST and unpacked. \
          EXPLAIN ANALYZE does none of that unless asked: `EXPLAIN (ANALYZE, SERIALIZE)` of PostgreSQL 17 and later \
          measures it. No index makes it faster; fewer columns, fewer rows or a binary protocol do.\n\n\
          Example: `Serialization: time=812.3 ms  output=402100kB  format=text` of `Execution Time: 901.4 ms`.\n\n\
          Silent while it takes less than all the rest. Sending it over the network and reading it there comes on top, \
          and is measured by nobody here.",
    check: Check::WholePlan(check),
};

fn check(plan: &Plan) -> Vec<Finding> {
    let Some((time, all)) = plan.serialization.zip(plan.execution) else { return Vec::new() };
    let rest = all - time;
    if time.0 <= rest.0 || time.0 > all.0 {
        return Vec::new();
    }
    let what = format!("turning {} into text took {time}, all the rest {rest}", rows(out(plan.root())));
    let finding = Finding::about_statement(&RULE, what, time)
        .next("Name the columns that are needed, leave out long values, or page through the result.")
        .with("serialization", time)
        .with("all the rest", rest)
        .with("rows", out(plan.root()));
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;
    use crate::units::Ms;

    #[test]
    fn more_than_all_the_rest() {
        // Of 100 ms.
        for (time, expected) in [(Some(60.0), 1), (Some(50.0), 0), (Some(160.0), 0), (None, 0)] {
            let mut plan = plan(r#"{"Node Type": "Seq Scan", "Actual Rows": 5, "Actual Loops": 1}"#);
            plan.serialization = time.map(Ms);
            assert_eq!(findings(&RULE, &plan).len(), expected, "{time:?}");
        }
    }
}
