//! Points into the user's own SQL, as rustc points into Rust.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::db::Refusal;
use crate::input::Text;
use crate::query::Statement;

/// The server's message under the place that it is about, in the source's own lines and columns.
pub fn point(source: &Text, statement: &Statement, refusal: &Refusal) -> String {
    let Some(position) = refusal.position else { return with_hint(refusal.message.clone(), refusal) };
    let text = source.text.get(statement.offset..).unwrap_or_default();
    let start = text.char_indices().nth(position.saturating_sub(1)).map_or(text.len(), |(byte, _)| byte);
    let start = (statement.offset + start).min(source.text.len());
    let span = start..start + word(&source.text[start..]);
    let snippet = Snippet::source(source.text.as_str())
        .path(source.name.as_str())
        .annotation(AnnotationKind::Primary.span(span));
    let message = [Level::ERROR.primary_title(refusal.message.as_str()).element(snippet)];
    with_hint(Renderer::plain().decor_style(DecorStyle::Ascii).render(&message), refusal)
}

fn with_hint(message: String, refusal: &Refusal) -> String {
    match &refusal.hint {
        Some(hint) => format!("{message}\n hint: {hint}"),
        None => message,
    }
}

/// How many bytes the word at the start has, at least one character where there is one.
fn word(text: &str) -> usize {
    let of_word = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let one = text.chars().next().map_or(0, char::len_utf8);
    of_word.max(one)
}
