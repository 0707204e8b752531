//! Wide rows carried through sorts, hash tables and between processes.

use crate::catalog::Catalog;
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::query::{Expr, Names};
use crate::units::{Bytes, Ms};

/// `rows-are-wide`.
pub static RULE: Rule = Rule {
    id: "rows-are-wide",
    title: "Wide rows are carried through the plan",
    doc: "A sort, a hash table and a Gather copy whole rows: every column that is asked for above, whether it is needed to \
          sort and join by or not. Rows of hundreds of bytes fill `work_mem` with few of them, and go to disk where their \
          keys would have fitted. `SELECT *` is the usual reason. Sorting or joining the keys alone, and fetching the wide \
          columns for the rows that are left, carries a fraction.\n\n\
          Example: `Sort (… rows=200000 width=1016) …  Sort Method: external merge  Disk: 205,616kB`.\n\n\
          Silent for rows of less than 250 bytes by the planner's estimate, and below 16 MB carried through a node. Of the \
          nodes that carry the same rows, the one that took the longest is named.",
    check: Check::WithCatalog(check),
};

/// Wider than this, a page holds fewer than 32 rows; what a sort or join goes by is rarely wider than a tenth of it.
const WIDE: u64 = 250;

/// Four times `work_mem` as it is when nobody sets it (4 MB): what is less fits on most machines.
const MUCH: Bytes = Bytes(16 << 20);

/// What a row takes by itself: a sort's or a hash table's key and header.
const NARROW: f64 = 32.0;

fn check(plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
    let carriers: Vec<(&Node, Bytes)> =
        plan.nodes.iter().filter_map(|node| Some((node, carried(node)?))).collect();
    let costliest = carriers.iter().max_by(|a, b| a.0.exclusive().0.total_cmp(&b.0.exclusive().0));
    costliest.and_then(|(node, bytes)| tell(plan, catalog, node, *bytes, &carriers)).into_iter().collect()
}

/// What a node copies, where that is much and of wide rows.
fn carried(node: &Node) -> Option<Bytes> {
    use Operator::{Gather, GatherMerge, Hash, IncrementalSort, Materialize, Sort};
    if !matches!(node.operator, Gather | GatherMerge | Hash | IncrementalSort | Materialize | Sort) {
        return None;
    }
    // A Materialize gives its rows again without copying them again.
    let times = if node.operator == Operator::Materialize { node.loops() } else { 1.0 };
    let (width, rows) = (node.estimate?.width, node.rows_out()?.0 / times.max(1.0));
    let bytes = Bytes((rows * width as f64) as u64);
    (width >= WIDE && bytes >= MUCH).then_some(bytes)
}

fn tell(
    plan: &Plan,
    catalog: &Catalog,
    node: &Node,
    bytes: Bytes,
    carriers: &[(&Node, Bytes)],
) -> Option<Finding> {
    let (width, carried) = (node.estimate?.width, node.rows_out()?);
    let spared = 1.0 - NARROW / width as f64;
    let time = carriers.iter().map(|(node, _)| node.exclusive()).sum::<Ms>();
    let did = format!("carried {} of about {}, {bytes} in all", rows(carried), Bytes(width));
    let widest = widest(plan, catalog, node);
    let what = widest.as_deref().map(|name| format!(" ({name} is the widest)")).unwrap_or_default();
    let mut finding = Finding::at(&RULE, node, did)
        .by(node, node.exclusive())
        .stake(time * spared)
        .next(format!(
            "Select only the columns that are needed{what}; or sort and join the keys in a subquery, and fetch the rest for \
             the rows that are left."
        ))
        .with("bytes a row", Bytes(width))
        .with("bytes in all", bytes)
        .with("rows", carried);
    if let Some(name) = widest {
        finding = finding.with("widest column", name);
    }
    Some(finding)
}

/// The widest of the columns that the node hands on, by what ANALYZE found.
fn widest(plan: &Plan, catalog: &Catalog, node: &Node) -> Option<String> {
    let columns = node.output.iter().filter_map(|text| Expr::parse(text));
    let wide = |expr: &Expr| {
        let (of, name) = *expr.columns().first()?;
        let mut scans = plan.subtree(node).iter().filter(|n| of.is_none() || n.alias() == of);
        let table = scans.find_map(|scan| catalog.table(scan.relation.as_ref()?))?;
        Some(table.column(name)?.statistics.as_ref()?.avg_width)
    };
    let widths = columns.filter_map(|expr| Some((wide(&expr)?, expr.sql(Names::Bare))));
    widths.max_by_key(|(width, _)| *width).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, plan};
    use super::*;
    use crate::catalog::ColumnStatistics;

    fn sort(operator: &str, rows: f64, width: u64, loops: f64) -> Plan {
        plan(&format!(
            r#"{{"Node Type": "{operator}", "Plan Width": {width}, "Output": ["id", "note"], "Actual Total Time": 80.0,
                 "Actual Rows": {rows}, "Actual Loops": {loops}, "Plans": [{{"Node Type": "Seq Scan",
                 "Parent Relationship": "Outer", "Relation Name": "orders", "Actual Total Time": 20.0,
                 "Actual Rows": {rows}, "Actual Loops": 1}}]}}"#
        ))
    }

    #[test]
    fn much_of_it() {
        let table = [
            ("Sort", 100_000.0, 250, 1.0, true),
            ("Hash", 100_000.0, 250, 1.0, true),
            ("Sort", 100_000.0, 249, 1.0, false),
            ("Sort", 67_000.0, 250, 1.0, false),          // 16 MB
            ("Materialize", 10_000.0, 250, 100.0, false), // a few, again and again
            ("Aggregate", 100_000.0, 250, 1.0, false),
            ("Sort", 0.0, 250, 0.0, false), // never executed
        ];
        for (operator, rows, width, loops, expected) in table {
            let found = findings(&RULE, &sort(operator, rows, width, loops));
            assert_eq!(found.len(), usize::from(expected), "{operator} {rows} {width}");
        }
    }

    #[test]
    fn the_widest_column() {
        let mut catalog = orders(&[("id", "integer"), ("note", "text")]);
        for (column, avg_width) in catalog.tables[0].columns.iter_mut().zip([4, 900]) {
            column.statistics = Some(ColumnStatistics { avg_width, ..ColumnStatistics::default() });
        }
        let next =
            findings_with(&RULE, &sort("Sort", 1e5, 904, 1.0), &catalog).remove(0).next.unwrap_or_default();
        assert!(next.contains("(note is the widest)"), "{next}");
    }
}
