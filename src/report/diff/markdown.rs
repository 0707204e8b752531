//! A comparison for a pull request.

use super::{Comparison, terminal, wording};
use crate::diff::{Diff, Pair};
use crate::report::ink::{Page, Style};
use crate::report::markdown::{COLUMNS, bullets, code, details, fenced, text};
use crate::report::wording::sentence;

/// Writes the whole comparison.
pub(in crate::report) fn paint(comparison: &Comparison, all: bool) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let several = comparison.compared.len();
    blocks.extend(wording::in_short(comparison).map(|told| text(&told)));
    for (i, one) in comparison.compared.iter().enumerate() {
        if several > 1 {
            blocks.push(format!("## {}", text(&wording::heading(i + 1, several, one))));
        }
        blocks.push(format!("**{}**", text(&wording::verdict(&one.diff, all))));
        blocks.extend(table(&one.diff));
        blocks.extend(bullets(wording::notes(&one.diff).iter().map(|note| sentence(note)).collect()));
        blocks.extend(plan(&one.diff, all));
    }
    blocks.extend(bullets(comparison.notes.iter().map(|note| sentence(note)).collect()));
    let names = format!("<sub>{} compared with {}</sub>", code(&comparison.before), code(&comparison.after));
    blocks.push(names);
    blocks.join("\n\n") + "\n"
}

/// What changed, a row each.
fn table(diff: &Diff) -> Option<String> {
    let changed: Vec<&Pair> = diff.pairs.iter().filter(|pair| pair.is_changed()).collect();
    if changed.is_empty() {
        return None;
    }
    let mut rows =
        vec!["| Node | Before | After | What changed |".to_owned(), "|:--|--:|--:|:--|".to_owned()];
    for pair in changed {
        let (before, after) = wording::own(diff, pair);
        let what = match (pair.before, pair.after) {
            (None, _) => "new".to_owned(),
            (_, None) => "gone".to_owned(),
            _ => wording::details(diff, pair).join(" · "),
        };
        let cells = [wording::label(diff, pair), before, after, what].map(|cell| text(&cell));
        rows.push(format!("| {} |", cells.join(" | ")));
    }
    Some(rows.join("\n"))
}

fn plan(diff: &Diff, all: bool) -> Option<String> {
    let style = Style { color: false, unicode: true, width: COLUMNS, all };
    let mut page = Page::new(&style);
    terminal::tree(&mut page, diff);
    details("The plans, node by node", Some(fenced("text", &page.finish())))
}
