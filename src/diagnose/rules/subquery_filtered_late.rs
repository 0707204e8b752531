//! A subquery made in full, of which a condition outside keeps little.

use super::window_without_run_condition::numbered;
use crate::diagnose::shape::asked;
use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::query::Expr;
use crate::units::{Rows, Share};

/// `subquery-filtered-late`.
pub static RULE: Rule = Rule {
    id: "subquery-filtered-late",
    title: "A subquery is made in full, then filtered",
    doc: "A condition on a subquery's columns is asked inside of it where that cannot change the result. It may not go \
          below a window function unless it is on the `PARTITION BY` columns of all of them, below `DISTINCT ON` unless \
          on its columns, nor below a `LIMIT` (`subquery_is_pushdown_safe` and `check_output_expressions` in \
          allpaths.c). Everything is then read, sorted and numbered before most of it is thrown away, which views with \
          window functions are known for.\n\n\
          Example: `Subquery Scan on latest  Filter: (latest.customer_code = 7) … Rows Removed by Filter: 19,999 -> \
          WindowAgg`.\n\n\
          Silent when more than a tenth is kept, below a thousand rows, and when the condition is on what the window \
          function computes: that has to be computed first.",
    check: Check::EachNode(check),
};

/// Above a tenth, most of what the subquery makes is wanted.
const A_FEW: Share = Share(0.10);

/// Fewer are made in a fraction of a millisecond.
const ENOUGH_ROWS: Rows = Rows(1000.0);

fn check(plan: &Plan, scan: &Node) -> Option<Finding> {
    let input = plan.inputs(scan).next().filter(|_| scan.operator == Operator::SubqueryScan)?;
    let filter = asked(scan, ConditionKind::Filter)?;
    let obstacle = obstacle(input, &filter).filter(|_| numbered(plan, scan).is_none())?;
    let (kept, made) = (scan.rows_out()?, input.rows_out()?);
    if made.0 < ENOUGH_ROWS.0 || kept.share_of(made).0 > A_FEW.0 {
        return None;
    }
    let did =
        format!("kept {} of the {} that the {} below had made", none_or(kept), rows(made), input.title());
    let finding = Finding::at(&RULE, scan, did)
        .by(scan, scan.inclusive())
        .stake(scan.inclusive() * (1.0 - kept.share_of(made).0))
        .with("rows made", made)
        .with("rows kept", kept)
        .with("filter", scan.condition(ConditionKind::Filter).unwrap_or_default())
        .next(obstacle);
    Some(finding)
}

/// What keeps the condition out.
fn obstacle(below: &Node, filter: &Expr) -> Option<&'static str> {
    let given: Vec<Expr> = below.output.iter().filter_map(|text| Expr::parse(text)).collect();
    let plain =
        |name: &str| given.iter().any(|expr| matches!(expr, Expr::Column { name: own, .. } if own == name));
    let columns = filter.columns();
    let of_columns = !columns.is_empty() && columns.iter().all(|(_, name)| plain(name));
    match below.operator {
        Operator::WindowAgg if of_columns => Some(
            "It is asked below the window function only if its columns are in every PARTITION BY: add them there if \
             that does not change the partitions, or write the condition inside of the subquery.",
        ),
        Operator::Unique if of_columns => Some(
            "It is asked below DISTINCT ON only if its columns are among those: add them there if that does not change \
             what is distinct, or write the condition inside of the subquery.",
        ),
        Operator::Limit => Some(
            "A condition is never asked below a LIMIT: if the LIMIT (or an OFFSET 0) is not meant to come first, take it \
             out of the subquery.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn made_in_full() {
        let output = r#""Output": ["o.id", "o.code", "lag(o.total) OVER (?)"]"#;
        let table = [
            ("(s.code = 7)", "WindowAgg", 1000, 100, true),
            ("(s.code = 7)", "Unique", 1000, 100, true),
            ("(s.before = 7)", "Limit", 1000, 100, true),
            ("(s.before = 7)", "WindowAgg", 1000, 100, false), // it has to be computed
            ("(s.code = 7)", "Seq Scan", 1000, 100, false),
            ("(s.code = 7)", "WindowAgg", 1000, 101, false),
            ("(s.code = 7)", "WindowAgg", 999, 9, false),
            ("(s.code = 7)", "WindowAgg", 0, 0, false),
        ];
        for (filter, below, made, kept, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Subquery Scan", "Filter": "{filter}", "Actual Total Time": 90.0,
                     "Actual Rows": {kept}, "Actual Loops": 1, "Plans": [{{"Node Type": "{below}", {output},
                     "Parent Relationship": "Subquery", "Actual Total Time": 80.0, "Actual Rows": {made},
                     "Actual Loops": 1}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{filter} {below} {made} {kept}");
        }
    }
}
