//! An SQL script, split into statements as psql splits it.

use super::ignore::Ignore;
use super::kind::{Kind, explain_prefix, first_parameter, has_parameters, of_tokens};
use super::token::{Token, TokenKind, first_at};

/// What a script holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// The statements, in the script's order.
    pub statements: Vec<Statement>,
    /// What was passed over.
    pub notes: Vec<Note>,
}

/// One statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The user's own text, from its first token to its last: without a leading `EXPLAIN`, the semicolon, and
    /// comments around it (but with a leading hint, `/*+ … */`, which pg_hint_plan reads). A psql
    /// meta-command inside of it is blanked out, so that positions keep their meaning.
    pub text: String,
    /// Where the text starts in the script, in bytes.
    pub offset: usize,
    /// What the statement would do.
    pub kind: Kind,
    /// The rules that comments before it, in it, or behind it on its last line silence.
    pub ignores: Vec<Ignore>,
}

/// Something in the script that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The script's line, from 1.
    pub line: usize,
    /// What was passed over, such as "psql meta-command `\set x 1` ignored".
    pub text: String,
}

/// A place in a file, as editors count: lines and characters from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

impl Place {
    /// The place of a byte of the text; of its end, when the text is shorter.
    pub fn of_byte(source: &str, offset: usize) -> Self {
        let before = source.get(..offset).unwrap_or(source).trim_start_matches('\u{feff}');
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).map_or(0, |line| line.chars().count());
        Self { line: before.matches('\n').count() + 1, column: column + 1 }
    }
}

impl Statement {
    /// Whether the statement holds parameters such as `$1`.
    pub fn has_parameters(&self) -> bool {
        has_parameters(&self.text)
    }

    /// Where the first parameter is in the script, in bytes.
    pub fn first_parameter(&self) -> Option<std::ops::Range<usize>> {
        let found = first_parameter(&self.text)?;
        Some(self.offset + found.start..self.offset + found.end)
    }

    /// The functions that the text calls, and whatever else is a name before a parenthesis.
    pub fn calls(&self) -> Vec<String> {
        super::mentions::called(&self.text)
    }

    /// Where the statement starts in its script.
    pub fn place(&self, source: &str) -> Place {
        Place::of_byte(source, self.offset)
    }

    /// Where an error is, in the script's own lines: `position` is the character of this statement's text,
    /// from 1, that PostgreSQL named (manual: 55.8, field `P`, less what was sent before the text).
    pub fn locate(&self, source: &str, position: usize) -> Place {
        let text = source.get(self.offset..).unwrap_or("");
        let byte = text.char_indices().nth(position.saturating_sub(1)).map_or(text.len(), |(byte, _)| byte);
        Place::of_byte(source, self.offset + byte)
    }
}

/// Splits a script into its statements.
pub fn split(source: &str) -> Script {
    let (pending, depth, script) = (Vec::new(), Depth::default(), Script::default());
    let mut splitter = Splitter { source, at: 0, pending, depth, ended: 0, script };
    while let Some(token) = first_at(source, splitter.at) {
        splitter.at = token.end();
        splitter.take(token);
    }
    splitter.finish();
    splitter.script
}

struct Splitter<'a> {
    source: &'a str,
    /// Where the next token starts.
    at: usize,
    /// The tokens of the statement at hand.
    pending: Vec<Token<'a>>,
    depth: Depth,
    /// Where the statement before ended, with its semicolon.
    ended: usize,
    script: Script,
}

impl<'a> Splitter<'a> {
    fn take(&mut self, token: Token<'a>) {
        match token.kind {
            TokenKind::Space => {}
            TokenKind::Meta => self.meta_command(token),
            _ if token.punct(";") && self.depth.is_outside() => {
                let copies = copies_from_stdin(&self.pending);
                self.finish();
                if copies {
                    self.skip_copy_data();
                }
            }
            _ => {
                self.depth.follow(&token, &self.pending);
                self.pending.push(token);
            }
        }
    }

    /// What psql would do at a backslash command: end the statement, or do something of its own meanwhile.
    fn meta_command(&mut self, token: Token<'a>) {
        let mut commands = token.text.split('\\').filter_map(|part| part.split_ascii_whitespace().next());
        let sends = commands.clone().any(|command| SENDS.contains(&command));
        let first = commands.next().unwrap_or("");
        if !matches!(token.text.trim_end(), "\\;" | "\\g" | "\\gx") {
            self.note(token.start, format!("psql meta-command `{}` ignored", token.text.trim_end()));
        }
        match first {
            "q" | "quit" => self.at = self.source.len(),
            "r" | "reset" => {
                self.pending.clear();
                self.depth = Depth::default();
            }
            _ if sends || token.text == "\\;" => self.finish(),
            _ => self.pending.push(token),
        }
    }

    /// Ends the statement at hand.
    fn finish(&mut self) {
        self.depth = Depth::default();
        let tokens = std::mem::take(&mut self.pending);
        let ignores = self.ignores(&tokens);
        self.ended = self.at;
        let significant: Vec<Token<'_>> = tokens.iter().copied().filter(Token::significant).collect();
        let inner = significant.get(explain_prefix(&significant)..).unwrap_or_default();
        let (Some(first), Some(last)) = (inner.first(), inner.last()) else { return };
        let start = hint_before(&tokens, first.start).unwrap_or(first.start);
        let Some(text) = self.source.get(start..last.end()) else { return };
        let mut text = text.to_owned();
        let inside = |token: &&Token<'_>| (start..last.start).contains(&token.start);
        for meta in tokens.iter().rev().filter(|token| token.kind == TokenKind::Meta).filter(inside) {
            let blanks = " ".repeat(meta.text.chars().count());
            text.replace_range(meta.start - start..meta.end() - start, &blanks);
        }
        self.script.statements.push(Statement { text, offset: start, kind: of_tokens(inner), ignores });
    }

    /// What the comments silence for the statement at hand. One on the line on which the statement before ended was
    /// written of that one.
    fn ignores(&mut self, tokens: &[Token<'_>]) -> Vec<Ignore> {
        let begins = tokens.iter().find(|token| token.significant()).map_or(usize::MAX, |token| token.start);
        let is_behind = |ignore: &Ignore| {
            let between = self.source.get(self.ended..ignore.offset).unwrap_or("\n");
            ignore.offset < begins && !between.contains('\n')
        };
        let (mut behind, mut here): (Vec<_>, Vec<_>) =
            tokens.iter().filter_map(Ignore::of).partition(is_behind);
        match self.script.statements.last_mut() {
            Some(before) => before.ignores.append(&mut behind),
            None => here.splice(0..0, behind).for_each(drop),
        }
        here
    }

    /// The lines after `COPY … FROM STDIN;` are data, up to the line `\.` (psql's manual, `\copy`).
    fn skip_copy_data(&mut self) {
        let start = self.at;
        let rest = self.source.get(start..).unwrap_or("");
        let data: usize = rest
            .split_inclusive('\n')
            .scan(false, |ended, line| {
                let length = (!*ended).then_some(line.len());
                *ended = line.trim_end() == "\\.";
                length
            })
            .sum();
        self.at = start + data;
        self.note(start, "data of COPY ignored".to_owned());
    }

    fn note(&mut self, offset: usize, text: String) {
        let line = Place::of_byte(self.source, offset).line;
        self.script.notes.push(Note { line, text });
    }
}

/// The meta-commands that send the statement before them to the server (psql's manual).
const SENDS: [&str; 7] = ["g", "gx", "gset", "gexec", "gdesc", "crosstabview", "watch"];

/// How deep in parentheses and in `BEGIN ATOMIC … END` a script is: semicolons in there end nothing.
/// The same rules as in psql (`psqlscan.l`).
#[derive(Default)]
struct Depth {
    parentheses: usize,
    blocks: usize,
}

impl Depth {
    fn is_outside(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    fn follow(&mut self, token: &Token<'_>, before: &[Token<'_>]) {
        if token.punct("(") {
            self.parentheses += 1;
        } else if token.punct(")") {
            self.parentheses = self.parentheses.saturating_sub(1);
        } else if self.parentheses == 0 && token.is_any(&["BEGIN", "CASE", "END"]) && creates_routine(before)
        {
            match token.is("END") {
                true => self.blocks = self.blocks.saturating_sub(1),
                // CASE ends with END as well, which matters inside a block only.
                false if token.is("BEGIN") || self.blocks > 0 => self.blocks += 1,
                false => {}
            }
        }
    }
}

fn creates_routine(tokens: &[Token<'_>]) -> bool {
    let words: Vec<&Token<'_>> = tokens.iter().filter(|token| token.significant()).take(4).collect();
    let is = |i: usize, names: &[&str]| words.get(i).is_some_and(|token| token.is_any(names));
    let routine = if is(1, &["OR"]) && is(2, &["REPLACE"]) { 3 } else { 1 };
    is(0, &["CREATE"]) && is(routine, &["FUNCTION", "PROCEDURE"])
}

fn copies_from_stdin(tokens: &[Token<'_>]) -> bool {
    let words: Vec<&Token<'_>> = tokens.iter().filter(|token| token.significant()).collect();
    words.first().is_some_and(|token| token.is("COPY"))
        && words.windows(2).any(|pair| matches!(pair, [from, stdin] if from.is("FROM") && stdin.is("STDIN")))
}

/// Where the hint starts that stands right before the statement's first token.
fn hint_before(tokens: &[Token<'_>], first: usize) -> Option<usize> {
    let before = tokens.iter().take_while(|token| token.start < first);
    let hint = before.last().filter(|token| token.text.starts_with("/*+"));
    hint.map(|token| token.start)
}

#[cfg(test)]
#[path = "statements_tests.rs"]
mod tests;
