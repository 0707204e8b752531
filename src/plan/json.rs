//! EXPLAIN's JSON into plans, in one pass over the text.

mod value;

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use self::value::{Number, OneText};
use super::node::{Condition, ConditionKind, Estimate, Node, NodeId, Role, Worker};
use super::operator::Operator;
use super::{Jit, Plan, Trigger, own};
use crate::error::{Error, Result};
use crate::units::{Bytes, Ms, Rows};

/// Reads what `EXPLAIN (FORMAT JSON)` or auto_explain printed: an array of statements, or one object.
///
/// Own times are computed before the plans are handed out. Unknown keys and node types are kept.
/// Errors name the line and the column.
pub fn read(text: &str) -> Result<Vec<Plan>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut plans: Vec<Plan> = match serde_json::from_str(text) {
        Ok(OneOrMany::Many(plans)) => plans,
        Ok(OneOrMany::One(plan)) => vec![*plan],
        Err(error) => return Err(unreadable(&error)),
    };
    plans.retain(|plan| !plan.nodes.is_empty());
    if plans.is_empty() {
        return Err(Error::input("the JSON holds no `Plan`")
            .hint("give me the whole output of EXPLAIN (ANALYZE, VERBOSE, BUFFERS, FORMAT JSON)"));
    }
    plans.iter_mut().for_each(own::compute);
    Ok(plans)
}

fn unreadable(error: &serde_json::Error) -> Error {
    let (line, column) = (error.line(), error.column());
    let what = error.to_string();
    let what = what.rsplit_once(" at line ").map_or(what.as_str(), |(head, _)| head);
    Error::input(format!("the plan cannot be read at line {line}, column {column}: {what}"))
        .hint("give me the whole output of EXPLAIN (ANALYZE, VERBOSE, BUFFERS, FORMAT JSON), from `[` to `]`")
}

enum OneOrMany {
    One(Box<Plan>),
    Many(Vec<Plan>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Statements;
        impl<'de> Visitor<'de> for Statements {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an array of plans, or one object with a `Plan`")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
                let mut plans = Vec::new();
                while let Some(plan) = seq.next_element::<Plan>()? {
                    plans.push(plan);
                }
                Ok(OneOrMany::Many(plans))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OneOrMany, A::Error> {
                Statement.visit_map(map).map(|plan| OneOrMany::One(Box::new(plan)))
            }
        }
        deserializer.deserialize_any(Statements)
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Statement)
    }
}

/// One statement: the tree under `Plan`, and what stands beside it.
struct Statement;

impl<'de> Visitor<'de> for Statement {
    type Value = Plan;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object with a `Plan`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Plan, A::Error> {
        let mut plan = Plan::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "Plan" => map.next_value_seed(NodeSeed { nodes: &mut plan.nodes, parent: None })?,
                "Planning Time" => plan.planning = Some(Ms(map.next_value::<Number>()?.0)),
                "Execution Time" => plan.execution = Some(Ms(map.next_value::<Number>()?.0)),
                "Triggers" => plan.triggers = map.next_value::<Vec<Value>>()?.iter().map(trigger).collect(),
                "JIT" => plan.jit = Some(jit(&map.next_value::<Value>()?)),
                "Settings" => plan.settings = settings(map.next_value::<Value>()?),
                "Query Text" => plan.query_text = Some(map.next_value()?),
                "Query Identifier" => plan.query_id = map.next_value::<Value>()?.as_i64(),
                "Serialization" => plan.serialization = map.next_value::<Value>()?["Time"].as_f64().map(Ms),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(plan)
    }
}

fn text_of(value: &Value, key: &str) -> Option<String> {
    value[key].as_str().map(str::to_owned)
}

fn trigger(value: &Value) -> Trigger {
    Trigger {
        name: text_of(value, "Trigger Name").unwrap_or_default(),
        constraint: text_of(value, "Constraint Name"),
        relation: text_of(value, "Relation").unwrap_or_default(),
        time: Ms(value["Time"].as_f64().unwrap_or_default()),
        calls: value["Calls"].as_f64().unwrap_or_default(),
    }
}

fn jit(value: &Value) -> Jit {
    Jit {
        functions: value["Functions"].as_u64().unwrap_or_default(),
        total: value["Timing"]["Total"].as_f64().map(Ms),
    }
}

fn settings(value: Value) -> Vec<(String, String)> {
    let Value::Object(map) = value else { return Vec::new() };
    map.into_iter().map(|(key, value)| (key, value.as_str().unwrap_or_default().to_owned())).collect()
}

/// A node of the tree, put into the arena before its children so that ids follow print order.
struct NodeSeed<'a> {
    nodes: &'a mut Vec<Node>,
    parent: Option<NodeId>,
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a plan node")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let id = NodeId(self.nodes.len());
        let depth = self.parent.map_or(0, |parent| self.nodes[parent.0].depth + 1);
        self.nodes.push(Node { id, parent: self.parent, depth, ..Node::default() });
        if let Some(parent) = self.parent {
            self.nodes[parent.0].children.push(id);
        }
        let mut said = Said::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "Plans" {
                map.next_value_seed(ChildrenSeed { nodes: self.nodes, parent: id })?;
            } else {
                read_key(&mut self.nodes[id.0], &mut said, key, &mut map)?;
            }
        }
        said.settle(&mut self.nodes[id.0]);
        Ok(())
    }
}

struct ChildrenSeed<'a> {
    nodes: &'a mut Vec<Node>,
    parent: NodeId,
}

impl<'de> DeserializeSeed<'de> for ChildrenSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ChildrenSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of plan nodes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let parent = Some(self.parent);
        while seq.next_element_seed(NodeSeed { nodes: self.nodes, parent })?.is_some() {}
        Ok(())
    }
}

/// What is printed under several keys, or must wait for the node's other keys.
#[derive(Default)]
struct Said {
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
    fn settle(self, node: &mut Node) {
        match self.relation {
            Some(name) => {
                node.relation = Some(super::node::Relation { schema: self.schema, name, alias: self.alias });
            }
            None => node.alias = self.alias,
        }
        if let (Some(rows), Some(loops)) = (self.rows, self.loops) {
            let (startup, total) = (self.startup.map(Ms), self.total.map(Ms));
            node.actual = Some(super::node::Actual { startup, total, rows: Rows(rows), loops });
        }
        if let Some(hash) = &mut node.hash {
            hash.peak_memory = self.peak_memory;
        }
        if let Some(aggregate) = &mut node.hash_aggregate {
            aggregate.peak_memory = self.peak_memory;
        }
    }
}

fn read_key<'de, A: MapAccess<'de>>(
    node: &mut Node,
    said: &mut Said,
    key: String,
    map: &mut A,
) -> Result<(), A::Error> {
    if let Some(kind) = condition_kind(&key) {
        let text = map.next_value::<OneText>()?.0;
        node.conditions.push(Condition { kind, text });
        return Ok(());
    }
    if let Some(slot) = number_slot(node, said, &key) {
        slot.put(map.next_value::<Number>()?.0);
        return Ok(());
    }
    match key.as_str() {
        "Node Type" => node.operator = Operator::from_name(&map.next_value::<String>()?),
        "Parent Relationship" => node.role = role(&map.next_value::<String>()?),
        "Subplan Name" => node.subplan_name = Some(map.next_value()?),
        "Parallel Aware" => node.parallel_aware = map.next_value()?,
        "Strategy" => node.strategy = Some(map.next_value()?),
        "Partial Mode" => node.partial_mode = Some(map.next_value::<String>()?).filter(|m| m != "Simple"),
        "Join Type" => node.join_type = Some(map.next_value()?),
        "Operation" | "Command" => node.operation = Some(map.next_value()?),
        "Scan Direction" => node.scan_direction = Some(map.next_value()?),
        "Schema" => said.schema = Some(map.next_value()?),
        "Relation Name" => said.relation = Some(map.next_value()?),
        "Alias" => said.alias = Some(map.next_value()?),
        "Index Name" => node.index = Some(map.next_value()?),
        "CTE Name" => node.cte = Some(map.next_value()?),
        "Function Name" => node.function = Some(map.next_value()?),
        "Inner Unique" => node.inner_unique = map.next_value()?,
        "Output" => node.output = map.next_value()?,
        "Sort Key" => node.sort_key = map.next_value()?,
        "Presorted Key" => node.presorted_key = map.next_value()?,
        "Group Key" => node.group_key = map.next_value()?,
        "Sort Method" => node.sort.get_or_insert_default().method = map.next_value()?,
        "Sort Space Type" => {
            node.sort.get_or_insert_default().on_disk = map.next_value::<String>()? == "Disk"
        }
        "Workers" => node.workers = map.next_value::<Vec<Value>>()?.iter().map(worker).collect(),
        _ => node.extra.push((key, map.next_value()?)),
    }
    Ok(())
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
    fn put(self, number: f64) {
        match self {
            Self::Float(slot) => *slot = number,
            Self::Maybe(slot) => *slot = Some(number),
            Self::MaybeRows(slot) => *slot = Some(Rows(number)),
            Self::Count(slot) => *slot = number as u64,
            Self::MaybeCount(slot) => *slot = Some(number as u64),
            Self::Kilobytes(slot) => *slot = Bytes((number * 1024.0) as u64),
        }
    }
}

fn number_slot<'a>(node: &'a mut Node, said: &'a mut Said, key: &str) -> Option<Slot<'a>> {
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

fn condition_kind(key: &str) -> Option<ConditionKind> {
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
    let actual = number("Actual Loops").zip(number("Actual Rows")).map(|(loops, rows)| super::node::Actual {
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
    }
}

#[cfg(test)]
mod tests;
