//! An index-only scan that visits the table after all.

use crate::diagnose::words::times;
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Factor, Rows, Share};

/// `heap-fetches`.
pub static RULE: Rule = Rule {
    id: "heap-fetches",
    title: "An index-only scan visits the table",
    doc: "An index does not know which row versions are visible. An index-only scan skips the table only for pages \
          that the visibility map marks as all-visible, which VACUUM does; for rows on any other page it fetches \
          the row to see. On a table that changes much and is vacuumed rarely, it is index-only in name.\n\n\
          Example: `Index Only Scan using orders_customer on orders (… rows=81000 …) Heap Fetches: 81,000`.\n\n\
          Silent when fewer than one row in ten is fetched, or fewer than a hundred in all.",
    check: Check::EachNode(check),
};

/// A visit to a page in memory takes as long as this many entries of the index (0.4 µs against 0.08 µs,
/// measured on 15); one that goes to disk, much longer.
const ENTRIES_A_VISIT: Factor = Factor(5.0);

/// At one row in ten, the visits are a third of the scan's time; below, the scan is what it is called.
const OFTEN: Share = Share(0.10);

/// Fewer visits take less time than any VACUUM.
const ENOUGH_VISITS: u64 = 100;

fn check(_: &Plan, node: &Node) -> Option<Finding> {
    let fetches = node.heap_fetches.filter(|_| node.operator == Operator::IndexOnlyScan)?;
    let found = node.rows_read()?;
    let visits = Rows(fetches as f64);
    if fetches < ENOUGH_VISITS || visits.share_of(found).0 < OFTEN.0 {
        return None;
    }
    // Rows that turn out to be dead are fetched too, but come out nowhere.
    let entries = visits.0.max(found.0);
    let visiting = ENTRIES_A_VISIT.0 * visits.0;
    let did = format!(
        "had to visit the table {}, for rows on pages that VACUUM has not marked all-visible",
        times(visits.0)
    );
    let finding = Finding::at(&RULE, node, did)
        .symptom(Symptom::HeapFetches { scan: node.id })
        .stake(node.exclusive() * (visiting / (visiting + entries)))
        .with("heap fetches", fetches)
        .with("rows found", found);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn index_only_in_name() {
        let table = [
            ("Index Only Scan", 5000, 5000, true),
            ("Index Only Scan", 5000, 600, true),
            ("Index Only Scan", 5000, 400, false), // mostly all-visible
            ("Index Only Scan", 0, 5000, true),    // all dead
            ("Index Only Scan", 20, 20, false),    // a glance
            ("Index Scan", 5000, 5000, false),
        ];
        for (operator, rows, fetches, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "{operator}", "Actual Total Time": 30.0, "Actual Rows": {rows},
                     "Actual Loops": 1, "Heap Fetches": {fetches}}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{operator} {rows} {fetches}");
        }
    }
}
