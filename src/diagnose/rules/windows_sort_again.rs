//! Window functions with different orders, for which the same rows are sorted several times.

use crate::diagnose::shape::{hands_on, maker};
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::Rows;

/// `windows-sort-again`.
pub static RULE: Rule = Rule {
    id: "windows-sort-again",
    title: "The same rows are sorted once for each window",
    doc: "Each window needs its rows in the order of its `PARTITION BY` and `ORDER BY` columns. Windows whose columns \
          begin alike share a sort (`select_active_windows` in planner.c); for any other, all rows are sorted again, \
          with what the windows before have added to them. A whole-partition aggregate may be a subquery with GROUP BY \
          that is joined instead, which hashes; a window without need of another order may take that of its \
          neighbour.\n\n\
          Example: `WindowAgg -> Sort  Sort Key: customer_code -> WindowAgg -> Sort  Sort Key: status -> Seq Scan`.\n\n\
          Silent below ten thousand rows. At most a sort of them may be spared for each window after the first.",
    check: Check::EachNode(check),
};

/// Fewer are sorted in a millisecond or two.
const ENOUGH_ROWS: Rows = Rows(10_000.0);

fn check(plan: &Plan, sort: &Node) -> Option<Finding> {
    let sorts = |node: &Node| matches!(node.operator, Operator::Sort);
    let above = plan.ancestors(sort).find(|above| !hands_on(above)).filter(|_| sorts(sort) && sort.ran())?;
    let below = maker(plan, sort);
    let windows = above.operator == Operator::WindowAgg && below.operator == Operator::WindowAgg;
    // The windows of one query stand right above each other, with nothing but sorts between.
    let before = chain(plan, below).find(|node| sorts(node)).filter(|_| windows)?;
    let sorted = below.rows_out()?;
    if sorted.0 < ENOUGH_ROWS.0 || before.rows_out()?.0 < sorted.0 {
        return None;
    }
    let (now, then) = (sort.sort_key.join(", "), before.sort_key.join(", "));
    let did =
        format!("put {} in order by {now} that had been in order by {then} for another window", rows(sorted));
    let finding = Finding::at(&RULE, sort, did)
        .with("rows sorted again", sorted)
        .with("sorted by", now)
        .with("sorted before by", then)
        .next(
            "Give the windows the same PARTITION BY and ORDER BY where the result allows it (one's columns may begin \
             the other's); compute an aggregate over whole partitions in a subquery with GROUP BY and join that.",
        );
    Some(finding)
}

/// This node and those below it that are windows, or hand their rows on.
fn chain<'a>(plan: &'a Plan, node: &'a Node) -> impl Iterator<Item = &'a Node> {
    let steps = std::iter::successors(Some(node), |n| plan.inputs(n).next());
    steps.take_while(|n| n.operator == Operator::WindowAgg || hands_on(n))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn for_another_window() {
        let table = [
            ("WindowAgg", "WindowAgg", "Sort", 10_000, 1),
            ("WindowAgg", "WindowAgg", "Sort", 9999, 0),
            ("WindowAgg", "WindowAgg", "Index Scan", 10_000, 0),
            ("WindowAgg", "Subquery Scan", "Sort", 10_000, 0),
            ("Limit", "WindowAgg", "Sort", 10_000, 0), // the result's order
        ];
        for (top, between, lowest, rows, expected) in table {
            let node = |operator: &str, below: &str| {
                let plans = if below.is_empty() { String::new() } else { format!(r#", "Plans": [{below}]"#) };
                format!(
                    r#"{{"Node Type": "{operator}", "Sort Key": ["o.a"], "Parent Relationship": "Outer",
                         "Actual Total Time": 90.0, "Actual Rows": {rows}, "Actual Loops": 1{plans}}}"#
                )
            };
            let plan = plan(&node(top, &node("Sort", &node(between, &node(lowest, "")))));
            assert_eq!(findings(&RULE, &plan).len(), expected, "{top} {between} {lowest} {rows}");
        }
    }
}
