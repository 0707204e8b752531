//! The planted plans in all four formats: the same tree and the same numbers.
//!
//! Each format of a case is a run of its own, so what differs from run to run (times, pages, which worker took which
//! rows) is not compared between the files. It is compared in two other ways: JSON is turned into YAML and XML, key by
//! key, and must give the very same plan; and the text's figures are looked up by a search of their own.

use std::fs;
use std::path::{Path, PathBuf};

use advisor::plan::{Node, Plan, Reading, read, read_json};
use serde_json::Value;

fn folder(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/plans/planted-pg{version}"))
}

fn cases() -> Vec<PathBuf> {
    let folders = [15, 18].map(folder);
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("the planted plans"));
    let paths = files.map(|entry| entry.expect("an entry").path().with_extension(""));
    let mut paths: Vec<PathBuf> = paths.collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 66);
    paths
}

fn text_of(case: &Path, ending: &str) -> String {
    fs::read_to_string(case.with_extension(ending))
        .unwrap_or_else(|error| panic!("{}: {error}", case.display()))
}

fn one(name: &str, text: &str) -> Plan {
    let Reading { mut plans, notes } = read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!((plans.len(), notes), (1, Vec::new()), "{name}");
    plans.remove(0)
}

/// All that is the same in every run of a statement.
fn steady(plan: &Plan, node: &Node) -> String {
    let alone = !plan.ancestors(node).any(|above| above.operator.is_gather());
    let counted = node.actual.filter(|_| alone).map(|actual| (actual.rows.0, actual.loops));
    let removed = Some(node.removed.filter.map_or(0.0, |rows| rows.0)).filter(|_| alone);
    let seen = (node.actual.is_some(), node.buffers.is_some(), node.own.is_some());
    // A schema without a table (a function's) has no place in a plan; the text does not print an empty Output.
    format!(
        "{} {} {:?} {:?} {:?}\n  {:?} {:?} {:?} {:?}\n  {:?}\n  {:?} {:?} {:?} {:?}\n  {:?} {:?} {:?} {:?} {seen:?}",
        node.depth,
        node.label(),
        node.role,
        node.subplan_name,
        node.parallel_aware,
        node.relation,
        node.alias(),
        node.index,
        node.scan_direction,
        node.conditions,
        node.output,
        node.sort_key,
        node.group_key,
        (&node.strategy, &node.partial_mode, &node.join_type, &node.operation),
        node.estimate,
        (node.workers_planned, node.workers_launched),
        counted,
        removed,
    )
}

/// All that is the same of the statement.
fn steady_plan(plan: &Plan) -> String {
    let triggers =
        plan.triggers.iter().map(|t| format!("{} {:?} {} {}", t.name, t.constraint, t.relation, t.calls));
    format!(
        "{} {} {:?} {:?} {:?} {:?} {}",
        plan.planning.is_some(),
        plan.execution.is_some(),
        plan.settings,
        plan.query_id,
        plan.jit.as_ref().map(|jit| (jit.functions, jit.total.is_some())),
        triggers.collect::<Vec<_>>(),
        plan.serialization.is_some()
    )
}

#[test]
fn the_same_tree_from_every_format() {
    for case in cases() {
        let json = one("json", &text_of(&case, "json"));
        for ending in ["txt", "yaml", "xml"] {
            let name = case.with_extension(ending).display().to_string();
            let other = one(&name, &text_of(&case, ending));
            assert_eq!(other.nodes.len(), json.nodes.len(), "{name}");
            for (a, b) in json.nodes.iter().zip(&other.nodes) {
                assert_eq!(steady(&other, b), steady(&json, a), "{name}");
            }
            assert_eq!(steady_plan(&other), steady_plan(&json), "{name}");
        }
    }
}

#[test]
fn json_as_yaml_and_xml_is_the_very_same_plan() {
    for case in cases() {
        let text = text_of(&case, "json");
        let plan = read_json(&text).expect("a plan").remove(0);
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let name = case.display().to_string();
        let mut yaml = String::new();
        to_yaml(&value, 0, &mut yaml);
        assert_eq!(one(&name, &yaml), plan, "{name}\n{yaml}");
        let mut xml = String::from("<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n");
        value.as_array().expect("statements").iter().for_each(|query| to_xml("Query", query, &mut xml));
        xml += "</explain>";
        assert_eq!(one(&name, &xml), plan, "{name}\n{xml}");
    }
}

/// As PostgreSQL indents it: a list's members stand after dashes.
fn to_yaml(value: &Value, indent: usize, yaml: &mut String) {
    match value {
        Value::Object(map) => {
            for (i, (key, value)) in map.iter().enumerate() {
                if i > 0 {
                    *yaml += &" ".repeat(indent);
                }
                *yaml += &format!("{key}: ");
                to_yaml_value(value, indent + 2, yaml);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    *yaml += &" ".repeat(indent);
                }
                *yaml += "- ";
                match item {
                    Value::Object(_) => to_yaml(item, indent + 2, yaml),
                    item => *yaml += &format!("{item}\n"),
                }
            }
        }
        scalar => *yaml += &format!("{scalar}\n"),
    }
}

fn to_yaml_value(value: &Value, indent: usize, yaml: &mut String) {
    if value.is_object() || value.is_array() {
        *yaml += "\n";
        if value.as_array().is_none_or(|items| !items.is_empty()) {
            *yaml += &" ".repeat(indent);
        }
    }
    to_yaml(value, indent, yaml);
}

fn to_xml(tag: &str, value: &Value, xml: &mut String) {
    let name: String =
        tag.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    *xml += &format!("<{name}>");
    match value {
        Value::Object(map) => {
            *xml += "\n";
            map.iter().for_each(|(key, value)| to_xml(key, value, xml));
        }
        Value::Array(items) => {
            *xml += "\n";
            let member = if ["Plans", "Workers", "Triggers"].contains(&tag) {
                tag.trim_end_matches('s')
            } else {
                "Item"
            };
            items.iter().for_each(|item| to_xml(member, item, xml));
        }
        Value::String(text) => *xml += &text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        scalar => *xml += &scalar.to_string(),
    }
    *xml += &format!("</{name}>\n");
}

/// The first number after each of these words in a text.
fn numbers_after(text: &str, words: &[&str]) -> Vec<f64> {
    words
        .iter()
        .filter_map(|word| {
            let rest = text.split_once(word)?.1;
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            rest[..end].trim_end_matches('.').parse().ok()
        })
        .collect()
}

#[test]
fn the_figures_of_the_text() {
    for case in cases() {
        let text = text_of(&case, "txt");
        let plan = one("text", &text);
        let lines = || text.lines().filter(|line| !line.trim().starts_with("Worker "));
        let measured: Vec<Vec<f64>> = lines()
            .filter(|line| line.contains("(actual time="))
            .map(|line| {
                numbers_after(line.split_once("(actual").expect("figures").1, &["..", "rows=", "loops="])
            })
            .collect();
        let is: Vec<Vec<f64>> = plan
            .nodes
            .iter()
            .filter_map(|node| node.actual.filter(|actual| actual.loops > 0.0))
            .map(|actual| vec![actual.total.expect("a time").0, actual.rows.0, actual.loops])
            .collect();
        assert_eq!(is, measured, "{}", case.display());
        // Worker lines print their pages deeper: the first line of pages after a node's own is the node's.
        let hits: u64 = plan.root().buffers.map_or(0, |buffers| buffers.shared_hit);
        let root = text.lines().find(|line| line.starts_with("  Buffers: ")).unwrap_or_default();
        assert_eq!(numbers_after(root, &["shared hit="]), [hits as f64], "{}", case.display());
        let workers = text.lines().filter(|line| line.trim().starts_with("Worker ")).count();
        assert_eq!(
            plan.nodes.iter().map(|node| node.workers.len()).sum::<usize>(),
            workers,
            "{}",
            case.display()
        );
        let times: Vec<f64> = ["\nPlanning Time: ", "\nExecution Time: "]
            .iter()
            .flat_map(|word| numbers_after(&text, &[word]))
            .collect();
        let told = [plan.planning, plan.execution].map(|time| time.expect("a time").0);
        assert_eq!(told.to_vec(), times, "{}", case.display());
    }
}
