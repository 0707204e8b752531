//! Two indexes that each find many rows, of which few are in both.

use crate::catalog::Catalog;
use crate::diagnose::conditions::{Comparison, list, table_name};
use crate::diagnose::words::none_or;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::query::Expr;
use crate::query::name::quote;
use crate::units::{Factor, Ms, Rows};

/// `bitmap-combines-indexes`.
pub static RULE: Rule = Rule {
    id: "bitmap-combines-indexes",
    title: "Two indexes are combined to find what one could",
    doc: "A `BitmapAnd` notes all rows that each of several indexes finds, and then what they have in common (manual, \
          \"Combining Multiple Indexes\"). Where each finds thousands and both a handful, the notes are the work; one \
          index on the columns of both conditions goes to the handful directly.\n\n\
          Example: `BitmapAnd -> Bitmap Index Scan on reading_kind (… rows=2500) -> Bitmap Index Scan on \
          reading_place (… rows=2480)`, of which the `Bitmap Heap Scan` finds 40.\n\n\
          Silent when the index that finds the fewest finds less than four times what both have in common, and for fewer \
          than a hundred rows noted in vain: then it could do by itself.",
    check: Check::EachNodeWithCatalog(check),
};

/// Below this an index that finds rows directly saves little: visiting a row costs as much as noting five (0.4 µs
/// against 0.08 µs, measured on 15, as in `heap-fetches`).
const IN_COMMON: Factor = Factor(4.0);

/// Noted in less time than an index is descended.
const ENOUGH: Rows = super::ONE_DESCENT;

fn check(plan: &Plan, catalog: &Catalog, scan: &Node) -> Option<Finding> {
    let both = plan.inputs(scan).find(|n| n.operator == Operator::BitmapAnd)?;
    let parts: Vec<&Node> = plan.inputs(both).filter(|n| n.operator == Operator::BitmapIndexScan).collect();
    let noted: Vec<Rows> = parts.iter().map(|part| part.rows_out()).collect::<Option<_>>()?;
    let (in_common, all) = (scan.rows_read()?, noted.iter().fold(Rows(0.0), |sum, rows| sum + *rows));
    let fewest = noted.iter().map(|rows| rows.0).min_by(f64::total_cmp)?;
    if parts.len() < 2 || fewest < IN_COMMON.0 * in_common.0 || all.0 - in_common.0 < ENOUGH.0 {
        return None;
    }
    let counts: Vec<String> = noted.iter().map(Rows::to_string).collect();
    let counts: Vec<&str> = counts.iter().map(String::as_str).collect();
    let did = format!(
        "noted {} rows by {} indexes to find {} in common",
        list(&counts),
        parts.len(),
        none_or(in_common)
    );
    let time = plan.subtree(both).iter().map(Node::exclusive).sum::<Ms>();
    let names: Vec<&str> = parts.iter().filter_map(|part| part.index.as_deref()).collect();
    let mut finding = Finding::at(&RULE, scan, did)
        .by(scan, time)
        .stake(time * (1.0 - in_common.share_of(all).0))
        .with("rows noted", all)
        .with("rows in common", in_common)
        .with("indexes", names.join(", "));
    if let Some(index) = composite(catalog, scan, &parts) {
        finding = finding
            .next(format!("One index on what both ask may find them without noting the others: {index}."));
    }
    Some(finding)
}

/// An index on the columns of all conditions, those compared for equality first: behind a range a B-tree narrows down no
/// further (manual, "Multicolumn Indexes").
fn composite(catalog: &Catalog, scan: &Node, parts: &[&Node]) -> Option<String> {
    let table = catalog.table(scan.relation.as_ref()?);
    let (mut equal, mut ranges): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for part in parts {
        let condition = Expr::parse(part.condition(ConditionKind::IndexCond)?)?;
        for term in condition.terms() {
            let comparison = Comparison::read(scan, term)?;
            let column = quote(comparison.column(table).filter(|_| comparison.is_ordered())?);
            let columns = if comparison.op == "=" { &mut equal } else { &mut ranges };
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    ranges.retain(|column| !equal.contains(column));
    let columns = [equal, ranges].concat().join(", ");
    Some(format!("CREATE INDEX ON {} ({columns})", table_name(catalog, scan)?.sql()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn found(first: f64, second: f64, both: f64, condition: &str) -> Vec<Finding> {
        let part = |condition: &str, rows: f64| {
            format!(
                r#"{{"Node Type": "Bitmap Index Scan", "Parent Relationship": "Member", "Index Name": "i",
                     "Index Cond": "{condition}", "Actual Total Time": 2.0, "Actual Rows": {rows}, "Actual Loops": 1}}"#
            )
        };
        findings(
            &RULE,
            &plan(&format!(
                r#"{{"Node Type": "Bitmap Heap Scan", "Relation Name": "orders", "Alias": "o", "Actual Total Time": 9.0,
                     "Actual Rows": {both}, "Actual Loops": 1, "Plans": [{{"Node Type": "BitmapAnd",
                     "Parent Relationship": "Outer", "Actual Total Time": 5.0, "Actual Rows": 0, "Actual Loops": 1,
                     "Plans": [{}, {}]}}]}}"#,
                part("(o.placed > '2024-01-01'::date)", first),
                part(condition, second)
            )),
        )
    }

    #[test]
    fn little_in_common() {
        let table = [
            (4000.0, 9000.0, 1000.0, 1),
            (3999.0, 9000.0, 1000.0, 0), // nearly enough by itself
            (90.0, 10.0, 0.0, 1),
            (89.0, 10.0, 0.0, 0), // a glance
            (0.0, 0.0, 0.0, 0),
        ];
        for (first, second, both, expected) in table {
            assert_eq!(
                found(first, second, both, "(o.customer_id = 5)").len(),
                expected,
                "{first} {second} {both}"
            );
        }
    }

    #[test]
    fn equality_stands_first() {
        let next = |condition: &str| found(4000.0, 9000.0, 10.0, condition).remove(0).next;
        let told = next("(o.customer_id = 5)").unwrap_or_default();
        assert!(told.ends_with("CREATE INDEX ON orders (customer_id, placed)."), "{told}");
        assert_eq!(next("(o.tags @> '{a}'::text[])"), None, "no B-tree");
    }
}
