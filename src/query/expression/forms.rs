//! The forms of the grammar that are neither operators nor plain names.

use super::super::name::{quote, unquote};
use super::super::token::{Token, TokenKind};
use super::parse::Parser;
use super::{Expr, is_built_in};

/// Functions without parentheses (manual: 9.9.5, 9.27); some may have a precision: `LOCALTIMESTAMP(3)`.
const VALUES: [&str; 12] = [
    "CURRENT_CATALOG",
    "CURRENT_DATE",
    "CURRENT_ROLE",
    "CURRENT_SCHEMA",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "SESSION_USER",
    "SYSTEM_USER",
    "USER",
];

/// Reserved words that lead an argument, or come between arguments, in a call that is not a plain one.
const BEFORE_ARGUMENT: [&str; 13] = [
    "DISTINCT", "ALL", "VARIADIC", "LEADING", "TRAILING", "BOTH", "FROM", "FOR", "IN", "PLACING", "USING",
    "ORDER", "WHERE",
];

impl Parser<'_> {
    /// What a keyword starts; `None` when the word is a name.
    pub(super) fn special(&mut self, token: Token<'_>) -> Option<Option<Expr>> {
        let then = |text: &str| self.ahead(1).is_some_and(|next| next.punct(text));
        let (call, bracket) = (then("("), then("["));
        let name = VALUES.iter().find(|value| token.is(value));
        Some(match () {
            () if token.is("NULL") => self.constant(|_| Expr::Null { type_name: None }),
            () if token.is_any(&["TRUE", "FALSE"]) => {
                self.constant(|text| Expr::Literal { text: text.to_ascii_lowercase(), type_name: None })
            }
            () if token.is("CASE") => self.case(),
            () if token.is("ARRAY") && bracket => self.array(),
            () if token.is("ROW") && call => self.row(),
            () if token.is_any(&["ANY", "ALL"]) && call => self.any_of_subplan(),
            () if token.is_any(&["EXISTS", "ARRAY"]) && call => self.of_parenthesis(),
            () if token.is("COLLATION") && self.ahead(1).is_some_and(|next| next.is("FOR")) => {
                self.of_parenthesis()
            }
            () if name.is_some() => self.value(),
            // A partial aggregate, whose node feeds another: `PARTIAL count(*)`.
            () if token.is("PARTIAL") && self.ahead(1).is_some_and(|next| next.names()) => self.partial(),
            () => return None,
        })
    }

    fn constant(&mut self, make: impl Fn(&str) -> Expr) -> Option<Expr> {
        self.next().map(|token| make(token.text))
    }

    fn case(&mut self) -> Option<Expr> {
        self.next()?;
        let arg = if self.is("WHEN") { None } else { Some(Box::new(self.expr(0)?)) };
        let mut whens = Vec::new();
        while self.word("WHEN") {
            let when = self.expr(0)?;
            whens.push((when, self.word("THEN").then(|| self.expr(0))??));
        }
        let default = if self.word("ELSE") { Some(Box::new(self.expr(0)?)) } else { None };
        self.word("END").then_some(Expr::Case { arg, whens, default })
    }

    fn array(&mut self) -> Option<Expr> {
        self.next()?;
        self.next()?;
        Some(Expr::Array(self.list("]")?))
    }

    fn row(&mut self) -> Option<Expr> {
        self.next()?;
        self.next()?;
        Some(Expr::Row(self.list(")")?))
    }

    /// Expressions and commas up to the closing punctuation.
    fn list(&mut self, end: &str) -> Option<Vec<Expr>> {
        let mut items = Vec::new();
        if self.punct(end) {
            return Some(items);
        }
        loop {
            items.push(self.expr(0)?);
            if self.punct(end) {
                return Some(items);
            }
            self.punct(",").then_some(())?;
        }
    }

    /// `ANY (a = (hashed SubPlan 1).col1)`: PostgreSQL 17 and later say so what 16 left out.
    fn any_of_subplan(&mut self) -> Option<Expr> {
        let first = self.here();
        let all = self.next()?.is("ALL");
        self.next()?;
        let inner = self.expr(0)?;
        self.punct(")").then_some(())?;
        match inner {
            Expr::Compare { op, left, right } => Some(Expr::AnyAll { op, left, list: right, all }),
            other => Some(Expr::Other { text: self.text_from(first)?.to_owned(), parts: vec![other] }),
        }
    }

    /// `EXISTS(SubPlan 1)`, `ARRAY(SubPlan 1)`, of PostgreSQL 17 and later; `COLLATION FOR (a)`.
    fn of_parenthesis(&mut self) -> Option<Expr> {
        let first = self.here();
        self.next()?;
        self.word("FOR");
        let inner = self.parenthesised()?;
        Some(Expr::Other { text: self.text_from(first)?.to_owned(), parts: vec![inner] })
    }

    fn value(&mut self) -> Option<Expr> {
        let name = self.next()?.text.to_ascii_lowercase();
        let args = if self.punct("(") { self.list(")")? } else { Vec::new() };
        Some(Expr::Call { name, args, text: None })
    }

    fn partial(&mut self) -> Option<Expr> {
        let first = self.here();
        self.next()?;
        let Expr::Call { name, args, .. } = self.expr(u8::MAX)? else { return None };
        Some(Expr::Call { name, args, text: Some(self.text_from(first)?.to_owned()) })
    }

    /// A parenthesis: a subplan, a row, or just an expression.
    pub(super) fn parenthesised(&mut self) -> Option<Expr> {
        if let Some(subplan) = self.subplan() {
            return Some(subplan);
        }
        let first = self.here();
        self.next()?;
        if self.is("alternatives") && self.ahead(1).is_some_and(|next| next.punct(":")) {
            return self.alternatives(first);
        }
        let mut items = self.list(")")?;
        match items.len() {
            1 => items.pop(),
            _ => Some(Expr::Row(items)),
        }
    }

    /// `(SubPlan 1)`, `(hashed SubPlan 1)`, `(InitPlan 1).col1`, `(rescan SubPlan 1)`; 19 names them `SubPlan any_1`.
    fn subplan(&mut self) -> Option<Expr> {
        let start = 1 + usize::from(self.ahead(1)?.is_any(&["hashed", "rescan"]));
        let hashed = self.ahead(1)?.is("hashed");
        let (kind, number) = (self.ahead(start)?, self.ahead(start + 1)?);
        let known = kind.text == "SubPlan" || kind.text == "InitPlan";
        let numbered = number.kind == TokenKind::Number || number.names();
        if !known || !numbered || !self.ahead(start + 2)?.punct(")") {
            return None;
        }
        let name = format!("{} {}", kind.text, number.text);
        for _ in 0..start + 3 {
            self.next()?;
        }
        let column = if self.punct(".") { Some(self.next()?.text.to_owned()) } else { None };
        Some(Expr::SubPlan { name, hashed, column })
    }

    /// `(alternatives: SubPlan 1 or hashed SubPlan 2)`, before PostgreSQL 14 only.
    fn alternatives(&mut self, first: usize) -> Option<Expr> {
        let mut parts = Vec::new();
        while !self.punct(")") {
            let token = self.next()?;
            if token.text == "SubPlan" {
                let name = format!("SubPlan {}", self.next()?.text);
                parts.push(Expr::SubPlan { name, hashed: false, column: None });
            }
        }
        Some(Expr::Other { text: self.text_from(first)?.to_owned(), parts })
    }

    /// A call, from its opening parenthesis on.
    pub(super) fn call(&mut self, first: usize, printed: &str) -> Option<Expr> {
        // PostgreSQL quotes a function whose name is a keyword; unquoted, it is a form of the grammar.
        let plain = !printed.contains('.');
        let name = if plain { unquote(printed) } else { printed.to_owned() };
        let of_grammar = plain && !printed.contains('"') && quote(&name) != name && !is_built_in(&name);
        self.next()?;
        if name == "extract" {
            // The field is a word, not a column.
            self.next()?;
        }
        let mut args = Vec::new();
        let mut special = self.arguments(&mut args)? || of_grammar;
        loop {
            if self.word("FILTER") || self.word("WITHIN") && self.word("GROUP") {
                self.punct("(").then(|| self.arguments(&mut args))??;
            } else if self.word("OVER") {
                args.push(self.window()?);
            } else {
                break;
            }
            special = true;
        }
        if name == "normalize" {
            // The form, such as NFC, is a word, not a column.
            args.truncate(1);
        }
        let text = if special { Some(self.text_from(first)?.to_owned()) } else { None };
        Some(Expr::Call { name, args, text })
    }

    /// What stands between the parentheses; tells whether it is more than expressions and commas.
    fn arguments(&mut self, args: &mut Vec<Expr>) -> Option<bool> {
        let mut special = false;
        // Whether an argument may come next; behind one, words are the call's own: `DESC`, `NULLS LAST`.
        let mut open = true;
        while !self.punct(")") {
            let token = self.peek()?;
            let own = matches!(token.kind, TokenKind::Word | TokenKind::QuotedName | TokenKind::Operator);
            if token.is_any(&BEFORE_ARGUMENT) || !open && token.is("PASSING") {
                (special, open) = (true, true);
                self.next()?;
                self.word("BY");
            } else if self.punct(",") {
                open = true;
            } else if !open && (own || [":", ":=", "[", "]", "."].contains(&token.text)) {
                // `DESC`, `AS name`, `name => value`, the operator of `USING`, the type of `RETURNING`.
                special = true;
                open = matches!(self.next()?.text, "=>" | ":=" | ":");
            } else {
                args.push(self.expr(0)?);
                open = false;
            }
        }
        Some(special)
    }

    /// What follows `OVER`: `(?)`, `w1`, or a window's definition.
    fn window(&mut self) -> Option<Expr> {
        let first = self.here();
        let mut depth = 0usize;
        loop {
            let token = self.next()?;
            match token.text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return Some(Expr::Other { text: self.text_from(first)?.to_owned(), parts: Vec::new() });
            }
        }
    }

    /// A type as `format_type` prints it, such as `timestamp(3) without time zone` or `app."Mood"[]`.
    pub(super) fn type_name(&mut self) -> Option<String> {
        let first = self.here();
        self.name()?;
        loop {
            let token = self.peek();
            if token.is_some_and(|token| token.continues_type()) {
                self.next()?;
            } else if token.is_some_and(|token| token.punct("(") || token.punct("[")) {
                while !self.next().is_some_and(|token| token.punct(")") || token.punct("]")) {
                    self.peek()?;
                }
            } else {
                return self.text_from(first).map(str::to_owned);
            }
        }
    }
}
