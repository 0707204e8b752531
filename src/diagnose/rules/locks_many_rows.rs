//! FOR UPDATE of rows without end.

use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::Rows;

/// `locks-many-rows`.
pub static RULE: Rule = Rule {
    id: "locks-many-rows",
    title: "Many rows are locked one by one",
    doc: "FOR UPDATE and its like lock every row that comes out, by writing the transaction's number into it: each page \
          becomes dirty and is logged, and whoever wants to change one of the rows waits until the transaction ends \
          (manual, \"Explicit Locking\", row-level locks). Without a LIMIT, that is as many rows as the condition finds.\n\n\
          Example: `LockRows (actual time=0.1..912.2 rows=200000 loops=1) -> Seq Scan on orders`.\n\n\
          Silent below a thousand rows, and below a LIMIT, with which a queue takes its next rows.",
    check: Check::EachNode(check),
};

/// Locking a row takes 1 to 2 µs (measured on 15); fewer rows are locked in an instant, and rarely wanted by others.
const MANY: Rows = Rows(1000.0);

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    let locked = node.rows_out().filter(|_| node.operator == Operator::LockRows)?;
    let limited = plan.ancestors(node).any(|above| above.operator == Operator::Limit);
    if locked.0 < MANY.0 || limited {
        return None;
    }
    let finding = Finding::at(&RULE, node, format!("locked {}, each of them by writing to it", rows(locked)))
        .next(
            "Lock what is going to be changed: a narrower condition, or batches with LIMIT (and SKIP LOCKED for a queue); \
             FOR SHARE writes as well.",
        )
        .with("rows locked", locked);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn many_and_without_limit() {
        let table = [
            ("Sort", "LockRows", 1000, true),
            ("Sort", "LockRows", 999, false),
            ("Limit", "LockRows", 5000, false),
            ("Sort", "Seq Scan", 5000, false),
        ];
        for (above, operator, rows, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "{above}", "Actual Total Time": 90.0, "Actual Rows": 1, "Actual Loops": 1, "Plans": [
                     {{"Node Type": "{operator}", "Parent Relationship": "Outer", "Actual Total Time": 80.0,
                       "Actual Rows": {rows}, "Actual Loops": 1}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{above} {operator} {rows}");
        }
    }
}
