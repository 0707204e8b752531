//! Looking for things outside of quotes.

/// Whether a literal or a quoted name is still open at the end of `text`: then it goes on in the next line.
pub(super) fn is_open(text: &str) -> bool {
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

/// Where `what` first stands in `text` outside of double quotes.
pub(super) fn find_unquoted(text: &str, what: &str) -> Option<usize> {
    text.match_indices(what).map(|(at, _)| at).find(|at| {
        let before = text.as_bytes().get(..*at).unwrap_or_default();
        before.iter().filter(|c| **c == b'"').count().is_multiple_of(2)
    })
}

/// The expressions of a list, as `Output` and `Sort Key` print them: split at the commas that stand in no
/// quotes and no parentheses.
pub(super) fn split_list(text: &str) -> Vec<String> {
    let (mut items, mut item, mut depth, mut quote) = (Vec::new(), String::new(), 0_i32, None);
    for c in text.chars() {
        quote = match quote {
            None if c == '\'' || c == '"' => Some(c),
            Some(open) if c == open => None,
            other => other,
        };
        if quote.is_none() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth <= 0 => {
                    items.push(std::mem::take(&mut item).trim().to_owned());
                    continue;
                }
                _ => {}
            }
        }
        item.push(c);
    }
    items.push(item.trim().to_owned());
    items
}

/// The name at the start of `text`, without its quotes, and what follows it.
pub(super) fn identifier(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '.']).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end)?;
        return (!name.is_empty()).then(|| (name.to_owned(), rest));
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
            None => return Some((name, after)),
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
        assert_eq!(split_list("a, f(b, c), ', ', \"x,y\" DESC"), ["a", "f(b, c)", "', '", "\"x,y\" DESC"]);
        assert_eq!(identifier("\"a \"\"b\".c"), Some(("a \"b".to_owned(), ".c")));
        assert_eq!(identifier("pl.t10 x"), Some(("pl".to_owned(), ".t10 x")));
        assert_eq!(identifier("\"never closed"), None);
    }
}
