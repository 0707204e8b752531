//! Duplicates looked for where there are none: a `UNION` or a `DISTINCT` that removed no row.

use crate::diagnose::shape::{distinct_by, maker, on_the_way, user};
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Ms, Rows};

/// `distinct-removes-nothing`.
pub static RULE: Rule = Rule {
    id: "distinct-removes-nothing",
    title: "Duplicates are looked for and there are none",
    doc: "`UNION` and `DISTINCT` sort or hash every row to find those that are there twice, and hold them all until the \
          last has come. Where there can be none, because the parts of a `UNION` exclude each other or a key is among \
          the columns, `UNION ALL`, or leaving `DISTINCT` out, gives the same rows at once. The planner does not look \
          for such reasons.\n\n\
          Example: `HashAggregate  Group Key: orders.id, orders.total (actual … rows=21000 …) -> Append (actual … \
          rows=21000 …)`.\n\n\
          Silent when a single row was removed, below a thousand rows, and for the input of a join, which the planner \
          itself makes distinct. Whether there is an aggregate is told by VERBOSE's `Output` alone.",
    check: Check::EachNode(check),
};

/// Fewer are hashed in a fifth of a millisecond; and that none of a few was there twice may be chance.
const ENOUGH_ROWS: Rows = Rows(1000.0);

fn check(plan: &Plan, distinct: &Node) -> Option<Finding> {
    distinct_by(plan, distinct)?;
    if user(plan, distinct).is_some_and(|above| above.operator.is_join()) {
        return None;
    }
    let input = plan.inputs(distinct).next()?;
    let made_by = maker(plan, input);
    let (came, given) = (input.rows_out()?, distinct.rows_out()?);
    // A limit above may have stopped it before it met a duplicate.
    let complete = came.0 == made_by.rows_out()?.0 && distinct.loops() == 1.0;
    if came.0 < ENOUGH_ROWS.0 || given.0 < came.0 || !complete {
        return None;
    }
    let union = matches!(made_by.operator, Operator::Append | Operator::MergeAppend);
    let between: Ms = on_the_way(plan, input).iter().map(|n| n.exclusive()).sum();
    let did = format!("looked for duplicates among {} and found none", rows(came));
    let finding = Finding::at(&RULE, distinct, did)
        .by(distinct, distinct.exclusive() + between)
        .stake(distinct.exclusive() + between)
        .with("rows that came", came)
        .with("rows given", given)
        .next(if union {
            "If the parts cannot have rows in common, nor one of them twice the same, UNION ALL gives the same without \
             comparing them (a DISTINCT over partitions: without DISTINCT)."
        } else {
            "If a key is among the columns, there can be no duplicates: leave DISTINCT, or the GROUP BY, out."
        });
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn none_was_there_twice() {
        let keys = r#""Group Key": ["o.id"], "Output": ["o.id"]"#;
        let counts = r#""Group Key": ["o.id"], "Output": ["o.id", "count(*)"]"#;
        let table = [
            (keys, "Aggregate", 1000, 1000, true),
            (keys, "Aggregate", 1000, 999, false),
            (keys, "Aggregate", 999, 999, false),
            (keys, "Aggregate", 0, 0, false),
            (counts, "Aggregate", 1000, 1000, false),
            (keys, "Hash Join", 1000, 1000, false), // by the planner, for an IN
        ];
        for (said, above, came, given, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "{above}", "Actual Total Time": 99.0, "Actual Rows": 1, "Actual Loops": 1, "Plans": [
                   {{"Node Type": "Aggregate", "Strategy": "Hashed", "Parent Relationship": "Outer", {said},
                     "Actual Total Time": 90.0, "Actual Rows": {given}, "Actual Loops": 1, "Plans": [
                     {{"Node Type": "Append", "Parent Relationship": "Outer", "Actual Total Time": 20.0,
                       "Actual Rows": {came}, "Actual Loops": 1}}]}}]}}"#
            ));
            let found = findings(&RULE, &plan);
            assert_eq!(found.len(), usize::from(expected), "{said} {above} {came} {given}");
        }
    }
}
