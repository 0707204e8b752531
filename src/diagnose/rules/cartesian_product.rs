//! Each row of one side with each row of the other, by no condition.

use std::collections::BTreeSet;

use crate::diagnose::shape::{names, sides};
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::query::{Expr, Names, SortKey};
use crate::units::{Factor, Rows};

/// `cartesian-product`.
pub static RULE: Rule = Rule {
    id: "cartesian-product",
    title: "Two tables are joined by no condition",
    doc: "A nested loop without a `Join Filter`, whose inner side asks nothing of the outer row, pairs each row of one \
          side with each row of the other. Most often a condition was forgotten; where it was meant, everything above \
          works on the product.\n\n\
          Example: `Nested Loop (actual … rows=4000000 …) -> Seq Scan on customer (actual … rows=20000 …) -> \
          Materialize (actual … rows=200 loops=20000)`.\n\n\
          Silent for a side without a table (a series, a list of values), which is there to be multiplied by; for two \
          sides that are compared with the same value, which joins them as well; below ten pairs for each row read, \
          or ten thousand in all; and where a condition cannot be read.",
    check: Check::EachNode(check),
};

/// A product of that many pairs a row costs more than reading the rows did, whatever they are.
const PAIRS_A_ROW: Factor = Factor(10.0);

/// Made in a millisecond (0.1 µs a pair, measured on 15).
const ENOUGH_PAIRS: Rows = Rows(10_000.0);

fn check(plan: &Plan, join: &Node) -> Option<Finding> {
    let (outer, inner) = sides(plan, join).filter(|_| join.operator == Operator::NestedLoop)?;
    let pairs = join.rows_out()?;
    let (left, right) = (outer.rows_out()?, inner.actual.filter(|_| inner.ran())?.rows);
    let asks = [ConditionKind::JoinFilter, ConditionKind::Filter];
    let conditional = asks.iter().any(|kind| join.condition(*kind).is_some());
    let few = pairs.0 < ENOUGH_PAIRS.0 || pairs.0 < PAIRS_A_ROW.0 * (left + right).0;
    // Semi and anti joins make no pairs; a LIMIT may have wanted only some.
    let plain = join.join_type.as_deref().is_none_or(|kind| kind == "Inner");
    if conditional || few || !plain || !reads_table(plan, outer) || !reads_table(plan, inner) {
        return None;
    }
    let alike = !equal_to(plan, outer)?.is_disjoint(&equal_to(plan, inner)?);
    if alike || !stands_alone(plan, inner)? {
        return None;
    }
    let did = format!("made {pairs} pairs of {} and {right} others, by no condition", rows(left));
    let finding = Finding::at(&RULE, join, did)
        .stake(join.exclusive() + plan.repeated(join))
        .with("rows of one side", left)
        .with("rows of the other", right)
        .with("pairs", pairs)
        .next(format!(
            "Look for a forgotten condition between {} and {}; if all pairs are wanted, aggregate or filter the sides \
             before they are joined.",
            list(&names(plan, outer)),
            list(&names(plan, inner))
        ));
    Some(finding)
}

fn reads_table(plan: &Plan, side: &Node) -> bool {
    plan.sources(side).any(|node| node.operator.reads_table())
}

/// Whether nothing in this subtree speaks of a table outside of it; `None` when something cannot be read.
fn stands_alone(plan: &Plan, side: &Node) -> Option<bool> {
    let names = names(plan, side);
    let mut alone = true;
    for text in plan.subtree(side).iter().flat_map(Node::expressions).filter(|text| text.contains('.')) {
        let expr = Expr::parse(text).or_else(|| Some(SortKey::parse(text)?.expr))?;
        alone &= expr.columns().iter().all(|(table, _)| table.is_none_or(|table| names.contains(table)));
    }
    Some(alone)
}

/// The values that columns of this side are to be equal to: `a.x = 5 AND b.x = a.x` is planned as `a.x = 5 AND b.x = 5`
/// (`generate_base_implied_equalities` in equivclass.c).
fn equal_to(plan: &Plan, side: &Node) -> Option<BTreeSet<String>> {
    let mut values = BTreeSet::new();
    for text in plan.subtree(side).iter().flat_map(|node| &node.conditions).map(|condition| &condition.text) {
        for term in Expr::parse(text)?.terms() {
            let Expr::Compare { op, left, right } = term else { continue };
            let sides = [left, right].into_iter().filter(|side| op == "=" && side.columns().is_empty());
            values.extend(sides.map(|side| side.sql(Names::Bare)));
        }
    }
    Some(values)
}

fn list(names: &BTreeSet<&str>) -> String {
    names.iter().copied().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn found(said: &str, outer: &str, inner: &str, rows: (f64, f64)) -> usize {
        let scan = |role: &str, said: &str, rows: f64, loops: f64| {
            format!(
                r#"{{"Parent Relationship": "{role}", {said}, "Actual Total Time": 1.0, "Actual Rows": {rows},
                     "Actual Loops": {loops}}}"#
            )
        };
        let plan = plan(&format!(
            r#"{{"Node Type": "Nested Loop", {said}, "Actual Total Time": 90.0, "Actual Rows": {}, "Actual Loops": 1,
                 "Plans": [{}, {}]}}"#,
            rows.0 * rows.1,
            scan("Outer", outer, rows.0, 1.0),
            scan("Inner", inner, rows.1, rows.0)
        ));
        findings(&RULE, &plan).len()
    }

    #[test]
    fn by_no_condition() {
        let inner = r#""Join Type": "Inner""#;
        let filter = r#""Join Type": "Inner", "Join Filter": "(a.x > b.x)""#;
        let a = r#""Node Type": "Seq Scan", "Relation Name": "a", "Alias": "a", "Filter": "(a.x = 5)""#;
        let b = r#""Node Type": "Seq Scan", "Relation Name": "b", "Alias": "b", "Filter": "(b.y = 6)""#;
        let same = r#""Node Type": "Seq Scan", "Relation Name": "b", "Alias": "b", "Filter": "(b.x = 5)""#;
        let of_a =
            r#""Node Type": "Index Scan", "Relation Name": "b", "Alias": "b", "Index Cond": "(b.x = a.x)""#;
        let series = r#""Node Type": "Function Scan", "Function Name": "generate_series", "Alias": "b""#;
        let table = [
            (inner, a, b, (100.0, 100.0), 1),
            (inner, a, b, (99.0, 100.0), 0),
            (inner, a, b, (5000.0, 10.0), 0), // each with a few
            (filter, a, b, (100.0, 100.0), 0),
            (r#""Join Type": "Semi""#, a, b, (100.0, 100.0), 0),
            (inner, a, of_a, (100.0, 100.0), 0),
            (inner, a, same, (100.0, 100.0), 0),
            (inner, a, series, (100.0, 100.0), 0),
            (inner, a, b, (0.0, 0.0), 0),
        ];
        for (said, outer, other, rows, expected) in table {
            assert_eq!(found(said, outer, other, rows), expected, "{said} {other} {rows:?}");
        }
    }
}
