//! The plans of a text as they stand there, without what is around them.

use super::{Format, format_of, looks_like_json, next_plan, part, read, unwrap};
use crate::error::Result;
use crate::plan::Plan;

/// A plan's own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its format.
    pub format: Format,
    /// The text of the plan, without logs, quotes, frames and whatever else stood around it.
    pub text: String,
    /// The statement, where auto_explain printed it before a plan in text.
    pub statement: Option<String>,
}

/// The plans of a text, each by itself, and whether anything stood around them. Fails where [`read`] fails.
pub fn pieces(text: &str) -> Result<(Vec<Piece>, bool)> {
    let reading = read(text)?;
    let plain = text.trim_start_matches('\u{feff}').trim_start();
    if let Some(format) = bare(plain, &reading.plans) {
        return Ok((vec![Piece { format, text: plain.to_owned(), statement: None }], false));
    }
    let unwrapped = unwrap::unwrap(text);
    let (mut pieces, mut statement, mut at) = (Vec::new(), None, 0);
    while let Some(start) = next_plan(&unwrapped.text, at, &mut statement) {
        let Ok(part) = part(&unwrapped, start) else { break };
        let end = start.at + part.end.max(1);
        let own = unwrapped.text.get(start.at..end).or(unwrapped.text.get(start.at..)).unwrap_or_default();
        if !part.plans.is_empty() {
            pieces.push(Piece { format: start.format, text: own.to_owned(), statement: statement.take() });
        }
        at = end;
    }
    if pieces.is_empty() && looks_like_json(text) {
        pieces.push(Piece { format: Format::Json, text: plain.to_owned(), statement: None });
    }
    let kept: usize = pieces.iter().map(|piece| solid(&piece.text)).sum();
    let around = kept < solid(text.trim_start_matches('\u{feff}'));
    Ok((pieces, around))
}

/// The format of a text that is one plan, or several of one format, and nothing else.
fn bare(text: &str, plans: &[Plan]) -> Option<Format> {
    let mut lines = text.lines();
    let format = format_of(lines.next()?.trim(), text, lines.next())?;
    let part = format.read(text).ok()?;
    let whole = part.cut.is_none() && text.get(part.end..)?.trim().is_empty();
    // Unwrapping may have joined lines of the statement, which tell nothing of the plan.
    let same = part.plans.iter().map(|plan| &plan.nodes).eq(plans.iter().map(|plan| &plan.nodes));
    (whole && same).then_some(format)
}

/// How many characters it has, white space apart.
fn solid(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}
