//! Each rule on a plan where it must fire and on one where it must not, as PostgreSQL 15 printed them.
//!
//! `tests/plans/make-rules.sh` makes the plans; what is found in a plan is listed in full, so that a rule which
//! fires where it should not is seen.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use advisor::diagnose::rules::{RULES, named};
use advisor::diagnose::{Finding, diagnose};
use advisor::plan::{Node, Plan, read_json};

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
        // Both sides are misestimated, and the inner one is repeated for it.
        &[
            "scan-discards-rows",
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

fn plan(rule: &str, kind: &str) -> Plan {
    let file =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/plans/rules/{rule}-{kind}.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    read_json(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())).remove(0)
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
