//! EXPLAIN's keys of a node: the one table that all formats are read by.

use std::borrow::Cow;

use serde_json::Value;

use super::given::{Given, measure};
use super::key::Key;
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
pub(super) fn put(node: &mut Node, said: &mut Said, name: &str, given: Given) -> Result<(), &'static str> {
    let Some(key) = Key::of(name) else {
        node.extra.push((Cow::Owned(name.to_owned()), given.value()));
        return Ok(());
    };
    if let Some(slot) = number_slot(node, said, key) {
        return slot.put(&given);
    }
    if let Some(kind) = condition(key) {
        node.conditions.push(Condition { kind, text: given.text() });
        return Ok(());
    }
    if let Some(slot) = name_slot(node, said, key) {
        *slot = Some(text(given)?);
        return Ok(());
    }
    match key {
        Key::NodeType => node.operator = Operator::from_name(&text(given)?),
        Key::ParentRelationship => node.role = role(&text(given)?),
        Key::ParallelAware => node.parallel_aware = given.flag().ok_or("true or false")?,
        Key::InnerUnique => node.inner_unique = given.flag().ok_or("true or false")?,
        Key::Output => node.output = given.texts(),
        Key::SortKeys => node.sort_key = given.texts(),
        Key::PresortedKeys => node.presorted_key = given.texts(),
        Key::GroupKeys => node.group_key = given.texts(),
        Key::SortMethod => node.sort.get_or_insert_default().method = text(given)?,
        Key::SortSpaceType => node.sort.get_or_insert_default().on_disk = text(given)? == "Disk",
        Key::Workers => match given {
            Given::Tree(Value::Array(workers)) => node.workers = workers.iter().map(worker).collect(),
            _ => return Err("a list of workers"),
        },
        Key::Plans => return Err("a list of plan nodes"),
        _ => node.extra.push((Cow::Borrowed(key.name()), given.value())),
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

fn number_slot<'a>(node: &'a mut Node, said: &'a mut Said, key: Key) -> Option<Slot<'a>> {
    use Slot::{Count, Float, Kilobytes, Maybe, MaybeCount, MaybeRows};
    let estimate = |node: &'a mut Node| node.estimate.get_or_insert_with(Estimate::default);
    let buffers = |node: &'a mut Node| node.buffers.get_or_insert_default();
    Some(match key {
        Key::StartupCost => Float(&mut estimate(node).startup_cost),
        Key::TotalCost => Float(&mut estimate(node).total_cost),
        Key::PlanRows => Float(&mut estimate(node).rows.0),
        Key::PlanWidth => Count(&mut estimate(node).width),
        Key::ActualStartupTime => Maybe(&mut said.startup),
        Key::ActualTotalTime => Maybe(&mut said.total),
        Key::ActualRows => Maybe(&mut said.rows),
        Key::ActualLoops => Maybe(&mut said.loops),
        Key::RowsRemovedByFilter => MaybeRows(&mut node.removed.filter),
        Key::RowsRemovedByJoinFilter => MaybeRows(&mut node.removed.join_filter),
        Key::RowsRemovedByRecheck => MaybeRows(&mut node.removed.recheck),
        Key::HeapFetches => MaybeCount(&mut node.heap_fetches),
        Key::ExactHeapBlocks => Count(&mut node.exact_pages),
        Key::LossyHeapBlocks => Count(&mut node.lossy_pages),
        Key::WorkersPlanned => MaybeCount(&mut node.workers_planned),
        Key::WorkersLaunched => MaybeCount(&mut node.workers_launched),
        Key::SortSpaceUsed => Kilobytes(&mut node.sort.get_or_insert_default().space),
        Key::HashBatches => Count(&mut node.hash.get_or_insert_default().batches),
        Key::OriginalHashBatches => Count(&mut node.hash.get_or_insert_default().original_batches),
        Key::HashAggBatches => Count(&mut node.hash_aggregate.get_or_insert_default().batches),
        Key::DiskUsage => Kilobytes(&mut node.hash_aggregate.get_or_insert_default().disk),
        Key::PeakMemoryUsage => Kilobytes(&mut said.peak_memory),
        Key::SharedHitBlocks => Count(&mut buffers(node).shared_hit),
        Key::SharedReadBlocks => Count(&mut buffers(node).shared_read),
        Key::SharedDirtiedBlocks => Count(&mut buffers(node).shared_dirtied),
        Key::SharedWrittenBlocks => Count(&mut buffers(node).shared_written),
        Key::LocalHitBlocks => Count(&mut buffers(node).local),
        Key::TempReadBlocks => Count(&mut buffers(node).temp_read),
        Key::TempWrittenBlocks => Count(&mut buffers(node).temp_written),
        _ => return None,
    })
}

fn name_slot<'a>(node: &'a mut Node, said: &'a mut Said, key: Key) -> Option<&'a mut Option<String>> {
    Some(match key {
        Key::SubplanName => &mut node.subplan_name,
        Key::Strategy => &mut node.strategy,
        Key::PartialMode => &mut node.partial_mode,
        Key::JoinType => &mut node.join_type,
        Key::Operation | Key::Command => &mut node.operation,
        Key::ScanDirection => &mut node.scan_direction,
        Key::Schema => &mut said.schema,
        Key::RelationName => &mut said.relation,
        Key::Alias => &mut said.alias,
        Key::IndexName => &mut node.index,
        Key::CteName => &mut node.cte,
        Key::FunctionName => &mut node.function,
        _ => return None,
    })
}

fn condition(key: Key) -> Option<ConditionKind> {
    Some(match key {
        Key::Filter => ConditionKind::Filter,
        Key::IndexCond => ConditionKind::IndexCond,
        Key::RecheckCond => ConditionKind::RecheckCond,
        Key::JoinFilter => ConditionKind::JoinFilter,
        Key::HashCond => ConditionKind::HashCond,
        Key::MergeCond => ConditionKind::MergeCond,
        Key::OrderBy => ConditionKind::OrderBy,
        Key::OneTimeFilter => ConditionKind::OneTimeFilter,
        Key::TidCond => ConditionKind::TidCond,
        Key::RunCondition => ConditionKind::RunCondition,
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
    let number = |key: &str| measure(&value[key]);
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
