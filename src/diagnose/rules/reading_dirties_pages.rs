//! A statement that only reads, and still makes pages dirty.

use super::function_slow::calls_foreign;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::units::{Bytes, Share};

/// `reading-dirties-pages`.
pub static RULE: Rule = Rule {
    id: "reading-dirties-pages",
    title: "Reading makes pages dirty",
    doc: "Who is the first to read a row after it was written looks up whether its transaction committed, and notes that \
          in the row (hint bits, `heapam_visibility.c`); who meets dead rows may prune the page (`README.HOT`). Both \
          make the page dirty: it is written out again, and with checksums or `wal_log_hints` into the WAL \
          as well. The next reader is spared all of it, and so is the first one after a VACUUM.\n\n\
          Example: `Seq Scan on loaded (actual time=0.1..310.7 rows=500000 loops=1) Buffers: shared hit=8334 \
          dirtied=8334`.\n\n\
          Silent for statements that write or call a function of somebody's own, for fewer than a hundred pages, and when fewer than one page in ten became \
          dirty.",
    check: Check::EachNode(check),
};

/// Fewer pages are made dirty and written in a millisecond or two.
const MANY: f64 = 100.0;

/// On the first read of a page that was just loaded, noting it for every row took 1.5 times as long as reading alone
/// (measured on 15); with one page in ten, it is a twentieth of the time.
const OFTEN: Share = Share(0.10);

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    // A function may do anything.
    if plan.writes() || calls_foreign(node) || !node.operator.reads_table() || !node.ran() {
        return None;
    }
    let count = |pages: fn(&crate::plan::Buffers) -> u64| {
        plan.added(node, |n| n.buffers.as_ref().map_or(0.0, |buffers| pages(buffers) as f64))
    };
    let (dirtied, touched) = (count(|b| b.shared_dirtied), count(|b| b.shared()));
    let share = Share(if touched > 0.0 { (dirtied / touched).min(1.0) } else { 0.0 });
    if dirtied < MANY || share.0 < OFTEN.0 {
        return None;
    }
    let size = Bytes::of_pages(dirtied as u64);
    let did = format!("made {} of the pages that it read dirty ({size})", share);
    let finding = Finding::at(&RULE, node, did)
        .stake(node.exclusive() * share.0)
        .led_to(Some("The first reader after a write notes in each row whether it is visible.".to_owned()))
        .next("Run it again to see the plan without that; a VACUUM after a bulk load or a mass change does it beforehand.")
        .with("pages dirtied", dirtied as u64)
        .with("pages looked at", touched as u64);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn many_pages_of_a_statement_that_reads() {
        let table = [
            ("Aggregate", "id", 900, 1000, true),
            ("Aggregate", "noted(id)", 900, 1000, false), // who knows what it writes
            ("ModifyTable", "id", 900, 1000, false),
            ("Aggregate", "id", 99, 100, false),
            ("Aggregate", "id", 150, 2000, false),
        ];
        for (above, output, dirtied, touched, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "{above}", "Actual Total Time": 99.0, "Actual Rows": 1, "Actual Loops": 1,
                     "Shared Hit Blocks": {touched}, "Shared Dirtied Blocks": {dirtied},
                     "Plans": [{{"Node Type": "Seq Scan", "Output": ["{output}"], "Parent Relationship": "Outer", "Actual Total Time": 90.0,
                     "Actual Rows": 10, "Actual Loops": 1, "Shared Hit Blocks": {touched},
                     "Shared Dirtied Blocks": {dirtied}}}]}}"#
            ));
            assert_eq!(
                findings(&RULE, &plan).len(),
                usize::from(expected),
                "{above} {output} {dirtied} {touched}"
            );
        }
    }
}
