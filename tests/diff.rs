//! Pairs of plans as PostgreSQL 15 printed them, and what is said of them.

use std::fs;
use std::path::Path;

use advisor::diff::{Diff, compare};
use advisor::plan::{Plan, read};
use advisor::report::{self, Compared, Comparison, Style};
use unicode_width::UnicodeWidthStr;

const STYLE: Style = Style { color: false, unicode: true, width: 90, all: false };

fn plan(name: &str) -> Plan {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plans/changes").join(format!("{name}.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    read(&text).unwrap_or_else(|error| panic!("{name}: {error}")).plans.remove(0)
}

fn diff(case: &str) -> Diff {
    compare(plan(&format!("{case}-before")), plan(&format!("{case}-after")))
}

fn comparison(diffs: Vec<Diff>) -> Comparison {
    let which = |i: usize| format!("plan {} of before.json, plan {} of after.json", i + 1, i + 1);
    let compared = diffs.into_iter().enumerate().map(|(i, diff)| Compared { which: which(i), diff });
    Comparison {
        before: "before.json".to_owned(),
        after: "after.json".to_owned(),
        compared: compared.collect(),
        notes: Vec::new(),
    }
}

/// The first sentence, without the numbers, which differ whenever the plans are made again.
fn verdict(diff: Diff) -> String {
    let wide = Style { width: 10_000, ..STYLE };
    let json: serde_json::Value =
        serde_json::from_str(&report::diff_json(&comparison(vec![diff.clone()]))).expect("JSON");
    let verdict = json["comparisons"][0]["verdict"].as_str().expect("a verdict").to_owned();
    let shown = report::diff_terminal(&comparison(vec![diff]), &wide);
    let first: Vec<&str> = shown.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(first.join(" "), verdict, "the report begins with the verdict");
    without_measures(&verdict)
}

/// Times and costs as `N`.
fn without_measures(text: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let unit = ["ms", "s"].iter().any(|unit| word.trim_end_matches([':', ',', ')', '.']) == *unit);
        match kept.last_mut() {
            Some(number) if unit && number.ends_with(|c: char| c.is_ascii_digit()) => {
                let tail = word.trim_start_matches(['m', 's']);
                let open = if number.starts_with('(') { "(" } else { "" };
                *number = format!("{open}N{tail}");
            }
            _ => kept.push(word.to_owned()),
        }
    }
    kept.join(" ")
}

#[test]
fn what_changed_is_said_in_a_sentence() {
    for (case, expected) in [
        (
            "index-added",
            "N became N: the Seq Scan on orders became an Index Scan using orders_customer_placed, and the Sort is gone.",
        ),
        (
            "estimated",
            "An estimated cost of 6,137 became 22: the Seq Scan on orders became an Index Scan using \
             orders_customer_placed, and the Sort is gone.",
        ),
        (
            "join-method",
            "N became N: the Nested Loop became a Hash Join, and the Index Only Scan using orders_customer_placed on \
             orders o became a Seq Scan.",
        ),
        (
            "join-order",
            "N became N: the Hash Join of i and o became a Hash Join of o and c, the Hash no longer goes to disk, and \
             the Hash Join joins i with o and c instead of i and o with c.",
        ),
        ("spill", "About as fast (N before, N after), with the same plan: the Sort no longer goes to disk."),
        (
            "parallel",
            "About as fast (N before, N after), although a Gather is new, the Seq Scan on \
             orders became a Parallel Seq Scan, the Aggregate became a Finalize Aggregate, and there is 1 change more.",
        ),
        ("pruning", "N became N: 2 partitions are no longer read."),
        (
            "cte",
            "N became N: the CTE Scan on big is gone, and the Seq Scan on orders became a Bitmap Heap Scan.",
        ),
        ("twice", "N became N: the Seq Scan on orders b became a Bitmap Heap Scan."),
        (
            "estimates",
            "About as fast (N before, N after), with the same plan: the planner expects 495 rows of the Seq Scan on \
             places, not 1.",
        ),
        ("same", "Nothing changed: N before, N after."),
    ] {
        assert_eq!(verdict(diff(case)), expected, "{case}");
    }
}

#[test]
fn plans_that_cannot_be_weighed_alike() {
    let half = verdict(compare(plan("index-added-before"), plan("estimated-after")));
    assert!(half.starts_with("An estimated cost of "), "{half}");
    let told = report::diff_terminal(
        &comparison(vec![compare(plan("index-added-before"), plan("estimated-after"))]),
        &STYLE,
    );
    assert!(told.contains("Only the plan before was measured"), "{told}");
    let strangers = verdict(compare(plan("pruning-before"), plan("same-after")));
    assert!(
        strangers.starts_with("These are different statements, which have no table in common."),
        "{strangers}"
    );
    let bare = |text: &str| read(text).expect("a plan").plans.remove(0);
    let without =
        compare(bare("Limit\n  ->  Sort\n        ->  Seq Scan on t\n"), bare("Limit\n  ->  Seq Scan on t\n"));
    assert_eq!(verdict(without), "There are neither times nor costs in both plans: the Sort is gone.");
}

#[test]
fn the_three_formats() {
    let one = comparison(vec![diff("index-added")]);
    let several = comparison(vec![diff("join-order"), diff("same")]);
    insta::assert_snapshot!("diff-text", report::diff_terminal(&several, &STYLE));
    insta::assert_snapshot!("diff-ascii", report::diff_terminal(&one, &Style { unicode: false, ..STYLE }));
    let color = report::diff_terminal(&one, &Style { color: true, ..STYLE }).replace('\x1b', "␛");
    insta::assert_snapshot!("diff-color", color);
    insta::assert_snapshot!("diff-markdown", report::diff_markdown(&several, false));
    insta::assert_snapshot!("diff-json", report::diff_json(&one));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for case in ["index-added", "join-order", "parallel", "cte"] {
        for (width, unicode) in [(60, true), (60, false), (80, true), (200, true)] {
            let style = Style { width, unicode, ..STYLE };
            let told = report::diff_terminal(&comparison(vec![diff(case)]), &style);
            assert!(unicode || told.is_ascii(), "{told}");
            let widest = told.lines().map(UnicodeWidthStr::width).max();
            assert!(widest <= Some(width), "{case} at {width}:\n{told}");
        }
    }
}

/// Names that would steer a terminal, or be markup.
const HOSTILE: &str = "<img src=x>\u{1b}[31m|`@all\u{202e}\n# *x*";

#[test]
fn hostile_names_stay_text() {
    let (mut before, mut after) = (plan("index-added-before"), plan("index-added-after"));
    for plan in [&mut before, &mut after] {
        for node in &mut plan.nodes {
            node.index = node.index.as_ref().map(|_| HOSTILE.to_owned());
            node.sort_key = node.sort_key.iter().map(|_| HOSTILE.to_owned()).collect();
            if let Some(relation) = &mut node.relation {
                relation.name = HOSTILE.to_owned();
            }
        }
        plan.settings = vec![("search_path".to_owned(), HOSTILE.to_owned())];
    }
    after.settings.clear();
    let mut comparison = comparison(vec![compare(before, after)]);
    (comparison.before, comparison.after) = (HOSTILE.to_owned(), HOSTILE.to_owned());
    let shown = [
        report::diff_terminal(&comparison, &STYLE),
        report::diff_markdown(&comparison, true),
        report::diff_json(&comparison),
    ];
    for text in &shown {
        let harmful = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(harmful), "{text:?}");
    }
    // Blocks and spans of code are shown as they are.
    let prose: String = shown[1].split("```").step_by(2).collect();
    let prose: String = prose.split("``").step_by(2).collect();
    assert!(!prose.contains("<img") && !prose.contains("|`@") && !prose.contains("@all"), "{prose}");
    assert_eq!(shown[1].matches("\n# ").count(), 0);
}
