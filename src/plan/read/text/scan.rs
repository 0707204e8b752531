//! Looking for things outside of quotes.

use std::borrow::Cow;

/// Whether a literal or a quoted name is still open at the end of `text`: then it goes on in the next line.
pub(super) fn is_open(text: &str) -> bool {
    if !text.as_bytes().contains(&b'\'') && !text.as_bytes().contains(&b'"') {
        return false;
    }
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

/// Where `what`, which begins with an ASCII character, first stands in `text` outside of double quotes.
pub(super) fn find_unquoted(text: &str, what: &str) -> Option<usize> {
    unquoted(text, *what.as_bytes().first()?)
        .find(|at| text.get(*at..).is_some_and(|rest| rest.starts_with(what)))
}

/// Where this ASCII character stands in `text` outside of double quotes.
pub(super) fn unquoted(text: &str, what: u8) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    text.bytes().enumerate().filter_map(move |(at, c)| {
        quoted ^= c == b'"';
        (c == what && !quoted).then_some(at)
    })
}

/// The expressions of a list, as `Output` and `Sort Key` print them: split at the commas that stand in no
/// quotes and no parentheses.
pub(super) fn split_list(text: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut quote) = (0_i32, None);
    text.split(move |c| {
        quote = match quote {
            None if c == '\'' || c == '"' => Some(c),
            Some(open) if c == open => None,
            other => other,
        };
        match c {
            '(' | '[' | '{' if quote.is_none() => depth += 1,
            ')' | ']' | '}' if quote.is_none() => depth -= 1,
            _ => {}
        }
        c == ',' && quote.is_none() && depth <= 0
    })
    .map(str::trim_ascii)
}

/// The name at the start of `text`, without its quotes, and what follows it.
pub(super) fn identifier(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '.']).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        return (!name.is_empty()).then_some((Cow::Borrowed(name), rest));
    };
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name.into(), after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hide() {
        for (text, open) in [
            ("(a = 'b'::text)", false),
            ("(a = 'it''s')", false),
            ("(a = 'one", true),
            ("(\"o'clock\" = 1)", false),
            ("Seq Scan on \"two", true),
        ] {
            assert_eq!(is_open(text), open, "{text}");
        }
        assert_eq!(find_unquoted("Seq Scan on \" (cost=\"  (cost=1", " (cost="), Some(22));
        let list: Vec<&str> = split_list("a, f(b, c), ', ', \"x,y\" DESC").collect();
        assert_eq!(list, ["a", "f(b, c)", "', '", "\"x,y\" DESC"]);
        assert_eq!(identifier("\"a \"\"b\".c"), Some(("a \"b".into(), ".c")));
        assert_eq!(identifier("pl.t10 x"), Some(("pl".into(), ".t10 x")));
        assert_eq!(identifier("\"never closed"), None);
    }
}
