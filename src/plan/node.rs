//! One node of a plan: what PostgreSQL guessed, what it measured, and what follows from that.

use std::borrow::Cow;

use serde_json::Value;

use super::derived::Cache;
use super::operator::Operator;
use crate::units::{Bytes, Ms, Rows};

/// A node's place in its plan's arena; nodes stand in print order, parents before children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct NodeId(pub usize);

/// What a node is to its parent: EXPLAIN's `Parent Relationship`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// The top of the plan, or a relationship that this version does not know.
    #[default]
    Root,
    /// The only or the driving input.
    Outer,
    /// A join's second input.
    Inner,
    /// One of several inputs (Append, BitmapAnd, …).
    Member,
    /// A subquery in FROM, under its Subquery Scan.
    Subquery,
    /// Run once, when its value is first asked for; CTEs too.
    InitPlan,
    /// Run for each row that asks.
    SubPlan,
}

/// A table as the plan names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relation {
    /// The schema; only VERBOSE prints it.
    pub schema: Option<String>,
    /// The table's name.
    pub name: String,
    /// The alias in the query; conditions name columns by it.
    pub alias: Option<String>,
}

/// Which of EXPLAIN's conditions a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConditionKind {
    /// `Filter`: rows are read, then thrown away.
    Filter,
    /// `Index Cond`: answered by the index.
    IndexCond,
    /// `Recheck Cond`: asked again of rows from a lossy bitmap.
    RecheckCond,
    /// `Join Filter`: asked of pairs of rows that were already joined.
    JoinFilter,
    /// `Hash Cond`.
    HashCond,
    /// `Merge Cond`.
    MergeCond,
    /// `Order By` of an index scan: a nearest-neighbour search.
    OrderBy,
    /// `One-Time Filter`: asked once, before anything is read.
    OneTimeFilter,
    /// `TID Cond`.
    TidCond,
    /// `Run Condition` of a WindowAgg (15+).
    RunCondition,
}

/// A condition, in PostgreSQL's own deparsed words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Which of EXPLAIN's conditions it is.
    pub kind: ConditionKind,
    /// The text, with columns qualified by alias when VERBOSE was on.
    pub text: String,
}

/// What the planner expected.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimate {
    /// Cost before the first row, in the planner's units.
    pub startup_cost: f64,
    /// Cost to the last row.
    pub total_cost: f64,
    /// Rows of one loop (of one process, under a Gather).
    pub rows: Rows,
    /// Bytes a row.
    pub width: u64,
}

/// What was measured. Times and rows are averages of one loop, as EXPLAIN prints them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Actual {
    /// To the first row; `None` with TIMING OFF.
    pub startup: Option<Ms>,
    /// To the last row; `None` with TIMING OFF.
    pub total: Option<Ms>,
    /// Rows of one loop.
    pub rows: Rows,
    /// How often the node ran, over all processes; 0: never.
    pub loops: f64,
}

impl Actual {
    /// Rows over all loops and processes.
    pub fn all_rows(&self) -> Rows {
        self.rows * self.loops
    }
}

/// A worker's share of a parallel node (VERBOSE only).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Worker {
    /// `Worker Number`.
    pub number: u64,
    /// What this worker measured; `None` when it did not reach the node.
    pub actual: Option<Actual>,
    /// `Sort Space Used`, when this worker sorted on disk.
    pub sort_disk: Option<Bytes>,
    /// `HashAgg Batches`, when this worker aggregated by hash.
    pub hash_batches: Option<u64>,
    /// `Cache Hits` and the like, when this worker memoized.
    pub cache: Option<Cache>,
}

/// Rows read and thrown away: averages of one loop, as EXPLAIN prints them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Removed {
    /// `Rows Removed by Filter`.
    pub filter: Option<Rows>,
    /// `Rows Removed by Join Filter`.
    pub join_filter: Option<Rows>,
    /// `Rows Removed by Index Recheck`.
    pub recheck: Option<Rows>,
}

/// Pages touched by a node and everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Buffers {
    /// Found in shared buffers.
    pub shared_hit: u64,
    /// Read from outside of shared buffers.
    pub shared_read: u64,
    /// Dirtied.
    pub shared_dirtied: u64,
    /// Written out by this query.
    pub shared_written: u64,
    /// Temporary tables' pages, hit and read.
    pub local: u64,
    /// Temporary file pages read.
    pub temp_read: u64,
    /// Temporary file pages written.
    pub temp_written: u64,
}

impl Buffers {
    /// Shared pages looked at, wherever they were found.
    pub fn shared(&self) -> u64 {
        self.shared_hit + self.shared_read
    }
}

/// How a sort went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sort {
    /// `Sort Method`, e.g. `top-N heapsort`, `external merge`.
    pub method: String,
    /// `Sort Space Used`.
    pub space: Bytes,
    /// Whether `Sort Space Type` is `Disk`.
    pub on_disk: bool,
}

/// How a hash table went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HashTable {
    /// `Hash Batches`; more than one: part of it went to disk.
    pub batches: u64,
    /// `Original Hash Batches`: what the planner foresaw.
    pub original_batches: u64,
    /// `Peak Memory Usage`.
    pub peak_memory: Bytes,
}

/// How a hashed aggregate went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HashAggregate {
    /// `HashAgg Batches`.
    pub batches: u64,
    /// `Peak Memory Usage`.
    pub peak_memory: Bytes,
    /// `Disk Usage`.
    pub disk: Bytes,
}

/// What follows from the measurements (see `own`).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Own {
    /// Wall time of the node with everything below it, over all loops.
    pub inclusive: Ms,
    /// Wall time of the node alone.
    pub exclusive: Ms,
    /// Time of the node alone, added over all processes.
    pub work: Ms,
    /// How far rounding can have moved `exclusive`, either way.
    pub bound: Ms,
}

/// One node of a plan.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Node {
    /// Its place in the arena.
    pub id: NodeId,
    /// The node above; `None` at the root.
    pub parent: Option<NodeId>,
    /// The nodes below, in print order.
    pub children: Vec<NodeId>,
    /// How many nodes stand above it.
    pub depth: usize,
    /// `Node Type`.
    pub operator: Operator,
    /// `Parent Relationship`.
    pub role: Role,
    /// `Subplan Name`, e.g. `SubPlan 1`, `InitPlan 1 (returns $0)`, `CTE x`.
    pub subplan_name: Option<String>,
    /// `Parallel Aware`.
    pub parallel_aware: bool,
    /// `Strategy` of Aggregate or SetOp: Plain, Sorted, Hashed, Mixed.
    pub strategy: Option<String>,
    /// `Partial Mode` of an aggregate, unless Simple.
    pub partial_mode: Option<String>,
    /// `Join Type`: Inner, Left, Semi, Anti, …
    pub join_type: Option<String>,
    /// `Operation` of ModifyTable or of a foreign scan; `Command` of a SetOp.
    pub operation: Option<String>,
    /// `Scan Direction`: Forward, Backward.
    pub scan_direction: Option<String>,
    /// The table that is scanned or written.
    pub relation: Option<Relation>,
    /// `Index Name`.
    pub index: Option<String>,
    /// `CTE Name`.
    pub cte: Option<String>,
    /// `Function Name` of a function scan.
    pub function: Option<String>,
    /// `Alias` of a node without a table (CTE Scan, Subquery Scan, Function Scan, …).
    pub alias: Option<String>,
    /// `Output` (VERBOSE).
    pub output: Vec<String>,
    /// The conditions, in the order in which they were printed.
    pub conditions: Vec<Condition>,
    /// `Sort Key`.
    pub sort_key: Vec<String>,
    /// `Presorted Key` of an incremental sort.
    pub presorted_key: Vec<String>,
    /// `Group Key`.
    pub group_key: Vec<String>,
    /// `Inner Unique`: at most one inner row a match.
    pub inner_unique: bool,
    /// What the planner expected; `None` with COSTS OFF.
    pub estimate: Option<Estimate>,
    /// What was measured; `None` without ANALYZE.
    pub actual: Option<Actual>,
    /// Rows thrown away.
    pub removed: Removed,
    /// `Heap Fetches` of an index-only scan, over all loops.
    pub heap_fetches: Option<u64>,
    /// `Exact Heap Blocks` of a bitmap heap scan.
    pub exact_pages: u64,
    /// `Lossy Heap Blocks` of a bitmap heap scan.
    pub lossy_pages: u64,
    /// `Workers Planned`.
    pub workers_planned: Option<u64>,
    /// `Workers Launched`.
    pub workers_launched: Option<u64>,
    /// `Workers` (VERBOSE).
    pub workers: Vec<Worker>,
    /// How a sort went.
    pub sort: Option<Sort>,
    /// How a hash table went.
    pub hash: Option<HashTable>,
    /// How a hashed aggregate went.
    pub hash_aggregate: Option<HashAggregate>,
    /// Pages, with those of the nodes below; `None` without BUFFERS.
    pub buffers: Option<Buffers>,
    /// What follows from the measurements; `None` without ANALYZE or with TIMING OFF.
    pub own: Option<Own>,
    /// Everything else that PostgreSQL said, under its own keys, in its own order.
    pub extra: Vec<(Cow<'static, str>, Value)>,
}

impl Default for Operator {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl Node {
    /// The text of the condition of this kind.
    pub fn condition(&self, kind: ConditionKind) -> Option<&str> {
        self.conditions.iter().find(|c| c.kind == kind).map(|c| c.text.as_str())
    }

    /// Whether it was measured and ran at least once.
    pub fn ran(&self) -> bool {
        self.loops() > 0.0
    }

    /// How often it ran, over all processes; 0 when it did not run or was not measured.
    pub fn loops(&self) -> f64 {
        self.actual.map_or(0.0, |a| a.loops)
    }

    /// Rows that came out, over all loops and processes.
    pub fn rows_out(&self) -> Option<Rows> {
        self.actual.map(|a| a.all_rows())
    }

    /// Rows that the filter threw away, over all loops.
    pub fn removed_by_filter(&self) -> Rows {
        self.removed.filter.unwrap_or_default() * self.loops()
    }

    /// Rows that the join filter threw away, over all loops.
    pub fn removed_by_join_filter(&self) -> Rows {
        self.removed.join_filter.unwrap_or_default() * self.loops()
    }

    /// Rows that the recheck of a lossy bitmap threw away, over all loops.
    pub fn removed_by_recheck(&self) -> Rows {
        self.removed.recheck.unwrap_or_default() * self.loops()
    }

    /// Wall time of this node alone; zero when it is not known.
    pub fn exclusive(&self) -> Ms {
        self.own.map_or(Ms(0.0), |o| o.exclusive)
    }

    /// Wall time of this node and everything below it; zero when it is not known.
    pub fn inclusive(&self) -> Ms {
        self.own.map_or(Ms(0.0), |o| o.inclusive)
    }

    /// The name under which conditions speak of this node's rows.
    pub fn alias(&self) -> Option<&str> {
        match &self.relation {
            Some(relation) => relation.alias.as_deref().or(Some(&relation.name)),
            None => self.alias.as_deref(),
        }
    }

    /// What EXPLAIN's text format calls the node: `Parallel Seq Scan`, `Hash Left Join`, `Partial HashAggregate`.
    pub fn title(&self) -> String {
        let parallel = if self.parallel_aware { "Parallel " } else { "" };
        let partial = self.partial_mode.as_deref().map(|mode| format!("{mode} ")).unwrap_or_default();
        let backward = if self.scan_direction.as_deref() == Some("Backward") { " Backward" } else { "" };
        let name = match (&self.operator, self.strategy.as_deref(), self.operation.as_deref()) {
            (Operator::Aggregate, Some("Hashed"), _) => "HashAggregate".to_owned(),
            (Operator::Aggregate, Some("Sorted"), _) => "GroupAggregate".to_owned(),
            (Operator::Aggregate, Some("Mixed"), _) => "MixedAggregate".to_owned(),
            (Operator::SetOp, Some("Hashed"), _) => "HashSetOp".to_owned(),
            (Operator::ModifyTable, _, Some(operation)) => operation.to_owned(),
            (operator, ..) if operator.is_join() => joined(operator, self.join_type.as_deref()),
            (operator, ..) => operator.name().to_owned(),
        };
        format!("{partial}{parallel}{name}{backward}")
    }

    /// Every text of this node in which an expression can stand; what an InitPlan returns is found here.
    pub fn expressions(&self) -> impl Iterator<Item = &str> {
        let listed = [&self.output, &self.sort_key, &self.presorted_key, &self.group_key];
        let conditions = self.conditions.iter().map(|c| c.text.as_str());
        conditions.chain(listed.into_iter().flatten().map(String::as_str)).chain(self.extra.iter().flat_map(
            |(_, value)| match value {
                Value::String(text) => vec![text.as_str()],
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            },
        ))
    }
}

fn joined(operator: &Operator, join_type: Option<&str>) -> String {
    let stem = operator.name().trim_end_matches(" Join");
    match (operator, join_type) {
        (_, None | Some("Inner")) => operator.name().to_owned(),
        (_, Some(kind)) => format!("{stem} {kind} Join"),
    }
}
