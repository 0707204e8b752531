//! PostgreSQL's lexical rules: where each token of an SQL text starts and ends.
//!
//! Follows `scan.l` of PostgreSQL (manual: 4.1 "Lexical Structure") with `standard_conforming_strings`
//! on, as it has been by default since 9.1; psql's backslash commands are one token each, as in
//! `psqlscan.l`. Every byte of the text belongs to exactly one token, and no text is refused: what never
//! ends (a string, a comment) ends with the text, and the server has the last word.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// White space, or a byte order mark.
    Space,
    /// `-- …` or `/* … */`.
    Comment,
    /// A keyword or an unquoted name.
    Word,
    /// `"…"` or `U&"…"`.
    QuotedName,
    /// `'…'`, `E'…'`, `U&'…'`, `B'…'`, `X'…'`, `N'…'` or `$tag$…$tag$`.
    Str,
    /// `42`, `1.5e-3`, `0x1F`.
    Number,
    /// `$1`.
    Param,
    /// One operator, such as `<=` or `->>`.
    Operator,
    /// One of `( ) [ ] , ; . :`, or `::`, `:=`, `..`.
    Punct,
    /// A psql meta-command: to the end of its line, to `\\`, or just `\;`.
    Meta,
    /// A character that has no meaning in SQL.
    Other,
}

/// A piece of the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    /// Byte offset in the whole text.
    pub start: usize,
}

/// Words that go on with a type's name (manual: 8.1).
const TYPE_WORDS: [&str; 13] = [
    "precision",
    "varying",
    "with",
    "without",
    "time",
    "zone",
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "to",
];

impl Token<'_> {
    /// Byte offset of what follows.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it is this keyword, unquoted, in any case.
    pub fn is(&self, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    /// Whether it is one of these keywords.
    pub fn is_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is(keyword))
    }

    /// Whether it is this punctuation.
    pub fn punct(&self, text: &str) -> bool {
        self.kind == TokenKind::Punct && self.text == text
    }

    /// Whether it can name something: a word or a quoted name.
    pub fn names(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::QuotedName)
    }

    /// Whether it is a word that goes on with a type's name: `double precision`, `interval year to month`.
    pub fn continues_type(&self) -> bool {
        self.is_any(&TYPE_WORDS)
    }

    /// Whether PostgreSQL's parser sees it.
    pub fn significant(&self) -> bool {
        !matches!(self.kind, TokenKind::Space | TokenKind::Comment | TokenKind::Meta)
    }
}

/// All tokens of the text, white space and comments included.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    std::iter::successors(first_at(text, 0), |last| first_at(text, last.end())).collect()
}

/// The token that starts at this byte.
pub(crate) fn first_at(text: &str, start: usize) -> Option<Token<'_>> {
    let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
    let (kind, length) = first(rest);
    // A length that would split a character cannot come about; should it, the rest is one token.
    let token = rest.get(..length.clamp(1, rest.len())).unwrap_or(rest);
    Some(Token { kind, text: token, start })
}

/// The tokens that PostgreSQL's parser sees.
pub(crate) fn significant(text: &str) -> Vec<Token<'_>> {
    tokens(text).into_iter().filter(Token::significant).collect()
}

/// The kind and length of the text's first token.
fn first(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let at = |i: usize| bytes.get(i).copied().unwrap_or(0);
    match (at(0), at(1)) {
        _ if rest.starts_with('\u{feff}') => (TokenKind::Space, '\u{feff}'.len_utf8()),
        (c, _) if is_space(c) => (TokenKind::Space, run(bytes, 0, is_space)),
        (b'-', b'-') => (TokenKind::Comment, run(bytes, 0, |c| c != b'\n' && c != b'\r')),
        (b'/', b'*') => (TokenKind::Comment, block_comment(bytes)),
        (b'\'', _) => (TokenKind::Str, quoted_string(bytes, 0, false)),
        (b'e' | b'E', b'\'') => (TokenKind::Str, quoted_string(bytes, 1, true)),
        (b'b' | b'B' | b'x' | b'X' | b'n' | b'N', b'\'') => (TokenKind::Str, quoted_string(bytes, 1, false)),
        (b'u' | b'U', b'&') if at(2) == b'\'' => (TokenKind::Str, quoted_string(bytes, 2, false)),
        (b'u' | b'U', b'&') if at(2) == b'"' => (TokenKind::QuotedName, quoted_name(bytes, 2)),
        (b'"', _) => (TokenKind::QuotedName, quoted_name(bytes, 0)),
        (b'$', c) if c.is_ascii_digit() => (TokenKind::Param, run(bytes, 1, |c| c.is_ascii_digit())),
        (b'$', _) => dollar_quoted(rest).map_or((TokenKind::Other, 1), |length| (TokenKind::Str, length)),
        (c, next) if c.is_ascii_digit() || c == b'.' && next.is_ascii_digit() => {
            (TokenKind::Number, number(bytes))
        }
        (c, _) if starts_name(c) => (TokenKind::Word, run(bytes, 0, continues_name)),
        (b'\\', b';') => (TokenKind::Meta, 2),
        (b'\\', _) => (TokenKind::Meta, meta_command(bytes)),
        (b':', b':' | b'=') | (b'.', b'.') => (TokenKind::Punct, 2),
        (b'(' | b')' | b'[' | b']' | b',' | b';' | b'.' | b':', _) => (TokenKind::Punct, 1),
        (c, _) if is_operator(c) => (TokenKind::Operator, operator(bytes)),
        _ => (TokenKind::Other, rest.chars().next().map_or(1, char::len_utf8)),
    }
}

/// The white space of `scan.l`.
fn is_space(c: u8) -> bool {
    matches!(c, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Any byte of a character beyond ASCII may stand in a name (`scan.l`: `\200-\377`).
fn starts_name(c: u8) -> bool {
    c.is_ascii_alphabetic() || c == b'_' || c >= 0x80
}

fn continues_name(c: u8) -> bool {
    starts_name(c) || c.is_ascii_digit() || c == b'$'
}

fn is_operator(c: u8) -> bool {
    b"~!@#^&|`?+-*/%<>=".contains(&c)
}

/// Where the run of such bytes ends that starts at `from`.
fn run(bytes: &[u8], from: usize, is: impl Fn(u8) -> bool) -> usize {
    bytes.iter().skip(from).position(|&c| !is(c)).map_or(bytes.len(), |length| from + length)
}

/// Block comments nest (manual: 4.1.5).
fn block_comment(bytes: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0);
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"/*" => (at, depth) = (at + 2, depth + 1),
            b"*/" if depth == 1 => return at + 2,
            b"*/" => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A string whose opening quote stands at `open`. Strings with nothing but white space and at least one
/// newline between them are one string (manual: 4.1.2.1), and the later parts keep the first one's kind:
/// `E'a'⏎'b\''` is one.
fn quoted_string(bytes: &[u8], open: usize, backslashes: bool) -> usize {
    let mut at = open + 1;
    while let Some(&c) = bytes.get(at) {
        match c {
            b'\\' if backslashes => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => match continuation(bytes, at + 1) {
                Some(next) => at = next,
                None => return at + 1,
            },
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Just behind the quote that continues a string which ended before `from`.
fn continuation(bytes: &[u8], from: usize) -> Option<usize> {
    let next = run(bytes, from, is_space);
    let newline = bytes.get(from..next)?.iter().any(|c| matches!(c, b'\n' | b'\r'));
    (newline && bytes.get(next) == Some(&b'\'')).then_some(next + 1)
}

/// A quoted name whose opening quote stands at `open`; `""` stands for a quote.
fn quoted_name(bytes: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while let Some(&c) = bytes.get(at) {
        match c {
            b'"' if bytes.get(at + 1) == Some(&b'"') => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The opening `$tag$` of a dollar-quoted string.
pub(crate) fn dollar_tag(rest: &str) -> Option<&str> {
    let end = run(rest.as_bytes(), 1, |c| continues_name(c) && c != b'$');
    let starts_well = rest.starts_with('$') && rest.as_bytes().get(1).is_some_and(|c| !c.is_ascii_digit());
    (starts_well && rest.as_bytes().get(end) == Some(&b'$')).then(|| rest.get(..=end)).flatten()
}

fn dollar_quoted(rest: &str) -> Option<usize> {
    let tag = dollar_tag(rest)?;
    let body = rest.get(tag.len()..)?;
    Some(body.find(tag).map_or(rest.len(), |end| tag.len() + end + tag.len()))
}

fn number(bytes: &[u8]) -> usize {
    let digits = |from| run(bytes, from, |c| c.is_ascii_digit() || c == b'_');
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    // `0x1F`, `0b01`, and junk such as `1a`, which the server will refuse.
    run(bytes, end, continues_name)
}

/// An operator ends before a comment, and not in `+` or `-` unless a character in it says that it is
/// not an operator of the standard (manual: 4.1.3): `a=-1` is `a = (-1)`, `@-` is one operator.
fn operator(bytes: &[u8]) -> usize {
    let run_end = run(bytes, 0, is_operator);
    let comment = (1..run_end).find(|&i| matches!(bytes.get(i..i + 2), Some(b"--" | b"/*")));
    let mut end = comment.unwrap_or(run_end);
    let own = bytes.iter().take(end).any(|c| b"~!@#^&|`?%".contains(c));
    while end > 1 && !own && matches!(bytes.get(end - 1), Some(b'+' | b'-')) {
        end -= 1;
    }
    end
}

/// A backslash command takes the rest of its line; `\\` ends it early (psql's manual, "Meta-Commands").
fn meta_command(bytes: &[u8]) -> usize {
    let line = run(bytes, 0, |c| c != b'\n' && c != b'\r');
    let separator = (1..line).find(|&i| bytes.get(i..i + 2) == Some(b"\\\\"));
    separator.map_or(line, |i| i + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every token of these texts, white space left out, separated by `¦`.
    #[test]
    fn texts_fall_into_tokens_as_postgresql_sees_them() {
        for (text, expected) in [
            ("a->>'b'=1", "a¦->>¦'b'¦=¦1"),
            ("a=-1 and b@-1", "a¦=¦-¦1¦and¦b¦@-¦1"),
            ("a<-- less\n5", "a¦<¦-- less¦5"),
            ("2*/* two */3", "2¦*¦/* two */¦3"),
            ("/* a /* b */ ; */x", "/* a /* b */ ; */¦x"),
            (r"E'it\'s' 'a\' b", r"E'it\'s'¦'a\'¦b"),
            ("E'a'\n 'b\\'c' d", "E'a'\n 'b\\'c'¦d"),
            ("'a' 'b'", "'a'¦'b'"),
            ("'it''s'", "'it''s'"),
            ("U&'d\\0061' u&\"\"\"x\"", "U&'d\\0061'¦u&\"\"\"x\""),
            ("$$a;b$$ $x$ $$ ' $x$", "$$a;b$$¦$x$ $$ ' $x$"),
            ("a$b$c $1::int", "a$b$c¦$1¦::¦int"),
            ("1.5e-3 .5 1..2 0x1F 1e", "1.5e-3¦.5¦1¦..¦2¦0x1F¦1e"),
            ("a[1:2]", "a¦[¦1¦:¦2¦]"),
            ("größe Ünï", "größe¦Ünï"),
            ("1 \\gset x\n2", "1¦\\gset x¦2"),
            ("\\echo a \\\\ select 1\\;", "\\echo a \\\\¦select¦1¦\\;"),
            ("\u{feff}select €", "\u{feff}¦select¦€"),
            ("'never ends; ", "'never ends; "),
            ("$tag$never ends$tag", "$tag$never ends$tag"),
            ("/* never ends", "/* never ends"),
        ] {
            let found: Vec<&str> =
                tokens(text).iter().map(|token| token.text).filter(|t| !t.trim().is_empty()).collect();
            assert_eq!(found.join("¦"), expected, "in {text:?}");
        }
    }

    #[test]
    fn every_byte_belongs_to_one_token() {
        for text in ["E'\\", "'a'\n", "\"", "$", "$a", "é\u{0}{}", "1.", "\\", "U&", "a.\u{feff}b", "<-"] {
            let joined: String = tokens(text).iter().map(|token| token.text).collect();
            assert_eq!(joined, text);
        }
    }
}
