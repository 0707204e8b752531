//! A sort that takes longer than making the rows it sorts.

use crate::diagnose::shape::{index_keys, maker};
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan, Role};
use crate::query::{Expr, SortKey};
use crate::units::Rows;

/// `sort-dominates`.
pub static RULE: Rule = Rule {
    id: "sort-dominates",
    title: "Sorting takes longer than making the rows",
    doc: "A sort compares each row some log n times; by text in a natural language's order each comparison costs several \
          times one by number or in the \"C\" collation. When all sort keys are columns of one table, an index in that \
          order gives the rows sorted.\n\n\
          Example: `Sort (actual time=310..330 rows=200000 …)  Sort Key: name  Sort Method: quicksort -> Seq Scan \
          (actual time=0..21 …)`.\n\n\
          Silent when making the rows took longer; below ten thousand rows; when the keys are of several tables or \
          computed; and where other rules tell more: on disk, below a LIMIT, for merging, grouping and windows.",
    check: Check::EachNode(check),
};

/// Fewer are sorted in a millisecond or two.
const ENOUGH_ROWS: Rows = Rows(10_000.0);

fn check(plan: &Plan, sort: &Node) -> Option<Finding> {
    let input = plan.inputs(sort).next().filter(|_| sort.operator == Operator::Sort)?;
    let sorted = input.rows_out().filter(|_| sort.ran())?;
    let table = one_table(plan, sort)?;
    let slower = !plan.is_timed() || sort.exclusive().0 >= input.inclusive().0;
    if sorted.0 < ENOUGH_ROWS.0 || !slower || sort.spilled() || !is_for_itself(plan, sort) || !sorted_by(sort)
    {
        return None;
    }
    let did = format!("put {} in order, which took longer than making them", rows(sorted));
    let finding = Finding::at(&RULE, sort, did)
        .with("rows sorted", sorted)
        .with("time to make them", input.inclusive())
        .with("sorted by", sort.sort_key.join(", "))
        .next(format!(
            "An index on {table} ({}) would give this order without a sort: that pays where the rows lie in its order, \
             or the index also holds what else is asked for. Text that need not be in a language's order sorts faster \
             with COLLATE \"C\".",
            index_keys(sort)
        ));
    Some(finding)
}

/// The one table whose columns are sorted by, when it drives what is sorted.
fn one_table<'a>(plan: &'a Plan, sort: &'a Node) -> Option<&'a str> {
    let input = plan.inputs(sort).next()?;
    let driving = std::iter::successors(Some(maker(plan, input)), |node| {
        let outer = plan.child(node, Role::Outer).filter(|_| node.operator == Operator::NestedLoop)?;
        Some(maker(plan, outer))
    });
    let scan = driving.last().filter(|node| node.operator.reads_table())?;
    let of_scan = |key: &String| match SortKey::parse(key).map(|key| key.expr) {
        Some(Expr::Column { table, .. }) => table.is_none_or(|table| Some(table.as_str()) == scan.alias()),
        _ => false,
    };
    let name = scan.relation.as_ref().map(|relation| relation.name.as_str());
    name.filter(|_| !sort.sort_key.is_empty() && sort.sort_key.iter().all(of_scan))
}

/// Whether the order is the result's, rather than what a node above works by.
fn is_for_itself(plan: &Plan, sort: &Node) -> bool {
    use Operator::{Gather, GatherMerge, Result, SubqueryScan};
    plan.ancestors(sort).all(|above| matches!(above.operator, Gather | GatherMerge | Result | SubqueryScan))
}

/// Not a top-N sort, which keeps a few.
fn sorted_by(sort: &Node) -> bool {
    sort.sort.as_ref().is_none_or(|sort| sort.method != "top-N heapsort")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn longer_than_making_the_rows() {
        let key = r#""Sort Key": ["o.name DESC", "o.id"]"#;
        let table = [
            ("Subquery Scan", key, 40.0, 10_000.0, true),
            ("Subquery Scan", key, 46.0, 10_000.0, false), // making them took longer
            ("Subquery Scan", key, 40.0, 9999.0, false),
            ("Subquery Scan", key, 0.0, 0.0, false),
            ("Limit", key, 40.0, 10_000.0, false),
            ("WindowAgg", key, 40.0, 10_000.0, false),
            ("Subquery Scan", r#""Sort Key": ["(lower(o.name))"]"#, 40.0, 10_000.0, false),
            ("Subquery Scan", r#""Sort Key": ["o.id", "c.id"]"#, 40.0, 10_000.0, false),
        ];
        for (above, key, made, sorted, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "{above}", "Actual Total Time": 90.0, "Actual Rows": 9, "Actual Loops": 1, "Plans": [
                   {{"Node Type": "Sort", "Parent Relationship": "Subquery", {key}, "Actual Total Time": 90.0,
                     "Actual Rows": {sorted}, "Actual Loops": 1, "Plans": [{{"Node Type": "Seq Scan",
                     "Parent Relationship": "Outer", "Relation Name": "orders", "Alias": "o",
                     "Actual Total Time": {made}, "Actual Rows": {sorted}, "Actual Loops": 1}}]}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{above} {key} {made} {sorted}");
        }
    }
}
