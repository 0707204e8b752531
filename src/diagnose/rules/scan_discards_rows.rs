//! A scan that reads a whole table to keep a handful of rows.

use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::units::Share;

/// `scan-discards-rows`.
pub static RULE: Rule = Rule {
    id: "scan-discards-rows",
    title: "Rows are read only to be thrown away",
    doc: "A sequential scan reads every row of its table and asks its `Filter` of each. Where few rows pass, \
          almost all of that work is for nothing, and an index on what the filter asks would find them directly.\n\n\
          Example: `Seq Scan on orders … Filter: (status = 'failed') … Rows Removed by Filter: 239,412`.\n\n\
          Silent when the filter keeps more than a tenth of what is read: an index would then visit most pages \
          of the table too, in a worse order.",
    check: Check::EachNode(check),
};

/// A scan that keeps more than this reads most of its table's pages by index too: with 10 rows on a page,
/// one in ten is a row on every page.
const WORTH_AN_INDEX: Share = Share(0.10);

fn check(_: &Plan, node: &Node) -> Option<Finding> {
    if !matches!(node.operator, Operator::SeqScan | Operator::SampleScan) {
        return None;
    }
    let filter = node.condition(ConditionKind::Filter)?;
    let kept = node.rows_out()?;
    let read = kept + node.removed_by_filter();
    if read.0 == 0.0 || kept.share_of(read).0 > WORTH_AN_INDEX.0 {
        return None;
    }
    let finding = Finding::at(&RULE, node, Symptom::ScanDiscardsRows { scan: node.id });
    Some(finding.with("rows read", read).with("rows kept", kept).with("filter", filter))
}
