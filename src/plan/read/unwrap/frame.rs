//! psql's frames: borders 0 to 2 in ASCII and Unicode, expanded and wrapped output; and DBeaver's.

use super::Line;

const TITLE: &str = "QUERY PLAN";
const BARS: [char; 3] = ['|', '│', '║'];
/// At the right edge: the value goes on in the next line, after a newline of its own.
const NEWLINE: [char; 2] = ['+', '↵'];
/// At the right edge, and again at the left of the next line: psql broke the line there.
const WRAPPED: [char; 2] = ['.', '…'];

/// Takes the frame off, if there is a title.
pub(super) fn psql(lines: Vec<Line>) -> Vec<Line> {
    if !lines.iter().any(|line| line.text.contains(TITLE)) {
        return lines;
    }
    let continues = lines.iter().any(|line| !is_rule(&line.text) && right(&line.text).ends_with(NEWLINE));
    let mut plain: Vec<Line> = Vec::with_capacity(lines.len());
    let mut wrapped = None;
    // Where the values of an expanded record begin.
    let mut column = None;
    for line in lines {
        if is_record(&line.text) {
            column = Some(0);
            continue;
        }
        if is_rule(&line.text) {
            continue;
        }
        let expanded = column.is_some();
        let Some((start, end)) = inside(&line.text, &mut column) else { continue };
        let mut line = line.cut(start, end);
        let mark = line.text.chars().last();
        if continues && mark.is_some_and(|c| NEWLINE.contains(&c)) {
            let value = line.text.len() - mark.map_or(0, char::len_utf8);
            line = line.cut(0, line.text.get(..value).unwrap_or_default().trim_end().len());
        }
        let breaks = mark.filter(|c| WRAPPED.contains(c) && !expanded);
        if breaks.is_some() {
            line = line.cut(0, line.text.len() - mark.map_or(0, char::len_utf8));
        }
        let resumed = wrapped.take().filter(|mark: &char| line.text.starts_with(*mark));
        match plain.last_mut().zip(resumed) {
            Some((before, mark)) => before.append(0, &line.cut(mark.len_utf8(), line.text.len())),
            None => plain.push(line),
        }
        wrapped = breaks;
    }
    plain
}

/// Without the right border and what pads it.
fn right(text: &str) -> &str {
    text.trim_end().trim_end_matches(BARS).trim_end()
}

/// Which part of a line is inside of the frame; `None` for the title itself.
fn inside(text: &str, column: &mut Option<usize>) -> Option<(usize, usize)> {
    let bar = |c: &char| BARS.contains(c);
    let trimmed = text.trim_end();
    let framed = trimmed.chars().last().filter(bar);
    let end = framed.map_or(trimmed.len(), |c| trimmed.len() - c.len_utf8());
    let mut start = text.chars().next().filter(bar).map_or(0, char::len_utf8);
    let body = text.get(start..end).unwrap_or_default();
    if let Some(after) = body.trim_start().strip_prefix(TITLE) {
        if after.trim().is_empty() {
            return None;
        }
        // `QUERY PLAN | value`, expanded; without a bar when there are no borders.
        let value = after.trim_start().strip_prefix(BARS).unwrap_or(after);
        let value = value.strip_prefix(' ').unwrap_or(value);
        start = end.min(text.len()) - value.len();
        *column = Some(text.get(..start).unwrap_or_default().chars().count());
        return Some((start, end));
    }
    if let Some(column) = column.filter(|column| *column > 0) {
        let at = text.char_indices().nth(column).map(|(at, _)| at);
        let before = at.and_then(|at| text.get(..at)).unwrap_or_default();
        if before.chars().all(|c| c == ' ' || bar(&c)) {
            return Some((at.unwrap_or(text.len()).min(end), end));
        }
    }
    let text = text.get(..end).unwrap_or_default();
    Some((start, text.trim_end().len().max(start)))
}

/// Nothing but the lines of a frame.
fn is_rule(text: &str) -> bool {
    let text = text.trim();
    let drawn = |c: char| is_line(c) || c == '=' || c == '|';
    text.chars().all(drawn) && text.chars().count() >= 3
}

/// `-[ RECORD 1 ]---`, `* Record 1`, in any language.
fn is_record(text: &str) -> bool {
    let text = text.trim();
    if !text.starts_with(|c: char| c == '*' || is_line(c)) {
        return false;
    }
    let inner = match text.split_once("[ ") {
        Some((before, after)) if is_drawn(before) => after.split_once(" ]").map(|(inner, _)| inner),
        _ => text.strip_prefix("* "),
    };
    inner.is_some_and(|inner| inner.split(' ').count() == 2 && inner.ends_with(|c: char| c.is_ascii_digit()))
}

fn is_drawn(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_line)
}

/// What lines are drawn with.
fn is_line(c: char) -> bool {
    c == '-' || c == '+' || ('\u{2500}'..='\u{257f}').contains(&c)
}
