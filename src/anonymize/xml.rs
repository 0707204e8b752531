//! EXPLAIN's XML, element by element: the tags that EXPLAIN has and the white space stay.

use super::keys;
use super::names::Names;

/// The text with other names and literals; comments and attributes are left out.
pub(super) fn rewrite(names: &mut Names, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // The keys of what is open, and the tags that were written for them.
    let mut open: Vec<(String, String)> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let between = rest.get(..start).unwrap_or_default();
        let tag = rest.get(start + 1..).unwrap_or_default();
        let Some(end) = tag.find('>') else { break };
        let inside = tag.get(..end).unwrap_or_default();
        let closes = inside.starts_with('/');
        out += &content(names, &open, between, closes);
        rest = tag.get(end + 1..).unwrap_or_default();
        if inside.starts_with(['?', '!']) {
            continue;
        }
        if closes {
            if let Some((_, tag)) = open.pop() {
                out += &format!("</{tag}>");
            }
            continue;
        }
        let name = inside.trim_end_matches('/').split_whitespace().next().unwrap_or_default();
        let key = key_of(name);
        let member = open.last().is_some_and(|(list, tag)| is_member(list, &key) && key_of(tag) == *list);
        let new = if member { key.clone() } else { keys::key(names, &groups(&open), &key) };
        let tag = if new == key { name.to_owned() } else { new };
        let space = if name == "explain" { " xmlns=\"http://www.postgresql.org/2009/explain\"" } else { "" };
        if inside.ends_with('/') {
            out += &format!("<{tag} />");
        } else {
            out += &format!("<{tag}{space}>");
            open.push((key, tag));
        }
    }
    out
}

/// The keys above; those of lists' members are the lists' own.
fn groups(open: &[(String, String)]) -> Vec<&str> {
    open.iter().map(|(key, _)| key.as_str()).collect()
}

fn content(names: &mut Names, open: &[(String, String)], text: &str, closes: bool) -> String {
    let blank = text.trim().is_empty() && (text.contains('\n') || text.is_empty() || !closes);
    let Some(((key, _), above)) = open.split_last().filter(|_| !blank) else {
        return text.chars().filter(|c| c.is_whitespace()).collect();
    };
    if !closes {
        return String::new();
    }
    let above = groups(above);
    // `<Output><Item>…</Item></Output>`: the member is what the list is.
    let (key, above) = match above.split_last() {
        Some((list, rest)) if is_member(list, key) => (*list, rest),
        _ => (key.as_str(), above.as_slice()),
    };
    let plain = unescape(text);
    let number = plain.parse::<f64>().is_ok() || matches!(plain.as_str(), "true" | "false");
    let new = if number && keys::class(above, key) == keys::Class::Figures {
        plain
    } else if number && !matches!(keys::class(above, key), keys::Class::Setting | keys::Class::Expression) {
        keys::bare(names, above, key, &plain)
    } else {
        keys::text(names, above, key, &plain)
    };
    escape(&new)
}

fn is_member(list: &str, key: &str) -> bool {
    key == "Item" || list.strip_suffix('s') == Some(key)
}

/// The key that XML writes so: whatever a tag may not hold is a dash in it (explain.c, `ExplainXMLTag`).
fn key_of(tag: &str) -> String {
    let mut key = tag.replace('-', " ");
    for (spaced, own) in
        [("One Time", "One-Time"), ("Full sort", "Full-sort"), ("Pre sorted", "Pre-sorted"), ("I O ", "I/O ")]
    {
        key = key.replace(spaced, own);
    }
    key
}

fn unescape(text: &str) -> String {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    plain.replace("&#x0d;", "\r").replace("&#xd;", "\r").replace("&amp;", "&")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
