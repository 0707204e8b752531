//! A table that ANALYZE never looked at.

use super::rows_misestimated::because;
use super::rows_misestimated::cause::{Cause, never_analyzed};
use crate::catalog::Catalog;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::Plan;
use crate::query::Expr;
use crate::units::Ms;

/// `never-analyzed`.
pub static RULE: Rule = Rule {
    id: "never-analyzed",
    title: "A table was never analyzed",
    doc: "Without statistics the planner takes ten pages for the least that a table has, 200 distinct values for every column, and \
          constants for every condition (`plancat.c`, `selfuncs.c`). Autovacuum analyzes a table some time after it was \
          filled; a temporary table, never (manual, \"Routine Vacuuming\").\n\n\
          Example: `Seq Scan on staged (… rows=5 …) (actual … rows=84000 loops=1) Filter: (kind = 'x')`, and an empty \
          `last_analyze` and `last_autoanalyze` in pg_stat_user_tables.\n\n\
          Silent about tables whose columns have statistics all the same. Silent while the error did no harm, and about rows that nobody asked for, as `rows-misestimated` is. In a plan that was not run, it is \
          seen at every such table that a condition is asked of.",
    check: Check::WithCatalog(check),
};

fn check(plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
    if plan.is_measured() {
        return because(&RULE, plan, catalog, |cause| matches!(cause, Some(Cause::NeverAnalyzed(..))));
    }
    let mut told = Vec::new();
    let mut found = Vec::new();
    for node in plan.nodes.iter().filter(|node| node.operator.reads_table()) {
        let Some(table) = node.relation.as_ref().and_then(|relation| catalog.table(relation)) else {
            continue;
        };
        let conditions: Vec<Expr> = node.conditions.iter().filter_map(|c| Expr::parse(&c.text)).collect();
        let terms: Vec<&Expr> = conditions.iter().flat_map(Expr::terms).collect();
        let Some(cause) = never_analyzed(table, &terms).filter(|_| !told.contains(&&table.name)) else {
            continue;
        };
        told.push(&table.name);
        let what = format!("{} was never analyzed: what the planner expects of it are constants", table.name);
        let finding = Finding::about_statement(&RULE, what, Ms(0.0)).next(cause.next());
        found.push(finding.with("table", table.name.to_string()));
    }
    found
}
