//! Which settings may be tried.

/// What becomes of a SET.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is tried.
    Tried,
    /// It is harmless where it stands, and a trial has its own.
    PassedOver,
    /// It is refused.
    Refused,
}

/// Settings that change how a statement is planned, and the memory and the helpers that it may use (manual, "Query
/// Planning", "Resource Consumption" and "Developer Options", up to 18). All of them may be set by anybody.
const TRIED: &str = "constraint_exclusion cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost cursor_tuple_fraction \
    debug_parallel_query default_statistics_target effective_cache_size effective_io_concurrency enable_async_append \
    enable_bitmapscan enable_distinct_reordering enable_eager_aggregate enable_gathermerge enable_group_by_reordering \
    enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan enable_indexscan enable_material \
    enable_memoize enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash \
    enable_partition_pruning enable_partitionwise_aggregate enable_partitionwise_join enable_presorted_aggregate \
    enable_self_join_elimination enable_seqscan enable_sort enable_tidscan force_parallel_mode from_collapse_limit \
    geqo geqo_effort geqo_generations geqo_pool_size geqo_seed geqo_selection_bias geqo_threshold hash_mem_multiplier \
    jit jit_above_cost jit_inline_above_cost jit_optimize_above_cost join_collapse_limit \
    maintenance_work_mem max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather \
    min_parallel_index_scan_size min_parallel_table_scan_size parallel_leader_participation parallel_setup_cost \
    parallel_tuple_cost plan_cache_mode random_page_cost recursive_worktable_factor seq_page_cost work_mem";

/// What a migration begins with.
const PASSED_OVER: [&str; 4] =
    ["client_min_messages", "idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout"];

pub(super) fn fate(name: &str) -> Fate {
    if PASSED_OVER.contains(&name) {
        return Fate::PassedOver;
    }
    if TRIED.split_ascii_whitespace().any(|known| known == name) { Fate::Tried } else { Fate::Refused }
}
