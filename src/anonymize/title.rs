//! A node's line in text: `Index Scan using i on s.t a  (cost=…) (actual …)`.

use super::names::{Kind, Names};
use super::vocabulary;
use crate::query::name::unquote;
use crate::query::{Token, TokenKind, tokens};

/// The line without indentation and arrow.
pub(super) fn rewrite(names: &mut Names, line: &str) -> String {
    let (title, figures) = line.split_at(figures_at(line).unwrap_or(line.len()));
    let figures = if vocabulary::is_figures(figures) { figures } else { "" };
    let space = title.len() - title.trim_end().len();
    let space = title.get(title.len() - space..).unwrap_or_default();
    format!("{}{space}{figures}", names_of(names, title.trim_end()))
}

/// Where the figures begin, outside of quotes.
fn figures_at(line: &str) -> Option<usize> {
    let starts = ["(cost=", "(actual ", "(never executed)"];
    let mut quoted = false;
    for (at, c) in line.char_indices() {
        quoted ^= c == '"';
        let rest = line.get(at..).unwrap_or_default();
        let after_space = at > 0 && line.get(..at).is_some_and(|before| before.ends_with([' ', '\t']));
        if !quoted && after_space && starts.iter().any(|start| rest.starts_with(start)) {
            return Some(at);
        }
    }
    None
}

fn names_of(names: &mut Names, title: &str) -> String {
    let (head, tail) = head_and_tail(title);
    let mut out = match head.strip_prefix("Custom Scan (").and_then(|rest| rest.strip_suffix(')')) {
        Some(provider) => format!("Custom Scan ({})", names.name(Kind::Node, provider)),
        None if vocabulary::is_title(head) => head.to_owned(),
        None => names.name(Kind::Node, head),
    };
    // After `using`, an index; after `on`, what is read: an index of a bitmap, or a table with its alias.
    let mut expects = Kind::Alias;
    let all: Vec<Token> = tokens(tail).into_iter().filter(Token::significant).collect();
    for (at, token) in all.iter().enumerate() {
        let qualifies = all.get(at + 1).is_some_and(|next| next.punct("."));
        let joined = at.checked_sub(1).and_then(|before| all.get(before)).is_some_and(|t| t.punct("."));
        let word = |word: &str| token.kind == TokenKind::Word && token.text == word && !joined;
        if word("using") && expects == Kind::Alias && at == 0 {
            expects = Kind::Index;
            out += " using";
        } else if word("on") && expects != Kind::Table {
            expects = Kind::Table;
            out += " on";
        } else if token.names() {
            let name = unquote(token.text);
            let kind = if qualifies { Kind::Schema } else { expects };
            out += if joined { "." } else { " " };
            out += &quoted(names.name(kind, &name), token, &name);
        }
    }
    out
}

/// PostgreSQL's own names keep their quotes.
fn quoted(new: String, token: &Token, name: &str) -> String {
    if new == name { token.text.to_owned() } else { new }
}

/// The words before the names, and the names.
fn head_and_tail(title: &str) -> (&str, &str) {
    let at = tokens(title)
        .iter()
        .find(|token| token.kind == TokenKind::Word && matches!(token.text, "on" | "using"))
        .map_or(title.len(), |token| token.start);
    let (head, tail) = title.split_at(at);
    (head.trim_end(), tail)
}
