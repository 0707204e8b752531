//! What anyone would write to read a plan of JSON with serde_json: the same fields as `advisor::plan::Node`, derived.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The statement and the node, with one more field for the keys that nobody foresaw, or without.
macro_rules! plan {
    ($statement:ident, $node:ident $(, $(#[$how:meta])* $extra:ident: $kept:ty)?) => {
        #[allow(dead_code)]
        #[derive(Deserialize)]
        pub struct $statement {
            #[serde(rename = "Plan")]
            pub plan: $node,
            #[serde(rename = "Planning Time")]
            planning: Option<f64>,
            #[serde(rename = "Execution Time")]
            execution: Option<f64>,
            #[serde(rename = "Triggers", default)]
            triggers: Vec<Trigger>,
            #[serde(rename = "JIT")]
            jit: Option<Value>,
            #[serde(rename = "Settings")]
            settings: Option<HashMap<String, String>>,
            #[serde(rename = "Query Text")]
            query_text: Option<String>,
            #[serde(rename = "Query Identifier")]
            query_id: Option<i64>,
            #[serde(rename = "Serialization")]
            serialization: Option<Value>,
            $($(#[$how])* $extra: $kept,)?
        }

        #[allow(dead_code)]
        #[derive(Deserialize)]
        pub struct $node {
            #[serde(rename = "Node Type")]
            operator: String,
            #[serde(rename = "Parent Relationship")]
            role: Option<String>,
            #[serde(rename = "Plans", default)]
            pub plans: Vec<$node>,
            #[serde(rename = "Subplan Name")]
            subplan_name: Option<String>,
            #[serde(rename = "Parallel Aware", default)]
            parallel_aware: bool,
            #[serde(rename = "Strategy")]
            strategy: Option<String>,
            #[serde(rename = "Partial Mode")]
            partial_mode: Option<String>,
            #[serde(rename = "Join Type")]
            join_type: Option<String>,
            #[serde(rename = "Operation", alias = "Command")]
            operation: Option<String>,
            #[serde(rename = "Scan Direction")]
            scan_direction: Option<String>,
            #[serde(rename = "Schema")]
            schema: Option<String>,
            #[serde(rename = "Relation Name")]
            relation: Option<String>,
            #[serde(rename = "Alias")]
            alias: Option<String>,
            #[serde(rename = "Index Name")]
            index: Option<String>,
            #[serde(rename = "CTE Name")]
            cte: Option<String>,
            #[serde(rename = "Function Name")]
            function: Option<String>,
            #[serde(rename = "Output", default)]
            output: Vec<String>,
            #[serde(rename = "Filter")]
            filter: Option<String>,
            #[serde(rename = "Index Cond")]
            index_cond: Option<String>,
            #[serde(rename = "Recheck Cond")]
            recheck_cond: Option<String>,
            #[serde(rename = "Join Filter")]
            join_filter: Option<String>,
            #[serde(rename = "Hash Cond")]
            hash_cond: Option<String>,
            #[serde(rename = "Merge Cond")]
            merge_cond: Option<String>,
            #[serde(rename = "Order By")]
            order_by: Option<String>,
            #[serde(rename = "One-Time Filter")]
            one_time_filter: Option<String>,
            #[serde(rename = "TID Cond")]
            tid_cond: Option<String>,
            #[serde(rename = "Run Condition")]
            run_condition: Option<String>,
            #[serde(rename = "Sort Key", default)]
            sort_key: Vec<String>,
            #[serde(rename = "Presorted Key", default)]
            presorted_key: Vec<String>,
            #[serde(rename = "Group Key", default)]
            group_key: Vec<String>,
            #[serde(rename = "Inner Unique", default)]
            inner_unique: bool,
            #[serde(rename = "Startup Cost")]
            startup_cost: Option<f64>,
            #[serde(rename = "Total Cost")]
            total_cost: Option<f64>,
            #[serde(rename = "Plan Rows")]
            plan_rows: Option<f64>,
            #[serde(rename = "Plan Width")]
            plan_width: Option<u64>,
            #[serde(rename = "Actual Startup Time")]
            actual_startup_time: Option<f64>,
            #[serde(rename = "Actual Total Time")]
            actual_total_time: Option<f64>,
            #[serde(rename = "Actual Rows")]
            actual_rows: Option<f64>,
            #[serde(rename = "Actual Loops")]
            actual_loops: Option<f64>,
            #[serde(rename = "Rows Removed by Filter")]
            removed_by_filter: Option<f64>,
            #[serde(rename = "Rows Removed by Join Filter")]
            removed_by_join_filter: Option<f64>,
            #[serde(rename = "Rows Removed by Index Recheck")]
            removed_by_recheck: Option<f64>,
            #[serde(rename = "Heap Fetches")]
            heap_fetches: Option<u64>,
            #[serde(rename = "Exact Heap Blocks")]
            exact_pages: Option<u64>,
            #[serde(rename = "Lossy Heap Blocks")]
            lossy_pages: Option<u64>,
            #[serde(rename = "Workers Planned")]
            workers_planned: Option<u64>,
            #[serde(rename = "Workers Launched")]
            workers_launched: Option<u64>,
            #[serde(rename = "Workers", default)]
            workers: Vec<Worker>,
            #[serde(rename = "Sort Method")]
            sort_method: Option<String>,
            #[serde(rename = "Sort Space Used")]
            sort_space: Option<u64>,
            #[serde(rename = "Sort Space Type")]
            sort_space_type: Option<String>,
            #[serde(rename = "Hash Batches")]
            hash_batches: Option<u64>,
            #[serde(rename = "Original Hash Batches")]
            original_hash_batches: Option<u64>,
            #[serde(rename = "HashAgg Batches")]
            aggregate_batches: Option<u64>,
            #[serde(rename = "Disk Usage")]
            disk: Option<u64>,
            #[serde(rename = "Peak Memory Usage")]
            peak_memory: Option<u64>,
            #[serde(rename = "Shared Hit Blocks")]
            shared_hit: Option<u64>,
            #[serde(rename = "Shared Read Blocks")]
            shared_read: Option<u64>,
            #[serde(rename = "Shared Dirtied Blocks")]
            shared_dirtied: Option<u64>,
            #[serde(rename = "Shared Written Blocks")]
            shared_written: Option<u64>,
            #[serde(rename = "Local Hit Blocks")]
            local: Option<u64>,
            #[serde(rename = "Temp Read Blocks")]
            temp_read: Option<u64>,
            #[serde(rename = "Temp Written Blocks")]
            temp_written: Option<u64>,
            $($(#[$how])* $extra: $kept,)?
        }
    };
}

plan!(Statement, Node, #[serde(flatten)] extra: Map<String, Value>);
plan!(Forgetful, ForgetfulNode);

#[allow(dead_code)]
#[derive(Deserialize)]
struct Worker {
    #[serde(rename = "Worker Number")]
    number: u64,
    #[serde(rename = "Actual Startup Time")]
    startup: Option<f64>,
    #[serde(rename = "Actual Total Time")]
    total: Option<f64>,
    #[serde(rename = "Actual Rows")]
    rows: Option<f64>,
    #[serde(rename = "Actual Loops")]
    loops: Option<f64>,
    #[serde(rename = "Sort Space Used")]
    sort_space: Option<u64>,
    #[serde(rename = "Sort Space Type")]
    sort_space_type: Option<String>,
    #[serde(rename = "HashAgg Batches")]
    hash_batches: Option<u64>,
}

#[allow(dead_code)]
#[derive(Deserialize)]
struct Trigger {
    #[serde(rename = "Trigger Name")]
    name: Option<String>,
    #[serde(rename = "Constraint Name")]
    constraint: Option<String>,
    #[serde(rename = "Relation")]
    relation: Option<String>,
    #[serde(rename = "Time")]
    time: Option<f64>,
    #[serde(rename = "Calls")]
    calls: Option<f64>,
}
