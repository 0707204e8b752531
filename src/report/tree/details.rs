//! What a node was asked to do, and what else PostgreSQL said of it.

use std::borrow::Cow;

use serde_json::Value;

use crate::plan::{ConditionKind, Node};

/// The lines under a node; with everything, also what nobody has interpreted.
pub(super) fn of(node: &Node, everything: bool) -> Vec<String> {
    let mut details: Vec<String> = Vec::new();
    if !node.sort_key.is_empty() {
        details.push(format!("Sort Key: {}", node.sort_key.join(", ")));
    }
    if everything && !node.group_key.is_empty() {
        details.push(format!("Group Key: {}", node.group_key.join(", ")));
    }
    details.extend(node.conditions.iter().map(|c| format!("{}: {}", condition_name(c.kind), c.text)));
    if let Some(sort) = &node.sort {
        let place = if sort.on_disk { "on disk" } else { "in memory" };
        details.push(format!("Sort Method: {}, {} {place}", sort.method, sort.space));
    }
    let more: Vec<String> = node.extra.iter().filter(|_| everything).filter_map(said).collect();
    if !more.is_empty() {
        details.push(more.join(" · "));
    }
    details
}

/// A key that nobody has interpreted, with its value; `None` for what says that there is nothing.
pub(super) fn said((key, value): &(Cow<'static, str>, Value)) -> Option<String> {
    Some(format!("{key}: {}", told(value)?))
}

fn told(value: &Value) -> Option<String> {
    let all = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join(", "));
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Number(number) if number.as_f64() == Some(0.0) => None,
        Value::String(text) if text.is_empty() => None,
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => all(items.iter().filter_map(told).collect()),
        Value::Object(map) => {
            all(map.iter().filter_map(|(key, value)| Some(format!("{key} {}", told(value)?))).collect())
        }
    }
}

/// The condition under EXPLAIN's own name for it.
pub(in crate::report) fn condition_name(kind: ConditionKind) -> &'static str {
    match kind {
        ConditionKind::Filter => "Filter",
        ConditionKind::IndexCond => "Index Cond",
        ConditionKind::RecheckCond => "Recheck Cond",
        ConditionKind::JoinFilter => "Join Filter",
        ConditionKind::HashCond => "Hash Cond",
        ConditionKind::MergeCond => "Merge Cond",
        ConditionKind::OrderBy => "Order By",
        ConditionKind::OneTimeFilter => "One-Time Filter",
        ConditionKind::TidCond => "TID Cond",
        ConditionKind::RunCondition => "Run Condition",
    }
}
