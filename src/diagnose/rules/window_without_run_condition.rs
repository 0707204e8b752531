//! Rows that are numbered to the last, of which only the first few of each group are kept.

use std::collections::BTreeSet;

use crate::diagnose::shape::asked;
use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::query::Expr;
use crate::units::{Rows, Share};

/// `window-without-run-condition`.
pub static RULE: Rule = Rule {
    id: "window-without-run-condition",
    title: "All rows are numbered to keep the first of each group",
    doc: "For `row_number() … <= 3` around a window function that only grows, PostgreSQL 15 and later stop numbering a \
          partition where the condition ends to hold: the plan shows a `Run Condition`. It takes `<`, `<=` and `=` \
          with a value that does not change, for `row_number`, `rank`, `dense_rank` and `count` (16: also `ntile`, \
          `percent_rank`, `cume_dist`); not `IN`, `OR`, or arithmetic (`find_window_run_conditions` in allpaths.c). \
          Without one every row is numbered and stored, and thrown away above.\n\n\
          Example: `Subquery Scan on s  Filter: (s.rn = ANY ('{1,2}'))  Rows Removed by Filter: 160,000 -> WindowAgg`, \
          without a `Run Condition`.\n\n\
          Silent when a quarter of the rows or more is kept, below a thousand rows, when the filter asks for something \
          else than a number in the order, and without VERBOSE, which alone shows the window functions.",
    check: Check::EachNode(check),
};

/// Numbering a row costs about as much as handing it on; with less than a quarter kept, it is mostly for nothing.
const MOSTLY_IN_VAIN: Share = Share(0.25);

/// Fewer are numbered in a third of a millisecond (0.3 µs a row, measured on 15).
const ENOUGH_ROWS: Rows = Rows(1000.0);

/// The functions that only grow along their order.
const GROWING: [&str; 4] = ["row_number", "rank", "dense_rank", "count"];

fn check(plan: &Plan, scan: &Node) -> Option<Finding> {
    let window = numbered(plan, scan)?;
    let (made, kept) = (window.rows_out()?, scan.rows_out()?);
    let filter = scan.condition(ConditionKind::Filter)?;
    if made.0 < ENOUGH_ROWS.0 || kept.share_of(made).0 >= MOSTLY_IN_VAIN.0 {
        return None;
    }
    let did = format!(
        "numbered {} of which {} were kept, without a Run Condition to stop it",
        rows(made),
        none_or(kept)
    );
    let finding = Finding::at(&RULE, window, did)
        .stake((window.exclusive() + scan.exclusive()) * (1.0 - kept.share_of(made).0))
        .with("rows numbered", made)
        .with("rows kept", kept)
        .with("filter", filter)
        .next(
            "From PostgreSQL 15 on, a plain condition such as row_number <= 2 becomes a Run Condition; IN, OR and \
             arithmetic do not. With few groups, LATERAL (SELECT … ORDER BY … LIMIT n) for each, and an index in that \
             order, reads only what is kept.",
        );
    Some(finding)
}

/// The WindowAgg right below, when what the filter asks is a number that it counts up.
pub(super) fn numbered<'a>(plan: &'a Plan, scan: &'a Node) -> Option<&'a Node> {
    let window = plan.inputs(scan).next().filter(|below| below.operator == Operator::WindowAgg)?;
    let filter = asked(scan, ConditionKind::Filter)?;
    let given: Vec<Expr> = window.output.iter().filter_map(|text| Expr::parse(text)).collect();
    let plain: BTreeSet<&str> = given.iter().filter_map(column).collect();
    let counts = given.iter().any(|expr| expr.function_names().iter().any(|name| GROWING.contains(name)));
    let used: Vec<Expr> = scan.output.iter().filter_map(|text| Expr::parse(text)).collect();
    let used = used.iter().chain([&filter]).flat_map(Expr::columns).map(|(_, name)| name);
    let others: BTreeSet<&str> = used.filter(|name| !plain.contains(name)).collect();
    // Outputs that nobody uses are not computed (`remove_unused_subquery_outputs` in allpaths.c): with as many other
    // names as functions, none of the names is a column by another name.
    let functions = window.output.iter().filter(|text| text.contains(" OVER ")).count();
    let on_number = filter.terms().into_iter().any(|term| {
        let columns = term.columns();
        is_comparison(term) && !columns.is_empty() && columns.iter().all(|(_, name)| others.contains(name))
    });
    let stops = window.condition(ConditionKind::RunCondition).is_some();
    let sure = counts && on_number && others.len() <= functions;
    (scan.operator == Operator::SubqueryScan && sure && !stops).then_some(window)
}

fn column(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Column { name, .. } => Some(name),
        _ => None,
    }
}

fn is_comparison(term: &Expr) -> bool {
    match term {
        Expr::Compare { op, .. } => ["=", "<", "<="].contains(&op.as_str()),
        Expr::AnyAll { op, .. } => op == "=",
        Expr::Or(terms) => terms.iter().all(is_comparison),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn numbered_in_vain() {
        let number = r#""Output": ["orders.id", "row_number() OVER (?)"]"#;
        let run = r#""Output": ["orders.id", "row_number() OVER (?)"], "Run Condition": "(row_number() OVER (?) <= 2)""#;
        let sum = r#""Output": ["orders.id", "sum(orders.total) OVER (?)"]"#;
        let table = [
            ("(s.rn = ANY ('{1,2}'::bigint[]))", number, 240, true),
            ("((s.rn = 1) OR (s.rn = 3))", number, 240, true),
            ("(s.rn <= 2)", number, 240, true), // before 15
            ("(s.rn <= 2)", run, 240, false),
            ("(s.rn <= 2)", sum, 240, false),
            ("(s.id <= 2)", number, 240, false),   // not the number
            ("(s.code <= 2)", number, 240, false), // by another name, perhaps
            ("(s.rn <= 2)", number, 250, false),
            ("(s.rn <= 2)", r#""Strategy": "none""#, 240, false), // not VERBOSE
        ];
        for (filter, said, kept, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Subquery Scan", "Output": ["s.id", "s.rn"], "Filter": "{filter}", "Actual Total Time": 90.0,
                     "Actual Rows": {kept}, "Actual Loops": 1, "Plans": [{{"Node Type": "WindowAgg", {said},
                     "Parent Relationship": "Subquery", "Actual Total Time": 80.0, "Actual Rows": 1000,
                     "Actual Loops": 1}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{filter} {said}");
        }
    }
}
