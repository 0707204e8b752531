//! Server logs: what auto_explain wrote, among other entries.

use super::Line;

/// How the first line of an entry that holds a plan ends, whatever the language of the server.
const PLAN: [&str; 2] = ["plan:", "plan :"];

/// Words that only a log's prefix is followed by (elog.c, `error_severity`).
const LEVELS: [&str; 10] = [
    "LOG:  ",
    "ERROR:  ",
    "STATEMENT:  ",
    "DETAIL:  ",
    "HINT:  ",
    "CONTEXT:  ",
    "WARNING:  ",
    "FATAL:  ",
    "NOTICE:  ",
    "PANIC:  ",
];

/// jsonlog (15+): one object a line, the plan in `message`.
pub(super) fn json(lines: Vec<Line>) -> Vec<Line> {
    if !lines.iter().any(|line| line.text.starts_with("{\"timestamp\":")) {
        return lines;
    }
    lines.into_iter().flat_map(json_entry).collect()
}

fn json_entry(line: Line) -> Vec<Line> {
    let entry: serde_json::Value = match serde_json::from_str(&line.text) {
        Ok(entry) => entry,
        Err(_) => return vec![line],
    };
    match entry["message"].as_str().and_then(body) {
        Some(plan) => plan.lines().map(|text| line.with(text.to_owned())).collect(),
        None => Vec::new(),
    }
}

/// The plan in an entry's message.
fn body(message: &str) -> Option<&str> {
    let (first, rest) = message.split_once('\n')?;
    PLAN.iter().any(|end| first.trim_end().ends_with(end)).then_some(rest)
}

/// csvlog: the message is a field in quotes, in which quotes are doubled and newlines stand as they are.
pub(super) fn csv(lines: Vec<Line>) -> Vec<Line> {
    let begins = |line: &Line| {
        let text = line.text.trim_end();
        line.text.starts_with(|c: char| c.is_ascii_digit())
            && PLAN.iter().any(|end| text.ends_with(end))
            && text
                .rsplit_once(",\"")
                .is_some_and(|(_, message)| PLAN.iter().any(|end| message.ends_with(end)))
    };
    if !lines.iter().any(begins) {
        return lines;
    }
    let mut kept = Vec::new();
    let mut inside = false;
    for line in lines {
        if begins(&line) {
            inside = true;
        } else if inside {
            let end = closing_quote(&line.text);
            inside = end.is_none();
            let text =
                line.text.get(..end.unwrap_or(line.text.len())).unwrap_or_default().replace("\"\"", "\"");
            kept.push(line.with(text));
        }
    }
    kept
}

/// The quote that is not doubled.
fn closing_quote(text: &str) -> Option<usize> {
    let mut quotes = text.match_indices('"').map(|(at, _)| at).peekable();
    while let Some(at) = quotes.next() {
        if quotes.next_if_eq(&(at + 1)).is_none() {
            return Some(at);
        }
    }
    None
}

/// stderr and syslog: a prefix, then lines with a tab; others' entries may stand between.
pub(super) fn lines(lines: Vec<Line>) -> Vec<Line> {
    let lines: Vec<Line> = lines.into_iter().map(without_carrier).collect();
    if !lines.iter().any(is_entry) {
        return lines;
    }
    let mut kept = Vec::new();
    for line in lines {
        match is_entry(&line) {
            // A query on the line of the prefix (`duration: 1 ms  statement: …`) is no plan.
            true => {}
            false if line.text.starts_with('\t') => kept.push(line.cut(1, line.text.len())),
            false => kept.push(line),
        }
    }
    kept
}

/// The first line of an entry.
fn is_entry(line: &Line) -> bool {
    if !line.text.contains(":  ") {
        return false;
    }
    let level = LEVELS.iter().find_map(|level| line.text.find(level));
    let prefix = level.and_then(|at| line.text.get(..at)).unwrap_or_default();
    level.is_some()
        && (prefix.contains(|c: char| c.is_ascii_digit()) || prefix.is_empty())
        && !prefix.contains("->")
        && prefix.len() < 200
}

/// Without what syslog, journald, Docker or Kubernetes put before every line: host, process, line number, time.
fn without_carrier(line: Line) -> Line {
    let mut start = 0;
    let rest = |start: usize| line.text.get(start..).unwrap_or_default();
    while let Some(length) = stamp(rest(start)) {
        start += length;
    }
    if let Some(length) = syslog(rest(start)) {
        start += length;
    }
    let line = if start == 0 { line } else { line.cut(start, line.text.len()) };
    if line.text.contains("#011") { line.with(line.text.replace("#011", "\t")) } else { line }
}

/// `2024-05-01T10:00:00.123Z `, as a container's log has it; PostgreSQL's own has a space for the T.
fn stamp(text: &str) -> Option<usize> {
    let end = text.find(' ')?;
    let word = text.get(..end)?.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| word.get(range).is_some_and(|d| d.iter().all(u8::is_ascii_digit));
    (word.len() > 18
        && digits(0..4)
        && word.get(10) == Some(&b'T')
        && digits(11..13)
        && word.get(13) == Some(&b':'))
    .then_some(end + 1)
    .map(|after| after + text.get(after..).map_or(0, container))
}

/// `stdout F `, as Kubernetes has it.
fn container(rest: &str) -> usize {
    ["stdout F ", "stderr F "].iter().find(|word| rest.starts_with(**word)).map_or(0, |word| word.len())
}

/// `May  1 10:00:00 host postgres[123]: [5-2] `
fn syslog(text: &str) -> Option<usize> {
    // Looking whether is much cheaper than looking where.
    let process = text.contains("postgres[").then(|| text.find("postgres["))??;
    let (_, after) = text.get(process..)?.split_once("]: [")?;
    let (number, rest) = after.split_once("] ").or_else(|| Some((after.strip_suffix(']')?, "")))?;
    let plain = number.chars().all(|c| c.is_ascii_digit() || c == '-');
    (plain && process < 60).then_some(text.len() - rest.len())
}
