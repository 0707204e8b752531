//! EXPLAIN's keys beside the tree: what it says of the whole statement.

use serde_json::Value;

use super::given::{Given, measure};
use crate::plan::{Jit, Plan, Trigger};
use crate::units::Ms;

/// Puts a value where it belongs; an error says what was expected. Unknown keys are kept.
pub(super) fn put(plan: &mut Plan, key: &str, given: Given) -> Result<(), &'static str> {
    match key {
        "Plan" => return Err("a plan node"),
        "Planning Time" => plan.planning = Some(ms(&given)?),
        // `Total Runtime` is what versions before 9.4 called it.
        "Execution Time" | "Total Runtime" => plan.execution = Some(ms(&given)?),
        "Triggers" => plan.triggers = list(&given).iter().map(trigger).collect(),
        "JIT" => plan.jit = jit(&given.value()),
        "Settings" => plan.settings = settings(given.value()),
        "Query Text" => plan.query_text = Some(given.text()),
        "Query Identifier" => plan.query_id = identifier(&given),
        "Serialization" => plan.serialization = measure(&given.value()["Time"]).map(Ms),
        _ => plan.extra.push((key.to_owned().into(), given.value())),
    }
    Ok(())
}

fn ms(given: &Given) -> Result<Ms, &'static str> {
    given.number().map(Ms).ok_or("a number")
}

fn identifier(given: &Given) -> Option<i64> {
    match given {
        Given::Text(text) | Given::Bare(text) => text.trim().parse().ok(),
        Given::Tree(_) => None,
    }
}

fn list<'a>(given: &'a Given<'_>) -> &'a [Value] {
    match given {
        Given::Tree(Value::Array(items)) => items,
        _ => &[],
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
        time: Ms(measure(&value["Time"]).unwrap_or_default()),
        calls: measure(&value["Calls"]).unwrap_or_default(),
    }
}

fn jit(value: &Value) -> Option<Jit> {
    value.is_object().then(|| Jit {
        functions: value["Functions"].as_u64().unwrap_or_default(),
        total: measure(&value["Timing"]["Total"]).map(Ms),
    })
}

fn settings(value: Value) -> Vec<(String, String)> {
    let Value::Object(map) = value else { return Vec::new() };
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    map.into_iter().map(|(key, value)| (key, text(value))).collect()
}
