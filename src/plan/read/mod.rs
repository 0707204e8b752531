//! Reads plans, in whatever format they are and whatever they went through.

mod builder;
mod given;
mod json;
mod key;
mod keys;
mod missing;
mod pieces;
mod statement;
mod text;
mod unwrap;
mod words;
mod xml;
mod yaml;

pub use self::pieces::{Piece, pieces};
use self::unwrap::Unwrapped;
use super::Plan;
use crate::error::{Error, Result};

/// What was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The plans, in their order; at least one.
    pub plans: Vec<Plan>,
    /// What is not there that should be.
    pub notes: Vec<String>,
}

/// The formats of EXPLAIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `FORMAT JSON`.
    Json,
    /// `FORMAT YAML`.
    Yaml,
    /// `FORMAT XML`.
    Xml,
    /// `FORMAT TEXT`.
    Text,
}

/// Reads every plan in a text, whatever stands around it: SQL, logs, a terminal's frames.
///
/// Own times are computed before the plans are handed out. Unknown keys and node types are kept. A plan that was
/// cut off is read as far as it goes, with a note. What cannot be read is refused with the line, the column and
/// what was expected there.
pub fn read(text: &str) -> Result<Reading> {
    if let Some((plans, format)) = bare(text) {
        return Ok(missing::noted(plans, Vec::new(), format.is_closed()));
    }
    let unwrapped = unwrap::unwrap(text);
    let mut plans = Vec::new();
    let mut notes = Vec::new();
    let mut query = None;
    let mut closed = true;
    let mut at = 0;
    while let Some(start) = next_plan(&unwrapped.text, at, &mut query) {
        match part(&unwrapped, start) {
            Ok(mut part) => {
                if let Some(cut) = part.cut {
                    let line = unwrapped.place(cut.saturating_add(start.at).min(unwrapped.text.len())).0;
                    notes.push(format!("the plan is cut off in line {line}"));
                }
                if let Some(plan) = part.plans.first_mut().filter(|plan| plan.query_text.is_none()) {
                    plan.query_text = query.take();
                }
                plans.append(&mut part.plans);
                closed &= start.format.is_closed();
                at = start.at + part.end.max(1);
            }
            Err(broken) if plans.is_empty() => return Err(unreadable(&broken, unwrapped.place(broken.at))),
            Err(broken) => {
                let (line, column) = unwrapped.place(broken.at);
                notes
                    .push(format!("what follows line {line}, column {column} was not read: {}", broken.what));
                break;
            }
        }
    }
    if plans.is_empty() && looks_like_json(text) {
        return read_json(text).map(|plans| Reading { plans, notes });
    }
    if plans.is_empty() {
        let place = notes.first().map_or_else(String::new, |note| format!(": {note}"));
        return Err(Error::input(format!("there is no plan{place}")).hint(WHOLE));
    }
    Ok(missing::noted(plans, notes, closed))
}

/// Whether a text holds a plan, rather than SQL alone.
pub fn holds_plan(text: &str) -> bool {
    let bare = text.trim_start_matches('\u{feff}').trim_start();
    let mut lines = bare.lines();
    let first = lines.next().unwrap_or_default().trim();
    looks_like_json(text)
        || format_of(first, bare, lines.next()).is_some()
        || next_plan(&unwrap::unwrap(text).text, 0, &mut None).is_some()
}

/// No statement of SQL starts with a bracket or a brace.
fn looks_like_json(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with(['[', '{'])
}

/// What needs no unwrapping, the shortest way for the most usual text: one plan, or one array of them, with
/// nothing around it and nothing in it that a log or a terminal could have left there.
fn bare(text: &str) -> Option<(Vec<Plan>, Format)> {
    let text = text.trim_start_matches('\u{feff}');
    let start = text.len() - text.trim_start_matches([' ', '\n', '\r']).len();
    let mut lines = text.get(start..)?.lines();
    let format = format_of(lines.next()?.trim(), text.get(start..)?, lines.next())?;
    // Where lines are indented, the first one's indentation counts.
    let line = text.get(..start)?.rfind('\n').map_or(0, |newline| newline + 1);
    let text = text.get(if format.is_closed() { start } else { line }..)?;
    if !format.is_closed() && text.contains('\u{a0}') {
        return None;
    }
    let part = format.read(text).ok()?;
    let whole = part.cut.is_none() && !part.doubtful && text.get(part.end..)?.trim().is_empty();
    (whole && !part.plans.is_empty()).then_some((part.plans, format))
}

/// Where a plan begins.
#[derive(Debug, Clone, Copy)]
struct Start {
    at: usize,
    format: Format,
}

/// The next line with which a plan may begin; the query that auto_explain printed before it is kept on the way.
fn next_plan(text: &str, from: usize, query: &mut Option<String>) -> Option<Start> {
    let mut at = from;
    let mut in_query = false;
    for line in text.get(from..)?.split_inclusive('\n') {
        let content = line.trim();
        let start = at + line.len() - line.trim_start().len();
        let rest = text.get(start..).unwrap_or_default();
        let next = text.get(at + line.len()..).and_then(|rest| rest.lines().next());
        if let Some(format) = format_of(content, rest, next) {
            let at = if matches!(format, Format::Json | Format::Xml) { start } else { at };
            return Some(Start { at, format });
        }
        if let Some(first) = content.strip_prefix("Query Text: ") {
            (*query, in_query) = (Some(first.to_owned()), true);
        } else if content.starts_with("Query Parameters: ") || content.starts_with("Query Identifier: ") {
            in_query = false;
        } else if let Some(query) = query.as_mut().filter(|_| in_query) {
            query.push('\n');
            query.push_str(line.trim_end());
        }
        at += line.len();
    }
    None
}

/// How far into an object its first key may stand.
const FIRST_KEYS: usize = 300;

fn format_of(line: &str, rest: &str, next: Option<&str>) -> Option<Format> {
    if line.starts_with(['[', '{']) {
        let end = (0..=FIRST_KEYS.min(rest.len())).rev().find(|end| rest.is_char_boundary(*end))?;
        let first = rest.get(..end)?;
        let keys = ["\"Plan\"", "\"Query ", "\"QUERY PLAN\"", "\"Node Type\""];
        return keys.iter().any(|key| first.contains(key)).then_some(Format::Json);
    }
    if line.starts_with("<explain") || line.starts_with("<?xml") {
        return Some(Format::Xml);
    }
    let key = line.strip_prefix("- ").unwrap_or(line);
    if key == "Plan:" || key.starts_with("Query Text: \"") || (key != line && key.starts_with("Query ")) {
        return Some(Format::Yaml);
    }
    text::begins(line, next).then_some(Format::Text)
}

/// Reads the plan that begins there; an error's place is counted from the text's start.
fn part(unwrapped: &Unwrapped, start: Start) -> Result<Part, Broken> {
    let text = unwrapped.text.get(start.at..).unwrap_or_default();
    start.format.read(text).map_err(|broken| Broken { at: broken.at + start.at, ..broken })
}

impl Format {
    /// Whether the end of a plan is marked, so that one that was cut off is seen to be.
    fn is_closed(self) -> bool {
        matches!(self, Self::Json | Self::Xml)
    }

    /// Reads the plan at the start of a text.
    fn read(self, text: &str) -> Result<Part, Broken> {
        match self {
            Self::Json => json::read(text),
            Self::Yaml => yaml::read(text),
            Self::Xml => xml::read(text),
            Self::Text => text::read(text),
        }
    }
}

/// What a reader found at the start of a text.
struct Part {
    plans: Vec<Plan>,
    /// Where it ended.
    end: usize,
    /// Where the text ended although the plan had not.
    cut: Option<usize>,
    /// Whether anything in it may come from what it went through, such as a line broken by a terminal.
    doubtful: bool,
}

/// What cannot be read, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Broken {
    at: usize,
    what: String,
}

impl Broken {
    fn expected(expected: &str, text: &str, at: usize) -> Self {
        let found: String =
            text.get(at..).unwrap_or_default().chars().take_while(|c| *c != '\n').take(20).collect();
        let found =
            if found.trim().is_empty() { "nothing".to_owned() } else { format!("`{}`", found.trim_end()) };
        Self { at, what: format!("expected {expected}, found {found}") }
    }
}

const WHOLE: &str = "give me the whole output of EXPLAIN (ANALYZE, VERBOSE, BUFFERS), in any of its formats; FORMAT JSON is the surest";

/// Reads what `EXPLAIN (FORMAT JSON)` or auto_explain printed, whole and bare: an array of statements, or one
/// object.
///
/// Own times are computed before the plans are handed out. Unknown keys and node types are kept.
/// Errors name the line and the column.
pub fn read_json(text: &str) -> Result<Vec<Plan>> {
    let text = text.trim_start_matches('\u{feff}');
    let refused = |broken: Broken| unreadable(&broken, place(text, broken.at));
    let part = json::read(text).map_err(refused)?;
    let rest = text.get(part.end..).unwrap_or_default();
    let after = rest.find(|c: char| !c.is_whitespace());
    match (part.cut, after) {
        (Some(at), _) => Err(refused(Broken::expected("more", text, at))),
        (_, Some(after)) => Err(refused(Broken::expected("the end", text, part.end + after))),
        _ if part.plans.is_empty() => Err(Error::input("the JSON holds no `Plan`").hint(WHOLE)),
        _ => Ok(part.plans),
    }
}

fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

fn unreadable(broken: &Broken, (line, column): (usize, usize)) -> Error {
    Error::input(format!("the plan cannot be read at line {line}, column {column}: {}", broken.what))
        .hint(WHOLE)
}

#[cfg(test)]
mod detect_tests;
#[cfg(test)]
mod json_tests;
