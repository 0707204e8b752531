//! EXPLAIN's JSON, in one pass over the text and without recursion.
//!
//! Kinder than JSON is where plans are damaged on their way: strings may hold raw newlines, the text may
//! end too early, and a list of nodes may hold `"Subplans Removed": 1` (PostgreSQL 11 and 12 wrote that).

use std::borrow::Cow;

use super::builder::Builder;
use super::given::Given;
use super::{Broken, Part};

/// Reads one value, from the start of `text`; what follows it is left alone.
pub(super) fn read(text: &str) -> Result<Part, Broken> {
    let mut reader =
        Reader { text, bytes: text.as_bytes(), at: 0, builder: Builder::default(), open: Vec::new() };
    let cut = match reader.value(Cow::Borrowed("")).and_then(|()| reader.rest()) {
        Ok(()) => None,
        Err(Stop::Cut) => Some(text.len()),
        Err(Stop::Broken(broken)) => return Err(broken),
    };
    Ok(Part { plans: reader.builder.end(), end: reader.at, cut })
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    builder: Builder,
    /// The closing bracket of what is open, and where it was opened.
    open: Vec<(u8, usize)>,
}

enum Stop {
    /// The text ended in the middle.
    Cut,
    Broken(Broken),
}

impl<'a> Reader<'a> {
    /// The members of all that is open, until nothing is.
    fn rest(&mut self) -> Result<(), Stop> {
        let mut first = true;
        while let Some(&(close, start)) = self.open.last() {
            let depth = self.open.len();
            let next = self.peek()?;
            if next == close {
                self.at += 1;
                self.open.pop();
                self.builder.close().map_err(|expected| self.broken_at(expected, start))?;
                first = false;
                continue;
            }
            if !first {
                if next != b',' {
                    return Err(self.broken(if close == b'}' { "`,` or `}`" } else { "`,` or `]`" }));
                }
                self.at += 1;
                self.peek()?;
            }
            let key = if close == b'}' { self.key()? } else { self.key_in_list()? };
            self.value(key)?;
            first = self.open.len() > depth;
        }
        Ok(())
    }

    fn key(&mut self) -> Result<Cow<'a, str>, Stop> {
        if self.peek()? != b'"' {
            return Err(self.broken("a key in quotes"));
        }
        let key = self.string()?;
        if self.peek()? != b':' {
            return Err(self.broken("`:`"));
        }
        self.at += 1;
        Ok(key)
    }

    fn key_in_list(&mut self) -> Result<Cow<'a, str>, Stop> {
        if self.builder.in_nodes() && self.peek()? == b'"' {
            return self.key();
        }
        Ok(Cow::Borrowed(""))
    }

    /// A whole scalar, or the opening bracket of anything else.
    fn value(&mut self, key: Cow<'a, str>) -> Result<(), Stop> {
        let next = self.peek()?;
        let start = self.at;
        let taken = match next {
            b'{' | b'[' => {
                self.at += 1;
                self.open.push((if next == b'{' { b'}' } else { b']' }, start));
                if next == b'{' { self.builder.open_map(key) } else { self.builder.open_list(key) }
            }
            b'"' => {
                let text = self.string()?;
                self.builder.give(key, Given::Text(text))
            }
            _ => {
                let bare = self.bare()?;
                self.builder.give(key, Given::bare(bare))
            }
        };
        taken.map_err(|expected| self.broken_at(expected, start))
    }

    fn bare(&mut self) -> Result<&'a str, Stop> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|c| !(c.is_ascii_alphanumeric() || b"+-.".contains(c)));
        // At the very end it may have been cut in the middle.
        let length = length.ok_or(Stop::Cut)?;
        let bare = self.text.get(self.at..self.at + length).unwrap_or_default();
        let known = matches!(bare, "true" | "false" | "null");
        if !known && !bare.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return Err(self.broken("a value"));
        }
        self.at += length;
        Ok(bare)
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Stop> {
        self.at += 1;
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = rest.iter().position(|&c| c == b'"' || c == b'\\').ok_or(Stop::Cut)?;
        let plain = self.text.get(start..start + length).unwrap_or_default();
        self.at += length;
        if rest.get(length) == Some(&b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        self.escaped(plain.to_owned()).map(Cow::Owned)
    }

    /// The rest of a string that has a backslash here.
    fn escaped(&mut self, mut text: String) -> Result<String, Stop> {
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let length = rest.iter().position(|&c| c == b'"' || c == b'\\').ok_or(Stop::Cut)?;
            text.push_str(self.text.get(self.at..self.at + length).unwrap_or_default());
            self.at += length + 1;
            if rest.get(length) == Some(&b'"') {
                return Ok(text);
            }
            let escape = *self.bytes.get(self.at).ok_or(Stop::Cut)?;
            text.push(match escape {
                b'n' => '\n',
                b't' => '\t',
                b'r' => '\r',
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'"' | b'\\' | b'/' => escape as char,
                b'u' => self.unicode()?,
                _ => return Err(self.broken("an escape that JSON knows")),
            });
            self.at += 1;
        }
    }

    /// `\uXXXX`, at its `u`; two of them make one character beyond the basic plane.
    fn unicode(&mut self) -> Result<char, Stop> {
        let high = self.hex()?;
        if !(0xd800..0xdc00).contains(&high)
            || !self.bytes.get(self.at + 1..).unwrap_or_default().starts_with(b"\\u")
        {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        self.at += 2;
        let low = self.hex()?;
        let pair = 0x10000 + ((high - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
        Ok(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32, Stop> {
        let digits = self.text.get(self.at + 1..).unwrap_or_default();
        if digits.len() < 4 {
            return Err(Stop::Cut);
        }
        let code = digits.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.broken("four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Result<u8, Stop> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                // A no-break space, as web pages make of spaces.
                Some(0xc2) if self.bytes.get(self.at + 1) == Some(&0xa0) => self.at += 2,
                Some(&byte) => return Ok(byte),
                None => return Err(Stop::Cut),
            }
        }
    }

    fn broken(&self, expected: &str) -> Stop {
        self.broken_at(expected, self.at)
    }

    fn broken_at(&self, expected: &str, at: usize) -> Stop {
        Stop::Broken(Broken::expected(expected, self.text, at))
    }
}
