//! An index walked in its order for a LIMIT, past all the rows that the filter throws away.

use super::index_scan_discards_rows;
use crate::diagnose::words::{kept_by, out, rows};
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{ConditionKind, Node, Operator, Plan, Role};
use crate::query::Expr;

/// `index-walked-for-order`.
pub static RULE: Rule = Rule {
    id: "index-walked-for-order",
    title: "An index is walked in order, past rows that do not fit",
    doc: "For `WHERE … ORDER BY … LIMIT 10` the planner may walk an index in the order that is asked for and stop at the \
          tenth row that passes the filter. It takes the rows that pass for evenly spread over that order. Where they \
          are rarer than it thinks, or all at the far end, nearly the whole index is walked, with a visit to the table \
          for each entry; the other way, by an index on what the filter compares and a sort, would read a few. `min` and \
          `max` are planned in the same way.\n\n\
          Example: `Limit (… rows=10) -> Index Scan using orders_pkey on orders  Filter: (status = 'failed') Rows \
          Removed by Filter: 190,000`.\n\n\
          Silent when at least half of the rows on the way pass, for fewer than a hundred that do not, and where the \
          index is searched by a condition.",
    check: Check::EachNode(check),
};

fn check(plan: &Plan, scan: &Node) -> Option<Finding> {
    let limit = limit(plan, scan)?;
    let waste = index_scan_discards_rows::waste(scan)?;
    let filter = scan.condition(ConditionKind::Filter)?;
    let did = format!(
        "went through {} in the order of the index to find {} that {} the filter, for a Limit of {}",
        rows(waste.read),
        kept_by(scan),
        if waste.kept.0 == 1.0 { "passes" } else { "pass" },
        rows(out(limit))
    );
    let mut finding = Finding::at(&RULE, scan, did)
        .symptom(Symptom::IndexScanDiscardsRows { scan: scan.id })
        .stake(waste.time(scan))
        .next(
            "An index that leads with what the filter compares and goes on in this order may find them directly; ORDER BY \
             an expression of the key (id + 0) shows what the plan without the walk takes.",
        )
        .with("rows gone through", waste.read)
        .with("rows that passed", waste.kept);
    if let Some(estimate) = scan.estimate {
        finding = finding.with("rows of the whole table that were expected to pass", estimate.rows);
    }
    Some(finding.with("filter", filter))
}

/// The limit that the rows of this scan go to in their order, when the index is not searched by anything.
pub(super) fn limit<'a>(plan: &'a Plan, scan: &'a Node) -> Option<&'a Node> {
    use Operator::{
        Append, GatherMerge, IncrementalSort, Limit, LockRows, MergeAppend, NestedLoop, Result, SubqueryScan,
    };
    if !matches!(scan.operator, Operator::IndexScan | Operator::IndexOnlyScan) || is_searched(scan) {
        return None;
    }
    let mut below = scan;
    for above in plan.ancestors(scan) {
        match above.operator {
            _ if below.is_apart() => return None,
            Limit => return Some(above),
            NestedLoop if below.role == Role::Outer => {}
            Append | MergeAppend | GatherMerge | IncrementalSort | LockRows | Result | SubqueryScan => {}
            _ => return None,
        }
        below = above;
    }
    None
}

/// By more than leaving out NULLs, which is how `min` and `max` begin (planagg.c).
fn is_searched(scan: &Node) -> bool {
    let Some(condition) = scan.condition(ConditionKind::IndexCond) else { return false };
    let only_nulls =
        |expr: Expr| expr.terms().iter().all(|term| matches!(term, Expr::IsNull { negated: true, .. }));
    !Expr::parse(condition).is_some_and(only_nulls)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn walk(above: &str, condition: &str, kept: f64, removed: f64) -> Plan {
        let scan = format!(
            r#"{{"Node Type": "Index Scan", "Parent Relationship": "Outer", "Index Name": "orders_pkey",
                 "Relation Name": "orders", {condition} "Filter": "(status = 'failed')", "Plan Rows": 1000,
                 "Actual Total Time": 9.0, "Actual Rows": {kept}, "Actual Loops": 1,
                 "Rows Removed by Filter": {removed}}}"#
        );
        let above = above.split(" / ").collect::<Vec<_>>();
        plan(&above.into_iter().rev().fold(scan, |below, operator| {
            format!(
                r#"{{"Node Type": "{operator}", "Parent Relationship": "Outer", "Plan Rows": 10,
                     "Actual Total Time": 9.5, "Actual Rows": {kept}, "Actual Loops": 1, "Plans": [{below}]}}"#
            )
        }))
    }

    #[test]
    fn one_of_the_two_rules_tells() {
        let cond = |text: &str| format!(r#""Index Cond": "{text}","#);
        let table = [
            ("Limit", String::new(), 10.0, 5000.0, true),
            ("Limit / LockRows / Nested Loop", String::new(), 10.0, 5000.0, true),
            ("Limit", cond("(id IS NOT NULL)"), 1.0, 5000.0, true),
            ("Limit", cond("(id > 5)"), 10.0, 5000.0, false),
            ("Limit / Sort", String::new(), 10.0, 5000.0, false),
            ("Aggregate", String::new(), 10.0, 5000.0, false),
            ("Limit / Hash Join", String::new(), 10.0, 5000.0, false), // keeps the order, but reads one side first
        ];
        for (above, condition, kept, removed, expected) in table {
            let plan = walk(above, &condition, kept, removed);
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{above}");
            let other = findings(&index_scan_discards_rows::RULE, &plan);
            assert_eq!(other.len(), usize::from(!expected), "{above}, the other rule");
        }
        let passing = walk("Limit", "", 200.0, 200.0);
        assert_eq!(findings(&RULE, &passing).len(), 0, "half pass");
        assert_eq!(findings(&RULE, &walk("Limit", "", 0.0, 99.0)).len(), 0, "a glance");
    }
}
