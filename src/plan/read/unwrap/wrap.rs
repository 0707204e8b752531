//! Lines that a terminal broke at its right edge, in the middle of words and numbers.

use super::Line;
use crate::plan::read::text::{begins as begins_plan, is_footer, is_open, is_property};

/// No terminal is narrower.
const NARROWEST: usize = 40;

/// A break at a space may have lost it, with what was copied: so many columns may be missing.
const LOST_SPACES: usize = 2;

/// Joins broken lines: those that are as wide as the widest and are followed by what cannot begin a line.
pub(super) fn terminal(lines: Vec<Line>) -> Vec<Line> {
    let content = lines.iter().filter(|line| !is_frame(&line.text));
    let widths: Vec<usize> = content.map(Line::width).collect();
    let widest = widths.iter().copied().max().unwrap_or(0);
    let full = widths.iter().filter(|width| **width == widest).count();
    let structured = lines.iter().any(|line| is_structured(&line.text));
    if widest < NARROWEST || !(structured || lines.iter().any(|line| is_text(&line.text))) {
        return lines;
    }
    let titled = lines.iter().any(|line| line.text.contains("QUERY PLAN"));
    let starts = |before: &Line, line: &Line| {
        line.is_blank()
            || begins(&line.text)
            || (structured && begins_structured(&line.text))
            || (is_statement(&before.text) && begins_plan(&line.text, None))
    };
    let mut joined: Vec<Line> = Vec::with_capacity(lines.len());
    // The width of the last part of the last joined line, which is what the terminal broke.
    let mut last = 0;
    for line in lines {
        let width = line.width();
        match joined.last_mut() {
            Some(before)
                if last + LOST_SPACES >= widest
                    && width <= widest
                    && !starts(before, &line)
                    && !(titled && resumes(&before.text, &line.text))
                    && is_broken(before, full) =>
            {
                before.append(widest.saturating_sub(last), &line);
            }
            _ => joined.push(line),
        }
        last = width;
    }
    joined
}

/// A line of the text format.
fn is_text(line: &str) -> bool {
    line.contains("(cost=") || line.contains("(actual ") || line.trim_start().starts_with("->")
}

/// A line of JSON, YAML or XML.
fn is_structured(line: &str) -> bool {
    let content = line.trim().trim_start_matches("- ");
    content == "Plan:" || content.starts_with("\"Plan\":") || content.starts_with("<explain")
}

/// Whether a line of JSON, YAML or XML may begin so.
fn begins_structured(line: &str) -> bool {
    let content = line.trim_start();
    content.starts_with(['"', '{', '}', '[', ']', '<']) || content.starts_with("- ") || is_property(content)
}

/// One line alone as wide as the widest may be a literal with a newline in it.
fn is_broken(line: &Line, full: usize) -> bool {
    let framed = line.text.ends_with(|c: char| "|+↵".contains(c) || is_drawn(c));
    !framed && !is_frame(&line.text) && (full > 1 || !is_open(&line.text))
}

/// psql's rules and its title, which a terminal breaks too.
fn is_frame(line: &str) -> bool {
    line.chars().all(|c| "-+|= ".contains(c) || is_drawn(c)) || line.contains("QUERY PLAN")
}

/// Unicode's box drawing.
fn is_drawn(c: char) -> bool {
    ('\u{2500}'..='\u{257f}').contains(&c)
}

/// Whether psql itself broke the line, and marked both parts.
fn resumes(before: &str, after: &str) -> bool {
    ['.', '…'].iter().any(|mark| before.ends_with(*mark) && after.starts_with(*mark))
}

/// auto_explain's line above a plan, which may be as long as it likes.
fn is_statement(line: &str) -> bool {
    line.trim_start().starts_with("Query Text: ")
}

/// Whether a line of a plan may begin so.
fn begins(line: &str) -> bool {
    let content = line.trim_start();
    let indent = line.len() - content.len();
    let count =
        content.starts_with('(') && content.get(1..2).is_some_and(|c| c.bytes().all(|c| c.is_ascii_digit()));
    let apart = ["InitPlan ", "SubPlan ", "CTE "].iter().any(|kind| content.starts_with(kind));
    content.starts_with("->")
        || is_footer(content)
        || (count && content.trim_end().ends_with(')'))
        || (indent >= 2 && (is_property(content) || apart))
        || content.starts_with("QUERY PLAN")
}
