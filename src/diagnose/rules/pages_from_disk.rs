//! Pages that had to be read, without a word on how long that took.

use super::io_dominates::reading;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::units::{Bytes, Ms, Rows, Share};

/// `pages-from-disk`.
pub static RULE: Rule = Rule {
    id: "pages-from-disk",
    title: "Most pages were not in shared buffers",
    doc: "A page that is not in `shared_buffers` is asked of the operating system. It may have been in its cache, which \
          takes microseconds, or on the storage, which takes a hundred times as long; EXPLAIN tells only with \
          `track_io_timing`. Where most pages were read, the time may be that of a cold start, and no plan's \
          fault.\n\n\
          Example: `Seq Scan on archive (actual time=0.2..912.4 …) Buffers: shared hit=32 read=39968`.\n\n\
          Silent when more than half of the pages were found, below a thousand read, and with `track_io_timing`, where \
          `io-dominates` tells how long it took.",
    check: Check::WholePlan(check),
};

/// As many pages read as found make a cold run; below, most of it was warm.
const MOST: Share = Share(0.5);

/// A thousand pages, 8 MB, come from an operating system's cache in a few milliseconds.
const MANY: u64 = 1000;

fn check(plan: &Plan) -> Vec<Finding> {
    let Some(root) = plan.nodes.first().filter(|root| root.ran()) else { return Vec::new() };
    let Some(buffers) = root.buffers else { return Vec::new() };
    let (read, all) = (buffers.shared_read, buffers.shared());
    let share = Share(if all > 0 { read as f64 / all as f64 } else { 0.0 });
    if read < MANY || share.0 < MOST.0 || plan.nodes.iter().any(|node| reading(node) > 0.0) {
        return Vec::new();
    }
    let pages =
        |node: &Node| plan.added(node, |n| n.buffers.map_or(0.0, |buffers| buffers.shared_read as f64));
    let readers = plan.nodes.iter().filter(|node| pages(node) > 0.0);
    let at_most: Ms = readers.map(Node::exclusive).sum();
    let what = format!(
        "{} of the {} pages that it looked at ({}) were not in shared_buffers and had to be read, in the {at_most} of the \
         nodes that read them",
        Rows(read as f64),
        Rows(all as f64),
        Bytes::of_pages(read)
    );
    let finding = Finding::about_statement(&RULE, what, at_most.min(plan.total()))
        .next(
            "Run it again, with `SET track_io_timing = on`: if it is fast then, the pages were cold; if pages are read again, \
             they do not stay in memory.",
        )
        .with("pages read", read)
        .with("pages found", buffers.shared_hit)
        .with("size", Bytes::of_pages(read));
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn most_of_them_and_many() {
        // Pages read and found, the time of reading.
        let table = [
            (4000, 30, 0.0, true),
            (4000, 3900, 0.0, true),
            (4000, 4100, 0.0, false),
            (900, 0, 0.0, false),
            (4000, 30, 50.0, false), // measured: another rule tells
            (0, 0, 0.0, false),
        ];
        for (read, hit, time, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Actual Total Time": 90.0, "Actual Rows": 10, "Actual Loops": 1,
                     "Shared Read Blocks": {read}, "Shared Hit Blocks": {hit}, "I/O Read Time": {time}}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{read} {hit} {time}");
        }
    }
}
