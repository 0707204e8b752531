//! Connection strings in libpq's two forms: `key = value` pairs here, URLs in [`super::url`].
//!
//! An error never quotes the string: in a malformed one, no piece is known not to be of the password.

use super::keywords::Pairs;
use super::url;
use crate::error::{Error, Result};

/// Reads a URL, a keyword string or a bare database name. `source` names it in errors.
pub(super) fn parse(text: &str, source: &str) -> Result<Pairs> {
    if let Some(rest) = text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://")) {
        return url::parse(rest).map_err(|problem| malformed(source, problem));
    }
    if let Some(scheme) = foreign_scheme(text) {
        return Err(Error::input(format!("{source} is a `{scheme}://` URL, not one of PostgreSQL's"))
            .hint("write it as `postgres://user@host:5432/database`"));
    }
    if text.is_empty() {
        return Ok(Vec::new()); // as `psql -d ''`
    }
    if text.contains('=') {
        return keyword_string(text).map_err(|problem| malformed(source, problem));
    }
    if text.contains('@') && text.contains(':') {
        // libpq would take it for a database's name, and the server's error would print the password.
        return Err(malformed(source, "it looks like a URL without `postgres://`"));
    }
    Ok(vec![("dbname".into(), text.into())])
}

/// The error for a connection string that cannot be read.
pub(super) fn malformed(source: &str, problem: impl std::fmt::Display) -> Error {
    Error::input(format!("{source} cannot be read: {problem}")).hint(
        "forms are `postgres://user@host:5432/database` (special characters written as %40), \
         `host=… dbname='…'`, or a database's name",
    )
}

/// `mysql` of `mysql://…`, `postgresql+asyncpg` of `postgresql+asyncpg://…`.
fn foreign_scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    let of_a_scheme = |c: char| c.is_ascii_alphanumeric() || "+.-".contains(c);
    (!scheme.is_empty() && scheme.chars().all(of_a_scheme)).then_some(scheme)
}

/// `host=localhost password='it''s'`, by the rules of libpq's `conninfo_parse`.
fn keyword_string(text: &str) -> Result<Pairs, &'static str> {
    let mut rest = text.trim_start();
    let mut pairs = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let after = after.trim_start().strip_prefix('=').ok_or("there is a word without `=`")?;
        let (value, after) = value(after.trim_start())?;
        pairs.push((name.to_owned(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

/// One value, quoted or up to the next space, and what follows it. A backslash takes the next character as it is.
fn value(text: &str) -> Result<(String, &str), &'static str> {
    let (quoted, text) = match text.strip_prefix('\'') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Ok((value, text.get(at + 1..).unwrap_or_default())),
            _ if !quoted && character.is_ascii_whitespace() => {
                return Ok((value, text.get(at..).unwrap_or_default()));
            }
            _ => value.push(character),
        }
    }
    if quoted { Err("a quoted value does not end") } else { Ok((value, "")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text, "`--dsn`") {
            Ok(pairs) => pairs.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" | "),
            Err(error) => format!("error: {}", error.what()),
        }
    }

    #[test]
    fn keyword_strings() {
        let cases = [
            ("shop", "dbname=shop"),
            ("", ""),
            ("a b", "dbname=a b"),
            ("host=db user=alice", "host=db | user=alice"),
            ("  host = db   user= alice ", "host=db | user=alice"),
            ("host='' dbname=''", "host= | dbname="),
            ("host= user=alice", "host=user=alice"),
            (r"password='a b\'c\\d'", r"password=a b'c\d"),
            (r"password=a\ b\'c", "password=a b'c"),
            ("password=a'b", "password=a'b"),
            ("password='x'user=alice", "password=x | user=alice"),
            ("password=grüße", "password=grüße"),
            ("dbname=a=b", "dbname=a=b"),
            ("host=a host=b", "host=a | host=b"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn malformed_strings_are_refused_without_being_quoted() {
        let cases = [
            ("password=my s3cret", "`--dsn` cannot be read: there is a word without `=`"),
            ("password='s3cret", "`--dsn` cannot be read: a quoted value does not end"),
            ("alice:s3cret@db/shop", "`--dsn` cannot be read: it looks like a URL without `postgres://`"),
            ("mysql://alice:s3cret@db/shop", "`--dsn` is a `mysql://` URL, not one of PostgreSQL's"),
            (
                "postgresql+asyncpg://alice:s3cret@db/shop?a=b",
                "`--dsn` is a `postgresql+asyncpg://` URL, not one of PostgreSQL's",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), format!("error: {expected}"), "{text}");
            assert!(!format!("{:?}", parse(text, "`--dsn`")).contains("s3cret"), "{text}");
        }
    }
}
