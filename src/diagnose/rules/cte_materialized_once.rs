//! A CTE that is written down in full for a single reader that wants little of it.

use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan, Role};
use crate::units::{Rows, Share};

/// `cte-materialized-once`.
pub static RULE: Rule = Rule {
    id: "cte-materialized-once",
    title: "A CTE is stored in full for a reader that filters it",
    doc: "A CTE that is `MATERIALIZED` is run to the end by itself, whatever its reader asks: the reader's conditions \
          cannot use an index, nor choose the joins inside. With one reader it need not be: since PostgreSQL 12 such a \
          CTE is merged into the query, unless it says `MATERIALIZED` or calls a volatile function; before, it never \
          was (manual, \"Common Table Expression Materialization\").\n\n\
          Example: `CTE Scan on x (actual … rows=1 …)  Filter: (id = 4711)  Rows Removed by Filter: 199,999`.\n\n\
          Silent when the CTE has several readers, is recursive or writes; when the reader keeps more than a tenth; \
          and below a thousand rows.",
    check: Check::EachNode(check),
};

/// Above a tenth, most of what the CTE makes is wanted: reading it through an index would visit most pages too.
const A_FEW: Share = Share(0.10);

/// Fewer are stored in a tenth of a millisecond.
const ENOUGH_ROWS: Rows = Rows(1000.0);

fn check(plan: &Plan, scan: &Node) -> Option<Finding> {
    let condition = scan.condition(ConditionKind::Filter)?;
    let cte = stored_for(plan, scan)?;
    let (kept, stored) = (scan.rows_out()?, cte.rows_out()?);
    if stored.0 < ENOUGH_ROWS.0 || kept.share_of(stored).0 > A_FEW.0 || scan.loops() != 1.0 {
        return None;
    }
    let did = format!("kept {} of the {} that its CTE had stored for it alone", none_or(kept), rows(stored));
    let finding = Finding::at(&RULE, scan, did)
        .by(scan, cte.inclusive() + scan.exclusive())
        .stake((cte.inclusive() + scan.exclusive()) * (1.0 - kept.share_of(stored).0))
        .with("rows stored", stored)
        .with("rows kept", kept)
        .with("filter", condition)
        .next(
            "AS NOT MATERIALIZED (12 and later), or a subquery in FROM, lets the condition be asked inside, by an \
             index where there is one; not if the CTE calls a volatile function.",
        );
    Some(finding)
}

/// The CTE that this scan reads, when nobody else does and it could be a subquery.
fn stored_for<'a>(plan: &'a Plan, scan: &Node) -> Option<&'a Node> {
    let name = scan.cte.as_deref().filter(|_| scan.operator == Operator::CteScan)?;
    let readers =
        plan.nodes.iter().filter(|n| n.operator == Operator::CteScan && n.cte.as_deref() == Some(name));
    let title = format!("CTE {name}");
    let is_it = |n: &&Node| n.role == Role::InitPlan && n.subplan_name.as_deref() == Some(title.as_str());
    let mut ctes = plan.nodes.iter().filter(is_it);
    let cte = ctes.next().filter(|_| readers.count() == 1 && ctes.next().is_none())?;
    let bound = |n: &Node| {
        matches!(n.operator, Operator::RecursiveUnion | Operator::ModifyTable | Operator::LockRows)
    };
    (!plan.subtree(cte).iter().any(bound)).then_some(cte)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn stakes(below: &str, readers: usize, stored: f64, kept: f64) -> Vec<f64> {
        let scan = format!(
            r#"{{"Node Type": "CTE Scan", "Parent Relationship": "Member", "CTE Name": "x", "Filter": "(id = 1)",
                 "Actual Total Time": 60.0, "Actual Rows": {kept}, "Actual Loops": 1}}"#
        );
        let plan = plan(&format!(
            r#"{{"Node Type": "Append", "Actual Total Time": 90.0, "Actual Rows": 1, "Actual Loops": 1, "Plans": [
                 {{"Node Type": "{below}", "Parent Relationship": "InitPlan", "Subplan Name": "CTE x",
                   "Actual Total Time": 50.0, "Actual Rows": {stored}, "Actual Loops": 1}}, {}]}}"#,
            vec![scan; readers].join(", ")
        ));
        findings(&RULE, &plan).iter().map(|finding| finding.stake.0.round()).collect()
    }

    #[test]
    fn for_one_reader_that_wants_little() {
        let none: Vec<f64> = Vec::new();
        assert_eq!(stakes("Seq Scan", 1, 1000.0, 100.0), [54.0]);
        assert_eq!(stakes("Seq Scan", 1, 1000.0, 101.0), none, "more than a tenth");
        assert_eq!(stakes("Seq Scan", 1, 999.0, 1.0), none, "few rows");
        assert_eq!(stakes("Seq Scan", 2, 1000.0, 100.0), none, "two readers");
        assert_eq!(stakes("Recursive Union", 1, 1000.0, 100.0), none);
        assert_eq!(stakes("ModifyTable", 1, 1000.0, 100.0), none);
        assert_eq!(stakes("Seq Scan", 1, 0.0, 0.0), none, "nothing");
    }
}
