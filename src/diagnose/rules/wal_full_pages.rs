//! A write whose log consists of whole pages.

use crate::diagnose::words::{came_in, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Bytes, PAGE, Share, count};

/// `wal-full-pages`.
pub static RULE: Rule = Rule {
    id: "wal-full-pages",
    title: "A write logs whole pages",
    doc: "The first change of a page after a checkpoint is logged with the whole page (`full_page_writes`), so that a page \
          torn by a crash can be mended. Where the changed rows lie on as many pages (random keys, an index on a \
          random value, checkpoints in quick succession), the log is a hundred times as large as what was changed \
          (manual, \"WAL Configuration\").\n\n\
          Example: `Update on orders … WAL: records=3012 fpi=1004 bytes=8126310`.\n\n\
          Silent unless the plan tells of WAL (the option WAL), for fewer than a hundred pages, and when the pages make \
          up less than half of the log.",
    check: Check::EachNode(check),
};

/// Fewer pages are less than a megabyte.
const MANY: f64 = 100.0;

/// Then they are what the log consists of.
const MOSTLY: Share = Share(0.5);

/// What a record takes without a page, beside the row: headers of 24 and some 20 bytes (`xlogrecord.h`), rounded up.
const RECORD: f64 = 64.0;

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    if node.operator != Operator::ModifyTable || !node.ran() {
        return None;
    }
    let figure = |key: &'static str| plan.added(node, |n| n.said(key).unwrap_or_default());
    let (records, images, bytes) = (figure("WAL Records"), figure("WAL FPI"), figure("WAL Bytes"));
    let width =
        plan.inputs(node).filter_map(|below| below.estimate).map(|e| e.width as f64).fold(0.0, f64::max);
    let changed = came_in(plan, node);
    // An image leaves out the free space of its page.
    let in_full = (bytes - records * RECORD - changed.0 * width).clamp(0.0, images * PAGE.0 as f64);
    let share = Share(in_full / bytes.max(1.0));
    if images < MANY || share.0 < MOSTLY.0 {
        return None;
    }
    let did = format!(
        "logged {} to change {}, most of it {} in full",
        Bytes(bytes as u64),
        rows(changed),
        count(images, "page", "pages")
    );
    let finding = Finding::at(&RULE, node, did)
        .stake(node.exclusive() * share.0)
        .next(
            "A page is logged in full once after each checkpoint: a larger `max_wal_size` makes checkpoints rarer, \
             `wal_compression` the pages smaller; fewer indexes on random values make it fewer pages.",
        )
        .with("WAL", Bytes(bytes as u64))
        .with("full pages", images as u64)
        .with("records", records as u64)
        .with("rows", changed);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn whole_pages() {
        // Records, full pages, bytes.
        let table = [
            (3000, 1000, 8_000_000, true),
            (3000, 1000, 400_000, false), // nearly empty pages
            (300_000, 150, 40_000_000, false),
            (100, 90, 700_000, false),
            (0, 0, 0, false),
        ];
        for (records, images, bytes, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "ModifyTable", "Operation": "Update", "Actual Total Time": 90.0, "Actual Rows": 0,
                     "Actual Loops": 1, "WAL Records": {records}, "WAL FPI": {images}, "WAL Bytes": {bytes},
                     "Plans": [{{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Actual Total Time": 1.0,
                     "Actual Rows": 1000, "Plan Width": 100, "Actual Loops": 1}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{records} {images} {bytes}");
        }
    }
}
