//! An index that finds rows which the filter then throws away.

use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::units::{Rows, Share};

/// `index-scan-discards-rows`.
pub static RULE: Rule = Rule {
    id: "index-scan-discards-rows",
    title: "The index finds rows that are then thrown away",
    doc: "An index scan answers its `Index Cond` from the index, but must visit the table for each row to ask \
          its `Filter`. Where most rows fail the filter, most visits are for nothing; an index that also holds \
          what the filter asks would skip them. The same goes for an index that is walked for its order while \
          the filter waits for a row that passes, and for a bitmap scan.\n\n\
          Example: `Index Scan using orders_customer on orders … Index Cond: (customer_id = 1) … \
          Filter: (status = 'failed') … Rows Removed by Filter: 19,494`.\n\n\
          Silent when at least half of the rows pass: the visits were needed anyway. Silent for fewer than a \
          hundred rows thrown away in all.",
    check: Check::EachNode(check),
};

/// While at least half of the rows pass, a better index saves less than half of the visits.
const MOST_PASS: Share = Share(0.50);

/// Visiting fewer rows than this takes well under a millisecond when their pages are in memory
/// (0.4 µs each, measured on 15), too little for another column in an index.
const WORTH_A_COLUMN: Rows = Rows(100.0);

fn check(_: &Plan, node: &Node) -> Option<Finding> {
    let by_index =
        matches!(node.operator, Operator::IndexScan | Operator::IndexOnlyScan | Operator::BitmapHeapScan);
    let filter = node.condition(ConditionKind::Filter).filter(|_| by_index)?;
    let (kept, removed) = (node.rows_out()?, node.removed_by_filter());
    let found = kept + removed;
    if removed.0 < WORTH_A_COLUMN.0 || kept.share_of(found).0 >= MOST_PASS.0 {
        return None;
    }
    let mut finding = Finding::at(&RULE, node, format!("fetched {} to keep {}", rows(found), none_or(kept)))
        .symptom(Symptom::IndexScanDiscardsRows { scan: node.id })
        .stake(node.exclusive() * removed.share_of(found).0)
        .with("rows found by index", found)
        .with("rows kept", kept)
        .with("filter", filter);
    if let Some(index) = &node.index {
        finding = finding.with("index", index.as_str());
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn fires(operator: &str, loops: f64, kept: f64, removed: f64) -> bool {
        let plan = plan(&format!(
            r#"{{"Node Type": "{operator}", "Relation Name": "orders", "Filter": "(status = 'failed')",
                 "Actual Total Time": 9.0, "Actual Rows": {kept}, "Actual Loops": {loops},
                 "Rows Removed by Filter": {removed}}}"#
        ));
        !findings(&RULE, &plan).is_empty()
    }

    #[test]
    fn most_of_what_was_found() {
        assert!(fires("Index Scan", 1.0, 10.0, 200.0));
        assert!(fires("Index Only Scan", 1.0, 10.0, 200.0));
        assert!(fires("Bitmap Heap Scan", 1.0, 10.0, 200.0));
        assert!(fires("Index Scan", 1000.0, 0.0, 1.0), "one visit in vain, a thousand times");
        assert!(!fires("Index Scan", 1.0, 0.0, 1.0), "one visit in vain");
        assert!(!fires("Index Scan", 1.0, 200.0, 200.0), "half pass");
        assert!(!fires("Seq Scan", 1.0, 0.0, 200.0), "no index");
        assert!(!fires("Index Scan", 0.0, 0.0, 0.0), "never executed");
    }
}
