//! Quotes and numbers that programs put around lines.

use super::Line;

/// The fields of CSV: pgAdmin quotes every line (and may leave the last one half quoted), `psql --csv` the whole
/// plan once.
pub(super) fn fields(lines: Vec<Line>) -> Vec<Line> {
    let header = |line: &Line| line.text.trim().trim_matches('"') == "QUERY PLAN";
    let first = lines.iter().position(|line| !line.is_blank() && !header(line));
    let Some(first) = first.filter(|&at| lines.get(at).is_some_and(|line| line.text.starts_with('"'))) else {
        return lines;
    };
    let body = lines.get(first..).unwrap_or_default();
    let each = body.iter().filter(|line| !line.is_blank()).all(|line| line.text.starts_with('"'));
    let last = body.iter().rposition(|line| !line.is_blank()).unwrap_or(0);
    let lines = body.iter().enumerate();
    lines.map(|(at, line)| unquoted(line, each || at == 0, each || at == last)).collect()
}

fn unquoted<'a>(line: &Line<'a>, begins: bool, ends: bool) -> Line<'a> {
    let start = usize::from(begins && line.text.starts_with('"'));
    let text = line.text.trim_end();
    let closed = ends && text.len() > start && text.ends_with('"') && !doubled(text);
    let cut = line.cut(start, text.len() - usize::from(closed));
    let plain = cut.text.replace("\"\"", "\"");
    cut.with(plain)
}

/// Whether the quotes at the end are all doubled, and thus part of the text.
fn doubled(text: &str) -> bool {
    text.bytes().rev().take_while(|c| *c == b'"').count().is_multiple_of(2)
}

/// `1 | Seq Scan …`, `2: …`, `cat -n`: numbers that count the lines.
pub(super) fn numbers(lines: Vec<Line>) -> Vec<Line> {
    let told = |line: &Line| {
        let text = line.text.trim_start();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = text.get(..digits)?.parse().ok()?;
        let start = line.text.len() - text.len() + digits;
        let rest = line.text.get(start..)?;
        let after = rest.trim_start_matches(' ');
        let mark = after.starts_with(['.', ':', '|', ')', '\t']);
        let space = rest.starts_with(' ') || rest.is_empty();
        (mark || space).then(|| (number, start + if mark { rest.len() - after.len() + 1 } else { 0 }))
    };
    let counted: Option<Vec<_>> = lines.iter().filter(|line| !line.is_blank()).map(told).collect();
    let Some(counted) = counted.filter(|counted| counted.len() > 1) else { return lines };
    if counted.iter().zip(counted.iter().skip(1)).any(|((a, _), (b, _))| a.checked_add(1) != Some(*b)) {
        return lines;
    }
    lines
        .iter()
        .map(|line| told(line).map_or_else(|| line.clone(), |(_, at)| line.cut(at, line.text.len())))
        .collect()
}
