//! A join that multiplies rows, which are then added up again.

use crate::diagnose::shape::{distinct_by, maker, on_the_way, sides};
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Factor, Ms, Rows, Share};

/// `join-fans-out-then-aggregates`.
pub static RULE: Rule = Rule {
    id: "join-fans-out-then-aggregates",
    title: "A join multiplies rows that are then added up",
    doc: "When both sides have several rows for each value they are joined by, a join makes all pairs of them. If the \
          pairs are only counted or added up, the same comes of far fewer rows when a side is aggregated by the join \
          columns first and then joined. And a `sum` over pairs counts each row once for each partner, which is a \
          frequent mistake.\n\n\
          Example: `HashAggregate (actual … rows=100 …) -> Hash Join (actual … rows=4000000 …)` of two inputs of \
          20,000 rows.\n\n\
          Silent when the join makes fewer than ten times the rows that went in, or a hundred thousand in all; when \
          more than a tenth is left after aggregating; and for nested loops, whose inner rows are pairs already.",
    check: Check::EachNode(check),
};

/// An order of magnitude more than was read: making the pairs and adding them up is then what takes the time.
const MULTIPLIED: Factor = Factor(10.0);

/// Made and added up in some thirty milliseconds (0.3 µs a pair, measured on 15); with fewer, an aggregate more costs
/// about as much.
const ENOUGH_ROWS: Rows = Rows(100_000.0);

/// Most of what is made goes away again.
const A_FEW: Share = Share(0.10);

fn check(plan: &Plan, aggregate: &Node) -> Option<Finding> {
    let aggregates = matches!(aggregate.operator, Operator::Aggregate);
    let input =
        plan.inputs(aggregate).next().filter(|_| aggregates && distinct_by(plan, aggregate).is_none())?;
    let join = maker(plan, input);
    let (outer, inner) = sides(plan, join).filter(|_| join.operator != Operator::NestedLoop)?;
    let (made, left) = (join.rows_out()?, aggregate.rows_out()?);
    // What a merge join reads again for equal keys is counted again, but not below what was stored for that.
    let fed = maker(plan, outer).rows_out()? + maker(plan, inner).rows_out()?;
    if made.0 < ENOUGH_ROWS.0 || made.0 < MULTIPLIED.0 * fed.0 || left.share_of(made).0 > A_FEW.0 {
        return None;
    }
    let between: Ms = on_the_way(plan, input).iter().map(|n| n.exclusive()).sum();
    let whole = aggregate.exclusive() + between + join.exclusive();
    let did = format!("made {} of {fed}, which were aggregated to {left}", rows(made));
    let finding = Finding::at(&RULE, join, did)
        .by(join, join.exclusive())
        .stake(whole * (1.0 - fed.share_of(made).0))
        .with("rows joined", made)
        .with("rows before the join", fed)
        .with("rows after aggregating", left)
        .next(
            "Aggregate one side by the columns it is joined by in a subquery, then join: pairs need not be made to be \
             counted. If a sum is taken, look whether it is meant to count a row once for each partner.",
        );
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn made_to_be_added_up() {
        let sums = r#""Output": ["sum(a.x)"]"#;
        let distinct = r#""Group Key": ["a.x"], "Output": ["a.x"]"#;
        let table = [
            ("Hash Join", sums, 5000, 100_000, 10_000, true),
            ("Hash Join", sums, 5001, 100_000, 10_000, false), // not ten times
            ("Hash Join", sums, 4000, 99_999, 10_000, false),
            ("Hash Join", sums, 5000, 100_000, 10_001, false), // more than a tenth is left
            ("Hash Join", distinct, 5000, 100_000, 10_000, false),
            ("Nested Loop", sums, 5000, 100_000, 10_000, false),
            ("Hash Join", sums, 0, 0, 0, false),
        ];
        for (join, said, fed, made, left, expected) in table {
            let input = |role: &str| {
                format!(
                    r#"{{"Node Type": "Seq Scan", "Parent Relationship": "{role}", "Actual Total Time": 9.0,
                         "Actual Rows": {fed}, "Actual Loops": 1}}"#
                )
            };
            let plan = plan(&format!(
                r#"{{"Node Type": "Aggregate", "Strategy": "Hashed", {said}, "Actual Total Time": 99.0,
                     "Actual Rows": {left}, "Actual Loops": 1, "Plans": [{{"Node Type": "{join}",
                     "Parent Relationship": "Outer", "Actual Total Time": 80.0, "Actual Rows": {made},
                     "Actual Loops": 1, "Plans": [{}, {}]}}]}}"#,
                input("Outer"),
                input("Inner")
            ));
            assert_eq!(
                findings(&RULE, &plan).len(),
                usize::from(expected),
                "{join} {said} {fed} {made} {left}"
            );
        }
    }
}
