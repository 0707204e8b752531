//! Every plan of the test tree against itself, and pairs of them from both sides.

use std::path::{Path, PathBuf};

use super::*;
use crate::plan::read;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if !path.extension().is_some_and(|e| e == "snap" || e == "rs" || e == "sh" || e == "sql") {
            found.push(path);
        }
    }
}

/// Every plan under tests/ that can be read.
fn all() -> Vec<(String, Plan)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut found = Vec::new();
    for folder in ["plans", "nasty", "report/plans"] {
        files(&root.join(folder), &mut found);
    }
    found.sort();
    let texts = found.iter().filter_map(|path| Some((path, std::fs::read_to_string(path).ok()?)));
    let readings = texts.filter_map(|(path, text)| Some((path.display().to_string(), read(&text).ok()?)));
    readings
        .flat_map(|(name, reading)| reading.plans.into_iter().map(move |plan| (name.clone(), plan)))
        .collect()
}

#[test]
fn a_plan_is_the_same_as_itself() {
    let plans = all();
    assert!(plans.len() > 300, "{}", plans.len());
    for (name, plan) in plans {
        let diff = compare(plan.clone(), plan);
        assert!(diff.is_same() && !diff.is_of_shape() && diff.related, "{name}");
        for pair in &diff.pairs {
            assert_eq!((pair.before, &pair.changes[..]), (pair.after, &[][..]), "{name}");
        }
    }
}

/// The pairs in an order that is the same from both sides.
fn sorted(pairs: &[Pair], mirrored: bool) -> Vec<(Option<NodeId>, Option<NodeId>, Vec<Change>)> {
    let turned = |p: &Pair| if mirrored { (p.after, p.before) } else { (p.before, p.after) };
    let mut pairs: Vec<_> = pairs.iter().map(|p| (turned(p).0, turned(p).1, p.changes.clone())).collect();
    pairs.sort_by_key(|(before, after, _)| (*before, *after));
    pairs
}

#[test]
fn the_other_way_round_is_the_mirror() {
    let plans = all();
    // Each with its neighbours, which are other formats and versions of it, and with some that are far away.
    for (i, (name, before)) in plans.iter().enumerate() {
        for step in [1, 2, 7, 101] {
            let (other, after) = &plans[(i + step) % plans.len()];
            let there = compare(before.clone(), after.clone());
            let back = compare(after.clone(), before.clone());
            assert_eq!(sorted(&there.pairs, false), sorted(&back.pairs, true), "{name} and {other}");
            assert_eq!(there.trend(), back.trend().mirrored(), "{name} and {other}");
            assert_eq!((there.related, there.basis), (back.related, back.basis), "{name} and {other}");
            let nodes = there.pairs.iter().filter(|p| p.after.is_some()).count();
            assert_eq!(nodes, after.nodes.len(), "every node once");
        }
    }
}

#[test]
fn noise_is_no_change() {
    for (before, after, expected) in [
        (10.0, 14.0, Trend::Same),
        (10.0, 16.0, Trend::More),
        (16.0, 10.0, Trend::Less),
        (0.1, 0.9, Trend::Same),
        (0.1, 1.2, Trend::More),
        (0.0, 0.0, Trend::Same),
    ] {
        assert_eq!(changes::of_times(Ms(before), Ms(after), Ms(0.0), false), expected, "{before} → {after}");
    }
    assert_eq!(
        changes::of_times(Ms(10.0), Ms(30.0), Ms(25.0), false),
        Trend::Same,
        "within the bounds of rounding"
    );
    assert_eq!(changes::of_times(Ms(20.0), Ms(38.0), Ms(0.0), true), Trend::Same, "the same work");
    assert_eq!(changes::of_costs(100.0, 105.0), Trend::Same);
    assert_eq!(changes::of_costs(100.0, 115.0), Trend::More);
    assert_eq!(changes::of_pages(3, 12), Trend::Same);
    assert_eq!(changes::of_pages(10, 40), Trend::More);
}
