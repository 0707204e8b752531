//! A table read whole whose pages are mostly empty, or full of dead rows.

use crate::catalog::{Catalog, Table};
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Factor, PAGE, Rows, count};

/// `pages-hold-few-rows`.
pub static RULE: Rule = Rule {
    id: "pages-hold-few-rows",
    title: "A table's pages hold few rows",
    doc: "A sequential scan reads every page of a table, whether rows are on it or not. Updated and deleted rows leave \
          their place behind; VACUUM frees it for new rows, but gives pages back only from the table's end (manual, \
          \"Recovering Disk Space\"). After a large delete, or while a long transaction keeps VACUUM from freeing \
          anything, a table takes many times the pages that its rows need.\n\n\
          Example: `Seq Scan on queue (actual … rows=2000 …) Buffers: shared hit=1,471`, of rows that fit on 25 pages.\n\n\
          Silent when a pass reads less than three times the pages that the rows need, by the widths that ANALYZE found, \
          or fewer than a hundred pages; and where the widths are not known, or BUFFERS was off.",
    check: Check::EachNodeWithCatalog(check),
};

/// A header of 23 bytes aligned to 24, and 4 for the pointer to it (manual, "Database Page Layout").
const HEADER: f64 = 28.0;

/// Of what is left: a page's own header (24 bytes, same section).
const ROOM: f64 = PAGE.0 as f64 - 24.0;

/// A column may be aligned to 8 bytes, which at most doubles rows of small columns, and a fillfactor may leave half of
/// the page free; three times is neither.
const TOO_MANY: Factor = Factor(3.0);

/// Less than a megabyte is read in well under a millisecond.
const ENOUGH_PAGES: f64 = 100.0;

fn check(_: &Plan, catalog: &Catalog, scan: &Node) -> Option<Finding> {
    let table = catalog.table(scan.relation.as_ref().filter(|_| scan.operator == Operator::SeqScan)?)?;
    let buffers = scan.buffers.filter(|_| scan.children.is_empty() && scan.ran())?;
    // The processes of a parallel scan read one table between them.
    let passes = if scan.parallel_aware { 1.0 } else { scan.loops() };
    let live = Rows(scan.rows_read()?.0 / passes);
    // A large value that is stored apart (TOAST) is read from pages of another table.
    let pages = (buffers.shared() as f64 / passes).min((table.bytes.0 / PAGE.0) as f64);
    let needed = (live.0 * (HEADER + width(table)?) / ROOM).ceil().max(1.0);
    if pages < ENOUGH_PAGES || pages < TOO_MANY.0 * needed {
        return None;
    }
    let did = format!(
        "read {} to find {}, which need about {}",
        count(pages, "page", "pages"),
        rows(live),
        count(needed, "page", "pages")
    );
    Some(
        Finding::at(&RULE, scan, did)
            .stake(scan.exclusive() * (1.0 - needed / pages))
            .next(format!(
                "VACUUM (VERBOSE) {} says whether dead rows are kept, and by which transaction; VACUUM FULL, which locks the \
                 table, or pg_repack gives the pages back.",
                table.name.sql()
            ))
            .with("pages read", pages as u64)
            .with("pages needed", needed as u64)
            .with("rows", live),
    )
}

/// The average width of a row, by what ANALYZE found of each column.
fn width(table: &Table) -> Option<f64> {
    let of_rows = |c: &crate::catalog::ColumnStatistics| f64::from(c.avg_width) * (1.0 - c.null_frac);
    let widths = table.columns.iter().map(|column| column.statistics.as_ref().map(of_rows));
    widths.sum::<Option<f64>>().filter(|_| !table.columns.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, plan};
    use super::*;
    use crate::catalog::ColumnStatistics;
    use crate::units::Bytes;

    #[test]
    fn emptier_than_rows_explain() {
        let mut catalog = orders(&[("note", "text")]);
        catalog.tables[0].bytes = Bytes::of_pages(1000);
        let statistics = ColumnStatistics { avg_width: 53, ..ColumnStatistics::default() };
        catalog.tables[0].columns[0].statistics = Some(statistics);
        let mut unknown = catalog.clone();
        unknown.tables[0].columns[0].statistics = None;
        let table = [
            // rows, pages, loops; a hundred rows need a page
            (10_000.0, 300, 1.0, true),
            (10_000.0, 299, 1.0, false),
            (10.0, 99, 1.0, false),
            (10.0, 100, 1.0, true),
            (10_000.0, 600, 2.0, true),   // twice
            (40_000.0, 9000, 1.0, false), // of which most are TOAST: the table has a thousand
            (0.0, 0, 0.0, false),
        ];
        for (rows, pages, loops, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Relation Name": "orders", "Actual Total Time": 5.0, "Actual Rows": {rows},
                     "Actual Loops": {loops}, "Shared Hit Blocks": {pages}}}"#
            ));
            let found = findings_with(&RULE, &plan, &catalog);
            assert_eq!(found.len(), usize::from(expected), "{rows} {pages} {loops}");
            assert_eq!(findings_with(&RULE, &plan, &unknown).len() + findings(&RULE, &plan).len(), 0);
        }
    }
}
