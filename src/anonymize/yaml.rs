//! EXPLAIN's YAML, line by line: indentation, dashes and keys stay.

use super::json::decoded;
use super::keys;
use super::names::Names;

/// The text with other names and literals; what is no `key: value` and no member of a list is left out.
pub(super) fn rewrite(names: &mut Names, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Keys that hold what is deeper, and their indentation.
    let mut open: Vec<(usize, String)> = Vec::new();
    for line in text.lines() {
        let content = line.trim_end().trim_start();
        let mut indent = line.trim_end().len() - content.len();
        let mut inner = content;
        let mut item = false;
        while let Some(rest) =
            inner.strip_prefix("- ").or(inner.strip_prefix('-').filter(|rest| rest.is_empty()))
        {
            let space = rest.len() - rest.trim_start().len();
            (indent, inner, item) = (indent + inner.len() - rest.len() + space, rest.trim_start(), true);
        }
        let margin = line.get(..line.trim_end().len() - inner.len()).unwrap_or_default();
        if !margin.chars().all(|c| c == ' ' || c == '-') {
            continue;
        }
        let pair = pair(inner);
        // A member of a list stands at its key's indentation or deeper; a key ends what is as deep as itself.
        let list = item && pair.is_none();
        let dash = margin.find('-').unwrap_or(indent);
        open.retain(|(at, _)| if list { *at <= dash } else { *at < indent });
        let above: Vec<&str> = open.iter().map(|(_, key)| key.as_str()).collect();
        let told = match pair {
            Some((key, value)) => {
                let told = self::told(names, &above, key, value);
                let key = key.to_owned();
                if value.is_empty() {
                    open.push((indent, key));
                }
                told
            }
            None if item => match above.split_last() {
                Some((key, above)) => scalar(names, above, key, inner),
                None => String::new(),
            },
            None => continue,
        };
        out += &format!("{margin}{told}\n");
    }
    out
}

fn told(names: &mut Names, above: &[&str], key: &str, value: &str) -> String {
    let new = keys::key(names, above, key);
    if value.is_empty() {
        return format!("{new}: ");
    }
    format!("{new}: {}", scalar(names, above, key, value))
}

fn scalar(names: &mut Names, above: &[&str], key: &str, value: &str) -> String {
    let quoted = |text: String| serde_json::Value::String(text).to_string();
    match value.as_bytes().first() {
        Some(b'"') => quoted(keys::text(names, above, key, &decoded(value))),
        Some(b'\'') => quoted(keys::text(names, above, key, &value.trim_matches('\'').replace("''", "'"))),
        // Lists on one line, such as Grouping Sets have.
        Some(b'[' | b'{') => match serde_json::from_str::<Vec<String>>(value) {
            Ok(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| quoted(keys::text(names, above, key, item))).collect();
                format!("[{}]", items.join(", "))
            }
            Err(_) => quoted(names.value(value)),
        },
        _ if value.parse::<f64>().is_ok() || matches!(value, "true" | "false" | "null") => {
            keys::bare(names, above, key, value)
        }
        _ => quoted(keys::text(names, above, key, value)),
    }
}

/// `key: value`, where the value may be missing; a key may be quoted.
fn pair(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (key, after) = quoted.split_once('"')?;
        return Some((key, after.strip_prefix(':')?.trim()));
    }
    if text.starts_with(['\'', '[', '{']) {
        return None;
    }
    match text.split_once(": ") {
        Some((key, value)) => Some((key, value.trim())),
        None => Some((text.strip_suffix(':')?, "")),
    }
}
