//! EXPLAIN's text, line by line: indentation, arrows, keys and figures stay.

use super::keys::{self, Class};
use super::names::{Kind, Names};
use super::{title, vocabulary};

/// How many lines one literal may go on for: as many as the reader allows.
const LONGEST_LITERAL: usize = 200;

/// The text with other names and literals; lines that are not EXPLAIN's are left out.
pub(super) fn rewrite(names: &mut Names, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut first = true;
    for line in whole_lines(text) {
        let content = line.trim();
        if content.is_empty() {
            continue;
        }
        let margin: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        let told = self::line(names, content, first);
        first = false;
        if let Some(told) = told {
            out += &format!("{margin}{told}\n");
        }
    }
    out
}

/// The lines, each with those in which a literal or a quoted name of it goes on.
fn whole_lines(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut whole = Vec::new();
    let mut at = 0;
    while let Some(first) = lines.get(at) {
        let mut line = (*first).to_owned();
        let mut taken = 1;
        while is_open(&line) && taken < LONGEST_LITERAL {
            let Some(next) = lines.get(at + taken) else { break };
            line = format!("{line}\n{next}");
            taken += 1;
        }
        // What never ends goes on for one line only, as the reader takes it.
        let ends = !is_open(&line);
        whole.push(if ends { line } else { (*first).to_owned() });
        at += if ends { taken } else { 1 };
    }
    whole
}

fn is_open(text: &str) -> bool {
    let mut quote = None;
    for c in text.bytes() {
        quote = match quote {
            None if c == b'\'' || c == b'"' => Some(c),
            Some(open) if c == open => None,
            other => other,
        };
    }
    quote.is_some()
}

/// A line break would be taken for the statement's end.
pub(super) fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn line(names: &mut Names, line: &str, first: bool) -> Option<String> {
    if let Some(node) = line.strip_prefix("->") {
        let space: String = node.chars().take_while(|c| c.is_whitespace()).collect();
        return Some(format!("->{space}{}", title::rewrite(names, node.trim_start())));
    }
    if first {
        return Some(title::rewrite(names, line));
    }
    if let Some(trigger) = line.strip_prefix("Trigger ").and_then(|rest| trigger(names, rest)) {
        return Some(format!("Trigger {trigger}"));
    }
    if let Some((worker, rest)) = line.strip_prefix("Worker ").and_then(|rest| rest.split_once(':')) {
        let own = worker.bytes().all(|c| c.is_ascii_digit()) && vocabulary::is_figures(rest);
        return own.then(|| line.to_owned());
    }
    let labels = ["InitPlan ", "SubPlan ", "CTE "];
    if labels.iter().any(|label| line.starts_with(label)) && !line.starts_with("CTE Name: ") {
        return Some(keys::subplan(names, &unquoted_label(line)));
    }
    let plain = line.strip_prefix("Foreign ").unwrap_or(line);
    if ["Insert on ", "Update on ", "Delete on ", "Merge on "].iter().any(|verb| plain.starts_with(verb)) {
        return Some(title::rewrite(names, line));
    }
    property(names, line)
}

/// A CTE's name may be quoted in its label.
fn unquoted_label(line: &str) -> String {
    match line.split_once(' ') {
        Some(("CTE", name)) if name.starts_with('"') => format!("CTE {}", crate::query::name::unquote(name)),
        _ => line.to_owned(),
    }
}

fn property(names: &mut Names, line: &str) -> Option<String> {
    let (key, value) = match line.split_once(": ") {
        Some((key, value)) => (key, value.trim()),
        None => (line.strip_suffix(':')?, ""),
    };
    let plain = |c: char| c.is_alphanumeric() || " -_/".contains(c);
    if !key.starts_with(|c: char| c.is_alphabetic()) || key.len() > 40 || !key.chars().all(plain) {
        return None;
    }
    if key == "Settings" {
        return Some(format!("Settings: {}", settings(names, value)));
    }
    if matches!(key, "PlannedStmt") && value.is_empty() {
        return Some(line.to_owned());
    }
    let class = keys::class(&[], key);
    if class == Class::Unknown && !keys::is_known(&[], key) {
        let key = keys::key(names, &[], key);
        let value = if value.is_empty() { String::new() } else { names.value(value) };
        return Some(format!("{key}: {value}"));
    }
    if value.is_empty() {
        return Some(line.to_owned());
    }
    // A key that text packs with others is figures; one whose value is not is not EXPLAIN's.
    match class {
        Class::Figures if vocabulary::is_figures(value) => Some(line.to_owned()),
        Class::Figures => None,
        Class::Name(Kind::Index) => {
            let indexes =
                value.split(", ").map(|index| names.name(Kind::Index, &crate::query::name::unquote(index)));
            Some(format!("{key}: {}", indexes.collect::<Vec<_>>().join(", ")))
        }
        _ => Some(format!("{key}: {}", on_one_line(&keys::text(names, &[], key, value)))),
    }
}

/// `a = 'b', c = 'it''s'`
fn settings(names: &mut Names, text: &str) -> String {
    let mut told = Vec::new();
    let mut rest = text;
    while let Some((name, quoted)) = rest.split_once(" = '") {
        let mut end = 0;
        let bytes = quoted.as_bytes();
        while let Some(c) = bytes.get(end) {
            match (c, bytes.get(end + 1)) {
                (b'\'', Some(b'\'')) => end += 2,
                (b'\'', _) => break,
                _ => end += 1,
            }
        }
        let value = quoted.get(..end).unwrap_or(quoted).replace("''", "'");
        rest = quoted.get(end + 1..).unwrap_or_default();
        let name = name.trim_start_matches([',', ' ']);
        let key = keys::key(names, &["Settings"], name);
        let value = keys::text(names, &["Settings"], name, &value);
        told.push(format!("{key} = '{}'", value.replace('\'', "''")));
    }
    told.join(", ")
}

/// `name for constraint c on t: time=1.0 calls=2`; each of the three may be missing.
fn trigger(names: &mut Names, line: &str) -> Option<String> {
    let at = line.rfind(": time=").or_else(|| line.rfind(": calls="))?;
    let (name, figures) = line.split_at_checked(at)?;
    let (name, relation) = match name.rsplit_once(" on ") {
        Some((name, relation)) => (name, Some(relation)),
        None => (name, None),
    };
    let (name, constraint) = match name.strip_prefix("for constraint ") {
        Some(constraint) => ("", Some(constraint)),
        None => name.split_once(" for constraint ").map_or((name, None), |(name, c)| (name, Some(c))),
    };
    let mut told = names.name(Kind::Trigger, name);
    for (word, kind, name) in
        [("for constraint", Kind::Constraint, constraint), ("on", Kind::Table, relation)]
    {
        if let Some(name) = name {
            told += &format!(" {word} {}", names.name(kind, name));
        }
    }
    vocabulary::is_figures(figures).then(|| format!("{}{figures}", told.trim_start()))
}
