//! The symptoms, one file each; a new one is a file and a line here.

mod bitmap_turns_lossy;
mod cartesian_product;
mod count_distinct_sorts;
mod cte_materialized_once;
mod distinct_hides_fan_out;
mod distinct_removes_nothing;
mod filter_after_join;
mod group_by_sorting;
mod hash_on_big_side;
mod hash_spills;
mod hashed_subplan_large;
mod heap_fetches;
mod incremental_sort_large_groups;
mod index_scan_discards_rows;
mod inner_side_repeated;
mod jit_outweighs_query;
mod join_discards_rows;
mod join_fans_out_then_aggregates;
mod join_filter_with_or;
mod join_search_cut_off;
mod lateral_per_row;
mod memoize_thrashes;
mod memory_multiplies;
mod merge_join_sorts;
mod nested_loop_large_outer;
mod not_in_subquery;
mod offset_discards_rows;
mod planning_dominates;
mod recursion_repeats_rows;
mod recursion_rereads_table;
mod relation_scanned_twice;
mod rows_misestimated;
mod scan_discards_rows;
mod sort_dominates;
mod sort_feeds_limit;
mod sort_spills;
mod stored_rows_spill;
mod subplan_per_row;
mod subquery_filtered_late;
mod trigger_dominates;
mod window_keeps_few;
mod window_without_run_condition;
mod windows_sort_again;
mod workers_missing;

use super::Rule;
use crate::units::Rows;

/// Every rule, in the order of the docs.
pub static RULES: &[&Rule] = &[
    &scan_discards_rows::RULE,
    &index_scan_discards_rows::RULE,
    &join_discards_rows::RULE,
    &join_filter_with_or::RULE,
    &inner_side_repeated::RULE,
    &nested_loop_large_outer::RULE,
    &lateral_per_row::RULE,
    &memoize_thrashes::RULE,
    &cartesian_product::RULE,
    &rows_misestimated::RULE,
    &hash_on_big_side::RULE,
    &join_search_cut_off::RULE,
    &relation_scanned_twice::RULE,
    &filter_after_join::RULE,
    &incremental_sort_large_groups::RULE,
    &merge_join_sorts::RULE,
    &group_by_sorting::RULE,
    &count_distinct_sorts::RULE,
    &window_without_run_condition::RULE,
    &window_keeps_few::RULE,
    &windows_sort_again::RULE,
    &distinct_hides_fan_out::RULE,
    &distinct_removes_nothing::RULE,
    &join_fans_out_then_aggregates::RULE,
    &sort_spills::RULE,
    &hash_spills::RULE,
    &stored_rows_spill::RULE,
    &memory_multiplies::RULE,
    &sort_feeds_limit::RULE,
    &sort_dominates::RULE,
    &bitmap_turns_lossy::RULE,
    &heap_fetches::RULE,
    &subplan_per_row::RULE,
    &not_in_subquery::RULE,
    &hashed_subplan_large::RULE,
    &cte_materialized_once::RULE,
    &recursion_rereads_table::RULE,
    &recursion_repeats_rows::RULE,
    &subquery_filtered_late::RULE,
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
pub(super) mod testing {
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
