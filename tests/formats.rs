//! The planted plans in all four formats: the same tree and the same numbers.
//!
//! Up to case 33, each format of a case is a run of its own, so what differs from run to run (times, pages, which worker
//! took which rows) is not compared between the files. From 34 on, JSON and text are of one run, and YAML and XML are
//! (plans/make-planted.sh), and hold the same numbers. All are compared in two other ways: JSON is turned into YAML and
//! XML, key by key, and must give the very same plan; and the text's figures are looked up by a search of their own.

use std::fs;
use std::path::{Path, PathBuf};

use advisor::plan::{Buffers, Node, Operator, Plan, Reading, Removed, Role, read, read_json};
use advisor::units::Rows;
use serde_json::Value;

fn folder(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/plans/planted-pg{version}"))
}

fn cases() -> Vec<PathBuf> {
    let folders = [13, 15, 16, 17, 18].map(folder);
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("the planted plans"));
    let paths = files.map(|entry| entry.expect("an entry").path().with_extension(""));
    let mut paths: Vec<PathBuf> = paths.collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 2 * 33 + 24 + 2 * 25 + 2 * 26);
    paths
}

/// Whether two formats each are of one run; then one of the two was logged by auto_explain, which times neither planning
/// nor execution, and YAML and XML are without BUFFERS.
fn in_pairs(case: &Path) -> bool {
    let number = case.file_name().and_then(|name| name.to_str()?.get(..2)?.parse().ok());
    number.is_some_and(|number: u32| number >= 34)
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

/// Before 14, a ModifyTable's inputs are Members (explain.c, `ExplainNode`); the text does not tell.
fn role(plan: &Plan, node: &Node) -> Role {
    let written = plan.parent(node).is_some_and(|above| above.operator == Operator::ModifyTable);
    if written && node.role == Role::Member { Role::Outer } else { node.role }
}

/// All that is the same in every run of a statement.
fn steady(plan: &Plan, node: &Node, pages: bool) -> String {
    let alone = !plan.ancestors(node).any(|above| above.operator.is_gather());
    let counted = node.actual.filter(|_| alone).map(|actual| (actual.rows.0, actual.loops));
    let removed = Some(node.removed.filter.map_or(0.0, |rows| rows.0)).filter(|_| alone);
    let seen = (node.actual.is_some(), pages && node.buffers.is_some(), node.own.is_some());
    // A schema without a table (a function's) has no place in a plan; the text does not print an empty Output.
    format!(
        "{} {} {:?} {:?} {:?}\n  {:?} {:?} {:?} {:?}\n  {:?}\n  {:?} {:?} {:?} {:?}\n  {:?} {:?} {:?} {:?} {seen:?}",
        node.depth,
        node.label(),
        role(plan, node),
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
                let pages = !in_pairs(&case);
                assert_eq!(steady(&other, b, pages), steady(&json, a, pages), "{name}");
            }
            if !in_pairs(&case) {
                assert_eq!(steady_plan(&other), steady_plan(&json), "{name}");
            }
        }
    }
}

/// A node without what only JSON says: zeros, and what the text has other words for.
fn without_zeros(plan: &Plan, node: &Node) -> Node {
    let some = |rows: Option<Rows>| rows.filter(|rows| rows.0 > 0.0);
    Node {
        role: role(plan, node),
        removed: Removed {
            filter: some(node.removed.filter),
            join_filter: some(node.removed.join_filter),
            recheck: some(node.removed.recheck),
        },
        buffers: node.buffers.filter(|buffers| *buffers != Buffers::default()),
        extra: Vec::new(),
        ..node.clone()
    }
}

#[test]
fn the_same_numbers_from_one_run() {
    let cases: Vec<PathBuf> = cases().into_iter().filter(|case| in_pairs(case)).collect();
    for case in &cases {
        let name = case.display();
        let read = |ending: &str| one(&format!("{name}.{ending}"), &text_of(case, ending));
        let (json, text, yaml, xml) = (read("json"), read("txt"), read("yaml"), read("xml"));
        assert_eq!((xml.nodes.len(), text.nodes.len()), (yaml.nodes.len(), json.nodes.len()), "{name}");
        for (a, b) in yaml.nodes.iter().zip(&xml.nodes) {
            // XML has one tag for all groups of an incremental sort, and one for memory and disk.
            let same = |node: &Node| match node.operator {
                Operator::IncrementalSort => without_zeros(&yaml, node),
                _ => node.clone(),
            };
            assert_eq!(same(b), same(a), "{name}");
            assert_eq!(b.sorted_on_disk(), a.sorted_on_disk(), "{name}");
        }
        for (a, b) in json.nodes.iter().zip(&text.nodes) {
            assert_eq!(without_zeros(&text, b), without_zeros(&json, a), "{name}");
            assert_eq!(b.sorted_on_disk(), a.sorted_on_disk(), "{name}");
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
        let hits = plan.root().buffers.map(|buffers| buffers.shared_hit as f64);
        let root = text.lines().find(|line| line.starts_with("  Buffers: ")).unwrap_or_default();
        let told = numbers_after(root, &["shared hit="]);
        assert_eq!(told, hits.into_iter().collect::<Vec<_>>(), "{}", case.display());
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
        let told: Vec<f64> =
            [plan.planning, plan.execution].into_iter().flatten().map(|time| time.0).collect();
        assert_eq!(told, times, "{}", case.display());
        assert_eq!(told.len(), if in_pairs(&case) { 0 } else { 2 }, "{}", case.display());
    }
}
