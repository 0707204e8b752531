//! EXPLAIN's JSON, rewritten where it stands: brackets, commas and white space stay.

use super::keys;
use super::names::Names;

/// What is open.
struct Open {
    object: bool,
    /// The key that it stands under.
    key: String,
    /// The key whose value comes next, in an object.
    pending: Option<String>,
}

/// The text with other names and literals; what is no JSON is left out.
pub(super) fn rewrite(names: &mut Names, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Vec<Open> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '{' | '[' => {
                let key = open.last_mut().map_or_else(String::new, Open::take_key);
                open.push(Open { object: c == '{', key, pending: None });
                out.push(c);
            }
            '}' | ']' => {
                open.pop();
                out.push(c);
            }
            '"' => {
                let Some(length) = string(rest) else { break };
                taken = length;
                let said = decoded(rest.get(..length).unwrap_or_default());
                let is_key = rest.get(length..).unwrap_or_default().trim_start().starts_with(':');
                let new = if is_key { key(names, &mut open, said) } else { value(names, &mut open, &said) };
                out += &serde_json::Value::String(new).to_string();
            }
            ',' | ':' | ' ' | '\n' | '\t' | '\r' => out.push(c),
            _ => {
                taken = rest
                    .find(|c: char| !(c.is_alphanumeric() || "+-._".contains(c)))
                    .unwrap_or(rest.len())
                    .max(taken);
                let bare = rest.get(..taken).unwrap_or_default();
                let (above, key) = place(&mut open);
                let above: Vec<&str> = above.iter().map(String::as_str).collect();
                if bare.is_ascii() {
                    out += &keys::bare(names, &above, &key, bare);
                }
            }
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

impl Open {
    /// The key of the value that begins.
    fn take_key(&mut self) -> String {
        match self.pending.take() {
            Some(key) => key,
            None if self.object => String::new(),
            // The members of a list are what the list is.
            None => self.key.clone(),
        }
    }
}

/// The keys above the next value, and its own; a list in a list, as of Grouping Sets, counts once.
fn place(open: &mut [Open]) -> (Vec<String>, String) {
    let key = open.last_mut().map_or_else(String::new, Open::take_key);
    let groups = open.iter().filter(|one| one.object);
    (groups.map(|one| one.key.clone()).collect(), key)
}

fn key(names: &mut Names, open: &mut [Open], said: String) -> String {
    let groups: Vec<String> = open.iter().filter(|one| one.object).map(|one| one.key.clone()).collect();
    let above: Vec<&str> = groups.iter().map(String::as_str).collect();
    let new = keys::key(names, &above, &said);
    if let Some(last) = open.last_mut() {
        last.pending = Some(said);
    }
    new
}

fn value(names: &mut Names, open: &mut [Open], said: &str) -> String {
    let (above, key) = place(open);
    let above: Vec<&str> = above.iter().map(String::as_str).collect();
    keys::text(names, &above, &key, said)
}

/// How long the string is that starts here, with its quotes; `None` when it never ends.
fn string(text: &str) -> Option<usize> {
    let mut escaped = false;
    let inside = text.bytes().enumerate().skip(1);
    for (at, byte) in inside {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// What a string says; line breaks may stand in it as they are, which JSON forbids.
pub(super) fn decoded(quoted: &str) -> String {
    let strict: String = quoted
        .chars()
        .map(|c| match c {
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            c => c.to_string(),
        })
        .collect();
    let broken = || quoted.trim_matches('"').to_owned();
    serde_json::from_str(&strict).unwrap_or_else(|_| broken())
}
