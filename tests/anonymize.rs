//! Every plan of the test tree without its names and literals: nothing of them is left, and the plan is the same.

#[path = "anonymize/collect.rs"]
mod collect;
#[path = "anonymize/planted.rs"]
mod planted;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use advisor::anonymize::{Anonymized, anonymize};
use advisor::catalog::Catalog;
use advisor::diagnose::{Preferences, diagnose};
use advisor::plan::{Node, Plan, Reading, read};

use self::collect::{is_own, is_replacement, leaks, names_of, structure, words};

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let (mut found, mut left) =
        (Vec::new(), vec![root.join("plans"), root.join("nasty"), root.join("report/plans")]);
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                left.push(path);
            } else if !path.extension().is_some_and(|e| e == "rs" || e == "sh" || e == "sql" || e == "snap") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A text of the test tree, before and after.
struct Case {
    name: String,
    text: String,
    before: Reading,
    anonymized: Anonymized,
    after: Vec<Plan>,
}

/// Every text of the test tree that holds plans.
fn cases() -> impl Iterator<Item = Case> {
    let case = |path: PathBuf| {
        let (name, text) = (path.display().to_string(), fs::read_to_string(&path).ok()?);
        let before = read(&text).ok()?;
        let anonymized = anonymize(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let after =
            read(&anonymized.text).unwrap_or_else(|error| panic!("{name}: {error}\n{}", anonymized.text));
        Some(Case { name, text, before, anonymized, after: after.plans })
    };
    files().into_iter().filter_map(case)
}

/// All of a node that is no name and no literal.
fn figures(node: &Node) -> String {
    format!(
        "{} {:?} {:?} {:?} {:?} {:?} {:?}\n{:?} {:?} {:?} {:?} {:?}\n{:?} {:?} {:?} {:?} {:?} {:?} {:?}\n{:?} {:?} {:?} {:?}",
        node.depth,
        node.parent,
        node.role,
        node.parallel_aware,
        node.strategy,
        node.partial_mode,
        node.join_type,
        node.operation,
        node.scan_direction,
        node.inner_unique,
        node.estimate,
        node.actual,
        node.removed,
        node.heap_fetches,
        (node.exact_pages, node.lossy_pages),
        (node.workers_planned, node.workers_launched),
        node.workers,
        node.sort,
        (node.hash, node.hash_aggregate),
        node.buffers,
        node.own,
        node.conditions.iter().map(|condition| condition.kind).collect::<Vec<_>>(),
        (node.sort_key.len(), node.group_key.len(), node.output.len()),
    )
}

/// What its expressions are made of.
fn structures(node: &Node) -> Vec<String> {
    let conditions = node.conditions.iter().map(|condition| &condition.text);
    let listed = [&node.output, &node.sort_key, &node.group_key].into_iter().flatten();
    conditions.chain(listed).map(|text| structure(text)).collect()
}

#[test]
fn every_plan_of_the_tree() {
    let (mut count, mut findings) = (0, 0);
    for case in cases() {
        the_plan_is_the_same(&case);
        findings += the_diagnosis_is_the_same(&case);
        nothing_is_left(&case);
        the_format_stays(&case);
        count += 1;
    }
    assert!(count > 300 && findings > 100, "{count} {findings}");
}

fn the_plan_is_the_same(Case { name, before, anonymized, after, .. }: &Case) {
    assert_eq!(before.plans.len(), after.len(), "{name}");
    for (old, new) in before.plans.iter().zip(after) {
        let told = |plan: &Plan| (plan.planning, plan.execution, plan.jit.clone(), plan.serialization);
        assert_eq!(told(old), told(new), "{name}");
        let triggers = |plan: &Plan| {
            plan.triggers.iter().map(|t| (t.time, t.calls, t.constraint.is_some())).collect::<Vec<_>>()
        };
        assert_eq!(triggers(old), triggers(new), "{name}");
        for (a, b) in old.nodes.iter().zip(&new.nodes) {
            assert_eq!(figures(a), figures(b), "{name}\n{}", anonymized.text);
            let same = a.operator == b.operator || matches!(a.operator, advisor::plan::Operator::Other(_));
            assert!(same, "{name}: {:?} became {:?}", a.operator, b.operator);
            assert_eq!(structures(a), structures(b), "{name}");
        }
    }
}

/// How many findings there are.
fn the_diagnosis_is_the_same(Case { name, before, after, .. }: &Case) -> usize {
    let mut findings = 0;
    for (old, new) in before.plans.iter().zip(after) {
        let told = |plan: &Plan| -> Vec<_> {
            diagnose(plan, &Catalog::default(), &Preferences::default())
                .iter()
                .map(|f| (f.rule.id, f.node, format!("{}", f.stake)))
                .collect()
        };
        assert_eq!(told(old), told(new), "{name}");
        findings += told(old).len();
    }
    findings
}

fn nothing_is_left(Case { name, before, anonymized, after, .. }: &Case) {
    // Every word of the output is EXPLAIN's, SQL's or PostgreSQL's own, or a replacement.
    let foreign: BTreeSet<String> =
        words(&anonymized.text).filter(|word| !is_own(word) && !is_replacement(word)).collect();
    assert!(foreign.is_empty(), "{name}: {foreign:?}\n{}", anonymized.text);
    for (old, new) in before.plans.iter().zip(after) {
        let found = leaks(new);
        assert!(found.is_empty(), "{name}: {found:?}");
        let kept: Vec<String> = names_of(old).intersection(&names_of(new)).cloned().collect();
        assert!(kept.is_empty(), "{name}: {kept:?}");
    }
}

fn the_format_stays(Case { name, text, before, anonymized, .. }: &Case) {
    let bare =
        ["json", "yaml", "xml"].iter().find(|e| name.ends_with(*e)).filter(|_| name.contains("/planted-pg"));
    let start = anonymized.text.trim_start();
    match bare {
        Some(&"json") => assert!(start.starts_with('['), "{name}"),
        Some(&"yaml") => assert!(start.starts_with("- "), "{name}"),
        Some(_) => assert!(start.starts_with("<explain"), "{name}"),
        None => return,
    }
    assert_eq!((anonymized.notes.len(), before.notes.len()), (0, 0), "{name}");
    assert_eq!(anonymized.text.lines().count(), text.trim_end().lines().count(), "{name}");
}

#[test]
fn what_stood_around_is_left_out_and_told() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nasty/11-stderr-text.txt"))
            .expect("a log");
    let anonymized = anonymize(&text).expect("a plan");
    assert_eq!(anonymized.notes, ["what stood around the plan was left out; the plan itself is text"]);
    assert!(anonymized.text.starts_with("Query Text: select "), "{}", anonymized.text);
}

#[test]
fn an_anonymous_plan_stays_as_it_is_but_for_its_numbers() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/plans/join.json"))
        .expect("a plan");
    let once = anonymize(&text).expect("a plan");
    assert_eq!(once, anonymize(&text).expect("a plan"), "the same plan gives the same bytes");
    let mapping: std::collections::HashMap<_, _> = once.mapping.iter().cloned().collect();
    assert_eq!(mapping.len(), once.mapping.len(), "no replacement stands for two things");
    assert!(mapping.values().any(|name| name == "orders") && mapping.values().any(|value| value == "4711"));
}
