//! A value as a format gave it, before it is known what it is for.

use std::borrow::Cow;

use serde_json::Value;

/// A value under a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given<'a> {
    /// Text that the format marked as text.
    Text(Cow<'a, str>),
    /// Characters that may be a number, a truth value, `null`, or text where the format has no quotes.
    Bare(Cow<'a, str>),
    /// A list or an object.
    Tree(Value),
}

impl<'a> Given<'a> {
    /// Bare characters.
    pub(super) fn bare(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Bare(text.into())
    }

    /// What was measured or guessed, also where the number was quoted on the way.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Text(text) | Self::Bare(text) => number(text).or_else(|| number(text.trim())).map(possible),
            Self::Tree(value) => measure(value),
        }
    }

    /// The truth value.
    pub(super) fn flag(&self) -> Option<bool> {
        match self {
            Self::Text(text) | Self::Bare(text) => text.parse().ok(),
            Self::Tree(value) => value.as_bool(),
        }
    }

    /// The text; a list is joined with AND (the `TID Cond` of old versions).
    pub(super) fn text(self) -> String {
        match self {
            Self::Text(text) | Self::Bare(text) => text.into_owned(),
            Self::Tree(Value::Array(items)) => {
                items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" AND ")
            }
            Self::Tree(value) => value.to_string(),
        }
    }

    /// A list of texts.
    pub(super) fn texts(self) -> Vec<String> {
        let text = |value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        match self {
            Self::Tree(Value::Array(items)) => items.into_iter().map(text).collect(),
            Self::Bare(text) if text == "null" => Vec::new(),
            other => vec![other.text()],
        }
    }

    /// As a value of JSON; what is bare and means nothing else is text.
    pub(super) fn value(self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.into_owned()),
            Self::Tree(value) => value,
            Self::Bare(text) => match text.as_ref() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                other if looks_like_a_number(other) => match other.parse::<u32>() {
                    Ok(count) if !other.starts_with('0') || other == "0" => count.into(),
                    _ => serde_json::from_str(other).unwrap_or_else(|_| Value::String(other.to_owned())),
                },
                other => Value::String(other.to_owned()),
            },
        }
    }
}

fn looks_like_a_number(text: &str) -> bool {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
}

/// The planner's own limit to what it counts (costsize.c, `MAXIMUM_ROWCOUNT`), and so far from an f64's that no
/// time times loops is infinite.
const LARGEST: f64 = 1e100;

/// EXPLAIN measures and guesses nothing below zero; what else was written there must not reach the arithmetic.
fn possible(number: f64) -> f64 {
    number.clamp(0.0, LARGEST)
}

/// A measure in a value of JSON.
pub(super) fn measure(value: &Value) -> Option<f64> {
    value.as_f64().map(possible)
}

/// A finite number. Most numbers of a plan are a few digits with at most one point: those are exact as an
/// integer divided by a power of ten, and need no general parser.
pub(super) fn number(text: &str) -> Option<f64> {
    /// What an f64 holds exactly.
    const DIGITS: usize = 15;
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let (mut mantissa, mut decimals, mut point, mut digits) = (0_u64, 0, false, 0);
    for c in text.bytes() {
        match c {
            b'0'..=b'9' if digits < DIGITS => {
                (mantissa, digits) = (mantissa * 10 + u64::from(c - b'0'), digits + 1);
                decimals += usize::from(point);
            }
            b'.' if !point && digits > 0 => point = true,
            _ => return text.parse().ok().filter(|n: &f64| n.is_finite()),
        }
    }
    if digits == 0 {
        return None;
    }
    POWERS.get(decimals).map(|power| mantissa as f64 / power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_the_general_parser_says() {
        for text in
            ["0", "7", "0.001", "123456.789", "999999999999999", "1e3", "-4.25", "9007199254740993", "0.3"]
        {
            assert_eq!(number(text), text.parse().ok(), "{text}");
        }
        for text in ["", ".", "-", "NaN", "inf", "1.2.3", "12x", "many"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
