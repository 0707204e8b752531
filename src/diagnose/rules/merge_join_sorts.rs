//! A merge join whose inputs are sorted for nothing but the join.

use crate::diagnose::shape::{index_keys, maker, on_the_way, user};
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Ms, Rows};

/// `merge-join-sorts`.
pub static RULE: Rule = Rule {
    id: "merge-join-sorts",
    title: "Rows are sorted only to be merged",
    doc: "A merge join reads both sides in the order of the join keys. Where an index gives that order, nothing is \
          faster for two large tables; where a side must be sorted first, that takes most of the time, and a hash join \
          would not need it. The planner merges when it thinks that no side's hash table will fit into its memory, \
          when it expects far fewer rows than come, or when `enable_hashjoin` is off.\n\n\
          Example: `Merge Join -> Sort  Sort Key: a.customer_code (actual … rows=200000 …) -> Seq Scan`.\n\n\
          Silent when the order serves what stands above (another merge, groups, windows) or might serve the result \
          itself; for full joins; and below ten thousand rows sorted.",
    check: Check::EachNode(check),
};

/// Fewer are sorted in a millisecond or two.
const ENOUGH_ROWS: Rows = Rows(10_000.0);

fn check(plan: &Plan, join: &Node) -> Option<Finding> {
    let merges = join.operator == Operator::MergeJoin && join.join_type.as_deref() != Some("Full");
    if !merges || !order_is_lost(plan, join) {
        return None;
    }
    let ways = plan.inputs(join).flat_map(|input| on_the_way(plan, input));
    let sorts: Vec<&Node> = ways.filter(|n| n.operator == Operator::Sort && n.ran()).collect();
    let first = sorts.first()?;
    let sorted =
        sorts.iter().filter_map(|sort| maker(plan, sort).rows_out()).fold(Rows(0.0), |sum, n| sum + n);
    if sorted.0 < ENOUGH_ROWS.0 {
        return None;
    }
    let time: Ms = sorts.iter().map(|sort| sort.exclusive()).sum();
    let keys: Vec<String> = sorts.iter().map(|sort| format!("({})", index_keys(sort))).collect();
    let next = match plan.setting("enable_hashjoin") {
        Some("off") => {
            "enable_hashjoin is off: RESET it, so that a hash join can do without the sorts.".to_owned()
        }
        _ => format!(
            "An index on {} may give the order without a sort; with a larger work_mem, or better estimates, the \
             planner may hash one side instead.",
            keys.join(" or ")
        ),
    };
    let did = format!("had {} sorted only to merge them", rows(sorted));
    let finding = Finding::at(&RULE, join, did)
        .by(join, time)
        .stake(time)
        .with("rows sorted", sorted)
        .with("sorted by", first.sort_key.join(", "))
        .next(next);
    Some(finding)
}

/// Whether whoever uses the rows surely has no use for their order. What stands at the top may have been asked for in
/// this order: the plan does not show an ORDER BY that needed no sort.
fn order_is_lost(plan: &Plan, join: &Node) -> bool {
    let above = plan.parent(join).map(|above| &above.operator);
    if matches!(above, Some(Operator::Sort | Operator::Hash | Operator::Gather)) {
        return true;
    }
    user(plan, join).is_some_and(|user| match user.operator {
        Operator::Aggregate => matches!(user.strategy.as_deref(), Some("Plain" | "Hashed")),
        Operator::HashJoin => true,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn stakes(above: &str, join_type: &str, sorted: f64, loops: f64) -> Vec<f64> {
        let plan = plan(&format!(
            r#"{{{above}, "Actual Total Time": 99.0, "Actual Rows": 1, "Actual Loops": {loops}, "Plans": [
               {{"Node Type": "Merge Join", "Join Type": "{join_type}", "Parent Relationship": "Outer",
                 "Actual Total Time": 90.0, "Actual Rows": 1, "Actual Loops": {loops}, "Plans": [
                 {{"Node Type": "Index Scan", "Parent Relationship": "Outer", "Actual Total Time": 10.0,
                   "Actual Rows": 9, "Actual Loops": {loops}}},
                 {{"Node Type": "Sort", "Sort Key": ["o.code"], "Parent Relationship": "Inner",
                   "Actual Total Time": 60.0, "Actual Rows": {sorted}, "Actual Loops": {loops}, "Plans": [
                   {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Actual Total Time": 20.0,
                     "Actual Rows": {sorted}, "Actual Loops": {loops}}}]}}]}}]}}"#
        ));
        findings(&RULE, &plan).iter().map(|finding| finding.stake.0.round()).collect()
    }

    #[test]
    fn an_order_for_nothing_else() {
        let none: Vec<f64> = Vec::new();
        let hashed = r#""Node Type": "Aggregate", "Strategy": "Hashed""#;
        let sorted = r#""Node Type": "Aggregate", "Strategy": "Sorted""#;
        assert_eq!(stakes(hashed, "Inner", 10_000.0, 1.0), [40.0]);
        assert_eq!(stakes(hashed, "Inner", 9999.0, 1.0), none);
        assert_eq!(stakes(hashed, "Full", 10_000.0, 1.0), none);
        assert_eq!(stakes(hashed, "Inner", 0.0, 0.0), none, "never executed");
        assert_eq!(stakes(sorted, "Inner", 10_000.0, 1.0), none, "groups in that order");
        assert_eq!(
            stakes(r#""Node Type": "Limit""#, "Inner", 10_000.0, 1.0),
            none,
            "an order perhaps wanted"
        );
        assert_eq!(stakes(r#""Node Type": "Sort""#, "Inner", 10_000.0, 1.0), [40.0], "another order is made");
    }
}
