//! The report for a pull request: short first, the rest folded.

use super::ink::{Page, Style};
use super::{Advice, Report, Run, harmless, terminal, tree, wording};
use crate::prove::Proof;

/// GitHub shows about this many columns of a fenced block beside its margins.
pub(super) const COLUMNS: usize = 100;

/// Writes the whole report.
pub(super) fn paint(report: &Report, all: bool) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let several = report.statements.len() > 1;
    if let Some(all) = wording::in_short(report) {
        blocks.push(text(&all));
        blocks.push(overview(report));
    }
    for (i, advice) in report.statements.iter().enumerate() {
        if several {
            blocks.push(format!("## {} of {} · {}", i + 1, report.statements.len(), code(&advice.source)));
        }
        statement(&mut blocks, report, advice, all);
    }
    if several {
        blocks.extend(wording::budget_of_all(report).map(|kept| text(&kept)));
    }
    blocks.extend(bullets(report.notes.iter().map(|note| wording::sentence(note)).collect()));
    missing(&mut blocks, report);
    blocks.extend(report.server.as_ref().map(|s| format!("<sub>PostgreSQL {}</sub>", text(&s.version))));
    blocks.join("\n\n") + "\n"
}

fn statement(blocks: &mut Vec<String>, report: &Report, advice: &Advice, all: bool) {
    let summary = wording::summary(advice, report.budget);
    let mut verdict = format!("**{}:** {}", summary.word, text(&summary.what));
    for more in [&summary.help, &summary.budget].into_iter().flatten() {
        verdict += &format!(" {}", text(more));
    }
    blocks.push(verdict);
    if let Run::Failed { message, .. } = &advice.run {
        blocks.push(fenced("text", message));
    }
    let suggested: Vec<&Proof> = advice.suggestions.iter().collect();
    suggestions(blocks, &suggested);
    let together = wording::together(advice);
    if !together.is_empty() {
        blocks.push("**Together**".to_owned());
        blocks.extend(bullets(together));
    }
    blocks.extend(
        wording::untried(&advice.untried).map(|why| format!("**{}** {}", terminal::UNTRIED, text(&why))),
    );
    let (untried, more) = wording::untried_shown(advice, all);
    suggestions(blocks, &untried);
    blocks.extend(more.map(|more| text(&more)));
    let asked: Vec<&Proof> = terminal::asked(advice).iter().collect();
    suggestions(blocks, &asked);
    let all_proofs: Vec<&Proof> = suggested.into_iter().chain(untried).chain(asked).collect();
    blocks.extend(details("How this was found out", reasons(&all_proofs)));
    let quiet = advice.is_fine() && !all;
    if !quiet {
        blocks.extend(findings(advice, all));
    }
    blocks.extend(plan(advice, all, quiet));
    if !quiet {
        let vain = wording::tried(advice, all).into_iter().chain(wording::silences(advice));
        blocks.extend(details("Also tried, or not worth trying", bullets(vain.collect())));
    }
    blocks.extend(advice.sql.as_ref().and_then(|sql| details("Statement", Some(fenced("sql", sql)))));
    blocks.extend(bullets(advice.notes.iter().map(|note| wording::sentence(note)).collect()));
    blocks.extend(wording::time_spent(advice, all).map(|spent| text(&spent)));
}

/// What is suggested, with its SQL.
fn suggestions(blocks: &mut Vec<String>, proofs: &[&Proof]) {
    blocks.extend(table(proofs));
    for proof in proofs {
        blocks.push(fenced("sql", &terminal::sql_to_ship(proof, commented).join("\n")));
    }
}

/// One row for each statement.
fn overview(report: &Report) -> String {
    let mut rows =
        vec!["| Statement | Before | After | What helps |".to_owned(), "|:--|--:|--:|:--|".to_owned()];
    for wording::Row { source, before, after, what, .. } in wording::rows(report) {
        rows.push(format!("| {} | {} | {} | {} |", text(&source), text(&before), text(&after), text(&what)));
    }
    rows.join("\n")
}

/// What each suggestion brings, a row each.
fn table(suggestions: &[&Proof]) -> Option<String> {
    if suggestions.is_empty() {
        return None;
    }
    let mut rows = vec![
        "| Suggestion | Before | After | Result | Size |".to_owned(),
        "|:--|--:|--:|:--|--:|".to_owned(),
    ];
    for proof in suggestions {
        let (before, after, size) = wording::before_after(proof);
        let cells = [wording::label(proof), before, after, wording::gain(proof), size];
        rows.push(format!("| {} |", cells.map(|cell| text(&cell)).join(" | ")));
    }
    Some(rows.join("\n"))
}

/// What each suggestion stands on, as a list of lists.
fn reasons(suggestions: &[&Proof]) -> Option<String> {
    let mut items: Vec<String> = Vec::new();
    for proof in suggestions {
        items.push(format!("- {}", text(&wording::label(proof))));
        let lines = wording::result(proof).into_iter();
        items.extend(lines.map(|(label, line)| format!("  - {label}: {}", text(&line))));
    }
    (!items.is_empty()).then(|| items.join("\n"))
}

fn findings(advice: &Advice, all: bool) -> Option<String> {
    let plan = advice.plan.as_ref()?;
    let shown = terminal::shown(advice, all);
    let mut items: Vec<String> = Vec::new();
    for (i, finding) in shown.iter().enumerate() {
        let told = wording::finding(plan, finding);
        let evidence = wording::evidence(plan, finding, &told);
        let evidence: String = evidence.iter().map(|(label, value)| format!(" {label} {value}.")).collect();
        let next = finding.next.as_ref().map(|next| format!(" {next}")).unwrap_or_default();
        let said = text(&(told + &evidence + &next));
        items.push(format!("{}. **{}.** {said}", i + 1, text(finding.rule.title)));
    }
    let more = advice.findings.len() - shown.len();
    if more > 0 {
        items.push(format!("\n{more} more: `--all`"));
    }
    details("Findings", Some(items.join("\n")).filter(|text| !text.is_empty()))
}

fn plan(advice: &Advice, all: bool, quiet: bool) -> Option<String> {
    let plan = advice.plan.as_ref().filter(|plan| !plan.nodes.is_empty())?;
    let style = Style { color: false, unicode: true, width: COLUMNS, all };
    let mut page = Page::new(&style);
    tree::write(&mut page, plan, if quiet { &[] } else { terminal::shown(advice, all) });
    details("Plan", Some(fenced("text", &page.finish())))
}

fn missing(blocks: &mut Vec<String>, report: &Report) {
    for missing in &report.missing {
        let what = text(&wording::sentence(&missing.what));
        let remedy = missing.remedy.as_ref().map(|sql| format!(" {}", code(sql))).unwrap_or_default();
        blocks.push(format!("> {what}{remedy}"));
    }
}

/// A folded part; `title` is ours, never foreign. Nothing when there is nothing to fold.
pub(super) fn details(title: &str, body: Option<String>) -> Option<String> {
    body.map(|body| format!("<details><summary>{title}</summary>\n\n{body}\n\n</details>"))
}

pub(super) fn bullets(items: Vec<String>) -> Option<String> {
    let items: Vec<String> = items.iter().map(|item| format!("- {}", text(item))).collect();
    (!items.is_empty()).then(|| items.join("\n"))
}

/// Foreign text as Markdown shows it: no markup, no HTML, no mention of people.
pub(super) fn text(text: &str) -> String {
    let text = harmless::on_one_line(text);
    let mut shown = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let in_word = before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '<' => shown += "&lt;",
            '>' => shown += "&gt;",
            '&' => shown += "&amp;",
            // An empty comment parts the sign from the name, so that nobody is notified.
            '@' => shown += "@<!-- -->",
            '_' if in_word => shown.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => {
                shown.push('\\');
                shown.push(c);
            }
            c => shown.push(c),
        }
        before = c;
    }
    shown
}

/// Foreign text as code inside a line.
pub(super) fn code(text: &str) -> String {
    let text = harmless::on_one_line(text);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{space}{text}{space}{ticks}")
}

/// Foreign text as a block of code, in a fence longer than any that it holds.
pub(super) fn fenced(language: &str, text: &str) -> String {
    let text = harmless::in_a_block(text);
    let fence = "`".repeat((longest_run(&text) + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}", text.trim_end())
}

/// SQL inside a comment: its later lines are comments too, so that nothing of it runs, and without the dashes it is
/// the SQL that it was.
fn commented(sql: &str) -> String {
    sql.replace('\n', "\n-- ")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_stays_text() {
        let table = [
            ("order_items", "order_items"),
            ("_x_ *b* `c`", "\\_x\\_ \\*b\\* \\`c\\`"),
            ("<img src=x>", "&lt;img src=x&gt;"),
            ("@octocat", "@<!-- -->octocat"),
            ("a | b\nc", "a \\| b\\\\nc"),
        ];
        for (foreign, shown) in table {
            assert_eq!(text(foreign), shown);
        }
    }

    #[test]
    fn a_comment_keeps_the_lines_of_a_name() {
        assert_eq!(commented("DROP INDEX \"a\nb\";"), "DROP INDEX \"a\n-- b\";");
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(fenced("sql", "a\n```\n<b>"), "````sql\na\n```\n<b>\n````");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a`"), "`` `a` ``");
    }
}
