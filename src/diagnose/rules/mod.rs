//! The symptoms, one file each; a new one is a file and a line here.

mod arithmetic_wraps_column;
mod array_searched_by_any;
mod bitmap_combines_indexes;
mod bitmap_turns_lossy;
mod cartesian_product;
mod cast_wraps_column;
mod columns_correlated;
mod containment_without_index;
mod count_distinct_sorts;
mod counts_whole_table;
mod cte_materialized_once;
mod date_computed;
mod default_selectivity;
mod distinct_hides_fan_out;
mod distinct_removes_nothing;
mod exclusion_keeps_few;
mod filter_after_join;
mod foreign_key_without_index;
mod foreign_scan_filters_here;
mod foreign_scan_repeated;
mod foreign_tables_joined_here;
mod function_not_inlined;
mod function_slow;
mod function_wraps_column;
mod gather_moves_many_rows;
mod generic_plan;
mod group_by_sorting;
mod hash_on_big_side;
mod hash_spills;
mod hashed_subplan_large;
mod heap_fetches;
mod incremental_sort_large_groups;
mod index_descends_often;
mod index_ignored;
mod index_only_possible;
mod index_returns_most;
mod index_scan_discards_rows;
mod index_walked_for_order;
mod inner_side_repeated;
mod insert_conflicts;
mod invalid_index;
mod io_dominates;
mod jit_outweighs_query;
mod join_discards_rows;
mod join_fans_out_then_aggregates;
mod join_filter_with_or;
mod join_search_cut_off;
mod json_field_compared;
mod lateral_per_row;
mod list_is_long;
mod locks_many_rows;
mod memoize_thrashes;
mod memory_multiplies;
mod merge_join_sorts;
mod merge_skips;
mod nearest_by_sort;
mod nested_loop_large_outer;
mod never_analyzed;
mod node_disabled;
mod not_distinct_compared;
mod not_in_subquery;
mod offset_discards_rows;
mod or_across_columns;
mod pages_from_disk;
mod pages_hold_few_rows;
mod parallel_does_not_pay;
mod parallel_not_used;
mod partitions_not_pruned;
mod partitions_searched_per_row;
mod partitions_weigh_on_planning;
mod pattern_starts_open;
mod planning_dominates;
mod planning_reads_catalog;
mod prefix_without_pattern_operators;
mod reading_dirties_pages;
mod recheck_discards_rows;
mod recursion_repeats_rows;
mod recursion_rereads_table;
mod redundant_index;
mod relation_scanned_twice;
mod result_is_large;
mod row_count_outdated;
mod rows_are_wide;
mod rows_misestimated;
mod scan_discards_rows;
mod serialization_dominates;
mod settings_hamper;
mod sort_dominates;
mod sort_feeds_limit;
mod sort_spills;
mod statistics_stale;
mod stored_rows_spill;
mod subplan_per_row;
mod subquery_filtered_late;
mod text_search_computed;
mod timing_costs;
mod trigger_dominates;
mod value_beyond_mcv;
mod wal_full_pages;
mod window_keeps_few;
mod window_without_run_condition;
mod windows_sort_again;
mod workers_missing;
mod workers_skewed;
mod write_maintains_many_indexes;
mod writes_whole_table;

use super::Rule;
use crate::catalog::{Catalog, Table};
use crate::plan::{ConditionKind, Node};
use crate::query::Expr;
use crate::units::{Ms, Rows};

/// Every rule, in the order of the docs.
pub static RULES: &[&Rule] = &[
    &scan_discards_rows::RULE,
    &function_wraps_column::RULE,
    &cast_wraps_column::RULE,
    &date_computed::RULE,
    &arithmetic_wraps_column::RULE,
    &json_field_compared::RULE,
    &pattern_starts_open::RULE,
    &prefix_without_pattern_operators::RULE,
    &or_across_columns::RULE,
    &list_is_long::RULE,
    &exclusion_keeps_few::RULE,
    &not_distinct_compared::RULE,
    &array_searched_by_any::RULE,
    &containment_without_index::RULE,
    &text_search_computed::RULE,
    &index_ignored::RULE,
    &index_scan_discards_rows::RULE,
    &index_walked_for_order::RULE,
    &index_descends_often::RULE,
    &index_returns_most::RULE,
    &index_only_possible::RULE,
    &heap_fetches::RULE,
    &bitmap_combines_indexes::RULE,
    &bitmap_turns_lossy::RULE,
    &recheck_discards_rows::RULE,
    &pages_hold_few_rows::RULE,
    &counts_whole_table::RULE,
    &partitions_not_pruned::RULE,
    &partitions_searched_per_row::RULE,
    &foreign_scan_filters_here::RULE,
    &foreign_tables_joined_here::RULE,
    &foreign_scan_repeated::RULE,
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
    &never_analyzed::RULE,
    &statistics_stale::RULE,
    &row_count_outdated::RULE,
    &default_selectivity::RULE,
    &value_beyond_mcv::RULE,
    &columns_correlated::RULE,
    &generic_plan::RULE,
    &sort_spills::RULE,
    &hash_spills::RULE,
    &stored_rows_spill::RULE,
    &memory_multiplies::RULE,
    &sort_feeds_limit::RULE,
    &sort_dominates::RULE,
    &nearest_by_sort::RULE,
    &rows_are_wide::RULE,
    &subplan_per_row::RULE,
    &not_in_subquery::RULE,
    &hashed_subplan_large::RULE,
    &cte_materialized_once::RULE,
    &recursion_rereads_table::RULE,
    &recursion_repeats_rows::RULE,
    &subquery_filtered_late::RULE,
    &pages_from_disk::RULE,
    &io_dominates::RULE,
    &reading_dirties_pages::RULE,
    &function_slow::RULE,
    &function_not_inlined::RULE,
    &offset_discards_rows::RULE,
    &result_is_large::RULE,
    &serialization_dominates::RULE,
    &jit_outweighs_query::RULE,
    &workers_missing::RULE,
    &workers_skewed::RULE,
    &parallel_does_not_pay::RULE,
    &gather_moves_many_rows::RULE,
    &parallel_not_used::RULE,
    &planning_dominates::RULE,
    &planning_reads_catalog::RULE,
    &partitions_weigh_on_planning::RULE,
    &node_disabled::RULE,
    &settings_hamper::RULE,
    &timing_costs::RULE,
    &trigger_dominates::RULE,
    &foreign_key_without_index::RULE,
    &write_maintains_many_indexes::RULE,
    &redundant_index::RULE,
    &invalid_index::RULE,
    &wal_full_pages::RULE,
    &locks_many_rows::RULE,
    &writes_whole_table::RULE,
    &insert_conflicts::RULE,
    &merge_skips::RULE,
];

/// The rule of this id.
pub fn named(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// Rows that are looked through as quickly as an index is descended once. The planner charges the descent of
/// a two-level index 100 evaluations of an operator (`btcostestimate`: 50 `cpu_operator_cost` a level), and
/// each row that is looked at at least one.
const ONE_DESCENT: Rows = Rows(100.0);

/// What a scan's `Filter` left of what the scan read, where that is little.
struct Waste {
    read: Rows,
    kept: Rows,
}

impl Waste {
    /// Of a scan of either kind.
    fn of(node: &Node) -> Option<Self> {
        scan_discards_rows::waste(node).or_else(|| index_scan_discards_rows::waste(node))
    }

    /// The part of the scan's time that went into what was thrown away.
    fn time(&self, node: &Node) -> Ms {
        node.exclusive() * (1.0 - self.kept.share_of(self.read).0)
    }
}

/// A scan that throws much away, and what it asks of its rows.
struct Asked<'a> {
    waste: Waste,
    filter: Expr,
    /// `None` when nothing is known of it.
    table: Option<&'a Table>,
}

impl<'a> Asked<'a> {
    fn of(catalog: &'a Catalog, node: &Node) -> Option<Self> {
        let waste = Waste::of(node)?;
        let filter = Expr::parse(node.condition(ConditionKind::Filter)?)?;
        Some(Self { waste, filter, table: catalog.table(node.relation.as_ref()?) })
    }
}

#[cfg(test)]
pub(super) mod testing;
