//! A plan that was made for any value, and is wrong for the one at hand.

use super::rows_misestimated::because;
use super::rows_misestimated::cause::{Cause, parameter};
use crate::catalog::Catalog;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::Plan;
use crate::units::Ms;

/// `generic-plan`.
pub static RULE: Rule = Rule {
    id: "generic-plan",
    title: "The plan was made without knowing the values",
    doc: "After five executions a prepared statement may get a generic plan, which is kept; its conditions then say `$1`, and \
          the planner took an average value for it (manual, \"PREPARE\"; `plan_cache_mode`). For a frequent value, or a range, \
          that can be far off.\n\n\
          Example: `Index Scan on orders (… rows=10 …) (actual … rows=81000 loops=1) Index Cond: (customer_id = \
          $1)`.\n\n\
          Silent while the error did no harm, and about rows that nobody asked for, as `rows-misestimated` is. In a plan that was not run, it is seen wherever a condition holds a parameter.",
    check: Check::WithCatalog(check),
};

fn check(plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
    if plan.is_measured() {
        return because(&RULE, plan, catalog, |cause| matches!(cause, Some(Cause::Generic(..))));
    }
    let Some((node, name)) = plan.nodes.iter().find_map(|node| Some((node, parameter(plan, node)?))) else {
        return Vec::new();
    };
    let what = format!("the plan is generic: it was made without the value of {name}");
    let finding = Finding::about_statement(&RULE, what, Ms(0.0)).next(Cause::Generic(name.clone()).next());
    vec![finding.with("parameter", name).with("at", node.label())]
}
