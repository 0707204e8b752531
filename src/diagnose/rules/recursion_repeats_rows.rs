//! A recursion that comes to the same rows again and again, by `UNION ALL`.

use crate::diagnose::shape::{distinct_by, hands_on};
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan, Role};
use crate::units::{Factor, Rows};

/// `recursion-repeats-rows`.
pub static RULE: Rule = Rule {
    id: "recursion-repeats-rows",
    title: "A recursion makes the same rows again and again",
    doc: "`WITH RECURSIVE … UNION ALL` follows every path: a row that is reached in ten ways is made ten times, and all \
          that comes after it again each time, so that the rounds grow. `UNION` instead drops a row that was there \
          before and follows it once (manual, \"Recursive Queries\"). A `DISTINCT` outside removes the duplicates too \
          late.\n\n\
          Example: `HashAggregate  Group Key: r.id (actual … rows=3001 …) -> CTE Scan on r (actual … rows=332889 …)`, \
          of a Recursive Union.\n\n\
          Silent when the recursion itself dropped a row, which only UNION does; unless its only reader makes it \
          distinct, to a tenth or less; below a thousand rows; and without VERBOSE.",
    check: Check::EachNode(check),
};

/// With ten of each row, following each once saves nine tenths.
const OF_EACH: Factor = Factor(10.0);

/// Fewer are made in a fraction of a millisecond.
const ENOUGH_ROWS: Rows = Rows(1000.0);

fn check(plan: &Plan, recursion: &Node) -> Option<Finding> {
    let (start, round) = plan.child(recursion, Role::Outer).zip(plan.child(recursion, Role::Inner))?;
    let made = recursion.rows_out().filter(|_| recursion.operator == Operator::RecursiveUnion)?;
    // Rows are averages, rounded to whole ones before PostgreSQL 18.
    let fed = start.rows_out()?.0 + round.rows_out()?.0;
    let dropped = made.0 + round.loops() < fed;
    let (scan, distinct) = made_distinct(plan, recursion)?;
    let kept = distinct.rows_out()?;
    if dropped || made.0 < ENOUGH_ROWS.0 || made.0 < OF_EACH.0 * kept.0 || scan.rows_out()?.0 < made.0 {
        return None;
    }
    let did = format!("made {} of which only {kept} are different", rows(made));
    let whole = recursion.inclusive() + scan.exclusive() + distinct.exclusive();
    let finding = Finding::at(&RULE, recursion, did)
        .by(recursion, recursion.inclusive())
        .stake(whole * (1.0 - kept.share_of(made).0))
        .with("rows made", made)
        .with("different rows", kept)
        .with("rounds", round.loops() as u64)
        .next(
            "UNION instead of UNION ALL follows each row once, if the CTE's columns do not tell the paths apart: leave \
             out a depth or a path that only the recursion itself needs.",
        );
    Some(finding)
}

/// The one reader of this recursion's CTE, and the node that makes its rows distinct.
fn made_distinct<'a>(plan: &'a Plan, recursion: &Node) -> Option<(&'a Node, &'a Node)> {
    let name = recursion.subplan_name.as_deref()?.strip_prefix("CTE ")?;
    let mut readers =
        plan.nodes.iter().filter(|n| n.operator == Operator::CteScan && n.cte.as_deref() == Some(name));
    let scan = readers.next().filter(|_| readers.next().is_none())?;
    let distinct = plan.ancestors(scan).find(|above| !hands_on(above))?;
    distinct_by(plan, distinct).map(|_| (scan, distinct))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn ten_of_each() {
        let distinct = r#""Group Key": ["r.id"], "Output": ["r.id"]"#;
        let counted = r#""Group Key": ["r.id"], "Output": ["r.id", "count(*)"]"#;
        let table = [
            (distinct, 1010, 101, true),
            (distinct, 1010, 102, false),
            (counted, 1010, 101, false),
            (distinct, 910, 9, false), // a row was dropped: UNION
            (distinct, 0, 0, false),
        ];
        for (said, made, kept, expected) in table {
            let ran = i32::from(made > 0);
            let plan = plan(&format!(
                r#"{{"Node Type": "Aggregate", "Strategy": "Hashed", {said}, "Actual Total Time": 99.0,
                     "Actual Rows": {kept}, "Actual Loops": {ran}, "Plans": [
                   {{"Node Type": "Recursive Union", "Parent Relationship": "InitPlan", "Subplan Name": "CTE r",
                     "Actual Total Time": 80.0, "Actual Rows": {made}, "Actual Loops": {ran}, "Plans": [
                     {{"Node Type": "Result", "Parent Relationship": "Outer", "Actual Total Time": 0.1,
                       "Actual Rows": 10, "Actual Loops": {ran}}},
                     {{"Node Type": "Nested Loop", "Parent Relationship": "Inner", "Actual Total Time": 7.0,
                       "Actual Rows": 100, "Actual Loops": {}}}]}},
                   {{"Node Type": "CTE Scan", "Parent Relationship": "Outer", "CTE Name": "r", "Alias": "r",
                     "Actual Total Time": 90.0, "Actual Rows": {made}, "Actual Loops": {ran}}}]}}"#,
                10 * ran
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{said} {made} {kept}");
        }
    }
}
