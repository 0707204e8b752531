//! The rules themselves, for people who ask what a finding means, and for docs/rules.md.

use std::fmt::Write as _;

use serde::Serialize;

use super::ink::{Line, Page, Paint};
use super::{Style, harmless};
use crate::diagnose::{Preferences, Rule};

/// How docs/rules.md begins.
const HEAD: &str = "# What `advisor` looks for\n\n\
    Each of these symptoms is seen in the plan, a few of them in the plan beside what is known of its tables. No \
    rule asks whether it matters: findings are ranked by the time in play, which is what could be gained at the \
    most if the cause went away, and those below a hundredth of the statement's time are dropped. Times in play may \
    overlap.\n\n\
    A rule is switched off, or weighs more in the ranking, in [`advisor.toml`](../README.md#advisortoml), and is \
    silenced for one statement by a comment: `-- advisor:ignore RULE reason`. `advisor rules NAME` prints one of \
    these sections.\n\n\
    This page is written from the rules themselves (`src/diagnose/rules`); a test keeps the two in step.\n";

/// What nobody looks for, and why.
const LEFT_OUT: &str = include_str!("rules/left_out.md");

/// All of docs/rules.md.
pub(super) fn page(rules: &[&Rule]) -> String {
    let mut page = format!("{HEAD}\n");
    for Rule { id, title, .. } in rules {
        let _ = writeln!(page, "- [`{id}`](#{id}): {title}");
    }
    format!("{page}\n{}\n{LEFT_OUT}", markdown(rules))
}

/// A section for each rule.
pub(super) fn markdown(rules: &[&Rule]) -> String {
    let section = |rule: &&Rule| format!("## `{}`\n\n**{}.** {}\n", rule.id, rule.title, rule.doc);
    rules.iter().map(section).collect::<Vec<_>>().join("\n")
}

/// A line for each rule.
pub(super) fn list(rules: &[&Rule], preferences: &Preferences, style: &Style) -> String {
    let mut page = Page::new(style);
    let widest = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in rules {
        let head = Line::new().with(Paint::Strong, format!("{:widest$}  ", rule.id));
        page.text(head, Line::plain(rule.title).with(Paint::Dim, weighed(rule, preferences)));
    }
    page.finish()
}

/// A rule as a person reads it on a terminal: one after the other.
pub(super) fn whole(rules: &[&Rule], preferences: &Preferences, style: &Style) -> String {
    let mut page = Page::new(style);
    for rule in rules {
        page.gap();
        let title = format!("  {}", rule.title);
        let title = Line::new().with(Paint::Strong, rule.id).with(Paint::Plain, title);
        page.line(title.with(Paint::Dim, weighed(rule, preferences)));
        for paragraph in rule.doc.split("\n\n") {
            page.gap();
            page.text(Line::plain("  "), Line::plain(harmless::on_one_line(paragraph)));
        }
    }
    page.finish()
}

fn weighed(rule: &Rule, preferences: &Preferences) -> String {
    match preferences.weight(rule).0 {
        0.0 => " (switched off by advisor.toml)".to_owned(),
        1.0 => String::new(),
        weight => format!(" (weighs {weight} by advisor.toml)"),
    }
}

#[derive(Serialize)]
struct RuleJson<'a> {
    rule: &'a str,
    title: &'a str,
    doc: &'a str,
    weight: f64,
}

/// The rules for programs.
pub(super) fn json(rules: &[&Rule], preferences: &Preferences) -> String {
    let told = |rule: &&Rule| {
        let weight = preferences.weight(rule).0;
        serde_json::json!(RuleJson { rule: rule.id, title: rule.title, doc: rule.doc, weight })
    };
    let all: Vec<serde_json::Value> = rules.iter().map(told).collect();
    format!("{:#}\n", serde_json::Value::Array(all))
}
