//! A subquery in FROM that aggregates anew for each row, where one pass would do for all.

use super::nested_loop_large_outer::is_hashable;
use super::rows_misestimated::may_stop_early;
use crate::catalog::Catalog;
use crate::diagnose::shape::{maker, sides};
use crate::diagnose::words::{rows, times};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Factor, Rows};

/// `lateral-per-row`.
pub static RULE: Rule = Rule {
    id: "lateral-per-row",
    title: "A LATERAL subquery aggregates anew for each row",
    doc: "A `LATERAL` subquery that refers to the row beside it is run for each of them. For a few rows that is the \
          best way; for so many that most of the table is read in the end, `GROUP BY` on the column that they are \
          joined by makes all aggregates in one pass, and a hash join brings them to their rows.\n\n\
          Example: `Nested Loop -> Seq Scan on customer (actual … rows=20000 …) -> Aggregate (actual … loops=20000) -> \
          Index Scan using orders_customer on orders`, of 200,000 orders.\n\n\
          Silent when the table's rows are not known from the catalog; when what the runs cost, a lookup taken for ten \
          rows, is less than one and a half times the table; for `ORDER BY … LIMIT`, which one pass would have to sort for; and \
          where each run reads the table through (`inner-side-repeated`).",
    check: Check::EachNodeWithCatalog(check),
};

/// A lookup takes about as long as reading ten rows in passing and hashing them (4 µs against 0.2 µs, measured on 15).
const ROWS_A_LOOKUP: f64 = 10.0;

/// At twice the table, one pass took less than half of the time (0.26 s against 0.57 s for 200,000 rows and 20,000 runs,
/// measured on 15); below this, about as long.
const TIMES_THE_TABLE: Factor = Factor(1.5);

/// Fewer runs take two milliseconds.
const ENOUGH: f64 = 1000.0;

fn check(plan: &Plan, catalog: &Catalog, join: &Node) -> Option<Finding> {
    let (outer, inner) = sides(plan, join).filter(|_| join.operator == Operator::NestedLoop)?;
    let aggregate = std::iter::successors(Some(maker(plan, inner)), |node| {
        plan.inputs(node)
            .next()
            .filter(|_| matches!(node.operator, Operator::SubqueryScan | Operator::Result))
    })
    .find(|node| matches!(node.operator, Operator::Aggregate | Operator::Group))?;
    let scan = maker(plan, plan.inputs(aggregate).next()?);
    let table = catalog.table(scan.relation.as_ref()?).filter(|_| scan.looks_up())?;
    let (runs, read) = (aggregate.loops(), scan.rows_read()?);
    let work = runs * ROWS_A_LOOKUP + read.0;
    let much = runs >= ENOUGH && table.rows > 0.0 && work >= TIMES_THE_TABLE.0 * table.rows;
    if !much || may_stop_early(plan, outer) || !is_hashable(plan, scan) {
        return None;
    }
    let did = format!(
        "was run {} and looked up {} in all, of a table that has {}",
        times(runs),
        rows(read),
        Rows(table.rows)
    );
    let finding = Finding::at(&RULE, aggregate, did)
        .by(aggregate, inner.inclusive())
        .stake(plan.repeated(join))
        .with("runs", runs as u64)
        .with("rows looked up", read)
        .with("rows of the table", Rows(table.rows))
        .next(format!(
            "A subquery without LATERAL that has GROUP BY on the column of {} that is compared, joined on it, makes \
             all of them in one pass (count of none is then NULL: coalesce it).",
            table.name
        ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::plan;
    use super::*;
    use crate::catalog::{Table, TableName};

    fn found(operator: &str, runs: f64, each: f64, table: f64) -> usize {
        let name = TableName { schema: "public".to_owned(), name: "orders".to_owned() };
        let catalog =
            Catalog { tables: vec![Table { name, rows: table, ..Table::default() }], ..Catalog::default() };
        let plan = plan(&format!(
            r#"{{"Node Type": "Nested Loop", "Actual Total Time": 90.0, "Actual Rows": {runs}, "Actual Loops": 1,
                 "Plans": [
                   {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "customer",
                     "Alias": "c", "Actual Total Time": 10.0, "Actual Rows": {runs}, "Actual Loops": 1}},
                   {{"Node Type": "{operator}", "Parent Relationship": "Inner", "Actual Total Time": 0.01,
                     "Actual Rows": 1, "Actual Loops": {runs}, "Plans": [
                       {{"Node Type": "Index Scan", "Parent Relationship": "Outer", "Relation Name": "orders",
                         "Alias": "o", "Index Cond": "(o.customer_id = c.id)", "Actual Total Time": 0.009,
                         "Actual Rows": {each}, "Actual Loops": {runs}}}]}}]}}"#
        ));
        super::super::testing::findings_with(&RULE, &plan, &catalog).len()
    }

    #[test]
    fn more_work_than_the_table() {
        assert_eq!(found("Aggregate", 3000.0, 10.0, 40_000.0), 1);
        assert_eq!(found("Aggregate", 3000.0, 10.0, 40_001.0), 0, "the table is large");
        assert_eq!(found("Aggregate", 999.0, 10.0, 100.0), 0, "a few runs");
        assert_eq!(found("Limit", 3000.0, 10.0, 40_000.0), 0, "the first of each");
        assert_eq!(found("Aggregate", 2000.0, 10.0, -1.0), 0, "never counted");
    }
}
