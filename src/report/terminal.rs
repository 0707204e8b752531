//! The report for a terminal: the verdict, what to do, why, and the plan.

use super::ink::{Line, Page, Paint, Style};
use super::wording::{self, Summary};
use super::{Advice, Report, Run, tree};
use crate::diagnose::Finding;
use crate::prove::{Proof, Verdict};

/// So many findings lead; more would hide that the first is the one that counts.
pub(super) const LEADING: usize = 3;

/// Writes the whole report.
pub(super) fn paint(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    let several = report.statements.len() > 1;
    for (i, advice) in report.statements.iter().enumerate() {
        page.gap();
        if several {
            heading(&mut page, i + 1, report.statements.len(), advice);
        }
        statement(&mut page, report, advice);
    }
    if several && let Some(kept) = wording::budget_of_all(report) {
        page.gap();
        page.text(Line::new(), Line::new().with(Paint::Strong, kept));
    }
    notes(&mut page, &report.notes);
    missing(&mut page, report);
    page.finish()
}

/// `── 2 of 5 · queries.sql:14 ────`, and the statement on one line.
fn heading(page: &mut Page, number: usize, of: usize, advice: &Advice) {
    let title = page.style.clean(&format!("── {number} of {of} · {} ", advice.source));
    let used = unicode_width::UnicodeWidthStr::width(title.as_str());
    let rule = "─".repeat(page.style.columns().saturating_sub(used).max(2));
    page.line(Line::new().with(Paint::Strong, title).with(Paint::Dim, rule));
    if let Some(sql) = &advice.sql {
        let words: Vec<&str> = sql.split_whitespace().collect();
        page.line(Line::new().with(Paint::Dim, words.join(" ")));
    }
    page.gap();
}

fn statement(page: &mut Page, report: &Report, advice: &Advice) {
    let summary = wording::summary(advice, report.budget);
    match &advice.run {
        Run::Failed { message, .. } if message.trim().lines().count() > 1 => {
            page.verbatim("", Paint::Plain, message.trim_end());
        }
        _ => verdict(page, &summary, advice),
    }
    advice.suggestions.iter().for_each(|proof| suggestion(page, proof));
    let shown = shown(advice, page.style.all);
    let quiet = advice.is_fine() && !page.style.all;
    findings(page, advice, shown, quiet);
    if let Some(plan) = advice.plan.as_ref().filter(|plan| !plan.nodes.is_empty()) {
        page.gap();
        tree::write(page, plan, if quiet { &[] } else { shown });
    }
    in_vain(page, advice, quiet);
    notes(page, &advice.notes);
}

/// The findings that lead, or all of them.
pub(super) fn shown(advice: &Advice, all: bool) -> &[Finding] {
    let count = if all { advice.findings.len() } else { advice.findings.len().min(LEADING) };
    &advice.findings[..count]
}

fn verdict(page: &mut Page, summary: &Summary, advice: &Advice) {
    let paint = match summary.word {
        "Slow" | "Broken" | "Cancelled" | "Failed" => Paint::Guilty,
        _ => Paint::Strong,
    };
    let text = Line::new()
        .with(paint, format!("{}:", summary.word))
        .with(Paint::Plain, format!(" {}", summary.what));
    page.text(Line::new(), text);
    if let Some(help) = &summary.help {
        let proven = advice.suggestions.first().is_some_and(|best| best.verdict == Verdict::Proven);
        let paint = if proven { Paint::Gain } else { Paint::Plain };
        page.text(Line::new(), Line::new().with(paint, help.clone()));
    }
    if let Some(budget) = &summary.budget {
        page.text(Line::new(), Line::plain(budget.clone()));
    }
}

fn suggestion(page: &mut Page, proof: &Proof) {
    page.gap();
    let (sign, paint) = match proof.verdict {
        Verdict::Proven => ("✓ ", Paint::Gain),
        Verdict::Predicted => ("◇ ", Paint::Strong),
        _ => ("– ", Paint::Strong),
    };
    let title = Line::new().with(Paint::Strong, wording::label(proof));
    let title = title.with(Paint::Dim, " · ").with(paint, wording::gain(proof));
    page.text(Line::new().with(paint, sign), title);
    for (label, text) in wording::result(proof) {
        let paint = if label == "time" { Paint::Plain } else { Paint::Dim };
        page.text(Line::new().with(Paint::Dim, format!("  {label:<8}  ")), Line::new().with(paint, text));
    }
    page.gap();
    for line in sql_to_ship(proof) {
        let paint = if line.starts_with("--") { Paint::Dim } else { Paint::Plain };
        page.verbatim("  ", paint, &line);
    }
}

/// The SQL of a suggestion, ready to paste as a whole: what is not to be run is a comment.
pub(super) fn sql_to_ship(proof: &Proof) -> Vec<String> {
    let action = &proof.remedy.action;
    let online = action.online();
    let tried = action.sql();
    let plainly: Vec<String> = online.iter().map(|sql| sql.replacen(" CONCURRENTLY", "", 1)).collect();
    let comment = |what: &str, sql: &String| format!("-- {what}: {}", super::harmless::on_one_line(sql));
    let mut lines: Vec<String> = Vec::new();
    if tried != online && tried != plainly {
        lines.extend(tried.iter().map(|sql| comment("tried as", sql)));
    }
    lines.extend(online);
    lines.extend(action.undo().iter().map(|sql| comment("undo", sql)));
    lines
}

fn findings(page: &mut Page, advice: &Advice, shown: &[Finding], quiet: bool) {
    let Some(plan) = advice.plan.as_ref().filter(|_| !advice.findings.is_empty() && !quiet) else { return };
    for (i, finding) in shown.iter().enumerate() {
        page.gap();
        let number = format!("●{} ", i + 1);
        let stake =
            if plan.is_measured() { format!(" · {} at stake", finding.stake) } else { String::new() };
        let title = Line::new().with(Paint::Strong, finding.rule.title).with(Paint::Dim, stake);
        let indent = " ".repeat(number.chars().count());
        page.text(Line::new().with(Paint::Guilty, number), title);
        let told = wording::finding(plan, finding);
        page.text(Line::plain(indent.clone()), Line::plain(told.clone()));
        let evidence = wording::evidence(plan, finding, &told);
        if !evidence.is_empty() {
            let evidence: Vec<String> =
                evidence.iter().map(|(label, value)| format!("{label} {value}")).collect();
            page.text(Line::plain(indent), Line::new().with(Paint::Dim, evidence.join(" · ")));
        }
    }
    let more = advice.findings.len() - shown.len();
    if more > 0 {
        page.gap();
        page.line(Line::new().with(Paint::Dim, format!("{more} more: --all")));
    }
}

fn in_vain(page: &mut Page, advice: &Advice, quiet: bool) {
    if quiet {
        return;
    }
    list(page, "Tried in vain", advice.tried.iter().map(wording::tried_in_vain).collect());
    let told = wording::silences(advice);
    list(page, "Where no index helps", told);
}

fn notes(page: &mut Page, notes: &[String]) {
    list(page, "Notes", notes.iter().map(|note| wording::sentence(note)).collect());
}

fn list(page: &mut Page, title: &str, lines: Vec<String>) {
    if lines.is_empty() {
        return;
    }
    page.gap();
    page.line(Line::new().with(Paint::Strong, title));
    for line in lines {
        page.text(Line::plain("  "), Line::plain(line));
    }
}

fn missing(page: &mut Page, report: &Report) {
    if report.missing.is_empty() {
        return;
    }
    page.gap();
    page.line(Line::new().with(Paint::Strong, "What could not be done, and what would allow it"));
    for missing in &report.missing {
        page.text(Line::plain("  "), Line::plain(wording::sentence(&missing.what)));
        if let Some(remedy) = &missing.remedy {
            page.verbatim("    ", Paint::Dim, remedy);
        }
    }
}
