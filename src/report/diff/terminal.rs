//! A comparison for a terminal: the verdict, the plan as it is now with what each node took, and what is gone.

use unicode_width::UnicodeWidthStr;

use super::{Comparison, wording};
use crate::diff::{Basis, Diff, Pair, Trend};
use crate::report::ink::{Line, Page, Paint, Style};
use crate::report::tree::branch;
use crate::report::wording::sentence;
use crate::units::Ms;

/// Writes the whole comparison.
pub(in crate::report) fn paint(comparison: &Comparison, style: &Style) -> String {
    let mut page = Page::new(style);
    let several = comparison.compared.len();
    if let Some(all) = wording::in_short(comparison) {
        page.text(Line::new(), Line::new().with(Paint::Strong, all));
    }
    for (i, one) in comparison.compared.iter().enumerate() {
        page.gap();
        if several > 1 {
            page.line(Line::new().with(Paint::Strong, wording::heading(i + 1, several, one)));
        }
        statement(&mut page, &one.diff);
    }
    notes(&mut page, &comparison.notes);
    page.finish()
}

fn statement(page: &mut Page, diff: &Diff) {
    let paint = match diff.trend() {
        Trend::Less => Paint::Gain,
        Trend::More => Paint::Guilty,
        Trend::Same => Paint::Strong,
    };
    page.text(Line::new(), Line::new().with(paint, wording::verdict(diff, page.style.all)));
    page.gap();
    tree(page, diff);
    notes(page, &wording::notes(diff));
}

/// The plan as a table with a tree in it.
pub(in crate::report) fn tree(page: &mut Page, diff: &Diff) {
    let rows: Vec<(String, String)> = diff.pairs.iter().map(|pair| wording::own(diff, pair)).collect();
    let beside = wording::beside(diff);
    let told = |time: &Option<Ms>| time.map(|time| time.to_string()).unwrap_or_default();
    let besides: Vec<(String, String)> = beside.iter().map(|(_, b, a)| (told(b), told(a))).collect();
    let cells = || rows.iter().chain(&besides);
    let widest = |cell: fn(&(String, String)) -> &String, head: &str| {
        cells().map(|row| cell(row).width()).max().unwrap_or(0).max(head.width())
    };
    let columns = Columns { before: widest(|row| &row.0, "before"), after: widest(|row| &row.1, "after") };
    let what = match diff.basis {
        Basis::Time => "",
        Basis::Cost => "cost by the planner's estimate",
        Basis::Nothing => "neither times nor costs",
    };
    let head = columns.row(page.style, ' ', Paint::Dim, ("before", "after"));
    page.line(head.with(Paint::Dim, what));
    for (pair, own) in diff.pairs.iter().zip(&rows).filter(|(pair, _)| pair.after.is_some()) {
        node(page, diff, pair, &columns, own);
    }
    for ((label, ..), own) in beside.iter().zip(&besides) {
        let row = columns.row(page.style, ' ', Paint::Dim, (&own.0, &own.1));
        page.line(row.with(Paint::Dim, *label));
    }
    for (pair, own) in diff.pairs.iter().zip(&rows).filter(|(pair, _)| pair.after.is_none()) {
        let row = columns.row(page.style, '-', Paint::Guilty, (&own.0, &own.1));
        page.line(row.with(Paint::Dim, format!("gone: {}", wording::label(diff, pair))));
    }
    if let Some(pages) = wording::pages(diff) {
        page.line(Line::new().with(Paint::Dim, format!("{}{pages}", " ".repeat(columns.width()))));
    }
}

/// The widths of the columns before the tree.
struct Columns {
    before: usize,
    after: usize,
}

impl Columns {
    /// Sign, before, arrow, after, and the space between them.
    fn width(&self) -> usize {
        2 + self.before + 4 + self.after + 2
    }

    fn row(&self, style: &Style, sign: char, paint: Paint, own: (&str, &str)) -> Line {
        let pad = |text: &str, width: usize| " ".repeat(width.saturating_sub(text.width())) + text;
        let arrow = if own.0.is_empty() || own.1.is_empty() || own.0 == "before" { " " } else { "→" };
        // An arrow of two characters takes the space after it.
        let arrow = if style.unicode || arrow == " " { format!(" {arrow}  ") } else { " -> ".to_owned() };
        Line::new()
            .with(paint, format!("{sign} "))
            .with(Paint::Dim, format!("{}{arrow}", pad(own.0, self.before)))
            .with(Paint::Plain, format!("{}  ", pad(own.1, self.after)))
    }
}

fn node(page: &mut Page, diff: &Diff, pair: &Pair, columns: &Columns, own: &(String, String)) {
    let Some(node) = diff.nodes(pair).1 else { return };
    let (sign, paint) = match (pair.before.is_some(), pair.is_of_shape()) {
        (false, _) => ('+', Paint::Gain),
        (true, true) => ('~', Paint::Strong),
        (true, false) => (' ', Paint::Plain),
    };
    let width = page.style.columns();
    let label = wording::label(diff, pair);
    let row = columns.row(page.style, sign, paint, (&own.0, &own.1));
    let branch = branch::at(&diff.after, node, width);
    page.line(row.with(Paint::Dim, branch).with(paint, label));
    let details = wording::details(diff, pair);
    if !details.is_empty() {
        let below = branch::below(&diff.after, node, width);
        let indent = format!("{}{below}", " ".repeat(columns.width()));
        let hang = Line::new().with(Paint::Dim, indent.clone());
        let text = Line::new().with(Paint::Dim, details.join(" · "));
        page.wide_text(Line::new().with(Paint::Dim, indent), hang, text);
    }
}

fn notes(page: &mut Page, notes: &[String]) {
    if notes.is_empty() {
        return;
    }
    page.gap();
    page.line(Line::new().with(Paint::Strong, "Notes"));
    for note in notes {
        page.text(Line::plain("  "), Line::plain(sentence(note)));
    }
}
