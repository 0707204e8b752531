//! EXPLAIN's keys of a node: the one table that all formats are read by.

use serde_json::Value;

use super::given::Given;
use crate::plan::Cache;
use crate::plan::node::{Actual, Condition, ConditionKind, Estimate, Node, Relation, Role, Worker};
use crate::plan::operator::Operator;
use crate::units::{Bytes, Ms, Rows};

/// What is printed under several keys, or must wait for the node's other keys.
#[derive(Debug, Default)]
pub(super) struct Said {
    schema: Option<String>,
    relation: Option<String>,
    alias: Option<String>,
    rows: Option<f64>,
    loops: Option<f64>,
    startup: Option<f64>,
    total: Option<f64>,
    peak_memory: Bytes,
}

impl Said {
    /// Once all keys of the node were read.
    pub(super) fn settle(self, node: &mut Node) {
        match self.relation {
            Some(name) => node.relation = Some(Relation { schema: self.schema, name, alias: self.alias }),
            None => node.alias = self.alias,
        }
        if let (Some(rows), Some(loops)) = (self.rows, self.loops) {
            let (startup, total) = (self.startup.map(Ms), self.total.map(Ms));
            node.actual = Some(Actual { startup, total, rows: Rows(rows), loops });
        }
        if let Some(hash) = &mut node.hash {
            hash.peak_memory = self.peak_memory;
        }
        if let Some(aggregate) = &mut node.hash_aggregate {
            aggregate.peak_memory = self.peak_memory;
        }
        node.partial_mode = node.partial_mode.take().filter(|mode| mode != "Simple");
    }
}

/// Puts a value where it belongs; an error says what was expected.
pub(super) fn put(node: &mut Node, said: &mut Said, key: &str, given: Given) -> Result<(), &'static str> {
    if let Some(slot) = number(node, said, key) {
        return slot.put(&given);
    }
    if let Some(kind) = condition(key) {
        node.conditions.push(Condition { kind, text: given.text() });
        return Ok(());
    }
    if let Some(slot) = name(node, said, key) {
        *slot = Some(text(given)?);
        return Ok(());
    }
    match key {
        "Node Type" => node.operator = Operator::from_name(&text(given)?),
        "Parent Relationship" => node.role = role(&text(given)?),
        "Parallel Aware" => node.parallel_aware = given.flag().ok_or("true or false")?,
        "Inner Unique" => node.inner_unique = given.flag().ok_or("true or false")?,
        "Output" => node.output = given.texts(),
        "Sort Key" => node.sort_key = given.texts(),
        "Presorted Key" => node.presorted_key = given.texts(),
        "Group Key" => node.group_key = given.texts(),
        "Sort Method" => node.sort.get_or_insert_default().method = text(given)?,
        "Sort Space Type" => node.sort.get_or_insert_default().on_disk = text(given)? == "Disk",
        "Workers" => match given {
            Given::Tree(Value::Array(workers)) => node.workers = workers.iter().map(worker).collect(),
            _ => return Err("a list of workers"),
        },
        _ => node.extra.push((key.to_owned(), given.value())),
    }
    Ok(())
}

fn text(given: Given) -> Result<String, &'static str> {
    match given {
        Given::Text(text) | Given::Bare(text) => Ok(text.into_owned()),
        Given::Tree(_) => Err("text"),
    }
}

/// Where a number of a node belongs.
enum Slot<'a> {
    Float(&'a mut f64),
    Maybe(&'a mut Option<f64>),
    MaybeRows(&'a mut Option<Rows>),
    Count(&'a mut u64),
    MaybeCount(&'a mut Option<u64>),
    Kilobytes(&'a mut Bytes),
}

impl Slot<'_> {
    fn put(self, given: &Given) -> Result<(), &'static str> {
        let number = given.number().ok_or("a number")?;
        match self {
            Self::Float(slot) => *slot = number,
            Self::Maybe(slot) => *slot = Some(number),
            Self::MaybeRows(slot) => *slot = Some(Rows(number)),
            Self::Count(slot) => *slot = number as u64,
            Self::MaybeCount(slot) => *slot = Some(number as u64),
            Self::Kilobytes(slot) => *slot = Bytes((number * 1024.0) as u64),
        }
        Ok(())
    }
}

fn number<'a>(node: &'a mut Node, said: &'a mut Said, key: &str) -> Option<Slot<'a>> {
    use Slot::{Count, Float, Kilobytes, Maybe, MaybeCount, MaybeRows};
    let estimate = |node: &'a mut Node| node.estimate.get_or_insert_with(Estimate::default);
    let buffers = |node: &'a mut Node| node.buffers.get_or_insert_default();
    Some(match key {
        "Startup Cost" => Float(&mut estimate(node).startup_cost),
        "Total Cost" => Float(&mut estimate(node).total_cost),
        "Plan Rows" => Float(&mut estimate(node).rows.0),
        "Plan Width" => Count(&mut estimate(node).width),
        "Actual Startup Time" => Maybe(&mut said.startup),
        "Actual Total Time" => Maybe(&mut said.total),
        "Actual Rows" => Maybe(&mut said.rows),
        "Actual Loops" => Maybe(&mut said.loops),
        "Rows Removed by Filter" => MaybeRows(&mut node.removed.filter),
        "Rows Removed by Join Filter" => MaybeRows(&mut node.removed.join_filter),
        "Rows Removed by Index Recheck" => MaybeRows(&mut node.removed.recheck),
        "Heap Fetches" => MaybeCount(&mut node.heap_fetches),
        "Exact Heap Blocks" => Count(&mut node.exact_pages),
        "Lossy Heap Blocks" => Count(&mut node.lossy_pages),
        "Workers Planned" => MaybeCount(&mut node.workers_planned),
        "Workers Launched" => MaybeCount(&mut node.workers_launched),
        "Sort Space Used" => Kilobytes(&mut node.sort.get_or_insert_default().space),
        "Hash Batches" => Count(&mut node.hash.get_or_insert_default().batches),
        "Original Hash Batches" => Count(&mut node.hash.get_or_insert_default().original_batches),
        "HashAgg Batches" => Count(&mut node.hash_aggregate.get_or_insert_default().batches),
        "Disk Usage" => Kilobytes(&mut node.hash_aggregate.get_or_insert_default().disk),
        "Peak Memory Usage" => Kilobytes(&mut said.peak_memory),
        "Shared Hit Blocks" => Count(&mut buffers(node).shared_hit),
        "Shared Read Blocks" => Count(&mut buffers(node).shared_read),
        "Shared Dirtied Blocks" => Count(&mut buffers(node).shared_dirtied),
        "Shared Written Blocks" => Count(&mut buffers(node).shared_written),
        "Local Hit Blocks" => Count(&mut buffers(node).local),
        "Temp Read Blocks" => Count(&mut buffers(node).temp_read),
        "Temp Written Blocks" => Count(&mut buffers(node).temp_written),
        _ => return None,
    })
}

fn name<'a>(node: &'a mut Node, said: &'a mut Said, key: &str) -> Option<&'a mut Option<String>> {
    Some(match key {
        "Subplan Name" => &mut node.subplan_name,
        "Strategy" => &mut node.strategy,
        "Partial Mode" => &mut node.partial_mode,
        "Join Type" => &mut node.join_type,
        "Operation" | "Command" => &mut node.operation,
        "Scan Direction" => &mut node.scan_direction,
        "Schema" => &mut said.schema,
        "Relation Name" => &mut said.relation,
        "Alias" => &mut said.alias,
        "Index Name" => &mut node.index,
        "CTE Name" => &mut node.cte,
        "Function Name" => &mut node.function,
        _ => return None,
    })
}

fn condition(key: &str) -> Option<ConditionKind> {
    Some(match key {
        "Filter" => ConditionKind::Filter,
        "Index Cond" => ConditionKind::IndexCond,
        "Recheck Cond" => ConditionKind::RecheckCond,
        "Join Filter" => ConditionKind::JoinFilter,
        "Hash Cond" => ConditionKind::HashCond,
        "Merge Cond" => ConditionKind::MergeCond,
        "Order By" => ConditionKind::OrderBy,
        "One-Time Filter" => ConditionKind::OneTimeFilter,
        "TID Cond" => ConditionKind::TidCond,
        "Run Condition" => ConditionKind::RunCondition,
        _ => return None,
    })
}

fn role(name: &str) -> Role {
    match name {
        "Outer" => Role::Outer,
        "Inner" => Role::Inner,
        "Member" => Role::Member,
        "Subquery" => Role::Subquery,
        "InitPlan" => Role::InitPlan,
        "SubPlan" => Role::SubPlan,
        _ => Role::Root,
    }
}

fn worker(value: &Value) -> Worker {
    let number = |key: &str| value[key].as_f64();
    let actual = number("Actual Loops").zip(number("Actual Rows")).map(|(loops, rows)| Actual {
        startup: number("Actual Startup Time").map(Ms),
        total: number("Actual Total Time").map(Ms),
        rows: Rows(rows),
        loops,
    });
    let on_disk = value["Sort Space Type"].as_str() == Some("Disk");
    let space = number("Sort Space Used").map(|kb| Bytes((kb * 1024.0) as u64));
    Worker {
        number: value["Worker Number"].as_u64().unwrap_or_default(),
        actual,
        sort_disk: space.filter(|_| on_disk),
        hash_batches: value["HashAgg Batches"].as_u64(),
        cache: number("Cache Misses").map(|misses| Cache {
            hits: number("Cache Hits").unwrap_or_default(),
            misses,
            forgotten: number("Cache Evictions").unwrap_or_default()
                + number("Cache Overflows").unwrap_or_default(),
        }),
    }
}
