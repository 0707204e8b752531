//! An index that finds rows which turn out not to be meant.

use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::units::{Rows, Share};

/// `recheck-discards-rows`.
pub static RULE: Rule = Rule {
    id: "recheck-discards-rows",
    title: "The index only guesses which rows are meant",
    doc: "Some indexes answer inexactly by nature, and every row that they find is fetched and asked again: a BRIN index \
          knows the least and the greatest value of a range of pages, a trigram index which rows have the pattern's \
          trigrams in any order, a GiST index of shapes which boxes touch. Where most rows fail, the index says too \
          little. More memory does not change that.\n\n\
          Example: `Bitmap Heap Scan on visit  Recheck Cond: (day = 7) … Rows Removed by Index Recheck: 19,900 … Heap \
          Blocks: lossy=256`.\n\n\
          Silent when at least half of the rows were meant, for fewer than a hundred that were not, and where a bitmap has \
          both exact and lossy pages: it then outgrew `work_mem` (`bitmap-turns-lossy`).",
    check: Check::EachNode(check),
};

/// While at least half of the rows were meant, a better index saves less than half of the visits.
const MOST_MEANT: Share = Share(0.50);

/// Fewer visits take well under a millisecond (0.4 µs each, measured on 15).
const ENOUGH: Rows = Rows(100.0);

fn check(_: &Plan, scan: &Node) -> Option<Finding> {
    use Operator::{BitmapHeapScan, IndexOnlyScan, IndexScan};
    let by_index = matches!(scan.operator, BitmapHeapScan | IndexScan | IndexOnlyScan);
    let (meant, removed) = (scan.rows_out()? + scan.removed_by_filter(), scan.removed_by_recheck());
    let (outgrown, by_ranges) = (scan.exact_pages > 0 && scan.lossy_pages > 0, scan.lossy_pages > 0);
    let found = meant + removed;
    if !by_index || outgrown || removed.0 < ENOUGH.0 || meant.share_of(found).0 >= MOST_MEANT.0 {
        return None;
    }
    let did = format!("fetched {} of which {} were meant when asked again", rows(found), none_or(meant));
    let next = if by_ranges {
        "A BRIN index knows whole ranges of pages: rows stored in the order of its column (CLUSTER, or filled in that \
         order), fewer pages_per_range, or a B-tree may find fewer in vain."
    } else {
        "An index that answers exactly, or one that also holds a further condition, may find fewer in vain; for a pattern, \
         more letters in a row make more trigrams."
    };
    let finding = Finding::at(&RULE, scan, did)
        .stake(scan.exclusive() * removed.share_of(found).0)
        .next(next)
        .with("rows fetched", found)
        .with("rows that were meant", meant);
    let condition = scan.condition(ConditionKind::RecheckCond).or(scan.condition(ConditionKind::IndexCond));
    Some(match condition {
        Some(condition) => finding.with("asked again", condition),
        None => finding,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn inexact_by_nature() {
        let table = [
            // rows, removed, exact, lossy
            (10.0, 200.0, 50, 0, true),
            (10.0, 200.0, 0, 50, true),   // BRIN
            (10.0, 200.0, 25, 25, false), // outgrew its memory
            (10.0, 99.0, 50, 0, false),
            (200.0, 200.0, 50, 0, false), // half are meant
            (0.0, 0.0, 0, 0, false),
        ];
        for (rows, removed, exact, lossy, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Bitmap Heap Scan", "Recheck Cond": "(day = 7)", "Actual Total Time": 9.0,
                     "Actual Rows": {rows}, "Actual Loops": 1, "Rows Removed by Index Recheck": {removed},
                     "Exact Heap Blocks": {exact}, "Lossy Heap Blocks": {lossy}}}"#
            ));
            assert_eq!(
                findings(&RULE, &plan).len(),
                usize::from(expected),
                "{rows} {removed} {exact} {lossy}"
            );
        }
    }
}
