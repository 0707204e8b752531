//! A plan in the contract of docs/json.md.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{ms, rounded};
use crate::plan::{Buffers, Condition, Jit, Node, Plan, Role, Sort, Trigger};
use crate::report::tree;
use crate::units::Rows;

#[derive(Serialize)]
pub(super) struct PlanJson<'a> {
    measured: bool,
    nodes: Vec<NodeJson<'a>>,
    triggers: Vec<TriggerJson<'a>>,
    jit: Option<JitJson>,
    settings: Map<String, Value>,
    serialization_ms: Option<f64>,
    query_id: Option<String>,
    extra: Map<String, Value>,
}

#[derive(Serialize)]
struct NodeJson<'a> {
    id: usize,
    parent: Option<usize>,
    #[serde(rename = "type")]
    node_type: &'a str,
    title: String,
    role: Option<&'static str>,
    subplan_name: Option<&'a str>,
    relation: Option<&'a str>,
    schema: Option<&'a str>,
    alias: Option<&'a str>,
    index: Option<&'a str>,
    cte: Option<&'a str>,
    function: Option<&'a str>,
    exclusive_ms: Option<f64>,
    inclusive_ms: Option<f64>,
    work_ms: Option<f64>,
    bound_ms: Option<f64>,
    loops: Option<f64>,
    rows: Option<f64>,
    rows_estimated: Option<f64>,
    startup_cost: Option<f64>,
    cost: Option<f64>,
    removed_by_filter: Option<f64>,
    removed_by_join_filter: Option<f64>,
    removed_by_recheck: Option<f64>,
    heap_fetches: Option<u64>,
    pages: Option<Pages>,
    conditions: Vec<ConditionJson<'a>>,
    sort_key: &'a [String],
    group_key: &'a [String],
    sort: Option<SortJson<'a>>,
    batches: Option<u64>,
    workers_planned: Option<u64>,
    workers_launched: Option<u64>,
    extra: Map<String, Value>,
}

#[derive(Serialize)]
struct ConditionJson<'a> {
    kind: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct Pages {
    hit: u64,
    read: u64,
    dirtied: u64,
    written: u64,
    local: u64,
    temp_read: u64,
    temp_written: u64,
}

#[derive(Serialize)]
struct SortJson<'a> {
    method: &'a str,
    space_bytes: u64,
    on_disk: bool,
}

#[derive(Serialize)]
struct TriggerJson<'a> {
    name: &'a str,
    constraint: Option<&'a str>,
    relation: &'a str,
    time_ms: Option<f64>,
    calls: Option<f64>,
}

#[derive(Serialize)]
struct JitJson {
    functions: u64,
    total_ms: Option<f64>,
}

impl<'a> PlanJson<'a> {
    pub(super) fn of(plan: &'a Plan) -> Self {
        let settings = plan.settings.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
        Self {
            measured: plan.is_measured(),
            nodes: plan.nodes.iter().map(NodeJson::of).collect(),
            triggers: plan.triggers.iter().map(TriggerJson::of).collect(),
            jit: plan.jit.as_ref().map(JitJson::of),
            settings: settings.collect(),
            serialization_ms: plan.serialization.and_then(ms),
            query_id: plan.query_id.map(|id| id.to_string()),
            extra: plan.extra.iter().map(|(key, value)| (key.to_string(), value.clone())).collect(),
        }
    }
}

impl<'a> NodeJson<'a> {
    fn of(node: &'a Node) -> Self {
        let number = |rows: Option<Rows>| rows.and_then(|rows| rounded(rows.0));
        let own = node.own;
        let hash = node.hash.map(|h| h.batches).or(node.hash_aggregate.map(|a| a.batches));
        Self {
            id: node.id.0,
            parent: node.parent.map(|id| id.0),
            node_type: node.operator.name(),
            title: node.title(),
            role: role(node.role),
            subplan_name: node.subplan_name.as_deref(),
            relation: node.relation.as_ref().map(|r| r.name.as_str()),
            schema: node.relation.as_ref().and_then(|r| r.schema.as_deref()),
            alias: node.alias(),
            index: node.index.as_deref(),
            cte: node.cte.as_deref(),
            function: node.function.as_deref(),
            exclusive_ms: own.and_then(|own| ms(own.exclusive)),
            inclusive_ms: own.and_then(|own| ms(own.inclusive)),
            work_ms: own.and_then(|own| ms(own.work)),
            bound_ms: own.and_then(|own| ms(own.bound)),
            loops: node.actual.and_then(|a| rounded(a.loops)),
            rows: number(node.actual.map(|a| a.rows)),
            rows_estimated: number(node.estimate.map(|e| e.rows)),
            startup_cost: node.estimate.and_then(|e| rounded(e.startup_cost)),
            cost: node.estimate.and_then(|e| rounded(e.total_cost)),
            removed_by_filter: number(node.removed.filter),
            removed_by_join_filter: number(node.removed.join_filter),
            removed_by_recheck: number(node.removed.recheck),
            heap_fetches: node.heap_fetches,
            pages: node.buffers.map(Pages::of),
            conditions: node.conditions.iter().map(ConditionJson::of).collect(),
            sort_key: &node.sort_key,
            group_key: &node.group_key,
            sort: node.sort.as_ref().map(SortJson::of),
            batches: hash,
            workers_planned: node.workers_planned,
            workers_launched: node.workers_launched,
            extra: node.extra.iter().map(|(key, value)| (key.to_string(), value.clone())).collect(),
        }
    }
}

/// `Parent Relationship`, as EXPLAIN prints it.
fn role(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::Root => return None,
        Role::Outer => "Outer",
        Role::Inner => "Inner",
        Role::Member => "Member",
        Role::Subquery => "Subquery",
        Role::InitPlan => "InitPlan",
        Role::SubPlan => "SubPlan",
    })
}

impl<'a> ConditionJson<'a> {
    fn of(condition: &'a Condition) -> Self {
        Self { kind: tree::condition_name(condition.kind), text: &condition.text }
    }
}

impl Pages {
    fn of(buffers: Buffers) -> Self {
        Self {
            hit: buffers.shared_hit,
            read: buffers.shared_read,
            dirtied: buffers.shared_dirtied,
            written: buffers.shared_written,
            local: buffers.local,
            temp_read: buffers.temp_read,
            temp_written: buffers.temp_written,
        }
    }
}

impl<'a> SortJson<'a> {
    fn of(sort: &'a Sort) -> Self {
        Self { method: &sort.method, space_bytes: sort.space.0, on_disk: sort.on_disk }
    }
}

impl<'a> TriggerJson<'a> {
    fn of(trigger: &'a Trigger) -> Self {
        Self {
            name: &trigger.name,
            constraint: trigger.constraint.as_deref(),
            relation: &trigger.relation,
            time_ms: ms(trigger.time),
            calls: rounded(trigger.calls),
        }
    }
}

impl JitJson {
    fn of(jit: &Jit) -> Self {
        Self { functions: jit.functions, total_ms: jit.total.and_then(ms) }
    }
}
