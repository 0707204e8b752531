//! Expressions and statements, token by token: grammar stays, names and literals are replaced.

use super::grammar::{self, Near};
use super::literal::{self, Around};
use super::names::{Kind, Names};
use super::vocabulary;
use crate::query::name::unquote;
use crate::query::{Token, TokenKind, tokens};

/// What PostgreSQL has deparsed: conditions, keys, outputs.
pub(super) fn expression(names: &mut Names, text: &str) -> String {
    Rewriter::new(names, text, false).rewrite()
}

/// What somebody has written: a whole statement.
pub(super) fn statement(names: &mut Names, text: &str) -> String {
    Rewriter::new(names, text, true).rewrite()
}

struct Rewriter<'a, 'n> {
    names: &'n mut Names,
    tokens: Vec<Token<'a>>,
    written: bool,
    /// For each parenthesis that is open, whether it is of a CAST.
    casts: Vec<bool>,
    /// What an array's elements are compared by, as a single literal is: `~~ ANY (ARRAY['a%'::text, …])`.
    operator: Option<Token<'a>>,
    out: String,
}

impl<'a, 'n> Rewriter<'a, 'n> {
    fn new(names: &'n mut Names, text: &'a str, written: bool) -> Self {
        Self {
            names,
            tokens: tokens(text),
            written,
            casts: Vec::new(),
            operator: None,
            out: String::with_capacity(text.len()),
        }
    }

    fn rewrite(mut self) -> String {
        let mut at = 0;
        while let Some(token) = self.tokens.get(at).copied() {
            at = if token.punct("::") || self.is_cast_as(&token) {
                self.out.push_str(token.text);
                self.type_name(at + 1)
            } else {
                self.one(at, token);
                if token.significant() && !is_between(&token) {
                    self.operator = Some(token);
                }
                at + 1
            };
        }
        self.out
    }

    /// The significant token so many places before (-1, -2) or after (1, 2) this one.
    fn near(&self, at: usize, places: isize) -> Option<Token<'a>> {
        let significant = |token: &&Token<'a>| token.significant();
        match places {
            1.. => {
                self.tokens.iter().skip(at + 1).filter(significant).nth(places.unsigned_abs() - 1).copied()
            }
            _ => {
                let before = self.tokens.get(..at).unwrap_or_default();
                before.iter().rev().filter(significant).nth(places.unsigned_abs() - 1).copied()
            }
        }
    }

    fn one(&mut self, at: usize, token: Token<'a>) {
        match token.kind {
            TokenKind::Space | TokenKind::Param | TokenKind::Operator => self.out.push_str(token.text),
            TokenKind::Punct => {
                match token.text {
                    "(" => self.casts.push(self.near(at, -1).is_some_and(|before| before.is("cast"))),
                    ")" => drop(self.casts.pop()),
                    _ => {}
                }
                self.out.push_str(token.text);
            }
            // Comments say anything; what the lexer takes for a command of psql's, or for nothing, is not SQL.
            TokenKind::Comment | TokenKind::Meta | TokenKind::Other => self.out.push(' '),
            TokenKind::Number => self.number(at, token),
            TokenKind::Str => {
                let around = self.around(at);
                let new = literal::string(self.names, token.text, around);
                self.out.push_str(&new);
            }
            TokenKind::Word | TokenKind::QuotedName => {
                let new = self.word(at, token);
                self.out.push_str(&new);
            }
        }
    }

    fn number(&mut self, at: usize, token: Token<'a>) {
        let of_subplan = self.near(at, -1).is_some_and(|before| is_subplan(&before));
        // What is no number, such as `1abc`, is junk that may be anything.
        let new = match literal::is_number(token.text) {
            true if of_subplan => token.text.to_owned(),
            true => self.names.number(token.text),
            false => self.names.number("0x"),
        };
        self.out.push_str(&new);
    }

    fn around(&self, at: usize) -> Around {
        let operator = self.operator;
        let is = |list: &[&str]| operator.is_some_and(|token| list.contains(&token.text));
        let of_type = |token: &Token| {
            token.names() || token.kind == TokenKind::Number || [".", "[", "(", ")"].contains(&token.text)
        };
        let mut after = self.tokens.iter().skip(at + 1).filter(|token| token.significant());
        let cast = after.next().is_some_and(|token| token.punct("::"));
        let array_type = cast && after.take_while(|token| of_type(token)).any(|token| token.punct("["));
        let bare = !cast;
        let of_any = self.near(at, -1).is_some_and(|t| t.punct("("))
            && self.near(at, -2).is_some_and(|t| t.is_any(&["any", "all", "some"]));
        Around {
            array: array_type || (bare && of_any),
            like: is(&["~~", "~~*", "!~~", "!~~*"]) || operator.is_some_and(|t| t.is_any(&["like", "ilike"])),
            regex: is(&["~", "~*", "!~", "!~*"]),
        }
    }

    fn word(&mut self, at: usize, token: Token<'a>) -> String {
        let (before, after) = (self.near(at, -1), self.near(at, 1));
        let dotted = before.is_some_and(|before| before.punct("."));
        let calls = after.is_some_and(|after| after.punct("("));
        let name = unquote(token.text);
        if dotted {
            return self.behind_a_dot(at, &name, token, calls);
        }
        if after.is_some_and(|after| after.punct(".")) {
            return self.kept_or(Kind::Alias, &name, token);
        }
        if let Some(kept) = self.of_subplan(at, token) {
            return kept;
        }
        if before.is_some_and(|before| before.is("collate")) {
            return self.collation(&name, token);
        }
        let near = Near { before: [before, self.near(at, -2)], after, written: self.written };
        let quoted = token.kind == TokenKind::QuotedName;
        if !quoted && grammar::is_keyword(&token, &near) {
            return token.text.to_owned();
        }
        let table = self.written
            && before.is_some_and(|t| t.is_any(&["from", "join", "into", "update", "table", "only"]));
        let label =
            self.written && before.is_some_and(|t| t.is_any(&["as", "into", "update", "with", "recursive"]));
        if calls && !label {
            return self.function(&name, token);
        }
        // `interval '1 day'`, `date '2024-01-01'`.
        if !quoted && after.is_some_and(|after| after.kind == TokenKind::Str) && vocabulary::is_type(&name) {
            return token.text.to_owned();
        }
        self.kept_or(if table { Kind::Table } else { Kind::Column }, &name, token)
    }

    /// PostgreSQL's own names stay as they were written, in quotes where they were.
    fn kept_or(&mut self, kind: Kind, name: &str, token: Token<'a>) -> String {
        match self.names.name(kind, name) {
            same if same == name => token.text.to_owned(),
            new => new,
        }
    }

    fn function(&mut self, name: &str, token: Token<'a>) -> String {
        match vocabulary::is_function(name) {
            true => token.text.to_owned(),
            false => self.names.name(Kind::Function, name),
        }
    }

    fn behind_a_dot(&mut self, at: usize, name: &str, token: Token<'a>, calls: bool) -> String {
        let qualifier = self.near(at, -2);
        let field = |stem: &str| {
            name.strip_prefix(stem).is_some_and(|n| !n.is_empty() && n.bytes().all(|c| c.is_ascii_digit()))
        };
        match qualifier {
            // `(SubPlan 1).col1`, and the fields of a record.
            Some(close) if close.punct(")") && (field("col") || field("f")) => name.to_owned(),
            Some(schema) if schema.is("pg_catalog") && calls && vocabulary::is_function(name) => {
                name.to_owned()
            }
            _ if calls => self.names.name(Kind::Function, name),
            _ => self.kept_or(Kind::Column, name, token),
        }
    }

    /// `SubPlan 1`, `(hashed SubPlan 1)`, `(alternatives: SubPlan 1 or …)`, `SubPlan any_1` of 19.
    fn of_subplan(&mut self, at: usize, token: Token<'a>) -> Option<String> {
        let (before, after) = (self.near(at, -1), self.near(at, 1));
        let named = after.is_some_and(|next| next.kind == TokenKind::Number || next.names());
        if self.written {
            return None;
        }
        if is_subplan(&token) && named {
            return Some(token.text.to_owned());
        }
        if before.is_some_and(|before| is_subplan(&before)) && token.kind == TokenKind::Word {
            return Some(subplan_name(self.names, token.text));
        }
        let leads = matches!(token.text, "hashed" | "rescan") && after.is_some_and(|next| is_subplan(&next));
        let alternatives = token.text == "alternatives" && after.is_some_and(|next| next.punct(":"));
        (leads || alternatives).then(|| token.text.to_owned())
    }

    fn collation(&mut self, name: &str, token: Token<'a>) -> String {
        match vocabulary::is_collation(name) {
            true => token.text.to_owned(),
            false => self.names.name(Kind::Collation, name),
        }
    }

    /// Whether it is the AS of a CAST.
    fn is_cast_as(&self, token: &Token) -> bool {
        token.is("as") && self.casts.last() == Some(&true)
    }

    /// A type behind `::`, with what belongs to it; its modifiers are no data.
    fn type_name(&mut self, from: usize) -> usize {
        let mut at = from;
        let mut first = true;
        let mut in_modifier = false;
        while let Some(token) = self.tokens.get(at).copied() {
            let goes_on = match token.kind {
                TokenKind::Space | TokenKind::Comment => {
                    // White space belongs to it when more of the type follows.
                    let next = self.near(at, 1);
                    first || in_modifier || next.is_some_and(|next| next.continues_type())
                }
                TokenKind::Word | TokenKind::QuotedName => {
                    first || token.continues_type() || self.near(at, -1).is_some_and(|t| t.punct("."))
                }
                TokenKind::Number => in_modifier,
                TokenKind::Punct => match token.text {
                    "(" | "[" => {
                        in_modifier = true;
                        true
                    }
                    ")" | "]" if in_modifier => {
                        in_modifier = false;
                        true
                    }
                    "," => in_modifier,
                    "." => !first,
                    _ => false,
                },
                _ => false,
            };
            if !goes_on {
                break;
            }
            let new = self.of_type(at, token);
            self.out.push_str(&new);
            first &= !token.names();
            at += 1;
        }
        at
    }

    fn of_type(&mut self, at: usize, token: Token<'a>) -> String {
        if !token.names() {
            return if token.kind == TokenKind::Comment { " ".to_owned() } else { token.text.to_owned() };
        }
        let name = unquote(token.text);
        let qualified = self.near(at, -1).is_some_and(|before| before.punct("."));
        let of_catalog = qualified && self.near(at, -2).is_some_and(|schema| schema.is("pg_catalog"));
        let qualifies = self.near(at, 1).is_some_and(|after| after.punct("."));
        match () {
            () if qualifies => self.names.name(Kind::Schema, &name),
            () if token.continues_type() || (!qualified || of_catalog) && vocabulary::is_type(&name) => {
                token.text.to_owned()
            }
            () => self.names.name(Kind::Type, &name),
        }
    }
}

/// Whether it may stand between an operator and the literals that it compares with.
fn is_between(token: &Token) -> bool {
    let within = ["(", "[", ",", ")", "]"].contains(&token.text) && token.kind == TokenKind::Punct;
    within || token.kind == TokenKind::Str || token.is_any(&["any", "all", "array", "some", "not"])
}

fn is_subplan(token: &Token) -> bool {
    token.kind == TokenKind::Word && matches!(token.text, "SubPlan" | "InitPlan")
}

/// A subplan's name: its number, or the name that 19 gives it (`any_1`, `expr_2`); a CTE's is a name.
pub(super) fn subplan_name(names: &mut Names, name: &str) -> String {
    const STEMS: [&str; 9] =
        ["any", "all", "array", "exists", "expr", "minmax", "multiexpr", "rowcompare", "setop"];
    let number = name.rsplit('_').next().unwrap_or_default();
    let numbered = !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit());
    let own = numbered && name.rsplit_once('_').is_some_and(|(stem, _)| STEMS.contains(&stem));
    if own || name.bytes().all(|c| c.is_ascii_digit()) {
        name.to_owned()
    } else {
        names.name(Kind::Cte, name)
    }
}
