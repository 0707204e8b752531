//! Each rule on a plan where it must fire and on one where it must not, as PostgreSQL 15 printed them.
//!
//! `tests/plans/make-rules.sh` makes the plans; what is found in a plan is listed in full, so that a rule which
//! fires where it should not is seen.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use advisor::diagnose::rules::{RULES, named};
use advisor::diagnose::{Finding, diagnose};
use advisor::plan::{Actual, Node, Own, Plan, read_json};
use advisor::units::Ms;
use serde_json::Value;

/// Rule · where it must fire (`Node Type relation`, `-` for the statement) · all that is found in the plan, by
/// time in play.
const FIRING: &[(&str, &str, &[&str])] = &[
    ("scan-discards-rows", "Seq Scan orders", &["scan-discards-rows"]),
    ("index-scan-discards-rows", "Bitmap Heap Scan orders", &["index-scan-discards-rows"]),
    ("join-discards-rows", "Nested Loop", &["join-discards-rows", "inner-side-repeated"]),
    ("inner-side-repeated", "Nested Loop", &["scan-discards-rows", "inner-side-repeated"]),
    (
        "rows-misestimated",
        "Seq Scan customer",
        // Both sides are misestimated; the inner one is repeated for it.
        &[
            "join-discards-rows",
            "inner-side-repeated",
            "rows-misestimated",
            "rows-misestimated",
            "scan-discards-rows",
        ],
    ),
    ("sort-spills", "Sort", &["sort-spills"]),
    ("hash-spills", "Hash", &["hash-spills"]),
    ("sort-feeds-limit", "Sort", &["sort-feeds-limit"]),
    ("bitmap-turns-lossy", "Bitmap Heap Scan orders", &["bitmap-turns-lossy"]),
    ("heap-fetches", "Index Only Scan orders", &["heap-fetches"]),
    ("subplan-per-row", "Aggregate", &["scan-discards-rows", "subplan-per-row"]),
    ("offset-discards-rows", "Limit", &["offset-discards-rows"]),
    ("jit-outweighs-query", "-", &["jit-outweighs-query"]),
    ("workers-missing", "Gather", &["workers-missing"]),
    ("planning-dominates", "-", &["planning-dominates"]),
    ("trigger-dominates", "-", &["trigger-dominates"]),
];

/// Rule · all that is found in the plan on which this rule is silent.
const SILENT: &[(&str, &[&str])] = &[
    ("scan-discards-rows", &[]),
    ("index-scan-discards-rows", &[]),
    ("join-discards-rows", &[]),
    ("inner-side-repeated", &[]),
    ("rows-misestimated", &["scan-discards-rows", "scan-discards-rows"]),
    ("sort-spills", &[]),
    ("hash-spills", &[]),
    ("sort-feeds-limit", &[]),
    ("bitmap-turns-lossy", &[]),
    ("heap-fetches", &[]),
    ("subplan-per-row", &["scan-discards-rows"]), // inside of the hashed subplan
    ("offset-discards-rows", &[]),
    ("jit-outweighs-query", &[]),
    ("workers-missing", &[]),
    ("planning-dominates", &[]),
    ("trigger-dominates", &[]),
];

fn text(rule: &str, kind: &str) -> String {
    let file =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/plans/rules/{rule}-{kind}.json"));
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn plan(rule: &str, kind: &str) -> Plan {
    read_json(&text(rule, kind)).unwrap_or_else(|error| panic!("{rule}-{kind}: {error}")).remove(0)
}

fn ids(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule.id).collect()
}

/// `Node Type relation`, or `-`.
fn place(plan: &Plan, finding: &Finding) -> String {
    let Some(node) = finding.node.map(|id| plan.node(id)) else { return "-".to_owned() };
    let relation = node.relation.as_ref().map(|relation| format!(" {}", relation.name)).unwrap_or_default();
    format!("{}{relation}", node.operator)
}

#[test]
fn every_rule_has_both_plans() {
    let rules: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(rules.len(), RULES.len(), "an id stands twice");
    assert_eq!(FIRING.iter().map(|row| row.0).collect::<BTreeSet<_>>(), rules);
    assert_eq!(SILENT.iter().map(|row| row.0).collect::<BTreeSet<_>>(), rules);
    for rule in RULES {
        assert_eq!(named(rule.id).map(|found| found.id), Some(rule.id));
    }
}

#[test]
fn fires() {
    for (rule, at, all) in FIRING {
        let plan = plan(rule, "fires");
        let findings = diagnose(&plan);
        assert_eq!(ids(&findings), *all, "{rule}-fires.json");
        for finding in findings.iter().filter(|finding| finding.rule.id == *rule) {
            assert_eq!(place(&plan, finding), *at, "{rule}");
            assert!(finding.stake.0 > 0.0 && !finding.evidence.is_empty(), "{rule}: {finding:?}");
        }
    }
}

#[test]
fn stays_silent() {
    for (rule, all) in SILENT {
        let found = ids(&diagnose(&plan(rule, "silent")));
        assert!(!found.contains(rule), "{rule}-silent.json: {found:?}");
        assert_eq!(found, *all, "{rule}-silent.json");
    }
}

/// With TIMING OFF and without BUFFERS the same is found; only the ranking is lost.
#[test]
fn without_times() {
    for (rule, _, all) in FIRING {
        let mut plan = plan(rule, "fires");
        for node in &mut plan.nodes {
            node.own = None;
            node.buffers = None;
        }
        let found: BTreeSet<&str> = ids(&diagnose(&plan)).into_iter().collect();
        assert!(all.iter().all(|id| found.contains(id)), "{rule}: {found:?}");
    }
}

/// What a plan that was not run shows, of all the above; the rest needs measurements and is not guessed.
const FORESEEN: &[(&str, &[&str])] = &[
    ("join-discards-rows", &["inner-side-repeated"]),
    ("inner-side-repeated", &["inner-side-repeated"]),
    ("sort-feeds-limit", &["sort-feeds-limit"]),
];

#[test]
fn only_planned() {
    for (rule, ..) in FIRING {
        let mut plan = plan(rule, "fires");
        (plan.execution, plan.jit) = (None, None);
        plan.triggers.clear();
        for node in &mut plan.nodes {
            *node = Node {
                actual: None,
                own: None,
                buffers: None,
                sort: None,
                hash: None,
                heap_fetches: None,
                workers_launched: None,
                ..node.clone()
            };
        }
        let expected = FORESEEN.iter().find(|row| row.0 == *rule).map_or(&[][..], |row| row.1);
        assert_eq!(ids(&diagnose(&plan)), expected, "{rule}");
    }
}

/// A plan may lack any key: nothing panics, and no stake is negative or infinite.
#[test]
fn any_key_may_be_missing() {
    for (rule, ..) in FIRING {
        let whole: Value = serde_json::from_str(&text(rule, "fires")).expect("JSON");
        for key in keys(&whole) {
            let mut less = whole.clone();
            remove(&mut less, &key);
            let Ok(plans) = read_json(&less.to_string()) else { continue };
            let findings: Vec<Finding> = plans.iter().flat_map(diagnose).collect();
            let sane = findings.iter().all(|f| f.stake.0.is_finite() && f.stake.0 >= 0.0);
            assert!(sane, "{rule} without `{key}`: {findings:?}");
        }
    }
}

/// A subtree that never ran says nothing, whatever it looks like.
#[test]
fn never_executed() {
    for (rule, ..) in FIRING {
        let mut plan = plan(rule, "fires");
        (plan.jit, plan.planning) = (None, None);
        plan.triggers.clear();
        for actual in plan.nodes.iter_mut().filter_map(|node| node.actual.as_mut()) {
            *actual = Actual { startup: Some(Ms(0.0)), total: Some(Ms(0.0)), ..Actual::default() };
        }
        for node in &mut plan.nodes {
            (node.own, node.sort, node.hash) = (Some(Own::default()), None, None);
        }
        plan.execution = Some(Ms(0.0));
        assert!(ids(&diagnose(&plan)).is_empty(), "{rule}: {:?}", ids(&diagnose(&plan)));
    }
}

fn keys(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(map) => {
            map.iter().flat_map(|(key, below)| keys(below).into_iter().chain([key.clone()])).collect()
        }
        Value::Array(items) => items.iter().flat_map(keys).collect(),
        _ => BTreeSet::new(),
    }
}

fn remove(value: &mut Value, key: &str) {
    match value {
        Value::Object(map) => {
            map.remove(key);
            map.values_mut().for_each(|below| remove(below, key));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| remove(item, key)),
        _ => {}
    }
}
