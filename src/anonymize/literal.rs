//! Literals: what stands for them is of the same kind, and as many.

use super::names::Names;
use crate::query::{array_elements, value};

/// What is known of a string by what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Around {
    /// It is an array: `'{a,b}'::text[]`.
    pub array: bool,
    /// It is a pattern of LIKE, whose wildcards at both ends decide which index can help.
    pub like: bool,
    /// It is a regular expression, whose anchor does.
    pub regex: bool,
}

/// What stands for a string's token.
pub(super) fn string(names: &mut Names, token: &str, around: Around) -> String {
    let text = value(token);
    format!("'{}'", of_text(names, &text, around))
}

fn of_text(names: &mut Names, text: &str, around: Around) -> String {
    if around.array
        && let Some(elements) = array_elements(text)
    {
        let around = Around { array: false, ..around };
        let element = |element: Option<String>| match element {
            Some(text) if text.is_empty() => "\"\"".to_owned(),
            Some(text) => of_text(names, &text, around),
            None => "NULL".to_owned(),
        };
        let elements: Vec<String> = elements.into_iter().map(element).collect();
        return format!("{{{}}}", elements.join(","));
    }
    if text.is_empty() {
        return String::new();
    }
    if is_number(text) {
        return names.number(text);
    }
    let (before, after) = match () {
        () if around.like => (wildcard(text.chars().next()), last_wildcard(text)),
        () if around.regex && text.starts_with('^') => ("^", ""),
        () => ("", ""),
    };
    // Of wildcards alone, nothing is left to replace.
    if around.like && text.chars().all(|c| c == '%' || c == '_') {
        return before.to_owned();
    }
    let stands = if around.like || around.regex { names.pattern(text) } else { names.value(text) };
    format!("{before}{stands}{after}")
}

fn wildcard(c: Option<char>) -> &'static str {
    match c {
        Some('%') => "%",
        Some('_') => "_",
        _ => "",
    }
}

/// The wildcard at the end, unless a backslash makes it an ordinary character.
fn last_wildcard(text: &str) -> &'static str {
    let mut from_end = text.chars().rev();
    let last = from_end.next();
    if from_end.take_while(|c| *c == '\\').count() % 2 == 1 { "" } else { wildcard(last) }
}

/// Digits with at most one point and a sign, or with an exponent.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}
