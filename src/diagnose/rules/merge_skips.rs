//! A MERGE that does nothing with most of the rows it joined.

use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Rows, Share};

/// `merge-skips`.
pub static RULE: Rule = Rule {
    id: "merge-skips",
    title: "A MERGE does nothing with most rows",
    doc: "MERGE joins the source with the table and asks its WHEN clauses of each row of the join. What no clause \
          takes was joined for nothing: a condition in a WHEN clause is no condition of the join, so no index \
          answers it.\n\n\
          Example: `Merge on stock … Tuples: updated=12 skipped=99988`.\n\n\
          Silent when something is done with most rows, and below a thousand that are skipped. PostgreSQL 15 is the first \
          with MERGE.",
    check: Check::EachNode(check),
};

/// More rows come for nothing than for something.
const MOST: Share = Share(0.5);

/// Fewer rows are joined and skipped in a millisecond or two.
const MANY: Rows = Rows(1000.0);

fn check(plan: &Plan, merge: &Node) -> Option<Finding> {
    let skipped = Rows(merge.said("Tuples Skipped").filter(|_| merge.operator == Operator::ModifyTable)?);
    let done =
        ["Tuples Inserted", "Tuples Updated", "Tuples Deleted"].iter().filter_map(|key| merge.said(key));
    let all = Rows(done.sum::<f64>() + skipped.0);
    let share = skipped.share_of(all);
    if skipped.0 < MANY.0 || share.0 <= MOST.0 || !merge.ran() {
        return None;
    }
    let joined = merge.inclusive().min(plan.root().inclusive());
    let did = format!("did nothing with {} of the {} that it was given", rows(skipped), all);
    let finding = Finding::at(&RULE, merge, did)
        .by(merge, joined)
        .stake(joined * share.0)
        .next(
            "Put into the source query or into ON what decides whether there is anything to do, e.g. that the new value `IS \
             DISTINCT FROM` the old one.",
        )
        .with("rows skipped", skipped)
        .with("rows given", all);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn mostly_for_nothing() {
        for (updated, skipped, expected) in [(10, 9990, 1), (9990, 9000, 0), (10, 990, 0), (0, 0, 0)] {
            let plan = plan(&format!(
                r#"{{"Node Type": "ModifyTable", "Operation": "Merge", "Tuples Updated": {updated},
                     "Tuples Skipped": {skipped}, "Actual Total Time": 90.0, "Actual Rows": 0, "Actual Loops": 1}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), expected, "{updated} {skipped}");
        }
    }
}
