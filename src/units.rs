//! Milliseconds, rows, bytes, shares and factors: the only place that formats a number.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};

use serde::{Deserialize, Serialize};

/// A duration in milliseconds, as PostgreSQL prints them.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ms(pub f64);

/// A number of rows. PostgreSQL 18 prints averages with decimals, hence not an integer.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rows(pub f64);

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

/// A part of a whole: 0.25 is a quarter.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(pub f64);

/// How many times more: 12.0 is twelve times.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Factor(pub f64);

/// The size of a PostgreSQL page, which `BUFFERS` counts: `block_size` is 8 kB unless compiled otherwise
/// (manual, "Preset Options").
pub const PAGE: Bytes = Bytes(8192);

impl Ms {
    /// The larger of two.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// The smaller of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    /// Reads `200ms`, `2s`, `1.5min`, `1h`. A unit is asked for, since PostgreSQL's settings and people disagree on
    /// what a bare number means.
    pub fn parse(text: &str) -> Result<Self, String> {
        let units = [("ms", 1.0), ("s", 1e3), ("min", 6e4), ("h", 3.6e6)];
        with_unit(text, &units)
            .map(Self)
            .ok_or_else(|| "expected a time such as 200ms, 2s or 1min".to_owned())
    }

    /// An estimate, which has one digit that means something, rounded up: `200 ms`, `3 s`, `2 min`.
    pub fn roughly(self) -> String {
        let (size, unit) = match self.0 {
            ms if ms <= 900.0 => (1.0, "ms"),
            ms if ms <= 50_000.0 => (1e3, "s"),
            ms if ms <= 3_000_000.0 => (6e4, "min"),
            _ => (3.6e6, "h"),
        };
        let number = (self.0 / size).max(1.0);
        let digit = 10_f64.powf(number.log10().floor());
        format!("{:.0} {unit}", (number / digit).ceil() * digit)
    }

    /// A time that may be far below a millisecond, such as that of one row: `4.2 µs`.
    pub fn finely(self) -> String {
        match self.0 * 1e3 {
            us if us.abs() < 9.95 => format!("{us:.1} µs"),
            us if us.abs() < 999.5 => format!("{us:.0} µs"),
            _ => self.to_string(),
        }
    }

    /// This time as a part of `whole`; nothing of nothing is nothing.
    pub fn share_of(self, whole: Self) -> Share {
        Share(if whole.0 > 0.0 { self.0 / whole.0 } else { 0.0 })
    }
}

impl Add for Ms {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Ms {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Ms {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul<f64> for Ms {
    type Output = Self;
    fn mul(self, times: f64) -> Self {
        Self(self.0 * times)
    }
}

impl Sum for Ms {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), Add::add)
    }
}

impl Rows {
    /// These rows as a part of `whole`; nothing of nothing is everything, since nothing was lost.
    pub fn share_of(self, whole: Self) -> Share {
        Share(if whole.0 > 0.0 { self.0 / whole.0 } else { 1.0 })
    }
}

impl Add for Rows {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Mul<f64> for Rows {
    type Output = Self;
    fn mul(self, times: f64) -> Self {
        Self(self.0 * times)
    }
}

/// A number of things, with the plural where there is not just one.
pub fn count(number: f64, one: &str, many: &str) -> String {
    format!("{} {}", Rows(number), if number == 1.0 { one } else { many })
}

impl Bytes {
    /// Reads `500MB`, `10GB`, `1TB`: PostgreSQL's units, in which 1 kB is 1024 bytes.
    pub fn parse(text: &str) -> Result<Self, String> {
        let kilo = 1024_f64;
        let units = [("kB", kilo), ("MB", kilo.powi(2)), ("GB", kilo.powi(3)), ("TB", kilo.powi(4))];
        let bytes = with_unit(text, &units).map(|bytes| Self(bytes as u64));
        bytes.ok_or_else(|| "expected a size such as 500MB or 10GB".to_owned())
    }

    /// The bytes in so many pages.
    pub fn of_pages(pages: u64) -> Self {
        Self(pages.saturating_mul(PAGE.0))
    }
}

impl fmt::Display for Ms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0;
        let text = match ms.abs() {
            a if a < 0.0005 => "0 ms".to_owned(),
            a if a < 1.0 => format!("{ms:.2} ms"),
            a if a < 10.0 => format!("{ms:.1} ms"),
            a if a < 999.5 => format!("{ms:.0} ms"),
            a if a < 9_995.0 => format!("{:.2} s", ms / 1e3),
            a if a < 59_950.0 => format!("{:.1} s", ms / 1e3),
            a if a < 3_599_500.0 => minutes(ms / 1e3, "min", "s"),
            _ => minutes(ms / 6e4, "h", "min"),
        };
        f.pad(&text)
    }
}

/// A number with one of these units, not negative, in the smallest one.
fn with_unit(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text[digits.len()..].to_ascii_lowercase();
    let (_, size) = units.iter().find(|(name, _)| name.to_ascii_lowercase() == unit)?;
    let number: f64 = digits.trim().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number * size)
}

fn minutes(small_units: f64, large: &str, small: &str) -> String {
    let total = small_units.round();
    format!("{:.0} {large} {:.0} {small}", (total / 60.0).trunc(), total % 60.0)
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0;
        let text = match rows.abs() {
            a if a >= 9.995e9 => format!("{:.1} billion", rows / 1e9),
            a if a >= 9.995e6 => format!("{:.1} million", rows / 1e6),
            a if a < 10.0 && rows.fract() != 0.0 => format!("{rows:.2}"),
            _ => grouped(rows.round()),
        };
        f.pad(&text)
    }
}

/// 1234567 → "1,234,567".
fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = String::from(if number < 0.0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 5] = ["bytes", "kB", "MB", "GB", "TB"];
        let mut size = self.0 as f64;
        let mut unit = 0;
        while size >= 1023.95 && unit + 1 < UNITS.len() {
            size /= 1024.0;
            unit += 1;
        }
        let decimals = usize::from(unit > 0 && size < 10.0 && size.fract() > 0.05);
        f.pad(&format!("{size:.decimals$} {}", UNITS[unit]))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.0 * 100.0;
        let text = match percent {
            p if p > 0.0 && p < 0.95 => "<1 %".to_owned(),
            p if p > 99.0 && p < 99.95 => format!("{p:.1} %"),
            p => format!("{p:.0} %"),
        };
        f.pad(&text)
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text =
            if self.0 < 9.95 { format!("{:.1}×", self.0) } else { format!("{}×", grouped(self.0.round())) };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_not_told_more_exactly_than_it_is_known() {
        for (ms, told) in [
            (0.0, "1 ms"),
            (210.0, "300 ms"),
            (901.0, "1 s"),
            (1_234.0, "2 s"),
            (51_000.0, "1 min"),
            (700_000.0, "20 min"),
            (4e6, "2 h"),
        ] {
            assert_eq!(Ms(ms).roughly(), told);
        }
    }

    #[test]
    fn the_time_of_a_row_has_its_own_unit() {
        for (ms, told) in
            [(0.00416, "4.2 µs"), (0.0123, "12 µs"), (0.9, "900 µs"), (1.5, "1.5 ms"), (0.0, "0.0 µs")]
        {
            assert_eq!(Ms(ms).finely(), told);
        }
    }

    #[test]
    fn times_and_sizes_are_read_with_their_units() {
        let times = [("200ms", Some(200.0)), ("2 s", Some(2000.0)), ("1.5min", Some(90_000.0)), ("60", None)];
        for (text, expected) in
            times.into_iter().chain([("-1s", None), ("", None), ("1e999s", None), ("s", None)])
        {
            assert_eq!(Ms::parse(text).ok(), expected.map(Ms), "{text}");
        }
        for (text, expected) in
            [("10GB", Some(10 << 30)), ("500mb", Some(500 << 20)), ("1 kB", Some(1024)), ("1", None)]
        {
            assert_eq!(Bytes::parse(text).ok(), expected.map(Bytes), "{text}");
        }
    }

    #[test]
    fn numbers_as_people_read_them() {
        let table: &[(&dyn fmt::Display, &str)] = &[
            (&Ms(0.0), "0 ms"),
            (&Ms(0.043), "0.04 ms"),
            (&Ms(4.25), "4.2 ms"),
            (&Ms(431.4), "431 ms"),
            (&Ms(999.6), "1.00 s"),
            (&Ms(2_310.0), "2.31 s"),
            (&Ms(200_000.0), "3 min 20 s"),
            (&Ms(7_500_000.0), "2 h 5 min"),
            (&Rows(0.25), "0.25"),
            (&Rows(12.0), "12"),
            (&Rows(84_000.0), "84,000"),
            (&Rows(1_234_567.0), "1,234,567"),
            (&Rows(12_300_000.0), "12.3 million"),
            (&Bytes(17), "17 bytes"),
            (&Bytes(8192), "8 kB"),
            (&Bytes(1_572_864), "1.5 MB"),
            (&Share(0.974), "97 %"),
            (&Share(0.004), "<1 %"),
            (&Share(0.9949), "99.5 %"),
            (&Factor(1.44), "1.4×"),
            (&Factor(2_400.0), "2,400×"),
        ];
        for (value, expected) in table {
            assert_eq!(value.to_string(), *expected);
        }
    }
}
