//! The symptoms, one file each; a new one is a file and a line here.

mod bitmap_turns_lossy;
mod columns_correlated;
mod default_selectivity;
mod foreign_key_without_index;
mod function_not_inlined;
mod function_slow;
mod gather_moves_many_rows;
mod generic_plan;
mod hash_spills;
mod heap_fetches;
mod index_scan_discards_rows;
mod inner_side_repeated;
mod insert_conflicts;
mod invalid_index;
mod io_dominates;
mod jit_outweighs_query;
mod join_discards_rows;
mod locks_many_rows;
mod merge_skips;
mod never_analyzed;
mod node_disabled;
mod offset_discards_rows;
mod pages_from_disk;
mod parallel_does_not_pay;
mod parallel_not_used;
mod partitions_weigh_on_planning;
mod planning_dominates;
mod planning_reads_catalog;
mod reading_dirties_pages;
mod redundant_index;
mod result_is_large;
mod row_count_outdated;
mod rows_misestimated;
mod scan_discards_rows;
mod serialization_dominates;
mod settings_hamper;
mod sort_feeds_limit;
mod sort_spills;
mod statistics_stale;
mod subplan_per_row;
mod timing_costs;
mod trigger_dominates;
mod value_beyond_mcv;
mod wal_full_pages;
mod workers_missing;
mod workers_skewed;
mod write_maintains_many_indexes;
mod writes_whole_table;

use super::Rule;
use crate::units::Rows;

/// Every rule, in the order of the docs.
pub static RULES: &[&Rule] = &[
    &scan_discards_rows::RULE,
    &index_scan_discards_rows::RULE,
    &join_discards_rows::RULE,
    &inner_side_repeated::RULE,
    &rows_misestimated::RULE,
    &never_analyzed::RULE,
    &statistics_stale::RULE,
    &row_count_outdated::RULE,
    &default_selectivity::RULE,
    &value_beyond_mcv::RULE,
    &columns_correlated::RULE,
    &generic_plan::RULE,
    &sort_spills::RULE,
    &hash_spills::RULE,
    &sort_feeds_limit::RULE,
    &bitmap_turns_lossy::RULE,
    &heap_fetches::RULE,
    &pages_from_disk::RULE,
    &io_dominates::RULE,
    &reading_dirties_pages::RULE,
    &subplan_per_row::RULE,
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

#[cfg(test)]
mod testing {
    use crate::catalog::{Catalog, Index, IndexKey, Table};
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

    /// What `rule` finds in it beside what is known of its tables.
    pub fn findings_with(rule: &'static Rule, plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
        rule.findings(plan, catalog)
    }

    /// What is known: these tables.
    pub fn tables(tables: Vec<Table>) -> Catalog {
        Catalog { tables }
    }

    /// A table of so many rows, with plain indexes on these columns: `a, b`.
    pub fn table(name: &str, rows: f64, indexes: &[&str]) -> Table {
        let mut table = Table { rows, readable: true, analyzed: true, ..Table::default() };
        table.name.name = name.to_owned();
        table.indexes = indexes.iter().map(|columns| index(columns)).collect();
        table
    }

    /// A plain B-tree on these columns, named by them.
    pub fn index(columns: &str) -> Index {
        let key = |column: &str| IndexKey {
            column: Some(column.to_owned()),
            expression: column.to_owned(),
            default_opclass: true,
            default_collation: true,
            ..IndexKey::default()
        };
        let keys = columns.split(", ").map(key).collect();
        Index { name: columns.into(), method: "btree".into(), keys, valid: true, ..Index::default() }
    }
}
