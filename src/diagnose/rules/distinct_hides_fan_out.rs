//! Duplicates that a join makes and DISTINCT takes away again.

use std::collections::BTreeSet;

use crate::diagnose::shape::{distinct_by, is_of, maker, names, on_the_way, sides, user};
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::query::Expr;
use crate::units::{Factor, Ms, Rows};

/// `distinct-hides-fan-out`.
pub static RULE: Rule = Rule {
    id: "distinct-hides-fan-out",
    title: "DISTINCT removes the duplicates that a join made",
    doc: "A join with a table of which no column is wanted, only that a row is there, gives each row once for each \
          partner; `DISTINCT` or a `GROUP BY` without aggregates then sorts or hashes all of them to find the few that \
          differ. `EXISTS` asks the same question and stops at the first partner (a semi join).\n\n\
          Example: `HashAggregate  Group Key: c.id, c.name (actual … rows=2 …) -> Nested Loop (actual … rows=20010 …)`, \
          of customers joined with their orders.\n\n\
          Silent when columns of both sides are kept, below ten joined rows for each one kept or a thousand in all, \
          and when the join makes less than twice the rows of the side that is kept. Whether there is an aggregate is \
          told by VERBOSE's `Output` alone.",
    check: Check::EachNode(check),
};

/// An order of magnitude more rows than are wanted: what is done with them is work for nothing, nine tenths of it.
const MANY_A_ROW: Factor = Factor(10.0);

/// A join that makes fewer than two of each row is not where the duplicates come from.
const FAN_OUT: Factor = Factor(2.0);

/// Fewer are made in a fraction of a millisecond.
const ENOUGH_ROWS: Rows = Rows(1000.0);

fn check(plan: &Plan, distinct: &Node) -> Option<Finding> {
    let keys = distinct_by(plan, distinct)?;
    // A join's own input is made distinct by the planner, for an IN.
    if user(plan, distinct).is_some_and(|above| above.operator.is_join()) {
        return None;
    }
    let input = plan.inputs(distinct).next()?;
    let join = maker(plan, input);
    let (side, other) = one_side(plan, join, &keys)?;
    let (made, had, kept) = (join.rows_out()?, side.rows_out()?, distinct.rows_out()?);
    let enough = made.0 >= ENOUGH_ROWS.0 && made.0 >= MANY_A_ROW.0 * kept.0;
    if !enough || made.0 < FAN_OUT.0 * had.0 || !distinct.ran() {
        return None;
    }
    let did = format!("kept {kept} of the {} that the {} had made of {had}", rows(made), join.label());
    let between: Ms = on_the_way(plan, input).iter().map(|n| n.exclusive()).sum();
    let again = if join.operator == Operator::NestedLoop { plan.repeated(join) } else { Ms(0.0) };
    let whole = distinct.exclusive() + between + join.exclusive() + again;
    let finding = Finding::at(&RULE, distinct, did)
        .by(distinct, distinct.exclusive())
        .stake(whole * (1.0 - had.share_of(made).0))
        .with("rows joined", made)
        .with("rows kept", kept)
        .with("rows before the join", had)
        .next(format!(
            "No column of {} is kept: EXISTS (SELECT … WHERE …) instead of the join would stop at each row's first \
             partner and make no duplicates.",
            list(&names(plan, other))
        ));
    Some(finding)
}

/// The side of an inner or outer join that all keys are of, and the other one.
fn one_side<'a>(plan: &'a Plan, join: &'a Node, keys: &[Expr]) -> Option<(&'a Node, &'a Node)> {
    let (outer, inner) = sides(plan, join)?;
    let multiplies = !matches!(join.join_type.as_deref(), Some("Semi" | "Anti"));
    let all_of = |side: &Node| {
        let names = names(plan, side);
        keys.iter().all(|key| is_of(key, &names))
    };
    let pairs = [(outer, inner), (inner, outer)];
    pairs.into_iter().find(|(side, _)| multiplies && all_of(side))
}

fn list(names: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = names.iter().copied().collect();
    if names.is_empty() { "the other side".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn stakes(keys: &str, join_type: &str, had: f64, made: f64, kept: f64) -> Vec<f64> {
        let scan = |role: &str, alias: &str, rows: f64| {
            format!(
                r#"{{"Node Type": "Seq Scan", "Parent Relationship": "{role}", "Relation Name": "{alias}",
                     "Alias": "{alias}", "Actual Total Time": 10.0, "Actual Rows": {rows}, "Actual Loops": 1}}"#
            )
        };
        let plan = plan(&format!(
            r#"{{"Node Type": "Aggregate", "Strategy": "Hashed", "Group Key": [{keys}], "Output": [{keys}],
                 "Actual Total Time": 90.0, "Actual Rows": {kept}, "Actual Loops": 1, "Plans": [
                   {{"Node Type": "Hash Join", "Join Type": "{join_type}", "Parent Relationship": "Outer",
                     "Actual Total Time": 60.0, "Actual Rows": {made}, "Actual Loops": 1,
                     "Plans": [{}, {}]}}]}}"#,
            scan("Outer", "o", 9000.0),
            scan("Inner", "c", had)
        ));
        findings(&RULE, &plan).iter().map(|finding| finding.stake.0.round()).collect()
    }

    #[test]
    fn of_one_side_only() {
        let none: Vec<f64> = Vec::new();
        assert_eq!(stakes(r#""c.id", "c.name""#, "Inner", 1000.0, 10_000.0, 1000.0), [63.0]);
        assert_eq!(stakes(r#""c.id", "o.total""#, "Inner", 1000.0, 10_000.0, 1000.0), none, "both sides");
        assert_eq!(stakes(r#""c.id""#, "Semi", 1000.0, 10_000.0, 1000.0), none, "it multiplies nothing");
        assert_eq!(stakes(r#""c.id""#, "Inner", 1000.0, 10_000.0, 1001.0), none, "not ten of each");
        assert_eq!(stakes(r#""c.id""#, "Inner", 5001.0, 10_000.0, 1000.0), none, "they were there before");
        assert_eq!(stakes(r#""c.id""#, "Inner", 9.0, 999.0, 9.0), none, "few");
        assert_eq!(stakes(r#""c.id""#, "Inner", 0.0, 0.0, 0.0), none, "nothing");
    }
}
