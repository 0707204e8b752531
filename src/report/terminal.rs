//! The report for a terminal: the verdict, what to do, why, and the plan.

use unicode_width::UnicodeWidthStr;

use super::ink::{Line, Page, Paint, Style};
use super::wording::{self, Summary};
use super::{Advice, Report, Run, harmless, tree};
use crate::diagnose::Finding;
use crate::prove::{Proof, Verdict};

/// So many findings lead; more would hide that the first is the one that counts.
pub(super) const LEADING: usize = 3;

/// What stands above remedies that nobody could try, so that they are not taken for more.
pub(super) const UNTRIED: &str = "What may help, untried.";

/// So much of a statement tells which one it is.
const LINES_OF_SQL: usize = 8;

/// Writes the whole report.
pub(super) fn paint(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    let several = report.statements.len() > 1;
    if let Some(all) = wording::in_short(report) {
        page.text(Line::new(), Line::new().with(Paint::Strong, all));
    }
    for (i, advice) in report.statements.iter().enumerate() {
        page.gap();
        if several {
            heading(&mut page, i + 1, report.statements.len(), advice);
        }
        statement(&mut page, report, advice);
    }
    if several {
        overview(&mut page, report);
    }
    notes(&mut page, &report.notes);
    missing(&mut page, report);
    page.finish()
}

/// `── 2 of 5 · queries.sql:14 ────`, and the statement.
fn heading(page: &mut Page, number: usize, of: usize, advice: &Advice) {
    rule(page, &format!("── {number} of {of} · {} ", advice.source));
    if let Some(sql) = &advice.sql {
        page.block("  ", Paint::Dim, sql, LINES_OF_SQL);
    }
    page.gap();
}

fn rule(page: &mut Page, title: &str) {
    let title = page.style.clean(title);
    let used = title.width();
    let rule = "─".repeat(page.style.columns().saturating_sub(used).max(2));
    page.line(Line::new().with(Paint::Strong, title).with(Paint::Dim, rule));
}

/// One row for each statement: who reads a long report in a terminal sees its end first.
fn overview(page: &mut Page, report: &Report) {
    page.gap();
    rule(page, "── in short ");
    let rows = wording::rows(report);
    let widest = |cell: fn(&wording::Row) -> &String| {
        rows.iter().map(|row| page.style.clean(cell(row)).width()).max().unwrap_or(0)
    };
    let source = widest(|row| &row.source).min(page.style.columns() / 3);
    let (before, after) = (widest(|row| &row.before), widest(|row| &row.after));
    for row in &rows {
        let name = page.style.cut(&page.style.clean(&row.source), source);
        let pad = " ".repeat(source - name.width().min(source));
        let arrow = if row.after.is_empty() { " " } else { "→" };
        let paint = if row.proven { Paint::Gain } else { Paint::Plain };
        let head = Line::plain(format!("{name}{pad}  {:>before$} ", row.before))
            .with(Paint::Dim, arrow)
            .with(paint, format!(" {:>after$}  ", row.after));
        page.wide_text(head, Line::plain(" ".repeat(source + 2)), Line::plain(row.what.clone()));
    }
    if let Some(kept) = wording::budget_of_all(report) {
        page.text(Line::new(), Line::new().with(Paint::Strong, kept));
    }
}

fn statement(page: &mut Page, report: &Report, advice: &Advice) {
    let summary = wording::summary(advice, report.budget);
    match &advice.run {
        Run::Failed { message, .. } if message.trim().lines().count() > 1 => {
            let (first, rest) = message.trim().split_once('\n').unwrap_or((message.trim(), ""));
            page.verbatim("", Paint::Guilty, first);
            page.verbatim("", Paint::Plain, rest);
        }
        _ => verdict(page, &summary, advice),
    }
    advice.suggestions.iter().for_each(|proof| suggestion(page, proof));
    list(page, "Together", wording::together(advice));
    if let Some(why) = wording::untried(&advice.untried) {
        page.gap();
        page.text(
            Line::new(),
            Line::new().with(Paint::Strong, UNTRIED).with(Paint::Plain, format!(" {why}")),
        );
    }
    let (untried, more) = wording::untried_shown(advice, page.style.all);
    untried.into_iter().for_each(|proof| suggestion(page, proof));
    if let Some(more) = more {
        page.gap();
        page.line(Line::new().with(Paint::Dim, more));
    }
    asked(advice).iter().for_each(|proof| suggestion(page, proof));
    let shown = shown(advice, page.style.all);
    let quiet = advice.is_fine() && !page.style.all;
    findings(page, advice, shown, quiet);
    if let Some(plan) = advice.plan.as_ref().filter(|plan| !plan.nodes.is_empty()) {
        page.gap();
        tree::write(page, plan, if quiet { &[] } else { shown });
    }
    also_tried(page, advice, quiet);
    notes(page, &advice.notes);
    if let Some(spent) = wording::time_spent(advice, page.style.all) {
        page.gap();
        page.text(Line::new(), Line::new().with(Paint::Dim, spent));
    }
}

/// What a person proposed, and was tried in vain.
pub(super) fn asked(advice: &Advice) -> &[Proof] {
    if advice.asked { &advice.tried } else { &[] }
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
        Verdict::NoSlower(_) => ("✓ ", Paint::Gain),
        Verdict::Predicted => ("◇ ", Paint::Strong),
        Verdict::Worse(_) => ("✗ ", Paint::Guilty),
        Verdict::NoGain(_) | Verdict::NotPossible(_) => ("– ", Paint::Strong),
        _ => ("? ", Paint::Strong),
    };
    let title = Line::new().with(Paint::Strong, wording::label(proof));
    let title = title.with(Paint::Dim, " · ").with(paint, wording::gain(proof));
    page.text(Line::new().with(paint, sign), title);
    for (label, text) in wording::result(proof) {
        let paint = if label == "time" { Paint::Plain } else { Paint::Dim };
        page.text(Line::new().with(Paint::Dim, format!("  {label:<8}  ")), Line::new().with(paint, text));
    }
    page.gap();
    for line in sql_to_ship(proof, harmless::on_one_line) {
        let paint = if line.starts_with("--") { Paint::Dim } else { Paint::Plain };
        page.verbatim("  ", paint, &line);
    }
}

/// The SQL of a suggestion, ready to paste as a whole: what is not to be run is a comment, by way of `shown`.
pub(super) fn sql_to_ship(proof: &Proof, shown: fn(&str) -> String) -> Vec<String> {
    let remedy = &proof.remedy;
    let online = remedy.online();
    let tried = remedy.sql();
    let plainly: Vec<String> = online.iter().map(|sql| sql.replacen(" CONCURRENTLY", "", 1)).collect();
    let comment = |what: &str, sql: &String| format!("-- {what}: {}", shown(sql));
    let mut lines: Vec<String> = Vec::new();
    if proof.verdict.is_untried() {
        lines.push("-- untried".to_owned());
    }
    if tried != online && tried != plainly {
        lines.extend(tried.iter().map(|sql| comment("tried as", sql)));
    }
    lines.extend(online);
    lines.extend(remedy.undo().iter().map(|sql| comment("undo", sql)));
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
            page.text(Line::plain(indent.clone()), Line::new().with(Paint::Dim, evidence.join(" · ")));
        }
        if let Some(next) = &finding.next {
            page.text(Line::plain(format!("{indent}→ ")), Line::plain(next.clone()));
        }
    }
    let more = advice.findings.len() - shown.len();
    if more > 0 {
        page.gap();
        let what = if more == 1 { "finding" } else { "findings" };
        page.line(Line::new().with(Paint::Dim, format!("{more} more {what}: --all")));
    }
}

fn also_tried(page: &mut Page, advice: &Advice, quiet: bool) {
    if quiet {
        return;
    }
    list(page, "Also tried", wording::tried(advice, page.style.all));
    let told = wording::silences(advice);
    list(page, wording::silent(advice), told);
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
