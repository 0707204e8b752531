//! A scan that waits for pages most of its time.

use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::units::{Bytes, Ms, Share};

/// `io-dominates`.
pub static RULE: Rule = Rule {
    id: "io-dominates",
    title: "Reading pages takes the time",
    doc: "Pages that are not in `shared_buffers` are asked of the operating system, which has them in its own cache or \
          fetches them from the storage. With `track_io_timing` on, the time that this took is measured \
          (manual, \"Run-time Statistics\").\n\n\
          Example: `Seq Scan on archive (actual time=0.2..912.4 rows=40000 loops=1) … Buffers: shared hit=32 \
          read=39968  I/O Timings: shared read=801.3`.\n\n\
          Silent without `track_io_timing`, and while reading takes less than half of the node's time. Temporary files \
          are not meant: of what spills, others tell.",
    check: Check::EachNode(check),
};

/// Reading is what costs when it is more than all else that the node does.
const MOSTLY: Share = Share(0.5);

/// What each version calls the time of reading pages of tables and indexes (explain.c, `show_buffer_usage`): to 16,
/// from 17 on.
const READING: [&str; 3] = ["I/O Read Time", "Shared I/O Read Time", "Local I/O Read Time"];

/// The time that the node and all below it waited for pages.
pub(super) fn reading(node: &Node) -> f64 {
    READING.iter().filter_map(|key| node.said(key)).sum()
}

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    let own = node.own.filter(|own| node.ran() && own.work.0 > 0.0)?;
    // Over all processes, like `work`; of what they did side by side, the wall clock saw a part.
    let share = Share((plan.added(node, reading) / own.work.0).min(1.0));
    let read = plan.added(node, |n| n.buffers.map_or(0.0, |buffers| buffers.shared_read as f64));
    if share.0 < MOSTLY.0 || read < 1.0 {
        return None;
    }
    let waited = own.exclusive * share.0;
    let size = Bytes::of_pages(read as u64);
    let finding = Finding::at(&RULE, node, format!("waited {waited} for {size} to be read"))
        .stake(waited)
        .next(
            "Run it once more: what is then in memory is not read again. If it stays so, let it touch fewer pages (an \
             index, fewer columns in the table, less bloat), or give the server more memory (`shared_buffers`) or faster \
             storage.",
        )
        .with("time of reading", Ms(plan.added(node, reading)))
        .with("pages read", read as u64)
        .with("part of the node's time", share);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn more_than_all_else() {
        let table = [
            ("I/O Read Time", 60.0, 500, 1, true),
            ("Shared I/O Read Time", 60.0, 500, 1, true),
            ("Temp I/O Read Time", 60.0, 500, 1, false),
            ("I/O Read Time", 40.0, 500, 1, false),
            ("I/O Read Time", 60.0, 0, 1, false), // what it read were no pages of tables
            ("I/O Read Time", 60.0, 500, 0, false),
        ];
        for (key, time, pages, loops, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Actual Total Time": 100.0, "Actual Rows": 10, "Actual Loops": {loops},
                     "Shared Read Blocks": {pages}, "{key}": {time}}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{key} {time} {pages}");
        }
    }
}
