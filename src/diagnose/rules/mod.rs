//! The symptoms, one file each; a new one is a file and a line here.

mod bitmap_turns_lossy;
mod hash_spills;
mod heap_fetches;
mod index_scan_discards_rows;
mod inner_side_repeated;
mod jit_outweighs_query;
mod join_discards_rows;
mod offset_discards_rows;
mod planning_dominates;
mod rows_misestimated;
mod scan_discards_rows;
mod sort_feeds_limit;
mod sort_spills;
mod subplan_per_row;
mod trigger_dominates;
mod workers_missing;

use super::Rule;
use crate::units::Rows;

/// Every rule, in the order of the docs.
pub static RULES: &[&Rule] = &[
    &scan_discards_rows::RULE,
    &index_scan_discards_rows::RULE,
    &join_discards_rows::RULE,
    &inner_side_repeated::RULE,
    &rows_misestimated::RULE,
    &sort_spills::RULE,
    &hash_spills::RULE,
    &sort_feeds_limit::RULE,
    &bitmap_turns_lossy::RULE,
    &heap_fetches::RULE,
    &subplan_per_row::RULE,
    &offset_discards_rows::RULE,
    &jit_outweighs_query::RULE,
    &workers_missing::RULE,
    &planning_dominates::RULE,
    &trigger_dominates::RULE,
];

/// The rule of this id.
pub fn named(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// Rows that are looked through as quickly as an index is descended once. The planner charges the descent of
/// a two-level index 100 evaluations of an operator (`btcostestimate`: 50 `cpu_operator_cost` a level), and
/// each row that is looked at at least one.
const ONE_DESCENT: Rows = Rows(100.0);

#[cfg(test)]
mod testing {
    use crate::catalog::Catalog;
    use crate::diagnose::{Finding, Rule};
    use crate::plan::{Plan, read_json};

    /// The plan under this JSON object, as PostgreSQL prints one node and what is below.
    pub fn plan(node: &str) -> Plan {
        let text = format!(r#"[{{"Plan": {node}, "Planning Time": 0.1, "Execution Time": 100.0}}]"#);
        read_json(&text).expect("the test's plan").remove(0)
    }

    /// What `rule` finds in it, before anything is dropped as too small.
    pub fn findings(rule: &'static Rule, plan: &Plan) -> Vec<Finding> {
        rule.findings(plan, &Catalog::default())
    }
}
