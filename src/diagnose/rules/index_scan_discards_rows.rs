//! An index that finds rows which the filter then throws away.

use super::{Waste, index_walked_for_order};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::units::{Rows, Share};

/// `index-scan-discards-rows`.
pub static RULE: Rule = Rule {
    id: "index-scan-discards-rows",
    title: "The index finds rows that are then thrown away",
    doc: "An index scan answers its `Index Cond` from the index, but must visit the table for each row to ask \
          its `Filter`. Where most rows fail the filter, most visits are for nothing; an index that also holds \
          what the filter asks would skip them. The same goes for a bitmap scan.\n\n\
          Example: `Index Scan using orders_customer on orders … Index Cond: (customer_id = 1) … \
          Filter: (status = 'failed') … Rows Removed by Filter: 19,494`.\n\n\
          Silent when at least half of the rows pass: the visits were needed anyway. Silent for fewer than a \
          hundred rows thrown away in all. Silent where an index is walked for the order that a LIMIT asks for, which \
          has a rule of its own.",
    check: Check::EachNode(check),
};

/// While at least half of the rows pass, a better index saves less than half of the visits.
const MOST_PASS: Share = Share(0.50);

/// Visiting fewer rows than this takes well under a millisecond when their pages are in memory
/// (0.4 µs each, measured on 15), too little for another column in an index.
const WORTH_A_COLUMN: Rows = Rows(100.0);

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    let waste = waste(node).filter(|_| index_walked_for_order::limit(plan, node).is_none())?;
    let did = format!("fetched {} to keep {}", rows(waste.read), kept_by(node));
    let mut finding = Finding::at(&RULE, node, did)
        .symptom(Symptom::IndexScanDiscardsRows { scan: node.id })
        .stake(waste.time(node))
        .with("rows found by index", waste.read)
        .with("rows kept", waste.kept)
        .with("filter", node.condition(ConditionKind::Filter)?);
    if let Some(index) = &node.index {
        finding = finding.with("index", index.as_str());
    }
    Some(finding)
}

/// What was found by index and thrown away, where that is most of it.
pub(super) fn waste(node: &Node) -> Option<Waste> {
    let by_index =
        matches!(node.operator, Operator::IndexScan | Operator::IndexOnlyScan | Operator::BitmapHeapScan);
    node.condition(ConditionKind::Filter).filter(|_| by_index)?;
    let (kept, removed) = (node.rows_out()?, node.removed_by_filter());
    let read = kept + removed;
    let most_pass = kept.share_of(read).0 >= MOST_PASS.0;
    (removed.0 >= WORTH_A_COLUMN.0 && !most_pass).then_some(Waste { read, kept })
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
