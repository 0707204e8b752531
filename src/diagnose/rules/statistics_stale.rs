//! Statistics from before a large part of the table was written.

use super::rows_misestimated::because;
use super::rows_misestimated::cause::{Cause, stale};
use crate::catalog::Catalog;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::Plan;
use crate::units::Ms;

/// `statistics-stale`.
pub static RULE: Rule = Rule {
    id: "statistics-stale",
    title: "Statistics are older than much of the table",
    doc: "ANALYZE describes a table as it was then. Autovacuum does it again after a tenth of the rows were written \
          (`autovacuum_analyze_scale_factor`), but not inside of the transaction that wrote them, not where it is switched \
          off, and late where it is busy. Values that came since, such as today's, are then taken for \
          nonexistent.\n\n\
          Example: `Index Scan on orders (… rows=1 …) (actual … rows=40000 loops=1) Index Cond: (placed >= '2026-07-01')`, \
          and `n_mod_since_analyze = 45000` in pg_stat_user_tables.\n\n\
          Silent while fewer than a fifth of the rows were written since: autovacuum gets to it. Silent while the error did no harm, and about rows that nobody asked for, as `rows-misestimated` is. In a plan that \
          was not run, it is seen at every such table.",
    check: Check::WithCatalog(check),
};

fn check(plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
    if plan.is_measured() {
        return because(&RULE, plan, catalog, |cause| matches!(cause, Some(Cause::Stale(..))));
    }
    let named = |name: &crate::catalog::TableName| {
        let relations = plan.nodes.iter().filter(|node| node.operator.reads_table());
        relations.filter_map(|node| catalog.table(node.relation.as_ref()?)).any(|table| table.name == *name)
    };
    let causes = catalog.tables.iter().filter(|table| named(&table.name)).filter_map(stale);
    let findings = causes.filter_map(|cause| {
        let Cause::Stale(table, modified, rows) = &cause else { return None };
        let what =
            format!("{modified} rows of {table} were written since it was analyzed, when it had {rows}");
        let finding = Finding::about_statement(&RULE, what, Ms(0.0)).next(cause.next());
        Some(finding.with("rows written since", *modified).with("rows then", *rows))
    });
    findings.collect()
}
