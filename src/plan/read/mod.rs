//! Reads plans, in whatever format they are and whatever they went through.

mod builder;
mod given;
mod json;
mod keys;
mod statement;

use super::Plan;
use crate::error::{Error, Result};

/// What a reader found at the start of a text.
struct Part {
    plans: Vec<Plan>,
    /// Where it ended.
    end: usize,
    /// Where the text ended although the plan had not.
    cut: Option<usize>,
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

const WHOLE: &str =
    "give me the whole output of EXPLAIN (ANALYZE, VERBOSE, BUFFERS, FORMAT JSON), from `[` to `]`";

/// Reads what `EXPLAIN (FORMAT JSON)` or auto_explain printed, whole and bare: an array of statements, or one
/// object.
///
/// Own times are computed before the plans are handed out. Unknown keys and node types are kept.
/// Errors name the line and the column.
pub fn read_json(text: &str) -> Result<Vec<Plan>> {
    let text = text.trim_start_matches('\u{feff}');
    let part = json::read(text).map_err(|broken| unreadable(text, &broken))?;
    let rest = text.get(part.end..).unwrap_or_default();
    let after = rest.find(|c: char| !c.is_whitespace());
    match (part.cut, after) {
        (Some(at), _) => Err(unreadable(text, &Broken::expected("more", text, at))),
        (_, Some(after)) => Err(unreadable(text, &Broken::expected("the end", text, part.end + after))),
        _ if part.plans.is_empty() => Err(Error::input("the JSON holds no `Plan`").hint(WHOLE)),
        _ => Ok(part.plans),
    }
}

fn unreadable(text: &str, broken: &Broken) -> Error {
    let before = text.get(..broken.at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Error::input(format!("the plan cannot be read at line {line}, column {column}: {}", broken.what))
        .hint(WHOLE)
}

#[cfg(test)]
mod json_tests;
