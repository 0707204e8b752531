//! The value of a string constant, whatever its quoting, and the way back.

use super::token::dollar_tag;

/// What a string token stands for. The bits of `B'…'` and `X'…'` stay as written.
pub(crate) fn value(token: &str) -> String {
    if let Some(tag) = dollar_tag(token) {
        let body = token.get(tag.len()..).unwrap_or("");
        return body.strip_suffix(tag).unwrap_or(body).to_owned();
    }
    let (prefix, body) = token.split_at(token.find('\'').unwrap_or(0));
    let body = parts(body, prefix.eq_ignore_ascii_case("e"));
    match prefix {
        "e" | "E" => unescape(&body),
        "u&" | "U&" => unescape_unicode(&body),
        _ => body,
    }
}

/// The text between the quotes, continued over lines perhaps; `''` becomes `'`.
fn parts(quoted: &str, backslashes: bool) -> String {
    let mut found = String::new();
    let mut inside = false;
    let mut characters = quoted.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\'' if inside && characters.next_if_eq(&'\'').is_some() => found.push('\''),
            '\'' => inside = !inside,
            '\\' if inside && backslashes => {
                found.push(c);
                found.extend(characters.next());
            }
            c if inside => found.push(c),
            _ => {}
        }
    }
    found
}

/// The escapes of `E'…'` (manual: 4.1.2.2).
fn unescape(body: &str) -> String {
    let mut found = String::new();
    let mut rest = body.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            found.push(c);
            continue;
        }
        let (radix, longest) = match rest.clone().next() {
            Some('x') => (16, 2),
            Some('u') => (16, 4),
            Some('U') => (16, 8),
            Some('0'..='7') => (8, 3),
            _ => (0, 0),
        };
        if radix == 16 {
            rest.next();
        }
        match (radix, number(&mut rest, radix, longest)) {
            (0, _) => found.extend(rest.next().map(simple_escape)),
            (_, code) => found.extend(code.and_then(char::from_u32)),
        }
    }
    found
}

fn simple_escape(c: char) -> char {
    match c {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}

/// The escapes of `U&'…'` and `U&"…"` with the usual backslash (manual: 4.1.2.3).
pub(crate) fn unescape_unicode(body: &str) -> String {
    let mut found = String::new();
    let mut rest = body.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            found.push(c);
            continue;
        }
        let longest = match rest.clone().next() {
            Some('\\') => 0,
            Some('+') => 6,
            _ => 4,
        };
        if longest != 4 {
            rest.next();
        }
        match longest {
            0 => found.push('\\'),
            _ => found.extend(number(&mut rest, 16, longest).and_then(char::from_u32)),
        }
    }
    found
}

/// Up to so many digits.
fn number(rest: &mut std::str::Chars<'_>, radix: u32, longest: usize) -> Option<u32> {
    let mut found = None;
    for _ in 0..longest {
        let Some(digit) = rest.clone().next().and_then(|c| c.to_digit(radix)) else { break };
        rest.next();
        found = Some(found.unwrap_or(0u32).wrapping_mul(radix).wrapping_add(digit));
    }
    found
}

/// The text as a string constant, as PostgreSQL prints it.
pub(crate) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The elements of an array's text, such as `{a,"b c",NULL}`, over all its dimensions (manual: 8.15.6).
/// `None` stands for NULL, and for the whole when the text is no array.
pub(crate) fn array_elements(text: &str) -> Option<Vec<Option<String>>> {
    let start = text.find('{')?;
    let mut found = Vec::new();
    let mut element = String::new();
    // Whether the element at hand holds anything, and whether it was quoted: `""` is not nothing, `"NULL"` not NULL.
    let (mut any, mut quoted, mut inside) = (false, false, false);
    let mut rest = text.get(start..)?.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => element.extend(rest.next()),
            '"' => (inside, quoted) = (!inside, true),
            ',' | '{' | '}' if !inside => {
                if c != '{' && any {
                    let null = !quoted && element.eq_ignore_ascii_case("null");
                    found.push((!null).then(|| element.clone()));
                }
                (any, quoted) = (false, false);
                element.clear();
                continue;
            }
            c if !any && c.is_whitespace() => continue,
            c => element.push(c),
        }
        any = true;
    }
    (!inside).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_have_their_values() {
        for (token, expected) in [
            ("'it''s'", "it's"),
            (r"'a\b'", r"a\b"),
            (r"E'a\tb\'c\\\x41\u00e9\101'", "a\tb'c\\AéA"),
            ("'a'\n  'b'", "ab"),
            ("$$a'b$$", "a'b"),
            ("$x$a$$b$x$", "a$$b"),
            (r"U&'d\0061t\+000061\\'", r"data\"),
            ("B'101'", "101"),
            ("''", ""),
        ] {
            assert_eq!(value(token), expected, "of {token}");
        }
    }

    #[test]
    fn quoting_comes_back() {
        for text in ["", "it's", r"a\b", "größe", "$$"] {
            assert_eq!(value(&quote(text)), text);
        }
    }

    #[test]
    fn arrays_have_their_elements() {
        for (text, expected) in [
            ("{1,2,3}", "1|2|3"),
            ("{}", ""),
            (r#"{a,"b c",it's,"{}",""}"#, "a|b c|it's|{}|"),
            (r#"{"x y",NULL,"NULL","q\"uo","back\\slash"}"#, r#"x y|∅|NULL|q"uo|back\slash"#),
            ("[0:1]={5,6}", "5|6"),
            ("{{1,2},{3,4}}", "1|2|3|4"),
        ] {
            let found = array_elements(text).unwrap_or_else(|| panic!("{text} is an array"));
            let found: Vec<String> = found.into_iter().map(|e| e.unwrap_or_else(|| "∅".into())).collect();
            assert_eq!(found.join("|"), expected, "of {text}");
        }
        assert_eq!(array_elements("5"), None);
        assert_eq!(array_elements(r#"{"a"#), None);
    }
}
