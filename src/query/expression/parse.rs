//! Reads an expression as PostgreSQL prints it.
//!
//! Operator precedence is the manual's (4.1.6), though printed expressions hardly need it.

use super::super::name::{is_reserved, unquote};
use super::super::string;
use super::super::token::{Token, TokenKind, significant};
use super::Expr;

/// Deeper nesting than this is not read. PostgreSQL prints what people and tools write: a few dozen levels.
const DEEPEST: usize = 250;

/// The whole text as one expression.
pub(super) fn whole(text: &str) -> Option<Expr> {
    let tokens = significant(text);
    if tokens.last().is_some_and(is_cut_off) {
        return None;
    }
    let mut parser = Parser { text, tokens, at: 0, depth: 0 };
    let expr = parser.expr(0)?;
    (parser.at == parser.tokens.len()).then_some(expr)
}

/// Whether a quoted token lacks its closing quote, as in a log line that was cut.
fn is_cut_off(token: &Token<'_>) -> bool {
    let quote = match token.kind {
        TokenKind::QuotedName => '"',
        TokenKind::Str if !token.text.starts_with('$') => '\'',
        _ => return false,
    };
    token.text.matches(quote).count() % 2 == 1
}

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    /// The next token.
    at: usize,
    /// How many expressions around this one are not yet complete, or lean to the left.
    depth: usize,
}

/// How tightly operators bind (manual: 4.1.6).
mod power {
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const NOT: u8 = 3;
    pub const IS: u8 = 4;
    pub const COMPARISON: u8 = 5;
    pub const OTHER: u8 = 6;
    pub const SUM: u8 = 7;
    pub const PRODUCT: u8 = 8;
    pub const POWER: u8 = 9;
    pub const AT: u8 = 10;
    pub const COLLATE: u8 = 11;
    pub const SIGN: u8 = 12;
}

impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    /// The number of the next token, for [`Parser::text_from`].
    pub(super) fn here(&self) -> usize {
        self.at
    }

    pub(super) fn ahead(&self, n: usize) -> Option<Token<'a>> {
        self.tokens.get(self.at + n).copied()
    }

    pub(super) fn is(&self, keyword: &str) -> bool {
        self.peek().is_some_and(|token| token.is(keyword))
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    /// Takes the next token if it is this keyword.
    pub(super) fn word(&mut self, keyword: &str) -> bool {
        let found = self.is(keyword);
        self.at += usize::from(found);
        found
    }

    /// Takes the next token if it is this punctuation.
    pub(super) fn punct(&mut self, text: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.punct(text));
        self.at += usize::from(found);
        found
    }

    /// The text from one token to the last one taken.
    pub(super) fn text_from(&self, first: usize) -> Option<&'a str> {
        let start = self.tokens.get(first)?.start;
        let end = self.tokens.get(self.at.checked_sub(1)?)?.end();
        self.text.get(start..end)
    }

    /// The next tokens as text of their own.
    fn other(&mut self, tokens: usize, parts: Vec<Expr>) -> Option<Expr> {
        let first = self.at;
        self.at += tokens;
        Some(Expr::Other { text: self.text_from(first)?.to_owned(), parts })
    }

    /// An expression whose operators bind at least so tightly.
    pub(super) fn expr(&mut self, least: u8) -> Option<Expr> {
        let depth = self.deeper()?;
        let mut left = self.prefix()?;
        while let Some(power) = self.infix_power().filter(|&power| power >= least) {
            // A chain of operators leans to the left, one level deeper with each; AND and OR stay flat.
            if power > power::AND {
                self.deeper()?;
            }
            left = self.infix(left, power)?;
        }
        self.depth = depth;
        Some(left)
    }

    /// One level deeper; tells the level before.
    fn deeper(&mut self) -> Option<usize> {
        self.depth += 1;
        (self.depth <= DEEPEST).then_some(self.depth - 1)
    }

    fn prefix(&mut self) -> Option<Expr> {
        if self.word("NOT") {
            return Some(Expr::Not(Box::new(self.expr(power::NOT)?)));
        }
        let token = self.peek()?;
        if token.kind != TokenKind::Operator {
            return self.postfix();
        }
        self.at += 1;
        let number =
            self.peek().is_some_and(|next| next.kind == TokenKind::Number && next.start == token.end());
        match token.text {
            "*" => Some(Expr::Other { text: "*".to_owned(), parts: Vec::new() }),
            "-" if number => match self.postfix()? {
                Expr::Literal { text, type_name } => {
                    Some(Expr::Literal { text: format!("-{text}"), type_name })
                }
                arg => Some(Expr::Prefix { op: "-".to_owned(), arg: Box::new(arg) }),
            },
            // The grammar's own operators have two sides.
            "=" | "<" | ">" | "<=" | ">=" | "<>" | "!=" | "/" | "%" | "^" => None,
            op => {
                let binds = if matches!(op, "+" | "-") { power::SIGN } else { power::OTHER };
                Some(Expr::Prefix { op: op.to_owned(), arg: Box::new(self.expr(binds)?) })
            }
        }
    }

    fn infix_power(&self) -> Option<u8> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::Operator => Some(match token.text {
                "=" | "<" | ">" | "<=" | ">=" | "<>" | "!=" => power::COMPARISON,
                "+" | "-" => power::SUM,
                "*" | "/" | "%" => power::PRODUCT,
                "^" => power::POWER,
                _ => power::OTHER,
            }),
            TokenKind::Word => INFIX_WORDS.iter().find(|(word, _)| token.is(word)).map(|&(_, power)| power),
            _ => None,
        }
    }

    fn infix(&mut self, left: Expr, power: u8) -> Option<Expr> {
        match power {
            power::AND | power::OR => self.junction(left, power),
            power::IS => self.is_test(left),
            power::COLLATE => {
                self.at += 1;
                let collation = self.name()?.to_owned();
                Some(Expr::Collate { arg: Box::new(left), collation })
            }
            _ => {
                let op = self.operator()?;
                self.right_side(left, op, power)
            }
        }
    }

    fn junction(&mut self, left: Expr, power: u8) -> Option<Expr> {
        let word = if power == power::AND { "AND" } else { "OR" };
        let mut terms = vec![left];
        while self.word(word) {
            terms.push(self.expr(power + 1)?);
        }
        Some(if power == power::AND { Expr::And(terms) } else { Expr::Or(terms) })
    }

    /// A binary operator: a symbol, words, or `OPERATOR(schema.symbol)`.
    fn operator(&mut self) -> Option<String> {
        let first = self.at;
        let token = self.next()?;
        if token.is("OPERATOR") {
            while !self.punct(")") {
                self.next()?;
            }
        } else if token.is("AT") && !self.is("LOCAL") {
            return (self.word("TIME") && self.word("ZONE")).then(|| "AT TIME ZONE".to_owned());
        }
        self.text_from(first).map(str::to_owned)
    }

    fn right_side(&mut self, left: Expr, op: String, power: u8) -> Option<Expr> {
        let left = Box::new(left);
        if op == "AT" {
            let right = Box::new(self.other(1, Vec::new())?);
            return Some(Expr::Compare { op, left, right });
        }
        let all = self.is("ALL");
        if (all || self.is("ANY")) && self.ahead(1).is_some_and(|token| token.punct("(")) {
            self.at += 1;
            let list = Box::new(self.postfix()?);
            return Some(Expr::AnyAll { op, left, list, all });
        }
        Some(Expr::Compare { op, left, right: Box::new(self.expr(power + 1)?) })
    }

    /// `IS [NOT] NULL`, `TRUE`, `DISTINCT FROM …`, and the rest of them.
    fn is_test(&mut self, arg: Expr) -> Option<Expr> {
        self.at += 1;
        let arg = Box::new(arg);
        let negated = self.word("NOT");
        if self.word("NULL") {
            return Some(Expr::IsNull { arg, negated });
        }
        if self.word("DISTINCT") {
            let right = Box::new(self.word("FROM").then(|| self.expr(power::IS + 1))??);
            let op = if negated { "IS NOT DISTINCT FROM" } else { "IS DISTINCT FROM" };
            return Some(Expr::Compare { op: op.to_owned(), left: arg, right });
        }
        let first = self.at;
        while self.peek().is_some_and(|token| token.is_any(&TEST_WORDS)) {
            self.at += 1;
        }
        let test = (self.at > first).then(|| self.text_from(first))??.to_owned();
        Some(Expr::Is { arg, test, negated })
    }

    /// A name of one or more parts, as it is printed.
    pub(super) fn name(&mut self) -> Option<&'a str> {
        let first = self.at;
        self.next().filter(Token::names)?;
        while self.punct(".") {
            let star = self.peek()?.text == "*";
            self.next().filter(|token| token.names() || star)?;
        }
        self.text_from(first)
    }

    /// An expression with the casts, subscripts and fields after it.
    fn postfix(&mut self) -> Option<Expr> {
        let depth = self.depth;
        let first = self.at;
        let mut expr = self.primary()?;
        loop {
            self.deeper()?;
            expr = match self.peek() {
                Some(token) if token.punct("::") => {
                    self.at += 1;
                    cast(expr, self.type_name()?)
                }
                Some(token) if token.punct("[") => {
                    let mut parts = vec![expr];
                    self.at += 1;
                    self.subscripts(&mut parts)?;
                    Expr::Other { text: self.text_from(first)?.to_owned(), parts }
                }
                Some(token) if token.punct(".") => {
                    self.at += 1;
                    self.next().filter(|field| field.names() || field.text == "*")?;
                    Expr::Other { text: self.text_from(first)?.to_owned(), parts: vec![expr] }
                }
                _ => break,
            };
        }
        self.depth = depth;
        Some(expr)
    }

    fn subscripts(&mut self, parts: &mut Vec<Expr>) -> Option<()> {
        while !self.punct("]") {
            if !self.punct(":") {
                parts.push(self.expr(0)?);
            }
        }
        Some(())
    }

    fn primary(&mut self) -> Option<Expr> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::Str => {
                self.at += 1;
                Some(Expr::Literal { text: string::value(token.text), type_name: None })
            }
            TokenKind::Number => {
                self.at += 1;
                Some(Expr::Literal { text: token.text.to_owned(), type_name: None })
            }
            TokenKind::Param => {
                self.at += 1;
                Some(Expr::Param(token.text.to_owned()))
            }
            TokenKind::Punct if token.punct("(") => self.parenthesised(),
            TokenKind::Word => self.special(token).unwrap_or_else(|| self.named()),
            TokenKind::QuotedName => self.named(),
            _ => None,
        }
    }

    /// A column, a call, or a constant after its type's name.
    fn named(&mut self) -> Option<Expr> {
        let token = self.peek()?;
        if token.kind == TokenKind::Word && is_reserved(token.text) {
            return None;
        }
        let first = self.at;
        let name = self.name()?;
        let parts: Vec<&str> = self.tokens.get(first..self.at)?.iter().map(|token| token.text).collect();
        match self.peek() {
            Some(next) if next.punct("(") => self.call(first, name),
            Some(next) if next.kind == TokenKind::Str => {
                self.at += 1;
                Some(Expr::Literal { text: string::value(next.text), type_name: Some(name.to_owned()) })
            }
            _ => {
                let mut names = parts.into_iter().rev().step_by(2).map(unquote);
                let name = names.next()?;
                Some(Expr::Column { table: names.next(), name })
            }
        }
    }
}

/// Operators that are words.
const INFIX_WORDS: [(&str, u8); 7] = [
    ("OR", power::OR),
    ("AND", power::AND),
    ("IS", power::IS),
    ("OVERLAPS", power::COMPARISON),
    ("OPERATOR", power::OTHER),
    ("AT", power::AT),
    ("COLLATE", power::COLLATE),
];

/// What can be tested with `IS` beside NULL and DISTINCT FROM (manual: 9.2, 9.4, 9.15.2.4, 9.16.1).
const TEST_WORDS: [&str; 18] = [
    "TRUE",
    "FALSE",
    "UNKNOWN",
    "DOCUMENT",
    "NFC",
    "NFD",
    "NFKC",
    "NFKD",
    "NORMALIZED",
    "JSON",
    "VALUE",
    "OBJECT",
    "ARRAY",
    "SCALAR",
    "WITH",
    "WITHOUT",
    "UNIQUE",
    "KEYS",
];

/// A constant with its type's name after it stays a constant.
fn cast(expr: Expr, to: String) -> Expr {
    match expr {
        Expr::Literal { text, type_name: None } => Expr::Literal { text, type_name: Some(to) },
        Expr::Null { type_name: None } => Expr::Null { type_name: Some(to) },
        arg => Expr::Cast { arg: Box::new(arg), type_name: to },
    }
}
