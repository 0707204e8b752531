//! Lines of painted text: how wide they are, where they wrap, and what they look like at last.

use owo_colors::{OwoColorize, Style as Ansi};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::harmless;

/// What the terminal painter may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours. The caller has decided; nobody asks the environment again.
    pub color: bool,
    /// Glyphs beyond ASCII: `→`, `×`, box drawing, blocks.
    pub unicode: bool,
    /// The terminal's columns.
    pub width: usize,
    /// Everything, rather than what leads.
    pub all: bool,
}

/// Text is read in lines of this length at most, however wide the terminal is; only the plan uses all of it.
const MEASURE: usize = 100;

/// Narrower than this nothing can be laid out, so the terminal may wrap.
const NARROWEST: usize = 40;

impl Style {
    /// The columns there are.
    pub(super) fn columns(&self) -> usize {
        self.width.max(NARROWEST)
    }

    /// Foreign text as it may be shown: harmless, and in ASCII's stead for our own glyphs where that is wanted.
    pub(super) fn clean(&self, text: &str) -> String {
        let text = harmless::on_one_line(text);
        if self.unicode { text } else { text.chars().map(in_ascii).collect() }
    }

    /// Cuts text to so many columns, with an ellipsis where something is missing.
    pub(super) fn cut(&self, text: &str, columns: usize) -> String {
        if text.width() <= columns {
            return text.to_owned();
        }
        let ellipsis = self.clean("…");
        let (head, _) = split_at_width(text, columns.saturating_sub(ellipsis.width()));
        format!("{head}{ellipsis}")
    }
}

/// ASCII for the glyphs that reports are written with; other letters are the user's own and stay.
fn in_ascii(c: char) -> std::borrow::Cow<'static, str> {
    let ascii = match c {
        '→' => "->",
        '…' => "...",
        '≤' => "<=",
        '≥' => ">=",
        '×' => "x",
        'µ' => "u",
        '–' | '─' | '·' => "-",
        '├' => "+",
        '│' => "|",
        '└' => "`",
        '█' => "#",
        '●' => "*",
        '✓' => "+",
        '◇' => "~",
        '✗' => "!",
        c => return c.to_string().into(),
    };
    ascii.into()
}

/// What a piece of text is, for those who see colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    /// Headings, and the word that sums it up.
    Strong,
    /// Secondary.
    Dim,
    /// Where time goes.
    Time,
    /// What costs it.
    Guilty,
    /// A proven gain.
    Gain,
}

impl Paint {
    fn ansi(self) -> Option<Ansi> {
        match self {
            Self::Plain => None,
            Self::Strong => Some(Ansi::new().bold()),
            Self::Dim => Some(Ansi::new().dimmed()),
            Self::Time => Some(Ansi::new().cyan()),
            Self::Guilty => Some(Ansi::new().red().bold()),
            Self::Gain => Some(Ansi::new().green().bold()),
        }
    }
}

/// A line of painted pieces.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(Vec<(Paint, String)>);

impl Line {
    pub(super) fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub(super) fn with(mut self, paint: Paint, text: impl Into<String>) -> Self {
        self.0.push((paint, text.into()));
        self
    }

    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::new().with(Paint::Plain, text)
    }

    fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    fn clean(self, style: &Style) -> Self {
        Self(self.0.into_iter().map(|(paint, text)| (paint, style.clean(&text))).collect())
    }

    fn render(&self, color: bool, out: &mut String) {
        let end = self.0.iter().rposition(|(_, text)| !text.trim_end().is_empty()).map_or(0, |i| i + 1);
        for (i, (paint, text)) in self.0[..end].iter().enumerate() {
            let text = if i + 1 == end { text.trim_end() } else { text };
            match paint.ansi().filter(|_| color && !text.trim().is_empty()) {
                Some(ansi) => out.push_str(&text.style(ansi).to_string()),
                None => out.push_str(text),
            }
        }
        out.push('\n');
    }
}

/// What a painter has written so far.
pub(super) struct Page<'a> {
    pub(super) style: &'a Style,
    lines: Vec<Line>,
}

impl<'a> Page<'a> {
    pub(super) fn new(style: &'a Style) -> Self {
        Self { style, lines: Vec::new() }
    }

    /// An empty line, unless there is one, or nothing yet.
    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| line.width() > 0) {
            self.lines.push(Line::new());
        }
    }

    /// One line; what does not fit is cut.
    pub(super) fn line(&mut self, line: Line) {
        let mut left = self.style.columns();
        let mut shown = Line::new();
        for (paint, text) in line.clean(self.style).0 {
            let text = self.style.cut(&text, left);
            left -= text.width().min(left);
            shown = shown.with(paint, text);
        }
        self.lines.push(shown);
    }

    /// Text that wraps, after a head; further lines stand under the first.
    pub(super) fn text(&mut self, head: Line, text: Line) {
        self.wrapped(head, None, text, MEASURE.min(self.style.columns()));
    }

    /// Like [`Page::text`], up to the terminal's last column, with `hang` before each further line.
    pub(super) fn wide_text(&mut self, head: Line, hang: Line, text: Line) {
        self.wrapped(head, Some(hang), text, self.style.columns());
    }

    /// Foreign text of one or more lines, as it is: SQL to be pasted is never wrapped.
    pub(super) fn verbatim(&mut self, indent: &str, paint: Paint, text: &str) {
        for line in harmless::in_a_block(text).lines() {
            self.lines.push(Line::plain(indent).with(paint, line));
        }
    }

    /// Foreign text of several lines, so that it can be recognised: its later lines are moved to the left, what does
    /// not fit is wrapped, and after so many rows an ellipsis stands for the rest.
    pub(super) fn block(&mut self, indent: &str, paint: Paint, text: &str, rows: usize) {
        let text = harmless::in_a_block(text).replace('\t', "    ");
        let deep = |line: &str| line.len() - line.trim_start().len();
        let lines = || text.lines().map(str::trim_end).filter(|line| !line.is_empty());
        let extra = lines().skip(1).map(deep).min().unwrap_or(0).saturating_sub(indent.len());
        let first = self.lines.len();
        for (i, line) in lines().enumerate() {
            let inner = if i == 0 { 0 } else { deep(line) - extra };
            let head = format!("{indent}{}", " ".repeat(inner));
            let hang = Line::plain(format!("{head}    "));
            self.wide_text(Line::plain(head), hang, Line::new().with(paint, line.trim_start()));
            if self.lines.len() > first + rows {
                self.lines.truncate(first + rows);
                self.line(Line::plain(indent).with(paint, "…"));
                return;
            }
        }
    }

    fn wrapped(&mut self, head: Line, hang: Option<Line>, text: Line, columns: usize) {
        let head = head.clean(self.style);
        let hang = hang.map(|hang| hang.clean(self.style));
        let hang = hang.unwrap_or_else(|| Line::plain(" ".repeat(head.width())));
        let room = columns.saturating_sub(head.width().max(hang.width())).max(NARROWEST / 4);
        let rows = wrap(&text.clean(self.style), room);
        for (i, row) in rows.into_iter().enumerate() {
            let mut line = if i == 0 { head.clone() } else { hang.clone() };
            line.0.extend(row.0);
            self.lines.push(line);
        }
    }

    pub(super) fn finish(self) -> String {
        let mut out = String::new();
        self.lines.iter().for_each(|line| line.render(self.style.color, &mut out));
        out
    }
}

/// Units that must not be parted from their number by a line break.
const UNITS: &[&str] = &["ms", "s", "min", "h", "%", "bytes", "kB", "MB", "GB", "TB", "million", "billion"];

/// Breaks a line at spaces, and inside words only where they are wider than a line.
fn wrap(line: &Line, columns: usize) -> Vec<Line> {
    let mut rows = vec![Line::new()];
    let mut used = 0;
    for word in words(line) {
        let width = word.width();
        let space = usize::from(used > 0);
        if used + space + width > columns && used > 0 {
            rows.push(Line::new());
            used = 0;
        } else if used > 0 {
            used += 1;
            push_space(&mut rows, &word);
        }
        for (paint, text) in word.0 {
            let mut rest = text.as_str();
            while used + rest.width() > columns {
                let (head, tail) = split_at_width(rest, (columns - used).max(1));
                push(&mut rows, paint, head);
                rows.push(Line::new());
                (rest, used) = (tail, 0);
            }
            push(&mut rows, paint, rest);
            used += rest.width();
        }
    }
    rows
}

/// Adds to the last row, and to its last piece where that is painted alike.
fn push(rows: &mut [Line], paint: Paint, text: &str) {
    let Some(row) = rows.last_mut() else { return };
    match row.0.last_mut() {
        Some((last, piece)) if *last == paint => piece.push_str(text),
        _ => row.0.push((paint, text.to_owned())),
    }
}

/// The space before a word, painted as what it stands between.
fn push_space(rows: &mut [Line], word: &Line) {
    let before = rows.last().and_then(|row| row.0.last()).map(|(paint, _)| *paint);
    let after = word.0.first().map(|(paint, _)| *paint);
    push(rows, before.filter(|paint| Some(*paint) == after).unwrap_or(Paint::Plain), " ");
}

/// The words of a line: a word may be painted in several pieces, and a number keeps its unit.
fn words(line: &Line) -> Vec<Line> {
    let mut words: Vec<Line> = Vec::new();
    let mut open = false;
    for (paint, text) in &line.0 {
        for (i, part) in text.split(' ').enumerate() {
            open &= i == 0;
            if part.is_empty() {
                continue;
            }
            match words.last_mut() {
                Some(word) if open => word.0.push((*paint, part.to_owned())),
                Some(word) if ends_in_digit(word) && is_unit(part) => {
                    word.0.push((*paint, format!(" {part}")));
                }
                _ => words.push(Line::new().with(*paint, part)),
            }
            open = true;
        }
    }
    words
}

fn is_unit(part: &str) -> bool {
    UNITS.contains(&part.trim_end_matches(['.', ',', ';', ':', ')']))
}

fn ends_in_digit(word: &Line) -> bool {
    word.0.last().is_some_and(|(_, text)| text.ends_with(|c: char| c.is_ascii_digit()))
}

/// Splits text after at most so many columns, but never before its first character.
fn split_at_width(text: &str, columns: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > columns && at > 0 {
            return text.split_at(at);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style { color: false, unicode: true, width: 40, all: false };

    fn wrapped(text: &str, width: usize) -> Vec<String> {
        let mut page = Page::new(&STYLE);
        page.wrapped(Line::new(), None, Line::plain(text), width);
        page.finish().lines().map(str::to_owned).collect()
    }

    #[test]
    fn text_wraps_between_words_and_keeps_numbers_with_their_units() {
        assert_eq!(wrapped("it took all of 12 ms, then", 18), ["it took all of", "12 ms, then"]);
        assert_eq!(wrapped("abcdefghijklmno", 10), ["abcdefghij", "klmno"]);
        assert_eq!(wrapped("注文注文注文", 10), ["注文注文注", "文"]);
    }

    #[test]
    fn a_split_at_width_always_moves_on() {
        assert_eq!(split_at_width("注文", 1), ("注", "文"));
        assert_eq!(split_at_width("", 1), ("", ""));
    }

    #[test]
    fn colours_are_written_only_when_asked_for() {
        let paint = |color| {
            let style = Style { color, ..STYLE };
            let mut page = Page::new(&style);
            page.line(Line::new().with(Paint::Guilty, "slow").with(Paint::Plain, " "));
            page.finish()
        };
        assert_eq!(paint(false), "slow\n");
        assert_eq!(paint(true), "\x1b[31;1mslow\x1b[0m\n");
    }

    #[test]
    fn ascii_has_a_sign_for_every_glyph() {
        let style = Style { unicode: false, ..STYLE };
        let shown = style.clean("1 s → 2 µs (310×) · … ├─└─│█●✓◇✗–≤≥");
        assert!(shown.is_ascii(), "{shown}");
    }
}
