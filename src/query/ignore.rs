//! `-- advisor:ignore RULE reason`: a comment that silences a rule for one statement.

use super::token::{Token, TokenKind};

/// What such a comment starts with.
const WORD: &str = "advisor:ignore";

/// A rule that a comment silences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// The rule's name, as it was written; nobody has looked whether there is one.
    pub rule: String,
    /// Why; perhaps empty.
    pub reason: String,
    /// Where the comment starts in the script, in bytes.
    pub offset: usize,
}

impl Ignore {
    /// Reads a comment of either kind; `None` when it says something else.
    pub(super) fn of(token: &Token<'_>) -> Option<Self> {
        if token.kind != TokenKind::Comment {
            return None;
        }
        let inside = token.text.trim_start_matches(['-', '/', '*']).trim_end_matches(['*', '/']).trim();
        let said = inside.strip_prefix(WORD)?;
        let said = said.strip_prefix(char::is_whitespace)?.trim_start();
        let (rule, reason) = said.split_once(char::is_whitespace).unwrap_or((said, ""));
        let reason = reason.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        Some(Self { rule: rule.to_owned(), reason, offset: token.start })
    }
}
