//! A bitmap that did not fit into its memory and forgot which rows it had found.

use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Rows, count};

/// `bitmap-turns-lossy`.
pub static RULE: Rule = Rule {
    id: "bitmap-turns-lossy",
    title: "A bitmap remembers pages instead of rows",
    doc: "A bitmap scan notes the rows that an index finds before it visits the table. When the bitmap outgrows \
          `work_mem`, it notes whole pages instead, and every row on them must be asked the condition again. With \
          enough memory for this statement, or an index that finds fewer rows, it stays exact.\n\n\
          Example: `Bitmap Heap Scan on orders … Rows Removed by Index Recheck: 140,185 … Heap Blocks: exact=533 \
          lossy=3104`.\n\n\
          Silent when rows are rechecked without a lossy page: the operator class is then inexact by nature (GiST, \
          pg_trgm), which memory does not change. Silent when no page is exact: a BRIN index never knows more than \
          pages.",
    check: Check::EachNode(check),
};

fn check(_: &Plan, node: &Node) -> Option<Finding> {
    let outgrown = node.lossy_pages > 0 && node.exact_pages > 0;
    let removed = node.removed_by_recheck();
    if node.operator != Operator::BitmapHeapScan || !outgrown || removed.0 == 0.0 {
        return None;
    }
    let read = node.rows_read()?;
    let pages = count((node.exact_pages + node.lossy_pages) as f64, "page", "pages");
    let did = format!(
        "could remember {} of {pages} only as a whole and had to ask again of every row on them",
        Rows(node.lossy_pages as f64)
    );
    let finding = Finding::at(&RULE, node, did)
        .symptom(Symptom::BitmapTurnsLossy { scan: node.id })
        .stake(node.exclusive() * removed.share_of(read).0)
        .with("lossy pages", node.lossy_pages)
        .with("exact pages", node.exact_pages)
        .with("rows removed by recheck", removed);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn only_what_memory_would_mend() {
        //     exact, lossy, rechecked in vain
        let table = [
            (533, 3104, 140_185, true),
            (3637, 0, 140_185, false), // an inexact operator class
            (0, 256, 11_848, false),   // BRIN
            (533, 3104, 0, false),     // every row of those pages was wanted
        ];
        for (exact, lossy, removed, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Bitmap Heap Scan", "Actual Total Time": 30.0, "Actual Rows": 35000,
                     "Actual Loops": 1, "Rows Removed by Index Recheck": {removed},
                     "Exact Heap Blocks": {exact}, "Lossy Heap Blocks": {lossy}}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{exact} {lossy} {removed}");
        }
    }
}
