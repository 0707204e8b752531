//! A scan that reads a whole table to keep a handful of rows.

use super::{ONE_DESCENT, Waste};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::units::Share;

/// `scan-discards-rows`.
pub static RULE: Rule = Rule {
    id: "scan-discards-rows",
    title: "Rows are read only to be thrown away",
    doc: "A sequential scan reads every row of its table and asks its `Filter` of each. Where few rows pass, \
          almost all of that work is for nothing, and an index on what the filter asks would find them directly.\n\n\
          Example: `Seq Scan on orders … Filter: (status = 'failed') … Rows Removed by Filter: 199,000`.\n\n\
          Silent when the filter keeps more than a tenth of what is read: an index would then visit most pages \
          of the table too, in a worse order. Silent when one pass reads fewer rows than the descent of an index \
          is worth. Silent for a plan that was not run: it tells neither what was thrown away nor how large the \
          table is.",
    check: Check::EachNode(check),
};

/// A scan that keeps more than this reads most of its table's pages by index too: with 10 rows on a page,
/// one in ten is a row on every page.
const WORTH_AN_INDEX: Share = Share(0.10);

fn check(_: &Plan, node: &Node) -> Option<Finding> {
    let waste = waste(node)?;
    let did = format!("read {} to keep {}", rows(waste.read), kept_by(node));
    let finding = Finding::at(&RULE, node, did)
        .symptom(Symptom::ScanDiscardsRows { scan: node.id })
        .stake(waste.time(node))
        .with("rows read", waste.read)
        .with("rows kept", waste.kept)
        .with("filter", node.condition(ConditionKind::Filter)?);
    Some(finding)
}

/// What a sequential scan threw away, where that is almost all of it.
pub(super) fn waste(node: &Node) -> Option<Waste> {
    if node.operator != Operator::SeqScan {
        return None;
    }
    node.condition(ConditionKind::Filter)?;
    let (read, kept) = (node.rows_read()?, node.rows_out()?);
    if read.0 < ONE_DESCENT.0 * node.loops() || !node.ran() || kept.share_of(read).0 > WORTH_AN_INDEX.0 {
        return None;
    }
    Some(Waste { read, kept })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn fires(loops: f64, kept: f64, removed: f64) -> bool {
        let plan = plan(&format!(
            r#"{{"Node Type": "Seq Scan", "Relation Name": "orders", "Filter": "(status = 'failed')",
                 "Actual Total Time": 9.0, "Actual Rows": {kept}, "Actual Loops": {loops},
                 "Rows Removed by Filter": {removed}}}"#
        ));
        !findings(&RULE, &plan).is_empty()
    }

    #[test]
    fn few_of_many() {
        //            loops  kept  removed
        assert!(fires(1.0, 0.0, 1000.0), "nothing passes");
        assert!(fires(3.0, 99.0, 901.0), "three processes, a little under a tenth");
        assert!(!fires(1.0, 110.0, 890.0), "more than a tenth");
        assert!(!fires(1.0, 1.0, 98.0), "a handful of rows");
        assert!(!fires(50_000.0, 1.0, 19.0), "a tiny table, however often");
        assert!(fires(50_000.0, 1.0, 199.0), "a small table, often");
        assert!(!fires(0.0, 0.0, 0.0), "never executed");
    }
}
