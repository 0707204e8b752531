//! What must hold of whatever was read, from whatever text.

use advisor::catalog::Catalog;
use advisor::diagnose::{Preferences, diagnose};
use advisor::plan::{Node, Plan, holds_plan, read};
use advisor::remedy::propose;
use advisor::report::{Advice, Report, Run, Style, json, markdown, terminal};

/// Reads a text, and goes on with what was read as `advisor explain` does.
pub fn explain(text: &str) {
    let holds = holds_plan(text);
    match read(text) {
        Ok(reading) => {
            assert!(!reading.plans.is_empty() && holds, "a plan is held by what holds none");
            reading.plans.iter().for_each(sound);
            report(reading.plans, reading.notes);
        }
        Err(error) => assert!(error.advice().is_some(), "no advice: {}", error.what()),
    }
}

/// Reads a text of which the first line is this, whatever the fuzzer made of it.
pub fn explain_after(start: &str, text: &str) {
    if text.starts_with(start.trim_end()) { explain(text) } else { explain(&format!("{start}{text}")) }
}

/// The arena is a tree in print order, and every figure is a number.
pub fn sound(plan: &Plan) {
    assert!(!plan.nodes.is_empty(), "no nodes");
    assert_eq!(plan.nodes[0].parent, None, "a parent above the root");
    for (at, node) in plan.nodes.iter().enumerate() {
        assert_eq!(node.id.0, at, "the id is the place");
        let parent = node.parent.map(|id| plan.node(id));
        assert_eq!(node.depth, parent.map_or(0, |parent| parent.depth + 1), "the depth of {at}");
        assert_eq!(parent.is_none(), at == 0, "one root");
        if let Some(parent) = parent {
            assert!(parent.id < node.id && parent.children.contains(&node.id), "the parent of {at}");
            let inside = parent.id.0..parent.id.0 + plan.subtree(parent).len();
            assert!(inside.contains(&at), "{at} stands in its parent's subtree");
        }
        assert!(node.children.is_sorted(), "the children of {at}");
        assert!(node.children.iter().all(|child| plan.node(*child).parent == Some(node.id)), "{at}");
        figures(node);
    }
    for time in [plan.planning, plan.execution, plan.serialization].into_iter().flatten() {
        measure(time.0);
    }
}

fn figures(node: &Node) {
    if let Some(actual) = node.actual {
        [actual.startup, actual.total].into_iter().flatten().for_each(|time| measure(time.0));
        measure(actual.rows.0);
        measure(actual.loops);
    }
    if let Some(own) = node.own {
        [own.inclusive, own.exclusive, own.work, own.bound].into_iter().for_each(|time| measure(time.0));
    }
    if let Some(estimate) = node.estimate {
        [estimate.startup_cost, estimate.total_cost, estimate.rows.0].into_iter().for_each(measure);
    }
    let removed = [node.removed.filter, node.removed.join_filter, node.removed.recheck];
    removed.into_iter().flatten().for_each(|rows| measure(rows.0));
}

fn measure(number: f64) {
    assert!(number.is_finite() && number >= 0.0, "{number} measures nothing");
}

/// All that `advisor explain` says of plans that it was given.
fn report(plans: Vec<Plan>, notes: Vec<String>) {
    let statements = plans.into_iter().map(|plan| {
        let findings = diagnose(&plan, &Catalog::default(), &Preferences::default());
        let silences = propose(&plan, &findings, &Catalog::default()).silences;
        let sql = plan.query_text.clone();
        let source = "plan".to_owned();
        Advice { source, sql, run: Run::Given, plan: Some(plan), findings, silences, ..Advice::default() }
    });
    let report = Report { statements: statements.collect(), notes, ..Report::default() };
    for (color, unicode, width, all) in [(false, true, 100, true), (true, false, 41, false)] {
        harmless(&terminal(&report, &Style { color, unicode, width, all }), color);
    }
    markdown(&report, true);
    json(&report);
}

/// What a plan says must not steer the terminal.
fn harmless(text: &str, color: bool) {
    let steers = |c: char| c.is_control() && c != '\n' && !(color && c == '\u{1b}');
    assert!(!text.contains(steers), "a control character reached the terminal");
}
