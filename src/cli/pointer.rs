//! Points into the user's own SQL, as rustc points into Rust, and says what to do next.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::db::{Refusal, RefusalKind};
use crate::input::Text;
use crate::query::Statement;

/// The server's message over the place that it is about, in the source's own lines and columns, and a hint.
pub fn point(source: &Text, statement: &Statement, refusal: &Refusal) -> String {
    let hint = refusal.hint.clone().unwrap_or_else(|| next(refusal).to_owned());
    match refusal.position {
        Some(position) => at(source, place(source, statement, position), &refusal.message, &hint),
        None => format!("error: {}\n hint: {hint}", refusal.message),
    }
}

/// A message over a place of the source, and a hint.
pub fn at(source: &Text, span: Range<usize>, message: &str, hint: &str) -> String {
    let snippet = Snippet::source(source.text.as_str())
        .path(source.name.as_str())
        .annotation(AnnotationKind::Primary.span(span));
    let message = [Level::ERROR.primary_title(message).element(snippet)];
    format!("{}\n hint: {hint}", Renderer::plain().decor_style(DecorStyle::Ascii).render(&message))
}

/// The word at a position of the statement, which counts characters from 1, in bytes of the source.
fn place(source: &Text, statement: &Statement, position: usize) -> Range<usize> {
    let text = source.text.get(statement.offset..).unwrap_or_default();
    let start = text.char_indices().nth(position.saturating_sub(1)).map_or(text.len(), |(byte, _)| byte);
    let start = (statement.offset + start).min(source.text.len());
    start..start + word(source.text.get(start..).unwrap_or_default())
}

/// What to do next, where the server has no hint of its own. Its messages may be in another language, so that each
/// kind has a hint that is true of all of them.
fn next(refusal: &Refusal) -> &'static str {
    let says = |words: &str| refusal.message.contains(words);
    match refusal.kind {
        RefusalKind::Statement if says("near \":\"") || says("near \"\\") => {
            "psql's variables are not filled in: put a typical value in its place"
        }
        RefusalKind::Statement if says("syntax error") => {
            "nothing was run; is there a semicolon missing before this, or a comma too many?"
        }
        RefusalKind::Statement if says("relation") => {
            "check its spelling, the database (`-d`), and the schemas (PGOPTIONS='-c search_path=…')"
        }
        RefusalKind::Statement => "nothing was run; correct the statement, or check the database (`-d`)",
        RefusalKind::Privilege => "connect as a role that may, or let the owner GRANT it",
        RefusalKind::LockTimeout => {
            "another session holds a lock on it (`pg_locks`); try again when that is over"
        }
        _ => "the statement fails by itself when it is run: correct it, or its values",
    }
}

/// How many bytes the word at the start has, at least one character where there is one.
fn word(text: &str) -> usize {
    let of_word = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let one = text.chars().next().map_or(0, char::len_utf8);
    of_word.max(one)
}
