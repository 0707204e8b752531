//! Goes through a statement's tokens.

use super::{Named, Unwelcome, WELCOME};
use crate::query::name::{is_reserved, unquote};
use crate::query::statements::Statement;
use crate::query::token::{Token, TokenKind, significant};

/// A statement, and how far it was read.
pub(super) struct Reader<'a> {
    statement: &'a Statement,
    pub tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(statement: &'a Statement) -> Self {
        Self { statement, tokens: significant(&statement.text), at: 0 }
    }

    /// The token at hand, which stays there.
    pub fn next(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub fn skip(&mut self) {
        self.at += 1;
    }

    /// Takes these keywords, if they all come next.
    pub fn take(&mut self, keywords: &[&str]) -> bool {
        let next = self.tokens.get(self.at..self.at + keywords.len()).unwrap_or_default();
        let comes = next.len() == keywords.len() && next.iter().zip(keywords).all(|(t, word)| t.is(word));
        if comes {
            self.at += keywords.len();
        }
        comes
    }

    /// Takes this punctuation, if it comes next.
    pub fn punct(&mut self, text: &str) -> bool {
        let comes = self.next().is_some_and(|token| token.punct(text));
        self.at += usize::from(comes);
        comes
    }

    /// Whether one of these keywords comes next.
    pub fn sees(&self, keywords: &[&str]) -> bool {
        self.next().is_some_and(|token| token.is_any(keywords))
    }

    /// A name; a reserved word is none unless it is quoted.
    pub fn name(&mut self) -> Result<String, Unwelcome> {
        let Some(token) = self.next() else { return Err(self.ended()) };
        let names =
            token.kind == TokenKind::QuotedName || token.kind == TokenKind::Word && !is_reserved(token.text);
        if !names {
            return Err(self.unreadable(&token));
        }
        self.at += 1;
        Ok(unquote(token.text))
    }

    /// A name that may have a schema before it.
    pub fn named(&mut self) -> Result<Named, Unwelcome> {
        let first = self.name()?;
        if !self.punct(".") {
            return Ok(Named { schema: None, name: first });
        }
        Ok(Named { schema: Some(first), name: self.name()? })
    }

    /// What one or more commas part.
    pub fn list<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<T, Unwelcome>,
    ) -> Result<Vec<T>, Unwelcome> {
        let mut all = vec![one(self)?];
        while self.punct(",") {
            all.push(one(self)?);
        }
        Ok(all)
    }

    /// The tokens from here up to the one at which `stop` says so, outside of parentheses.
    pub fn until(&mut self, stop: impl Fn(&Token<'_>) -> bool) -> Vec<Token<'a>> {
        let start = self.at;
        let mut depth = 0usize;
        while let Some(token) = self.next() {
            if depth == 0 && stop(&token) {
                break;
            }
            match token.text {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
        self.tokens.get(start..self.at).unwrap_or_default().to_vec()
    }

    /// Everything from here to the end, normalised.
    pub fn rest(&mut self) -> String {
        written(&self.until(|_| false))
    }

    /// A refusal that points at this token.
    pub fn unwelcome(&self, token: &Token<'_>, what: &str) -> Unwelcome {
        let start = self.statement.offset + token.start;
        Unwelcome {
            at: start..start + token.text.len(),
            why: format!("{what} is not tried: it is not executed, and nothing else was"),
            hint: WELCOME.to_owned(),
        }
    }

    /// A refusal of the statement as a whole, by its name.
    pub fn refused(&self, name: &str) -> Unwelcome {
        match self.tokens.first() {
            Some(token) => self.unwelcome(token, name),
            None => self.ended(),
        }
    }

    /// A refusal of something that is not understood.
    pub fn unreadable(&self, token: &Token<'_>) -> Unwelcome {
        Unwelcome {
            why: format!("`{}` is not expected here; nothing was executed", token.text),
            ..self.unwelcome(token, "")
        }
    }

    /// A refusal of a statement that ends too soon.
    pub fn ended(&self) -> Unwelcome {
        let end = self.statement.offset + self.statement.text.len();
        Unwelcome {
            at: end..end,
            why: "the statement ends too soon; nothing was executed".to_owned(),
            hint: WELCOME.to_owned(),
        }
    }
}

/// Tokens as text: one blank where there was white space or a comment.
pub(super) fn written(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    let mut end = None;
    for token in tokens {
        if end.is_some_and(|end| end < token.start) {
            text.push(' ');
        }
        text += token.text;
        end = Some(token.end());
    }
    text
}
