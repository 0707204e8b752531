//! An index scan that visits the table for a column or two, or for none.

use crate::catalog::{Catalog, Index, Table};
use crate::diagnose::conditions::{list, table_name};
use crate::diagnose::words::times;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::query::name::quote;
use crate::query::{Expr, SortKey};
use crate::units::{Factor, Rows};

/// `index-only-possible`.
pub static RULE: Rule = Rule {
    id: "index-only-possible",
    title: "The table is visited for what an index could hold",
    doc: "An index scan visits the table for each row that it finds. When all columns that the statement asks for are in \
          the index, it need not (manual, \"Index-Only Scans and Covering Indexes\"): INCLUDE puts a column into an index \
          without searching by it. The price is a larger index, and an update of such a column is no longer HOT.\n\n\
          Example: `Index Scan using orders_customer on orders  Output: total … rows=20,010 … Buffers: shared hit=20,050` \
          beside `CREATE INDEX orders_customer ON orders (customer_id)`.\n\n\
          Silent when more than two columns are missing, or more than 16 bytes a row of them; when the rows lie close \
          together, so that fewer than one page is looked at for every two rows; for fewer than a hundred rows; where \
          the table is joined with itself; and where nothing is known of the table, or VERBOSE or BUFFERS was off.",
    check: Check::EachNodeWithCatalog(check),
};

/// More columns than this are a copy of the table.
const A_FEW: usize = 2;

/// The smallest entry of a B-tree takes 16 bytes (manual, "B-Tree Indexes": an 8-byte header, and the key aligned to 8):
/// as much again doubles the index.
const A_FEW_BYTES: u32 = 16;

/// Fewer visits take well under a millisecond (0.4 µs each, measured on 15).
const ENOUGH_VISITS: Rows = Rows(100.0);

/// Rows that lie together are visited by the page, not by the row.
const ROWS_A_PAGE: f64 = 2.0;

/// A visit takes as long as this many entries of the index, as in `heap-fetches`.
const ENTRIES_A_VISIT: Factor = Factor(5.0);

fn check(plan: &Plan, catalog: &Catalog, scan: &Node) -> Option<Finding> {
    let table = catalog.table(scan.relation.as_ref().filter(|_| scan.operator == Operator::IndexScan)?)?;
    let index = table.indexes.iter().find(|index| Some(&index.name) == scan.index.as_ref())?;
    let looked_at = scan.buffers.filter(|_| scan.children.is_empty())?.shared();
    let found = scan.rows_out()? + scan.removed_by_filter();
    if found.0 < ENOUGH_VISITS.0 || (looked_at as f64) * ROWS_A_PAGE < found.0 || index.method != "btree" {
        return None;
    }
    let missing = missing(plan, scan, table, index)?;
    let visiting = ENTRIES_A_VISIT.0 / (ENTRIES_A_VISIT.0 + 1.0);
    let (did, next) = if missing.is_empty() {
        let did = format!(
            "visited the table {}, though {} holds every column that is asked for",
            times(found.0),
            index.name
        );
        let next = format!(
            "Where few pages are marked all-visible the planner does not expect an index-only scan to save the visits: \
             VACUUM {} marks them.",
            table.name.sql()
        );
        (did, next)
    } else {
        let names: Vec<&str> = missing.iter().map(String::as_str).collect();
        let did =
            format!("visited the table {} for {}, which {} lacks", times(found.0), list(&names), index.name);
        (did, covering(catalog, scan, index, &missing)?)
    };
    Some(
        Finding::at(&RULE, scan, did)
            .stake(scan.exclusive() * visiting)
            .next(next)
            .with("rows found", found)
            .with("pages looked at", looked_at)
            .with("columns missing", missing.join(", ")),
    )
}

/// The columns that the statement asks of this scan and the index does not hold; `None` where that is too much, or not
/// known.
fn missing(plan: &Plan, scan: &Node, table: &Table, index: &Index) -> Option<Vec<String>> {
    let asked = asked(plan, scan, table)?;
    let held = |name: &String| {
        index.include.contains(name) || index.keys.iter().any(|key| key.column.as_ref() == Some(name))
    };
    let missing: Vec<String> = asked.into_iter().filter(|name| !held(name)).collect();
    let width = |name: &String| Some(table.column(name)?.statistics.as_ref()?.avg_width);
    let bytes = missing.iter().map(width).sum::<Option<u32>>()?;
    (missing.len() <= A_FEW && bytes <= A_FEW_BYTES).then_some(missing)
}

/// The columns of the table that any expression of the plan names. What the scan itself puts out says little: a scan
/// whose rows are used up right above puts out all columns (createplan.c, `use_physical_tlist`).
fn asked(plan: &Plan, scan: &Node, table: &Table) -> Option<Vec<String>> {
    let alias = scan.alias()?;
    let alone = plan.nodes.iter().filter(|n| n.relation.is_some() && n.alias() == Some(alias)).count() == 1;
    if !alone || scan.output.is_empty() || table.partition_root.is_some() {
        return None;
    }
    let mut columns: Vec<String> = Vec::new();
    for node in &plan.nodes {
        let puts_out = node.id != scan.id || scan.parent.is_none();
        let texts = node.conditions.iter().map(|c| c.text.as_str());
        let texts = texts.chain(node.output.iter().filter(|_| puts_out).map(String::as_str));
        let exprs = texts.map(Expr::parse).chain(keys(node)).collect::<Option<Vec<_>>>()?;
        for (of, name) in exprs.iter().flat_map(Expr::columns) {
            if of.is_none_or(|of| of == alias) && !columns.iter().any(|known| known == name) {
                // A whole row or a system column is in no index.
                table.column(name)?;
                columns.push(name.to_owned());
            }
        }
    }
    Some(columns)
}

fn keys(node: &Node) -> impl Iterator<Item = Option<Expr>> {
    let grouped = node.group_key.iter().map(|key| Expr::parse(key));
    grouped.chain(node.sort_key.iter().map(|key| SortKey::parse(key).map(|key| key.expr)))
}

/// The index once more, with what it lacks.
fn covering(catalog: &Catalog, scan: &Node, index: &Index, missing: &[String]) -> Option<String> {
    let keys: Vec<String> =
        index.keys.iter().map(|key| key.column.as_deref().map(quote)).collect::<Option<_>>()?;
    let include: Vec<String> = index.include.iter().chain(missing).map(|name| quote(name)).collect();
    Some(format!(
        "With INCLUDE the index may answer alone, once VACUUM has marked the pages: CREATE INDEX ON {} ({}) INCLUDE ({}).",
        table_name(catalog, scan)?.sql(),
        keys.join(", "),
        include.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, plan};
    use super::*;
    use crate::catalog::{ColumnStatistics, IndexKey};

    fn catalog(include: &[&str]) -> Catalog {
        let columns = [("id", "integer"), ("customer_id", "integer"), ("total", "integer"), ("note", "text")];
        let mut catalog = orders(&columns);
        for column in &mut catalog.tables[0].columns {
            let avg_width = if column.name == "note" { 80 } else { 4 };
            column.statistics = Some(ColumnStatistics { avg_width, ..ColumnStatistics::default() });
        }
        let key = IndexKey { column: Some("customer_id".to_owned()), ..IndexKey::default() };
        catalog.tables[0].indexes.push(Index {
            name: "orders_customer".to_owned(),
            method: "btree".to_owned(),
            keys: vec![key],
            include: include.iter().map(|name| (*name).to_owned()).collect(),
            ..Index::default()
        });
        catalog
    }

    fn scan(above: &str, rows: f64, pages: f64) -> Plan {
        plan(&format!(
            r#"{{"Node Type": "Aggregate", "Output": ["{above}"], "Actual Total Time": 51.0, "Actual Rows": 1,
                 "Actual Loops": 1, "Plans": [{{"Node Type": "Index Scan", "Parent Relationship": "Outer",
                 "Relation Name": "orders", "Index Name": "orders_customer", "Index Cond": "(orders.customer_id = 5)",
                 "Output": ["id", "customer_id", "total", "note"], "Actual Total Time": 50.0, "Actual Rows": {rows},
                 "Actual Loops": 1, "Shared Hit Blocks": {pages}}}]}}"#
        ))
    }

    #[test]
    fn what_an_index_could_hold() {
        let table = [
            ("sum(orders.total)", 100.0, 50.0, true),
            ("sum((orders.total + orders.id))", 100.0, 50.0, true),
            ("sum((orders.total + length(orders.note)))", 100.0, 50.0, false), // 80 bytes a row
            ("count(orders.*)", 100.0, 50.0, false),
            ("max((orders.ctid)::text)", 100.0, 50.0, false),
            ("sum(orders.total)", 99.0, 99.0, false),
            ("sum(orders.total)", 100.0, 49.0, false), // they lie together
        ];
        for (above, rows, pages, expected) in table {
            let found = findings_with(&RULE, &scan(above, rows, pages), &catalog(&[]));
            assert_eq!(found.len(), usize::from(expected), "{above} {rows} {pages}");
        }
        assert_eq!(findings(&RULE, &scan("sum(orders.total)", 100.0, 50.0)).len(), 0, "nothing is known");
    }

    #[test]
    fn what_comes_next() {
        let next = |include: &[&str]| {
            let found = findings_with(&RULE, &scan("sum(orders.total)", 100.0, 50.0), &catalog(include));
            found.first().and_then(|f| f.next.clone()).unwrap_or_default()
        };
        assert!(next(&[]).ends_with("(customer_id) INCLUDE (total)."), "{}", next(&[]));
        assert!(next(&["total"]).contains("VACUUM public.orders"), "{}", next(&["total"]));
    }
}
