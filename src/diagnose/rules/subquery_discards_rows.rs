//! A subquery or CTE computed whole, of which the statement uses a part.

use crate::diagnose::conditions::list;
use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan, Role};
use crate::query::Expr;
use crate::units::{Rows, Share};

/// `subquery-discards-rows`.
pub static RULE: Rule = Rule {
    id: "subquery-discards-rows",
    title: "A subquery is computed whole to use a part of it",
    doc: "A condition on a subquery's result is moved into it where that changes nothing. It stays outside where the \
          subquery has a LIMIT, a window function over other columns, a volatile function, or is a CTE that is \
          MATERIALIZED, recursive, or read twice (manual, \"SELECT\", \"WITH Clause\"; allpaths.c, \
          `subquery_is_pushdown_safe`). Then everything inside is joined, grouped and sorted for all rows, and most of \
          them are thrown away.\n\n\
          Example: `CTE Scan on totals (actual … rows=1 …)  Filter: (customer_id = 4711) Rows Removed by Filter: 17,998  CTE \
          totals -> HashAggregate …`.\n\n\
          Silent when at least half of the rows are used, for fewer than a hundred that are not, for a CTE that other parts \
          of the statement read too, and where the condition asks of what a window function gave.",
    check: Check::EachNode(check),
};

/// While at least half of the rows are used, the condition inside would save less than half of the work.
const MOST_USED: Share = Share(0.50);

/// Made in well under a millisecond (80 ns a row that is scanned, measured on 15).
const ENOUGH: Rows = Rows(100.0);

fn check(plan: &Plan, scan: &Node) -> Option<Finding> {
    let filter = scan.condition(ConditionKind::Filter)?;
    let made_by = made_by(plan, scan)?;
    let (used, removed) = (scan.rows_out()?, scan.removed_by_filter());
    let made = used + removed;
    if removed.0 < ENOUGH.0 || used.share_of(made).0 >= MOST_USED.0 || asks_of_a_window(plan, made_by, filter)
    {
        return None;
    }
    let did = format!("had {} computed to use {}", rows(made), none_or(used));
    let time = made_by.inclusive() + scan.exclusive();
    let mut finding = Finding::at(&RULE, scan, did)
        .by(scan, time)
        .stake(time * removed.share_of(made).0)
        .next(advice(plan, scan, made_by))
        .with("rows computed", made)
        .with("rows used", used);
    finding = finding.with("filter", filter);
    Some(finding)
}

/// The top of what the scan reads, when nothing else reads it.
fn made_by<'a>(plan: &'a Plan, scan: &'a Node) -> Option<&'a Node> {
    match scan.operator {
        Operator::SubqueryScan => plan.child(scan, Role::Subquery).or_else(|| plan.inputs(scan).next()),
        Operator::CteScan => {
            let cte = scan.cte.as_deref()?;
            let readers = plan
                .nodes
                .iter()
                .filter(|n| n.cte.as_deref() == Some(cte) && n.operator == Operator::CteScan);
            let name = format!("CTE {cte}");
            let top = plan.nodes.iter().find(|n| n.subplan_name.as_ref() == Some(&name));
            top.filter(|_| readers.count() == 1)
        }
        _ => None,
    }
}

/// Whether the condition asks of a window function's result, which must be made for all rows first: of anything but the
/// columns that go through the window by their own names.
fn asks_of_a_window(plan: &Plan, top: &Node, filter: &str) -> bool {
    let mut chain = std::iter::successors(Some(top), |node| plan.inputs(node).next());
    let window =
        chain.find(|node| !matches!(node.operator, Operator::Sort | Operator::Limit | Operator::Result));
    let Some(window) = window.filter(|node| node.operator == Operator::WindowAgg) else { return false };
    let Some(filter) = Expr::parse(filter) else { return true };
    let through: Vec<Expr> = window.output.iter().filter_map(|text| Expr::parse(text)).collect();
    let goes_through = |name: &str| {
        through.iter().any(|expr| matches!(expr, Expr::Column { name: known, .. } if known == name))
    };
    !filter.columns().iter().all(|(_, name)| goes_through(name))
}

fn advice(plan: &Plan, scan: &Node, made_by: &Node) -> String {
    let inside = plan.subtree(made_by);
    let has = |operator: Operator| inside.iter().any(|node| node.operator == operator);
    let columns = scan.condition(ConditionKind::Filter).and_then(Expr::parse);
    let columns = columns.map(|filter| {
        let names: Vec<&str> = filter.columns().into_iter().map(|(_, name)| name).collect();
        format!(" on {}", list(&names))
    });
    let condition = format!("the condition{}", columns.unwrap_or_default());
    if scan.operator == Operator::CteScan && has(Operator::RecursiveUnion) {
        return format!(
            "Where the recursion allows it, {condition} may stand in its first part, so that it starts with few rows."
        );
    }
    if scan.operator == Operator::CteScan {
        return format!(
            "NOT MATERIALIZED (12 and later) lets the planner move {condition} inside; or write it there."
        );
    }
    format!("If it means the same there, write {condition} inside of the subquery.")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn cte(readers: usize, used: f64, removed: f64) -> usize {
        let reader = |role: &str| {
            format!(
                r#"{{"Node Type": "CTE Scan", "Parent Relationship": "{role}", "CTE Name": "c", "Alias": "c",
                     "Filter": "(c.id = 5)", "Actual Total Time": 40.0, "Actual Rows": {used}, "Actual Loops": 1,
                     "Rows Removed by Filter": {removed}}}"#
            )
        };
        let readers: Vec<String> =
            (0..readers).map(|n| reader(if n == 0 { "Outer" } else { "Inner" })).collect();
        let plan = plan(&format!(
            r#"{{"Node Type": "Nested Loop", "Actual Total Time": 50.0, "Actual Rows": 1, "Actual Loops": 1, "Plans": [
                 {{"Node Type": "Seq Scan", "Parent Relationship": "InitPlan", "Subplan Name": "CTE c",
                   "Actual Total Time": 30.0, "Actual Rows": {}, "Actual Loops": 1}}, {}]}}"#,
            used + removed,
            readers.join(", ")
        ));
        findings(&RULE, &plan).len()
    }

    fn windowed(filter: &str) -> usize {
        let plan = plan(&format!(
            r#"{{"Node Type": "Subquery Scan", "Alias": "s", "Filter": "{filter}", "Actual Total Time": 40.0,
                 "Actual Rows": 1, "Actual Loops": 1, "Rows Removed by Filter": 5000, "Plans": [
                 {{"Node Type": "WindowAgg", "Parent Relationship": "Subquery", "Output": ["o.id", "o.total",
                   "row_number() OVER (?)"], "Actual Total Time": 30.0, "Actual Rows": 5001, "Actual Loops": 1}}]}}"#
        ));
        findings(&RULE, &plan).len()
    }

    #[test]
    fn computed_in_vain() {
        assert_eq!(cte(1, 1.0, 5000.0), 1);
        assert_eq!(cte(1, 5000.0, 5000.0), 0, "half is used");
        assert_eq!(cte(1, 1.0, 99.0), 0, "a glance");
        assert_eq!(cte(2, 1.0, 5000.0), 0, "read twice");
        assert_eq!(windowed("(s.id = 5)"), 1);
        assert_eq!(windowed("(s.position <= 3)"), 0, "of the window's own");
    }
}
