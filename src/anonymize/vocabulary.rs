//! What is PostgreSQL's own, and tells nothing of whoever uses it.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::plan::Operator;

/// `pg_proc` of 15 and 18; `names/make.sh` writes it.
static FUNCTIONS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("names/functions.txt").lines().collect());

/// `pg_type` of 15 and 18.
static TYPES: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("names/types.txt").lines().collect());

/// The grammar's own names for types (manual: 8, "Data Types").
const TYPES_OF_GRAMMAR: &str = "bigint boolean character dec decimal double float int integer real smallint \
    bigserial serial smallserial nchar national precision varying";

/// Names that PostgreSQL gives (parse_relation.c, parse_target.c, ruleutils.c) and those of every table (manual: 5.5).
const OWN_NAMES: &str = "ctid tableoid xmin xmax cmin cmax oid excluded old new wholerow pg_catalog information_schema $user \
    ?column? *VALUES* *TLOCRN* *TROCRN* *GROUP* ANY_subquery unnamed_join unnamed_subquery";

/// Collations that every server has (manual: 24.2.2).
const COLLATIONS: &str = "C POSIX default ucs_basic unicode pg_c_utf8 pg_unicode_fast";

/// Settings that EXPLAIN tells of (`GUC_EXPLAIN` in guc_tables.c of 12 to 18).
const SETTINGS: &str = "constraint_exclusion cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost \
    cursor_tuple_fraction debug_parallel_query default_statistics_target effective_cache_size \
    effective_io_concurrency enable_async_append enable_bitmapscan enable_distinct_reordering enable_gathermerge \
    enable_group_by_reordering enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan \
    enable_indexscan enable_material enable_memoize enable_mergejoin enable_nestloop enable_parallel_append \
    enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate enable_partitionwise_join \
    enable_presorted_aggregate enable_self_join_elimination enable_seqscan enable_sort enable_tidscan \
    force_parallel_mode from_collapse_limit geqo geqo_effort geqo_generations geqo_pool_size geqo_seed \
    geqo_selection_bias geqo_threshold hash_mem_multiplier io_combine_limit jit jit_above_cost jit_expressions \
    jit_inline_above_cost jit_optimize_above_cost jit_tuple_deforming join_collapse_limit \
    maintenance_io_concurrency max_parallel_workers max_parallel_workers_per_gather min_parallel_index_scan_size \
    min_parallel_table_scan_size parallel_leader_participation parallel_setup_cost parallel_tuple_cost \
    plan_cache_mode random_page_cost recursive_worktable_factor search_path seq_page_cost temp_buffers work_mem";

/// Words of figures and of the closed lists of values, in every format (explain.c).
const FIGURES: &str = "actual allocated async average backward batches buckets buffers bytes cache calls cost deform deforming \
    dirtied disk emission estimated evictions exact execution expressions false format fpi full generation hit hits inlining io \
    kb ms lookups loops lossy heap maximum memory method methods misses never executed optimization options original originally \
    output overflows peak planned planning partitions read records rows sample serialization shared local size skipped \
    sort sorted space state storage temp text time timing total true tuples usage used wal width write written \
    hashed plain mixed partial finalize simple inner outer left right semi anti unique forward nomovement mb gb \
    insert update delete merge select nothing intersect except all external quicksort top n heapsort still in progress \
    logical binary text member subquery initplan subplan none inserted updated deleted distinct capacity percent e";

/// Words that node types are made of beyond those of [`Operator`] (explain.c, `ExplainNode`).
const TITLES: &str = "Aggregate GroupAggregate HashAggregate MixedAggregate HashSetOp MergeSetOp SetOp Insert Update \
    Delete Merge Foreign Async Parallel Partial Finalize Backward Left Right Full Semi Anti Inner Join Intersect \
    Except All Hash Loop Nested Custom MergeAppend GroupingSets";

static FIGURE_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| FIGURES.split_ascii_whitespace().collect());

fn listed(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Whether a function of this name is in `pg_catalog`.
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.contains(name)
}

/// Whether a type of this name is in `pg_catalog`, or in the grammar.
pub(super) fn is_type(name: &str) -> bool {
    TYPES.contains(name) || listed(TYPES_OF_GRAMMAR, name)
}

/// Whether PostgreSQL itself gives this name.
pub(super) fn is_own_name(name: &str) -> bool {
    let numbered =
        |stem: &str| name.strip_prefix(stem).is_some_and(|rest| rest.bytes().all(|c| c.is_ascii_digit()));
    listed(OWN_NAMES, name) || numbered("*SELECT* ")
}

/// Whether it is a collation that every server has, or one that is named after a language and a country.
pub(super) fn is_collation(name: &str) -> bool {
    let language = |text: &str| (2..=3).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_lowercase());
    let icu = name.strip_suffix("-x-icu").is_some_and(|name| name.split('-').next().is_some_and(language));
    let name = name.split('.').next().unwrap_or_default();
    let libc = name.split_once('_').is_some_and(|(lang, country)| {
        language(lang) && country.len() == 2 && country.bytes().all(|c| c.is_ascii_uppercase())
    });
    listed(COLLATIONS, name) || (icu && name.len() <= "zh-hans-cn-x-icu".len()) || libc
}

/// Whether EXPLAIN tells of this setting.
pub(super) fn is_setting(name: &str) -> bool {
    listed(SETTINGS, name)
}

/// Whether a text is made of figures and of EXPLAIN's own words alone.
pub(super) fn is_figures(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let plain = |c: char| c.is_ascii_alphanumeric() || " .,:=()+-/%\t".contains(c);
    text.chars().all(plain)
        && words.into_iter().all(|word| FIGURE_WORDS.contains(word.to_ascii_lowercase().as_str()))
}

/// Whether it is a node type of PostgreSQL's, or the words before the names in a node's line.
pub(super) fn is_title(title: &str) -> bool {
    let known = |word: &str| listed(TITLES, word) || is_operator_word(word);
    !title.trim().is_empty() && title.split_whitespace().all(known)
}

fn is_operator_word(word: &str) -> bool {
    const WORDS: &str = "Result ProjectSet ModifyTable Append Merge Recursive Union BitmapAnd BitmapOr Nested Loop \
        Join Hash Seq Scan Sample Gather Index Only Bitmap Heap Tid Range Subquery Function Table Values CTE Named \
        Tuplestore WorkTable Foreign Custom Materialize Memoize Sort Incremental Group Aggregate WindowAgg Unique \
        SetOp LockRows Limit";
    listed(WORDS, word)
}

/// Whether it is the name of a node type in JSON.
pub(super) fn is_node_type(name: &str) -> bool {
    !matches!(Operator::from_name(name), Operator::Other(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_postgresqls_own() {
        assert!(is_function("generate_series") && is_function("count") && !is_function("my_function"));
        assert!(is_type("int4") && is_type("integer") && is_type("jsonb") && !is_type("mood"));
        assert!(is_own_name("*SELECT* 12") && !is_own_name("*SELECT* secret"));
        assert!(
            is_collation("C")
                && is_collation("de_DE.utf8")
                && is_collation("de-x-icu")
                && !is_collation("secret")
        );
        assert!(is_figures("external merge  Disk: 40kB") && is_figures("shared hit=5, temp read=2"));
        assert!(!is_figures("shared hit=5 acme") && !is_figures("o'brien"));
        assert!(is_title("Parallel Index Only Scan Backward") && !is_title("Quantum Scan"));
    }
}
