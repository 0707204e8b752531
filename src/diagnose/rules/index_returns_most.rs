//! An index scan that fetches most of its table, page by page and again.

use crate::catalog::Catalog;
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Factor, Rows, Share};

/// `index-returns-most`.
pub static RULE: Rule = Rule {
    id: "index-returns-most",
    title: "An index fetches most of a table, in a worse order",
    doc: "An index scan visits the table for each entry, in the order of the index. Where that is not the order in which \
          the rows are stored, each page is visited again for each of its rows; a sequential scan reads it once. For a \
          few rows that does not matter, for most of a table it is many times the work.\n\n\
          Example: `Index Scan using orders_placed on orders (actual … rows=200000 …) Buffers: shared hit=200,546` of a \
          table of 3,637 pages.\n\n\
          Silent when fewer than three in ten of the rows are fetched, when the pages that were looked at are less than \
          twice those of the table (the order of the index is then about that of the table), for scans that are repeated \
          by a nested loop, and where nothing is known of the table or BUFFERS was off.",
    check: Check::EachNodeWithCatalog(check),
};

/// With 10 rows a page, three in ten leave one page in 35 untouched: by then all of the table is visited.
const MOST: Share = Share(0.3);

/// Reading in order costs each page once; twice that is more than chance.
const AGAIN: Factor = Factor(2.0);

fn check(plan: &Plan, catalog: &Catalog, scan: &Node) -> Option<Finding> {
    let table = catalog.table(scan.relation.as_ref().filter(|_| scan.operator == Operator::IndexScan)?)?;
    let looked_at = scan.buffers.filter(|_| scan.children.is_empty())?.shared();
    let fetched = scan.rows_read()?;
    let once = scan.loops() == 1.0 || scan.parallel_aware;
    let most = fetched.0 >= MOST.0 * table.rows && table.rows > 0.0;
    if !once || !most || (looked_at as f64) < AGAIN.0 * table.pages as f64 {
        return None;
    }
    let did = format!(
        "fetched {} of about {} in the order of the index, and looked at {} pages for that, where the table has {}",
        rows(fetched),
        Rows(table.rows),
        Rows(looked_at as f64),
        Rows(table.pages as f64)
    );
    let next = match plan.setting("enable_seqscan") {
        Some("off") => "The plan was made with enable_seqscan = off: RESET enable_seqscan and compare.",
        _ => {
            "A sequential scan, with a sort where the order is needed, reads each page once: SET enable_indexscan = off in \
             a session shows what that takes."
        }
    };
    let saved = 1.0 - table.pages as f64 / looked_at as f64;
    Some(
        Finding::at(&RULE, scan, did)
            .stake(scan.exclusive() * saved)
            .next(next)
            .with("rows fetched", fetched)
            .with("pages looked at", looked_at)
            .with("pages of the table", table.pages),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, plan};
    use super::*;

    #[test]
    fn most_of_a_table_of_a_thousand_pages() {
        let table = [
            // rows, pages, loops
            (30_000.0, 2000, 1.0, true),
            (29_999.0, 2000, 1.0, false),
            (30_000.0, 1999, 1.0, false), // stored in about that order
            (3000.0, 2000, 10.0, false),  // repeated
            (0.0, 0, 0.0, false),         // never executed
        ];
        for (rows, pages, loops, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Index Scan", "Relation Name": "orders", "Index Name": "orders_placed",
                     "Actual Total Time": 50.0, "Actual Rows": {rows}, "Actual Loops": {loops},
                     "Shared Hit Blocks": {pages}}}"#
            ));
            let found = findings_with(&RULE, &plan, &orders(&[]));
            assert_eq!(found.len(), usize::from(expected), "{rows} {pages} {loops}");
            assert_eq!(findings(&RULE, &plan).len(), 0, "nothing is known of the table");
        }
    }
}
