//! EXPLAIN's JSON, in one pass over the text and without recursion.
//!
//! Kinder than JSON is where plans are damaged on their way: strings may hold raw newlines, the text may
//! end too early, and a list of nodes may hold `"Subplans Removed": 1` (PostgreSQL 11 and 12 wrote that).

use std::borrow::Cow;

use super::builder::Builder;
use super::given::Given;
use super::{Broken, Part, words};

/// Reads one value, from the start of `text`; what follows it is left alone.
pub(super) fn read(text: &str) -> Result<Part, Broken> {
    let mut reader = Reader {
        text,
        rest: text.as_bytes(),
        builder: Builder::default(),
        open: Vec::new(),
        doubtful: false,
    };
    let cut = match reader.value("").and_then(|()| reader.members()) {
        Ok(()) => None,
        Err(Stop::Cut) => Some(text.len()),
        Err(Stop::Broken(broken)) => return Err(*broken),
    };
    Ok(Part { end: reader.at(), doubtful: reader.doubtful, plans: reader.builder.end(), cut })
}

struct Reader<'a> {
    text: &'a str,
    /// What is still to be read of it.
    rest: &'a [u8],
    builder: Builder,
    /// The closing bracket of what is open, and where it was opened.
    open: Vec<(u8, usize)>,
    /// Whether a string held a raw control character: a line was broken there, or JSON was not written with care.
    doubtful: bool,
}

enum Stop {
    /// The text ended in the middle.
    Cut,
    /// Boxed, for what is returned for each key and value to be small.
    Broken(Box<Broken>),
}

impl<'a> Reader<'a> {
    /// The members of all that is open, until nothing is.
    fn members(&mut self) -> Result<(), Stop> {
        let mut first = true;
        while let Some(&(close, start)) = self.open.last() {
            let depth = self.open.len();
            let next = self.peek()?;
            if next == close {
                self.skip(1);
                self.open.pop();
                self.builder.close().map_err(|expected| self.broken_at(expected, start))?;
                first = false;
                continue;
            }
            if !first {
                if next != b',' {
                    return Err(self.broken(if close == b'}' { "`,` or `}`" } else { "`,` or `]`" }));
                }
                self.skip(1);
                self.peek()?;
            }
            let key = if close == b'}' { self.key()? } else { self.key_in_list()? };
            self.value(&key)?;
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
        self.skip(1);
        Ok(key)
    }

    fn key_in_list(&mut self) -> Result<Cow<'a, str>, Stop> {
        if self.builder.in_nodes() && self.peek()? == b'"' {
            return self.key();
        }
        Ok(Cow::Borrowed(""))
    }

    /// A whole scalar, or the opening bracket of anything else.
    fn value(&mut self, key: &str) -> Result<(), Stop> {
        let next = self.peek()?;
        let start = self.at();
        let taken = match next {
            b'{' | b'[' => {
                self.skip(1);
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
        let more = |c: &u8| matches!(c, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.');
        // At the very end it may have been cut in the middle.
        let length = self.rest.iter().position(|c| !more(c)).ok_or(Stop::Cut)?;
        let bare = self.next(length);
        let digits = matches!(self.rest.first(), Some(b'-' | b'0'..=b'9'));
        if !digits && !matches!(bare, "true" | "false" | "null") {
            return Err(self.broken("a value"));
        }
        self.skip(length);
        Ok(bare)
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Stop> {
        self.skip(1);
        let length = words::until_special(self.rest).ok_or(Stop::Cut)?;
        if self.rest.get(length) == Some(&b'"') {
            let plain = self.next(length);
            self.skip(length + 1);
            return Ok(Cow::Borrowed(plain));
        }
        self.escaped().map(Cow::Owned)
    }

    /// A string with escapes or raw control characters, after its first quote.
    #[cold]
    fn escaped(&mut self) -> Result<String, Stop> {
        let mut text = String::new();
        loop {
            let length = words::until_special(self.rest).ok_or(Stop::Cut)?;
            text.push_str(self.next(length));
            let special = self.rest.get(length).copied().unwrap_or_default();
            self.skip(length + 1);
            if special == b'"' {
                return Ok(text);
            }
            if special != b'\\' {
                self.doubtful = true;
                text.push(special as char);
                continue;
            }
            let escape = *self.rest.first().ok_or(Stop::Cut)?;
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
            self.skip(1);
        }
    }

    /// `\uXXXX`, at its `u` and then at its last digit; two of them make one character beyond the basic plane.
    fn unicode(&mut self) -> Result<char, Stop> {
        let high = self.hex()?;
        if !(0xd800..0xdc00).contains(&high)
            || !self.rest.get(1..).is_some_and(|rest| rest.starts_with(b"\\u"))
        {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        self.skip(2);
        let low = self.hex()?;
        let pair = 0x10000 + ((high - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
        Ok(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32, Stop> {
        let digits = self.rest.get(1..).unwrap_or_default();
        if digits.len() < 4 {
            return Err(Stop::Cut);
        }
        let code = str::from_utf8(digits.get(..4).unwrap_or_default()).ok();
        let code = code.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.broken("four hexadecimal digits"))?;
        self.skip(4);
        Ok(code)
    }

    /// The next byte that is not white space.
    #[inline(always)]
    fn peek(&mut self) -> Result<u8, Stop> {
        let black = |byte: u8| byte > b' ' && byte != words::NO_BREAK[0];
        match *self.rest {
            [byte, ..] if black(byte) => Ok(byte),
            [b' ', byte, ..] if black(byte) => {
                self.skip(1);
                Ok(byte)
            }
            _ => self.peek_beyond_space(),
        }
    }

    fn peek_beyond_space(&mut self) -> Result<u8, Stop> {
        self.skip(words::space(self.rest));
        self.rest.first().copied().ok_or(Stop::Cut)
    }

    /// So many bytes from here.
    fn next(&self, length: usize) -> &'a str {
        self.text.get(self.at()..self.at() + length).unwrap_or_default()
    }

    fn skip(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    /// Where it is in the text.
    fn at(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    fn broken(&self, expected: &str) -> Stop {
        self.broken_at(expected, self.at())
    }

    #[cold]
    fn broken_at(&self, expected: &str, at: usize) -> Stop {
        Stop::Broken(Box::new(Broken::expected(expected, self.text, at)))
    }
}
