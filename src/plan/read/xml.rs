//! EXPLAIN's XML: the keys of JSON with dashes for spaces, without types.

use std::borrow::Cow;

use super::builder::Builder;
use super::given::Given;
use super::{Broken, Part};

/// Reads one document, from the `<` at the start of `text`; what follows it is left alone.
pub(super) fn read(text: &str) -> Result<Part, Broken> {
    let mut reader = Reader { text, at: 0, builder: Builder::default(), open: Vec::new(), doubtful: false };
    let cut = loop {
        match reader.element()? {
            Some(()) if reader.open.is_empty() => break None,
            Some(()) => {}
            None => break Some(text.len()),
        }
    };
    Ok(Part { plans: reader.builder.end(), end: reader.at, cut, doubtful: reader.doubtful })
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    builder: Builder,
    /// The tags that are open, and whether they hold a list.
    open: Vec<(&'a str, bool)>,
    /// Whether a text went on in another line: it may have been broken there.
    doubtful: bool,
}

/// What stands at a place.
enum Tag<'a> {
    Opens(&'a str),
    /// `<Triggers/>`
    Empty(&'a str),
    Closes(&'a str),
}

impl<'a> Reader<'a> {
    /// The next tag with all that belongs to it; `None` when the text ends too early.
    fn element(&mut self) -> Result<Option<()>, Broken> {
        let start = self.skip_space();
        let Some((tag, after)) = self.tag(self.at)? else { return Ok(None) };
        self.at = after;
        let taken = match tag {
            Tag::Closes(name) => {
                match self.open.pop() {
                    Some((open, _)) if open == name => {}
                    Some((open, _)) => {
                        return Err(Broken::expected(&format!("`</{open}>`"), self.text, start));
                    }
                    None => return Err(Broken::expected("an element", self.text, start)),
                }
                self.builder.close()
            }
            Tag::Empty(name) => {
                let key = self.key(name);
                self.builder.open_list(&key).and_then(|()| self.builder.close())
            }
            Tag::Opens(name) => return self.opened(name, start),
        };
        taken.map(Some).map_err(|expected| Broken::expected(expected, self.text, start))
    }

    /// After an opening tag: a text up to the closing tag, or elements.
    fn opened(&mut self, name: &'a str, start: usize) -> Result<Option<()>, Broken> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(length) = rest.find('<') else { return Ok(None) };
        let inner = rest.get(..length).unwrap_or_default();
        let Some((next, after)) = self.tag(self.at + length)? else { return Ok(None) };
        let key = self.key(name);
        let taken = match next {
            Tag::Closes(closed) if closed == name => {
                self.at = after;
                if inner.contains('\n') && inner.trim().is_empty() {
                    self.builder.open_list(&key).and_then(|()| self.builder.close())
                } else {
                    self.doubtful |= inner.contains('\n');
                    self.builder.give(&key, Given::Bare(unescape(inner)))
                }
            }
            Tag::Closes(_) => {
                return Err(Broken::expected(&format!("`</{name}>`"), self.text, self.at + length));
            }
            Tag::Opens(child) | Tag::Empty(child) => {
                let list = holds_list(name, child);
                self.open.push((name, list));
                if list { self.builder.open_list(&key) } else { self.builder.open_map(&key) }
            }
        };
        taken.map(Some).map_err(|expected| Broken::expected(expected, self.text, start))
    }

    fn key(&self, tag: &'a str) -> Cow<'a, str> {
        match self.open.last() {
            None | Some((_, true)) => Cow::Borrowed(""),
            Some((_, false)) => key_of(tag),
        }
    }

    fn skip_space(&mut self) -> usize {
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let content = rest.trim_start();
            self.at += rest.len() - content.len();
            let end = match content.get(..4) {
                Some("<!--") => "-->",
                Some(start) if start.starts_with("<?") => "?>",
                _ => return self.at,
            };
            let Some(length) = content.find(end) else { return self.at };
            self.at += length + end.len();
        }
    }

    /// The tag at this place and where it ends; `None` when the text ends before.
    fn tag(&self, at: usize) -> Result<Option<(Tag<'a>, usize)>, Broken> {
        let rest = self.text.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(None);
        }
        let Some(inside) = rest.strip_prefix('<') else {
            return Err(Broken::expected("an element", self.text, at));
        };
        let Some(length) = inside.find('>') else { return Ok(None) };
        let inside = inside.get(..length).unwrap_or_default();
        let name = |text: &'a str| text.split_whitespace().next().unwrap_or_default();
        let tag = match (inside.strip_prefix('/'), inside.strip_suffix('/')) {
            (Some(closed), _) => Tag::Closes(name(closed)),
            (None, Some(empty)) => Tag::Empty(name(empty)),
            (None, None) => Tag::Opens(name(inside)),
        };
        Ok(Some((tag, at + length + 2)))
    }
}

/// Whether an element with such a child is a list: XML does not say, but PostgreSQL names the members of a list
/// `Item`, or by the list's own name: `Plans` of `Plan` (explain.c, `ExplainOpenGroup`).
fn holds_list(name: &str, child: &str) -> bool {
    if child == "Item" {
        return true;
    }
    let member = match name {
        "explain" => "Query",
        "Range-Table" => "Range-Table-Entry",
        plural => plural.strip_suffix('s').unwrap_or_default(),
    };
    child == member
}

/// The key that XML writes so: whatever a tag may not hold is a dash in it (explain.c, `ExplainXMLTag`).
fn key_of(tag: &str) -> Cow<'_, str> {
    if !tag.contains('-') {
        return Cow::Borrowed(tag);
    }
    for kept in ["One-Time", "Full-sort", "Pre-sorted"] {
        if let Some(rest) = tag.strip_prefix(kept) {
            return Cow::Owned(format!("{kept}{}", rest.replace('-', " ")));
        }
    }
    let key = tag.replace('-', " ");
    Cow::Owned(if key.contains("I O ") { key.replace("I O ", "I/O ") } else { key })
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let entity = rest.find(';').filter(|end| *end < 12);
        match entity.and_then(|end| Some((character(rest.get(1..end)?)?, end))) {
            Some((c, end)) => {
                plain.push(c);
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            None => {
                plain.push('&');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let code = entity.strip_prefix('#')?;
            let code = match code.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => code.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_told_from_objects() {
        for (name, child, list) in [
            ("explain", "Query", true),
            ("explain", "Plan", false),
            ("Query", "Plan", false),
            ("Plan", "Node-Type", false),
            ("Plan", "Plan-Rows", false),
            ("Plans", "Plan", true),
            ("Output", "Item", true),
            ("Group-Keys", "Group-Key", true),
            ("Target-Tables", "Target-Table", true),
            ("Range-Table", "Range-Table-Entry", true),
            ("Settings", "search_path", false),
            ("Triggers", "Trigger", true),
            ("Trigger", "Trigger-Name", false),
            ("Worker", "Worker-Number", false),
            ("Full-sort-Groups", "Group-Count", false),
        ] {
            assert_eq!(holds_list(name, child), list, "{name} of {child}");
        }
    }

    #[test]
    fn keys_and_entities() {
        for (tag, key) in [
            ("Alias", "Alias"),
            ("Node-Type", "Node Type"),
            ("One-Time-Filter", "One-Time Filter"),
            ("Full-sort-Groups", "Full-sort Groups"),
            ("Shared-I-O-Read-Time", "Shared I/O Read Time"),
        ] {
            assert_eq!(key_of(tag), key);
        }
        for (text, plain) in [
            ("a &lt; b &amp;&amp; c &gt; &quot;d&quot;", "a < b && c > \"d\""),
            ("&#xd;&#65;", "\rA"),
            ("R&D; &unknown; &", "R&D; &unknown; &"),
        ] {
            assert_eq!(unescape(text), plain);
        }
    }
}
