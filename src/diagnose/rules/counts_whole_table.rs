//! A count of all rows of a table.

use crate::diagnose::conditions::table_of;
use crate::diagnose::words::{came_in, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::Rows;

/// `counts-whole-table`.
pub static RULE: Rule = Rule {
    id: "counts-whole-table",
    title: "All rows of a table are counted",
    doc: "PostgreSQL does not keep the number of a table's rows: which of them there are depends on who asks (manual, \
          \"Index-Only Scans and Covering Indexes\": visibility is not in an index). `count(*)` without a condition reads \
          a whole table, or a whole index of it, each time. For a number on a page, the planner's own will often do: \
          `pg_class.reltuples`, as of the last VACUUM or ANALYZE.\n\n\
          Example: `Aggregate  Output: count(*) -> Seq Scan on orders (actual … rows=200000 …)`.\n\n\
          Silent with any condition or group, beside other aggregates, below ten thousand rows, and where VERBOSE was off, \
          since only `Output` tells what is aggregated.",
    check: Check::EachNode(check),
};

/// Counted in a millisecond (80 ns a row, measured on 15).
const ENOUGH: Rows = Rows(10_000.0);

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    let counts =
        node.output == ["count(*)"] && node.operator == Operator::Aggregate && node.group_key.is_empty();
    let scans = scans(plan, node).filter(|scans| counts && !scans.is_empty())?;
    let counted = scans.iter().map(|scan| Some(scan.rows_out()?.0)).sum::<Option<f64>>().map(Rows)?;
    if counted.0 < ENOUGH.0 || !node.conditions.is_empty() {
        return None;
    }
    let table = scans.first()?.relation.as_ref()?;
    let finding = Finding::at(&RULE, node, format!("counted all of {}", rows(counted)))
        .by(node, node.inclusive())
        .stake(node.inclusive())
        .next(format!(
            "If a number as of the last VACUUM or ANALYZE will do: SELECT reltuples FROM pg_class WHERE oid = '{}'::regclass; \
             an exact one at hand takes a counter that is kept by triggers, or counting no further than needed (LIMIT in a \
             subquery).",
            table_of(table).sql().replace('\'', "''")
        ))
        .with("rows counted", counted);
    Some(finding.with("rows handed up", came_in(plan, node)))
}

/// The scans whose rows are counted, when nothing stands between but partial counts and what gathers rows, and no scan
/// has a condition.
fn scans<'a>(plan: &'a Plan, node: &'a Node) -> Option<Vec<&'a Node>> {
    let below: Vec<&Node> = plan.sources(node).skip(1).collect();
    let gathers = |n: &Node| {
        n.operator.is_gather()
            || matches!(n.operator, Operator::Append | Operator::Aggregate) && n.group_key.is_empty()
    };
    let (scans, others): (Vec<&Node>, Vec<&Node>) = below.into_iter().partition(|n| n.operator.reads_table());
    let whole = scans.iter().all(|n| n.conditions.is_empty()) && others.iter().all(|n| gathers(n));
    whole.then_some(scans)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn count(output: &str, between: &str, scan: &str, rows: f64) -> usize {
        let scan = format!(
            r#"{{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "t", {scan}
                 "Actual Total Time": 9.0, "Actual Rows": {rows}, "Actual Loops": 1}}"#
        );
        let scan = match between {
            "" => scan,
            operator => format!(
                r#"{{"Node Type": "{operator}", "Parent Relationship": "Outer", "Output": ["PARTIAL count(*)"],
                     "Actual Total Time": 9.5, "Actual Rows": 1, "Actual Loops": 1, "Plans": [{scan}]}}"#
            ),
        };
        let plan = plan(&format!(
            r#"{{"Node Type": "Aggregate", "Output": [{output}], "Actual Total Time": 10.0, "Actual Rows": 1,
                 "Actual Loops": 1, "Plans": [{scan}]}}"#
        ));
        findings(&RULE, &plan).len()
    }

    #[test]
    fn everything_is_counted() {
        let all = r#""count(*)""#;
        assert_eq!(count(all, "", "", 10_000.0), 1);
        assert_eq!(count(all, "Gather", "", 10_000.0), 1);
        assert_eq!(count(all, "Aggregate", "", 10_000.0), 1, "a partial one");
        assert_eq!(count(all, "", "", 9_999.0), 0);
        assert_eq!(count(all, "", r#""Filter": "(a = 5)","#, 10_000.0), 0);
        assert_eq!(count(all, "Unique", "", 10_000.0), 0);
        assert_eq!(count(r#""count(*)", "sum(a)""#, "", "", 10_000.0), 0);
        assert_eq!(count(r#""count(a)""#, "", "", 10_000.0), 0);
        assert_eq!(count("", "", "", 10_000.0), 0, "without VERBOSE");
    }
}
