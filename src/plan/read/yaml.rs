//! EXPLAIN's YAML, and what other writers make of it: maps and lists by indentation, one value a line.

use std::borrow::Cow;

use super::builder::Builder;
use super::given::Given;
use super::{Broken, Part};

/// Reads one document, from the line at the start of `text`; it ends with the first line that is indented no
/// more than the first one and is neither a key nor an item. What follows it is left alone.
pub(super) fn read(text: &str) -> Result<Part, Broken> {
    let mut reader = Reader { text, builder: Builder::default(), open: Vec::new(), pending: None, cut: None };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let rest = content.trim_start();
        if rest.is_empty() || rest == "---" || rest.starts_with('#') {
            at += line.len();
            continue;
        }
        let indent = content.len() - rest.len();
        if reader.is_beyond(indent, rest) {
            break;
        }
        reader.line(indent, rest, at + indent)?;
        at += line.len();
        if reader.cut.is_some() {
            break;
        }
    }
    let at_end = text.get(at..).unwrap_or_default().trim().is_empty();
    // Empty `Triggers:` and `Settings:` may stand last; any other key without a value was cut off from it.
    let may_be_empty = |key: &str| matches!(key, "Triggers" | "Settings");
    let waits = reader.pending.as_ref().is_some_and(|(key, _)| !may_be_empty(key));
    let cut = reader.cut.or((waits && at_end).then_some(text.len()));
    Ok(Part { plans: reader.builder.end(), end: at, cut, doubtful: false })
}

struct Reader<'a> {
    text: &'a str,
    builder: Builder,
    /// The indentation of what is open, and whether it is a list.
    open: Vec<(usize, bool)>,
    /// A key without a value: the next line shows what it opens.
    pending: Option<(Cow<'a, str>, usize)>,
    cut: Option<usize>,
}

impl<'a> Reader<'a> {
    fn is_beyond(&self, indent: usize, rest: &str) -> bool {
        let Some(&(first, list)) = self.open.first() else { return false };
        let belongs = if list { is_item(rest) } else { split_key(rest).is_some() };
        indent < first || (indent == first && !belongs)
    }

    fn line(&mut self, indent: usize, rest: &'a str, at: usize) -> Result<(), Broken> {
        let item = is_item(rest);
        self.settle_pending(indent, item, at)?;
        while self.open.last().is_some_and(|&(i, list)| indent < i || (indent == i && list && !item)) {
            self.open.pop();
            self.builder.close().map_err(|expected| self.broken(expected, at))?;
        }
        if self.open.is_empty() {
            let opened = if item { self.builder.open_list("") } else { self.builder.open_map("") };
            opened.map_err(|expected| self.broken(expected, at))?;
            self.open.push((indent, item));
        }
        if self.open.last() != Some(&(indent, item)) {
            return Err(self
                .broken(if item { "`key: value`" } else { "a key that is indented as the one above" }, at));
        }
        if item { self.item(indent, rest, at) } else { self.pair(indent, rest, at) }
    }

    fn settle_pending(&mut self, indent: usize, item: bool, at: usize) -> Result<(), Broken> {
        let Some((key, above)) = self.pending.take() else { return Ok(()) };
        let opened = match item {
            true if indent >= above => self.builder.open_list(&key),
            false if indent > above => self.builder.open_map(&key),
            _ => return Ok(()),
        };
        opened.map_err(|expected| self.broken(expected, at))?;
        self.open.push((indent, item));
        Ok(())
    }

    fn item(&mut self, indent: usize, rest: &'a str, at: usize) -> Result<(), Broken> {
        let inner = rest.get(1..).unwrap_or_default().trim_start();
        let offset = rest.len() - inner.len();
        if is_item(inner) {
            self.pending = Some((Cow::Borrowed(""), indent));
            return self.line(indent + offset, inner, at + offset);
        }
        if split_key(inner).is_none() {
            return self.give(Cow::Borrowed(""), inner, at + offset);
        }
        self.builder.open_map("").map_err(|expected| self.broken(expected, at))?;
        self.open.push((indent + offset, false));
        self.pair(indent + offset, inner, at + offset)
    }

    fn pair(&mut self, indent: usize, rest: &'a str, at: usize) -> Result<(), Broken> {
        let Some((key, value)) = split_key(rest) else { return Err(self.broken("`key: value`", at)) };
        if value.is_empty() {
            self.pending = Some((key, indent));
            return Ok(());
        }
        self.give(key, value, at + rest.len() - value.len())
    }

    fn give(&mut self, key: Cow<'a, str>, value: &'a str, at: usize) -> Result<(), Broken> {
        let given = match value.as_bytes().first() {
            Some(b'"' | b'[' | b'{') => match serde_json::from_str(value) {
                Ok(serde_json::Value::String(text)) => Given::Text(text.into()),
                Ok(tree) => Given::Tree(tree),
                Err(error) if error.is_eof() => {
                    self.cut = Some(at);
                    return Ok(());
                }
                Err(_) => return Err(self.broken("a text in quotes, with escapes as in JSON", at)),
            },
            Some(b'\'') => Given::Text(value.trim_matches('\'').replace("''", "'").into()),
            _ => Given::bare(value),
        };
        self.builder.give(&key, given).map_err(|expected| self.broken(expected, at))
    }

    fn broken(&self, expected: &str, at: usize) -> Broken {
        Broken::expected(expected, self.text, at)
    }
}

fn is_item(rest: &str) -> bool {
    rest == "-" || rest.starts_with("- ")
}

/// `key: value`, where the value may be missing.
fn split_key(rest: &str) -> Option<(Cow<'_, str>, &str)> {
    if let Some(quoted) = rest.strip_prefix('"') {
        let (key, after) = quoted.split_once('"')?;
        return Some((key.into(), after.strip_prefix(':')?.trim()));
    }
    if rest.starts_with(['\'', '[', '{']) {
        return None;
    }
    let (key, value) = match rest.split_once(": ") {
        Some((key, value)) => (key, value.trim()),
        None => (rest.strip_suffix(':')?, ""),
    };
    Some((key.into(), value))
}
