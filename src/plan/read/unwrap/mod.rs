//! Takes off what a plan went through: logs, quotes, line numbers, terminals, psql's frames.
//!
//! Every step takes lines and gives lines, and leaves alone what it does not recognise. Each line remembers
//! where it came from, so that errors name the place in what was given.

mod frame;
mod log;
mod quote;
mod wrap;

use std::borrow::Cow;

/// A line, and where its parts came from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line<'a> {
    text: Cow<'a, str>,
    /// The line and the column that it came from, counted from 1.
    first: (usize, usize),
    /// From this byte on, it came from that line and column; in order.
    joined: Vec<(usize, usize, usize)>,
}

impl<'a> Line<'a> {
    fn new(text: impl Into<Cow<'a, str>>, line: usize) -> Self {
        Self { text: text.into(), first: (line, 1), joined: Vec::new() }
    }

    /// What is left without the first `start` bytes and beyond `end`.
    fn cut(&self, start: usize, end: usize) -> Self {
        let text = match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end).unwrap_or_default()),
            Cow::Owned(text) => Cow::Owned(text.get(start..end).unwrap_or_default().to_owned()),
        };
        let later = self.joined.iter().filter(|(at, ..)| *at > start && *at < end);
        let joined = later.map(|(at, line, column)| (at - start, *line, *column)).collect();
        Self { text, first: self.place(start), joined }
    }

    /// The same place with another text.
    fn with(&self, text: String) -> Self {
        Self { text: text.into(), first: self.first, joined: self.joined.clone() }
    }

    fn append(&mut self, padding: usize, next: &Self) {
        let text = self.text.to_mut();
        text.extend(std::iter::repeat_n(' ', padding));
        let offset = text.len();
        text.push_str(&next.text);
        self.joined.push((offset, next.first.0, next.first.1));
        self.joined.extend(next.joined.iter().map(|(at, line, column)| (at + offset, *line, *column)));
    }

    fn place(&self, at: usize) -> (usize, usize) {
        let joined = self.joined.iter().rfind(|(from, ..)| *from <= at).copied();
        let (from, line, column) = joined.unwrap_or((0, self.first.0, self.first.1));
        let between = self.text.get(from..at).unwrap_or_default().chars().count();
        (line, column + between)
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }

    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The text without what it went through.
pub(super) struct Unwrapped<'a> {
    pub(super) text: String,
    /// Where each line begins in `text`.
    lines: Vec<(usize, Line<'a>)>,
}

impl Unwrapped<'_> {
    /// The line and the column of the given text, counted from 1.
    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let after = self.lines.partition_point(|(start, _)| *start <= at);
        let line = after.checked_sub(1).and_then(|i| self.lines.get(i));
        line.map_or((1, 1), |(start, line)| line.place(at - start))
    }
}

/// Takes everything off.
pub(super) fn unwrap(text: &str) -> Unwrapped<'_> {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines: Vec<Line> =
        text.lines().enumerate().map(|(i, line)| Line::new(line.trim_end_matches('\r'), i + 1)).collect();
    for line in lines.iter_mut().filter(|line| line.text.contains('\u{a0}')) {
        line.text = line.text.replace('\u{a0}', " ").into();
    }
    let steps = [log::json, log::csv, log::lines, quote::fields, quote::numbers, wrap::terminal, frame::psql];
    let lines = steps.into_iter().fold(lines, |lines, step| step(lines));
    let mut text = String::new();
    let mut starts = Vec::with_capacity(lines.len());
    for line in lines {
        let start = text.len();
        text.push_str(&line.text);
        text.push('\n');
        starts.push((start, line));
    }
    // A newline that the given text does not have would hide that its last line was cut off.
    text.pop();
    Unwrapped { text, lines: starts }
}
