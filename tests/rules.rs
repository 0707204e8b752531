//! Each rule on a plan where it must fire and on one where it must not, as PostgreSQL printed them.
//!
//! `tests/plans/make-rules.sh` makes the plans from `tests/plans/rules/<rule>.sql`; what is to be found in them stands
//! in `<rule>.txt`, in full, so that a rule which fires where it should not is seen. `UPDATE_RULES=1` writes those
//! files anew, to be read before they are believed.
//!
//! `<rule>-fires.catalog.json` and `<rule>-silent.catalog.json`, where they are, hold what is known of the tables.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use advisor::catalog::Catalog;
use advisor::diagnose::rules::{RULES, named};
use advisor::diagnose::words::the;
use advisor::diagnose::{Finding, Preferences, diagnose};
use advisor::plan::{Actual, Node, Own, Plan, read_json};
use advisor::units::{Factor, Ms};
use serde_json::Value;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/plans/rules").join(name)
}

fn text(rule: &str, kind: &str) -> String {
    let file = file(&format!("{rule}-{kind}.json"));
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn plan(rule: &str, kind: &str) -> Plan {
    read_json(&text(rule, kind)).unwrap_or_else(|error| panic!("{rule}-{kind}: {error}")).remove(0)
}

fn catalog(rule: &str, kind: &str) -> Catalog {
    let file = file(&format!("{rule}-{kind}.catalog.json"));
    let text = fs::read_to_string(&file).ok();
    text.map_or_else(Catalog::default, |text| serde_json::from_str(&text).expect("a catalog"))
}

fn found(rule: &str, kind: &str, plan: &Plan) -> Vec<Finding> {
    diagnose(plan, &catalog(rule, kind), &Preferences::default())
}

fn ids(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule.id).collect()
}

/// `Node Type relation`, or `the statement`.
fn place(plan: &Plan, finding: &Finding) -> String {
    let Some(node) = finding.node.map(|id| plan.node(id)) else { return "the statement".to_owned() };
    let relation = node.relation.as_ref().map(|relation| format!(" {}", relation.name)).unwrap_or_default();
    format!("{}{relation}", node.operator)
}

/// What is to be found: the rule's own findings in words, then all by their names, most time in play first.
fn told(rule: &str, fires: &Plan, silent: &Plan) -> String {
    let mut told = String::new();
    let findings = found(rule, "fires", fires);
    for finding in findings.iter().filter(|finding| finding.rule.id == rule) {
        let claim = &finding.claim;
        let who = claim.who.map(|id| format!("{} ", the(fires.node(id)))).unwrap_or_default();
        let _ = writeln!(told, "at {}, {} in play:", place(fires, finding), finding.stake);
        let _ = writeln!(told, "  {who}{}", claim.did);
        claim.led_to.iter().for_each(|led_to| writeln!(told, "  {led_to}").expect("a string"));
        finding.next.iter().for_each(|next| writeln!(told, "  next: {next}").expect("a string"));
    }
    let _ = writeln!(told, "fires: {}", ids(&findings).join(", "));
    let _ = writeln!(told, "silent: {}", ids(&found(rule, "silent", silent)).join(", "));
    told.replace(" \n", "\n")
}

#[test]
fn every_rule_has_a_name_of_its_own() {
    let rules: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(rules.len(), RULES.len(), "an id stands twice");
    for rule in RULES {
        assert_eq!(named(rule.id).map(|found| found.id), Some(rule.id));
    }
}

#[test]
fn fires_and_stays_silent() {
    for rule in RULES.iter().map(|rule| rule.id) {
        let (fires, silent) = (plan(rule, "fires"), plan(rule, "silent"));
        let (told, file) = (told(rule, &fires, &silent), file(&format!("{rule}.txt")));
        if std::env::var_os("UPDATE_RULES").is_some() {
            fs::write(&file, &told).expect("it can be written");
        }
        assert_eq!(told, fs::read_to_string(&file).unwrap_or_default(), "{rule}");
        let findings = found(rule, "fires", &fires);
        let own: Vec<&Finding> = findings.iter().filter(|finding| finding.rule.id == rule).collect();
        assert!(!own.is_empty(), "{rule} does not fire on {rule}-fires.json");
        for finding in own {
            assert!(
                (finding.stake.0 > 0.0 || !fires.is_timed()) && !finding.evidence.is_empty(),
                "{rule}: {finding:?}"
            );
            assert!(
                !finding.claim.did.ends_with('.') && !finding.claim.did.is_empty(),
                "{rule}: {finding:?}"
            );
            let sentences = [&finding.claim.led_to, &finding.next].into_iter().flatten();
            sentences.for_each(|sentence| assert!(sentence.ends_with('.'), "{rule}: {sentence}"));
        }
        let silent = found(rule, "silent", &silent);
        assert!(!ids(&silent).contains(&rule), "{rule} fires on {rule}-silent.json");
    }
}

#[test]
fn a_rule_can_be_switched_off_or_weigh_more() {
    let plan = plan("rows-misestimated", "fires");
    let all = diagnose(&plan, &Catalog::default(), &Preferences::default());
    let mut preferences = Preferences::default();
    preferences.weigh(all[0].rule.id, Factor(0.0)).expect("a rule");
    let without = diagnose(&plan, &Catalog::default(), &preferences);
    assert!(!ids(&without).contains(&all[0].rule.id));
    let last = all.last().expect("findings").rule.id;
    preferences.weigh(last, Factor(1000.0)).expect("a rule");
    assert_eq!(ids(&diagnose(&plan, &Catalog::default(), &preferences))[0], last);
    assert_eq!(preferences.weigh("no-such-rule", Factor(1.0)), None);
}

/// Rules whose claim itself is of times or pages (before PostgreSQL 18, where a stored result says itself that it is on
/// disk).
const OF_TIMES_OR_PAGES: &[&str] = &[
    "function-slow",
    "gather-moves-many-rows",
    "index-only-possible",
    "index-returns-most",
    "io-dominates",
    "pages-from-disk",
    "pages-hold-few-rows",
    "parallel-does-not-pay",
    "parallel-not-used",
    "reading-dirties-pages",
    "stored-rows-spill",
    "timing-costs",
];

/// With TIMING OFF and without BUFFERS the same is found, but for what is said of these; only the ranking is lost.
#[test]
fn without_times() {
    for rule in RULES.iter().map(|rule| rule.id) {
        let mut plan = plan(rule, "fires");
        let all = ids(&found(rule, "fires", &plan));
        for node in &mut plan.nodes {
            node.own = None;
            node.buffers = None;
        }
        let found: BTreeSet<&str> = ids(&found(rule, "fires", &plan)).into_iter().collect();
        assert!(
            all.iter().all(|id| found.contains(id) || OF_TIMES_OR_PAGES.contains(id)),
            "{rule}: {found:?}"
        );
    }
}

/// What a plan that was not run shows, of all the above; the rest needs measurements and is not guessed.
#[test]
fn only_planned() {
    let mut seen = String::new();
    for rule in RULES.iter().map(|rule| rule.id) {
        let mut plan = plan(rule, "fires");
        (plan.execution, plan.jit, plan.serialization) = (None, None, None);
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
        let found = ids(&found(rule, "fires", &plan));
        if !found.is_empty() {
            let _ = writeln!(seen, "{rule}: {}", found.join(", "));
        }
    }
    let file = file("_planned.txt");
    if std::env::var_os("UPDATE_RULES").is_some() {
        fs::write(&file, &seen).expect("it can be written");
    }
    assert_eq!(seen, fs::read_to_string(&file).unwrap_or_default());
}

/// A plan may lack any key: nothing panics, and no stake is negative or infinite.
#[test]
fn any_key_may_be_missing() {
    for rule in RULES.iter().map(|rule| rule.id) {
        let whole: Value = serde_json::from_str(&text(rule, "fires")).expect("JSON");
        for key in keys(&whole) {
            let mut less = whole.clone();
            remove(&mut less, &key);
            let Ok(plans) = read_json(&less.to_string()) else { continue };
            let findings: Vec<Finding> = plans.iter().flat_map(|plan| found(rule, "fires", plan)).collect();
            let sane = findings.iter().all(|f| f.stake.0.is_finite() && f.stake.0 >= 0.0);
            assert!(sane, "{rule} without `{key}`: {findings:?}");
        }
    }
}

/// A subtree that never ran says nothing, whatever it looks like.
#[test]
fn never_executed() {
    for rule in RULES.iter().map(|rule| rule.id) {
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
        let found = ids(&found(rule, "fires", &plan));
        assert!(found.is_empty(), "{rule}: {found:?}");
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
