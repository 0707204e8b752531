//! Rows looked up one by one so often that reading the whole table once would be quicker.

use super::rows_misestimated::may_stop_early;
use crate::catalog::{Catalog, Table};
use crate::diagnose::shape::{asked, maker, names, sides, speaks_of};
use crate::diagnose::words::times;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan, off_by};
use crate::query::Expr;
use crate::units::{Factor, Rows};

/// `nested-loop-large-outer`.
pub static RULE: Rule = Rule {
    id: "nested-loop-large-outer",
    title: "Rows are looked up one by one, more than there are",
    doc: "A lookup by index is quick, but takes several times as long as reading a row in passing and hashing it (4 µs \
          against 0.3 µs, measured on 15). When a nested loop looks up more rows than the table has, a hash join would \
          read the table once and be done sooner. The planner prefers the loop when a hash table would not fit into \
          its memory, when hash joins are off, or when it takes lookups for cheaper than they are \
          (`random_page_cost`, `effective_cache_size`).\n\n\
          Example: `Nested Loop -> Seq Scan on orders (actual … rows=200000 …) -> Index Scan using customer_pkey on \
          customer (actual … loops=200000)`, of 20,000 customers.\n\n\
          Silent when the table's rows are not known from the catalog, or were misestimated on the outer side, of \
          which `rows-misestimated` tells; when nothing is compared for equality with the other side; and below a \
          thousand lookups.",
    check: Check::EachNodeWithCatalog(check),
};

/// So many lookups for each row of the table: at one, the lookups take several times as long as hashing the table.
const LOOKUPS_A_ROW: Factor = Factor(1.0);

/// Fewer take a few milliseconds.
const ENOUGH: f64 = 1000.0;

/// Beyond it, the outer side is misestimated: the factor of `rows-misestimated`.
const FAR_OFF: Factor = Factor(10.0);

fn check(plan: &Plan, catalog: &Catalog, join: &Node) -> Option<Finding> {
    let (outer, inner) = sides(plan, join).filter(|_| join.operator == Operator::NestedLoop)?;
    let scan = maker(plan, inner);
    let table = catalog.table(scan.relation.as_ref()?).filter(|_| scan.looks_up())?;
    let lookups = scan.loops();
    let many = lookups >= ENOUGH && table.rows > 0.0 && lookups >= LOOKUPS_A_ROW.0 * table.rows;
    if !many || is_misestimated(outer) || may_stop_early(plan, outer) || !is_hashable(plan, scan) {
        return None;
    }
    let did = format!("looked up its rows {}, in a table that has {}", times(lookups), Rows(table.rows));
    let finding = Finding::at(&RULE, join, did)
        .by(scan, inner.inclusive())
        .stake(plan.repeated(join))
        .with("lookups", lookups as u64)
        .with("rows of the table", Rows(table.rows))
        .next(cure(plan, table));
    Some(finding)
}

fn cure(plan: &Plan, table: &Table) -> String {
    if plan.setting("enable_hashjoin") == Some("off") {
        return "enable_hashjoin is off: RESET it, so that the table can be hashed once.".to_owned();
    }
    format!(
        "SET LOCAL enable_nestloop = off shows what a hash join takes; for the planner to choose it, {} must fit into \
         work_mem × hash_mem_multiplier, or lookups cost more (random_page_cost, effective_cache_size).",
        table.name
    )
}

fn is_misestimated(outer: &Node) -> bool {
    let rows = outer.estimate.zip(outer.actual).map(|(estimate, actual)| (estimate.rows, actual.rows));
    rows.and_then(|(estimated, actual)| off_by(estimated, actual)).is_some_and(|off| off.0 >= FAR_OFF.0)
}

/// Whether the lookup compares a column with another table's for equality, as a hash join must.
pub(super) fn is_hashable(plan: &Plan, scan: &Node) -> bool {
    let own = names(plan, scan);
    let conditions = [ConditionKind::IndexCond, ConditionKind::RecheckCond];
    let terms = conditions.into_iter().filter_map(|kind| asked(scan, kind));
    let foreign = |side: &Expr| {
        let tables = speaks_of(side);
        tables.is_some_and(|tables| !tables.is_empty() && tables.is_disjoint(&own))
    };
    terms.flat_map(|expr| expr.terms().into_iter().cloned().collect::<Vec<_>>()).any(|term| match term {
        Expr::Compare { op, left, right } => op == "=" && (foreign(&left) != foreign(&right)),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::plan;
    use super::*;
    use crate::catalog::TableName;

    pub(super) fn catalog(rows: f64) -> Catalog {
        let name = TableName { schema: "public".to_owned(), name: "customer".to_owned() };
        Catalog { tables: vec![Table { name, rows, ..Table::default() }], ..Catalog::default() }
    }

    fn found(condition: &str, expected: f64, lookups: f64, rows: f64) -> usize {
        let plan = plan(&format!(
            r#"{{"Node Type": "Nested Loop", "Actual Total Time": 90.0, "Actual Rows": {lookups}, "Actual Loops": 1,
                 "Plans": [
                   {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "orders", "Alias": "o",
                     "Plan Rows": {expected}, "Actual Total Time": 10.0, "Actual Rows": {lookups}, "Actual Loops": 1}},
                   {{"Node Type": "Index Scan", "Parent Relationship": "Inner", "Relation Name": "customer",
                     "Alias": "c", "Index Cond": "{condition}", "Actual Total Time": 0.01, "Actual Rows": 1,
                     "Actual Loops": {lookups}}}]}}"#
        ));
        super::super::testing::findings_with(&RULE, &plan, &catalog(rows)).len()
    }

    #[test]
    fn more_lookups_than_rows() {
        let equal = "(c.id = o.customer_id)";
        assert_eq!(found(equal, 5000.0, 5000.0, 5000.0), 1);
        assert_eq!(found(equal, 5000.0, 5000.0, 5001.0), 0, "the table has more");
        assert_eq!(found(equal, 900.0, 999.0, 50.0), 0, "a few lookups");
        assert_eq!(found(equal, 500.0, 5000.0, 50.0), 0, "misestimated");
        assert_eq!(found("(c.id > o.customer_id)", 5000.0, 5000.0, 5000.0), 0, "no hash join");
        assert_eq!(found("(c.id = 5)", 5000.0, 5000.0, 5000.0), 0, "no join at all");
        assert_eq!(found(equal, 5000.0, 5000.0, -1.0), 0, "never counted");
    }
}
