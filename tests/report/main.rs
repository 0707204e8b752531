//! What reports look like, as snapshots that a person can read, and what holds for all of them.

mod examples;
mod own;

use advisor::report::{self, Report, Style};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

const STYLE: Style = Style { color: false, unicode: true, width: 80, all: false };

const WIDTHS: [usize; 4] = [60, 80, 120, 200];

fn styles() -> impl Iterator<Item = Style> {
    let flags = [(true, true), (true, false), (false, true), (false, false)];
    WIDTHS.into_iter().flat_map(move |width| {
        flags.into_iter().map(move |(unicode, all)| Style { color: false, unicode, width, all })
    })
}

#[test]
fn every_kind_of_report_at_80_columns() {
    for (name, report) in examples::all() {
        insta::assert_snapshot!(format!("{name}-80"), report::terminal(&report, &STYLE));
    }
}

#[test]
fn widths_colours_and_ascii() {
    for width in WIDTHS {
        let style = Style { width, ..STYLE };
        insta::assert_snapshot!(format!("proven-{width}"), report::terminal(&examples::proven(), &style));
        insta::assert_snapshot!(format!("subplans-{width}"), report::terminal(&examples::subplans(), &style));
    }
    let ascii = Style { unicode: false, ..STYLE };
    insta::assert_snapshot!("proven-ascii", report::terminal(&examples::proven(), &ascii));
    let all = Style { all: true, ..STYLE };
    insta::assert_snapshot!("subplans-all", report::terminal(&examples::subplans(), &all));
    let color = Style { color: true, ..STYLE };
    let painted = report::terminal(&examples::proven(), &color).replace('\x1b', "␛");
    insta::assert_snapshot!("proven-color", painted);
}

#[test]
fn markdown_for_pull_requests() {
    for (name, report) in [
        ("proven", examples::proven()),
        ("several", examples::several()),
        ("predicted", examples::predicted_only()),
        ("by-file", examples::by_file()),
        ("own", own::own()),
        ("hostile", examples::hostile()),
    ] {
        insta::assert_snapshot!(format!("{name}-markdown"), report::markdown(&report, false));
    }
}

#[test]
fn migrations_that_run_as_they_are() {
    for (name, report) in [
        ("proven", examples::proven()),
        ("predicted", examples::predicted_only()),
        ("own", own::own()),
        ("nothing", Report::default()),
    ] {
        insta::assert_snapshot!(format!("{name}-migration"), report::migration(&report));
    }
    // Whatever is called how: what runs is SET and what was proven, and nothing leaves a comment.
    let hostile = report::migration(&examples::hostile());
    let statements = advisor::query::split(&hostile).statements;
    let starts: Vec<&str> = statements.iter().filter_map(|one| one.text.split(' ').next()).collect();
    assert_eq!(starts, ["SET", "SET", "SET", "CREATE"], "{hostile}");
}

#[test]
fn json_for_programs() {
    insta::assert_snapshot!("subplans-json", report::json(&examples::subplans()));
    insta::assert_snapshot!("proven-json", report::json(&examples::proven()));
    insta::assert_snapshot!("only-planned-json", report::json(&examples::only_planned()));
}

/// SQL is to be pasted, and a message with a pointer into SQL is laid out already.
fn may_be_wide(line: &str) -> bool {
    let line = line.trim_start();
    let starts = ["CREATE ", "DROP ", "ALTER ", "GRANT ", "-- undo: ", "-- tried as: "];
    starts.iter().any(|start| line.starts_with(start))
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, report) in examples::all().into_iter().filter(|(name, _)| *name != "hostile") {
        for style in styles() {
            for line in report::terminal(&report, &style).lines().filter(|line| !may_be_wide(line)) {
                assert!(line.width() <= style.width, "{name} at {}: {line}", style.width);
            }
        }
    }
}

#[test]
fn every_planted_plan_can_be_painted() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/plans");
    let folders =
        std::fs::read_dir(root).expect("planted plans").map(|entry| entry.expect("a folder").path());
    let files =
        folders.filter(|path| path.is_dir()).flat_map(|folder| std::fs::read_dir(folder).expect("a folder"));
    let mut painted = 0;
    for file in files
        .map(|entry| entry.expect("a file").path())
        .filter(|f| f.extension().is_some_and(|e| e == "json"))
        .filter(|f| !f.to_string_lossy().ends_with(".catalog.json"))
    {
        let plan = examples::plan(&std::fs::read_to_string(&file).expect("a plan"));
        let nodes = plan.nodes.len();
        let advice = report::Advice { plan: Some(plan), run: report::Run::Given, ..Default::default() };
        let report = Report { statements: vec![advice], ..Report::default() };
        for style in styles() {
            let shown = report::terminal(&report, &style);
            assert!(shown.lines().count() > nodes + 1, "{}: a row for each node", file.display());
            let widest = shown.lines().map(UnicodeWidthStr::width).max();
            assert!(widest <= Some(style.width), "{} at {}:\n{shown}", file.display(), style.width);
        }
        assert!(parsed(&report).pointer("/statements/0/plan/nodes/0/type").is_some());
        painted += 1;
    }
    assert!(painted >= 66, "{painted} plans");
}

#[test]
fn without_unicode_all_is_ascii() {
    for (name, report) in examples::all().into_iter().filter(|(name, _)| *name != "hostile") {
        let shown = report::terminal(&report, &Style { unicode: false, all: true, ..STYLE });
        assert!(shown.is_ascii(), "{name}: {:?}", shown.chars().find(|c| !c.is_ascii()));
    }
}

#[test]
fn colours_change_nothing_else() {
    for (name, report) in examples::all() {
        let mut painted = report::terminal(&report, &Style { color: true, ..STYLE });
        while let Some(start) = painted.find('\x1b') {
            let end = painted[start..].find('m').expect("a colour ends in m");
            painted.replace_range(start..=start + end, "");
        }
        assert_eq!(painted, report::terminal(&report, &STYLE), "{name}");
    }
}

#[test]
fn nothing_foreign_steers_the_terminal() {
    let report = examples::hostile();
    let shown: Vec<String> = styles()
        .map(|style| report::terminal(&report, &style))
        .chain([report::markdown(&report, true), report::json(&report)])
        .collect();
    for text in shown {
        let harmful = text.chars().find(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}');
        assert_eq!(harmful, None, "{text}");
    }
}

#[test]
fn foreign_text_stays_inside_its_fence() {
    let text = report::markdown(&examples::hostile(), true);
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if line == open => fence = None,
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                let text = without_code(line);
                assert!(!text.contains("<img"), "HTML: {line}");
                assert!(!text.starts_with("# "), "a heading: {line}");
                assert!(!text.contains("@octocat"), "a mention: {line}");
            }
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "a fence stays open");
}

/// A line without its code spans, which end at the next run of as many backticks as they begin with.
fn without_code(line: &str) -> String {
    let line = line.replace("\\`", "");
    let Some(start) = line.find('`') else { return line };
    let ticks: String = line[start..].chars().take_while(|c| *c == '`').collect();
    let inside = &line[start + ticks.len()..];
    let longer = format!("{ticks}`");
    assert!(!inside.contains(&longer), "a longer run inside: {line}");
    let end = inside.find(&ticks).expect("the span ends");
    format!("{}{}", &line[..start], without_code(&inside[end + ticks.len()..]))
}

fn keys(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                found.push(key.clone());
                if key != "settings" && key != "extra" {
                    keys(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

fn parsed(report: &Report) -> Value {
    serde_json::from_str(&report::json(report)).expect("JSON")
}

#[test]
fn every_key_is_documented() {
    let docs = include_str!("../../docs/json.md");
    let mut found = Vec::new();
    examples::all().iter().for_each(|(_, report)| keys(&parsed(report), &mut found));
    found.sort();
    found.dedup();
    assert!(found.len() > 80, "{found:?}");
    for key in found {
        assert!(docs.contains(&format!("`{key}`")), "docs/json.md does not say what `{key}` is");
    }
}

#[test]
fn the_example_in_the_docs_has_the_keys_that_are_emitted() {
    let docs = include_str!("../../docs/json.md");
    let example = docs.split("```json\n").nth(1).and_then(|rest| rest.split("```").next());
    let example: Value = serde_json::from_str(example.expect("an example")).expect("JSON");
    let emitted = parsed(&examples::proven());
    let same = |path: &str| {
        let names = |value: &Value| {
            value.pointer(path).and_then(Value::as_object).map(|map| map.keys().cloned().collect::<Vec<_>>())
        };
        assert_eq!(names(&example), names(&emitted), "{path}");
        assert!(names(&emitted).is_some(), "{path}");
    };
    same("");
    same("/statements/0");
    same("/statements/0/plan");
    same("/statements/0/plan/nodes/0");
    same("/statements/0/findings/0");
    same("/statements/0/suggestions/0");
}

#[test]
fn the_contract_of_a_proven_suggestion() {
    let document = parsed(&examples::proven());
    let at = |path: &str| document.pointer(path).cloned().unwrap_or_else(|| panic!("{path}"));
    assert_eq!(at("/schema_version"), 1);
    let statement = "/statements/0";
    assert_eq!(at(&format!("{statement}/run")), "measured");
    assert_eq!(at(&format!("{statement}/execution_ms")), 114.177);
    assert_eq!(at(&format!("{statement}/plan/nodes/6/type")), "Seq Scan");
    assert_eq!(at(&format!("{statement}/plan/nodes/6/parent")), 5);
    assert_eq!(at(&format!("{statement}/findings/0/node")), 6);
    let suggestion = format!("{statement}/suggestions/0");
    assert_eq!(at(&format!("{suggestion}/verdict")), "proven");
    assert_eq!(at(&format!("{suggestion}/before_ms")), 117.4);
    assert_eq!(at(&format!("{suggestion}/after_ms")), 0.084);
    assert_eq!(at(&format!("{suggestion}/runs")), 8);
    assert_eq!(at(&format!("{suggestion}/speedup")), 1397.619);
    assert_eq!(at(&format!("{statement}/spent/2/what")), "building orders_customer_id_created_at_idx");
    assert_eq!(at(&format!("{suggestion}/predicted_cost/after")), 65.3);
    assert_eq!(at(&format!("{statement}/tried/0/verdict")), "no-gain");
}
