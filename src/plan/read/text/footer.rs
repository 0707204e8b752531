//! What the text says below the tree: times, planning, JIT, triggers, settings.

use serde_json::{Map, Value, json};

use super::property::{self, figure, pairs};
use crate::plan::node::Node;
use crate::plan::read::given::Given;

/// What was said so far.
#[derive(Default)]
pub(super) struct Footer {
    said: Vec<(&'static str, Given<'static>)>,
    triggers: Vec<Map<String, Value>>,
    jit: Option<Map<String, Value>>,
    planning: Option<Map<String, Value>>,
    /// Which block the lines that follow, deeper, are of.
    block: Block,
    begun: bool,
}

/// The blocks whose lines are read.
#[derive(Default, Clone, Copy, PartialEq)]
enum Block {
    #[default]
    Other,
    Jit,
    Planning,
}

impl Footer {
    /// Whether the tree is over.
    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    /// A line at the root's indentation; false when it is none of EXPLAIN's.
    pub(super) fn line(&mut self, line: &str) -> bool {
        self.block = Block::Other;
        if let Some(trigger) = line.strip_prefix("Trigger ").and_then(trigger) {
            self.triggers.push(trigger);
            self.begun = true;
            return true;
        }
        let Some((key, value)) = property::split(line) else { return self.is_overexplained(line) };
        match key {
            "Planning Time" | "Planning time" => self.say("Planning Time", figure(value)),
            "Execution Time" | "Execution time" | "Total runtime" => {
                self.say("Execution Time", figure(value))
            }
            "Query Identifier" => self.say("Query Identifier", value),
            "Settings" => self.said.push(("Settings", Given::Tree(settings(value)))),
            "Serialization" => self.said.push(("Serialization", Given::Tree(serialization(value)))),
            "JIT" => {
                self.block = Block::Jit;
                self.jit.get_or_insert_default();
            }
            // Its pages and its memory are the planner's, and no node's.
            "Planning" => self.block = Block::Planning,
            "PlannedStmt" | "Unprunable RTIs" | "Result RTIs" => {}
            _ => return false,
        }
        self.begun = true;
        true
    }

    /// `RTI 1 (relation, in-from-clause):`, of 18's pg_overexplain.
    fn is_overexplained(&mut self, line: &str) -> bool {
        let is = line.starts_with("RTI ") && line.ends_with(':');
        self.begun |= is;
        is
    }

    fn say(&mut self, key: &'static str, value: &str) {
        self.said.push((key, Given::bare(value.to_owned())));
    }

    /// A line below one of those.
    pub(super) fn inner(&mut self, line: &str) {
        match (self.block, property::split(line), self.jit.as_mut()) {
            (Block::Jit, Some(("Functions", value)), Some(jit)) => {
                jit.insert("Functions".to_owned(), Given::bare(figure(value)).value());
            }
            (Block::Jit, Some(("Timing", value)), Some(jit)) => {
                jit.insert("Timing".to_owned(), timing(value));
            }
            (Block::Planning, Some((key @ "Buffers", value)), _) => {
                let planning = self.planning.get_or_insert_default();
                property::tell(key, value, &mut |key, pages| {
                    planning.insert(key.to_owned(), pages.value());
                });
            }
            _ => {}
        }
    }

    /// All of it, under JSON's keys.
    pub(super) fn said(self, root: Option<&Node>) -> Vec<(&'static str, Given<'static>)> {
        let mut said = self.said;
        if !self.triggers.is_empty() {
            // With one table only, its name is not printed (explain.c, `report_triggers`).
            let table = root.and_then(|root| root.relation.as_ref()).map(|relation| relation.name.as_str());
            let named = self.triggers.into_iter().map(|mut trigger| {
                trigger.entry("Relation").or_insert_with(|| table.unwrap_or_default().into());
                Value::Object(trigger)
            });
            said.push(("Triggers", Given::Tree(named.collect())));
        }
        if let Some(planning) = self.planning {
            said.push(("Planning", Given::Tree(Value::Object(planning))));
        }
        if let Some(jit) = self.jit {
            said.push(("JIT", Given::Tree(Value::Object(jit))));
        }
        said
    }
}

/// `name for constraint c on t: time=1.0 calls=2`; each of the three may be missing.
fn trigger(line: &str) -> Option<Map<String, Value>> {
    let at = line.rfind(": time=").or_else(|| line.rfind(": calls="))?;
    let (name, figures) = line.split_at_checked(at)?;
    let mut trigger = Map::new();
    pairs(figures.trim_start_matches(": "), |word, amount| {
        let key = if word == "time" { "Time" } else { "Calls" };
        trigger.insert(key.to_owned(), Given::bare(figure(amount)).value());
    });
    let (name, relation) = match name.rsplit_once(" on ") {
        Some((name, relation)) => (name, Some(relation)),
        None => (name, None),
    };
    let (name, constraint) = match name.strip_prefix("for constraint ") {
        Some(constraint) => ("", Some(constraint)),
        None => name.split_once(" for constraint ").map_or((name, None), |(name, rest)| (name, Some(rest))),
    };
    trigger.insert("Trigger Name".to_owned(), name.into());
    for (key, value) in [("Constraint Name", constraint), ("Relation", relation)] {
        value.map(|value| trigger.insert(key.to_owned(), value.into()));
    }
    Some(trigger)
}

/// `a = 'b', c = 'it''s'`
fn settings(text: &str) -> Value {
    let mut settings = Map::new();
    let mut rest = text;
    while let Some((name, quoted)) = rest.split_once(" = '") {
        let mut value = String::new();
        rest = quoted;
        while let Some((part, after)) = rest.split_once('\'') {
            value.push_str(part);
            rest = after;
            match rest.strip_prefix('\'') {
                Some(after) => {
                    value.push('\'');
                    rest = after;
                }
                None => break,
            }
        }
        settings.insert(name.trim_start_matches([',', ' ']).to_owned(), value.into());
    }
    Value::Object(settings)
}

/// `time=0.1 ms  output=1kB  format=text`
fn serialization(text: &str) -> Value {
    let mut time = None;
    pairs(text, |word, amount| {
        if word == "time" {
            time = Some(Given::bare(amount.to_owned()).value());
        }
    });
    time.map_or_else(|| json!({}), |time| json!({ "Time": time }))
}

/// `Generation 0.2 ms (Deform 0.1 ms), Inlining 0.0 ms, …, Total 13.5 ms`
fn timing(text: &str) -> Value {
    let outside = text.split(['(', ')']).step_by(2).collect::<String>();
    let part = |part: &str| {
        let (name, time) = part.trim_ascii().split_once(' ')?;
        Some((name.to_owned(), Given::bare(figure(time).to_owned()).value()))
    };
    Value::Object(outside.split(',').filter_map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_below_the_tree() {
        assert_eq!(
            settings("search_path = 'a, \"b\"', jit = 'it''s'"),
            json!({"search_path": "a, \"b\"", "jit": "it's"})
        );
        assert_eq!(
            timing("Generation 0.2 ms (Deform 0.1 ms), Inlining 0.0 ms, Total 13.5 ms"),
            json!({"Generation": 0.2, "Inlining": 0.0, "Total": 13.5})
        );
        assert_eq!(serialization("time=0.1 ms  output=1kB  format=text"), json!({"Time": 0.1}));
        for (line, name, constraint, relation) in [
            ("a_ins: time=1.5 calls=10", "a_ins", None, None),
            ("a_ins on tr: time=1.5 calls=10", "a_ins", None, Some("tr")),
            ("for constraint fk on t: time=1.5 calls=10", "", Some("fk"), Some("t")),
            ("RI_x_1 for constraint fk on t: calls=10", "RI_x_1", Some("fk"), Some("t")),
        ] {
            let told = trigger(line).unwrap_or_default();
            let text = |key: &str| told.get(key).and_then(Value::as_str);
            assert_eq!(text("Trigger Name"), Some(name), "{line}");
            assert_eq!((text("Constraint Name"), text("Relation")), (constraint, relation), "{line}");
            assert_eq!(told.get("Calls").and_then(Value::as_f64), Some(10.0), "{line}");
        }
        assert_eq!(trigger("happy"), None);
    }

    #[test]
    fn pages_of_the_planner() {
        let mut footer = Footer::default();
        assert!(footer.line("Planning:"));
        footer.inner("Buffers: shared hit=3 read=1");
        assert!(footer.line("Planning Time: 0.1 ms"));
        footer.inner("Buffers: shared hit=77");
        let said = footer.said(None);
        let planning = said.into_iter().find(|(key, _)| *key == "Planning").map(|(_, given)| given.value());
        assert_eq!(planning, Some(json!({"Shared Hit Blocks": 3, "Shared Read Blocks": 1})));
    }
}
