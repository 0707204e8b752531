//! What the server said when it would not do something.

use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use crate::error::Error;

/// A refusal by the server, or the loss of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, in classes that decide what to do next.
    pub kind: RefusalKind,
    /// The server's own words.
    pub message: String,
    /// The server's own hint or detail.
    pub hint: Option<String>,
    /// Where in the statement, counted in characters from 1.
    pub position: Option<usize>,
}

/// What to make of a refusal (manual, appendix "PostgreSQL Error Codes").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// Class 42 but for missing rights: the statement is wrong.
    Statement,
    /// 42501: a right is missing.
    Privilege,
    /// 57014, by someone's request.
    Cancelled,
    /// 57014, by `statement_timeout`.
    TimedOut,
    /// 55P03: `lock_timeout`.
    LockTimeout,
    /// 25006: a write in a read-only transaction.
    ReadOnly,
    /// The connection is gone.
    Lost,
    /// Anything else: division by zero, out of memory, ….
    Other,
}

impl Refusal {
    /// What an error of the wire protocol means.
    pub fn of(error: &tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(said) => Self {
                kind: kind_of(said),
                message: said.message().to_owned(),
                hint: said.hint().or(said.detail()).map(str::to_owned),
                position: match said.position() {
                    Some(ErrorPosition::Original(place)) => Some(*place as usize),
                    _ => None,
                },
            },
            None => Self { kind: RefusalKind::Lost, ..Self::ours("the connection to the server was lost") },
        }
    }

    /// A refusal in our own words.
    pub fn ours(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Other, message: message.into(), hint: None, position: None }
    }

    /// The position without the text that was put before the user's statement.
    #[must_use]
    pub(super) fn without_prefix(mut self, characters: usize) -> Self {
        self.position =
            self.position.and_then(|place| place.checked_sub(characters)).filter(|place| *place > 0);
        self
    }
}

fn kind_of(said: &DbError) -> RefusalKind {
    let code = said.code();
    match code.code() {
        _ if *code == SqlState::INSUFFICIENT_PRIVILEGE => RefusalKind::Privilege,
        _ if *code == SqlState::QUERY_CANCELED => RefusalKind::Cancelled,
        _ if *code == SqlState::LOCK_NOT_AVAILABLE => RefusalKind::LockTimeout,
        _ if *code == SqlState::READ_ONLY_SQL_TRANSACTION => RefusalKind::ReadOnly,
        // 57P01…57P05: the server goes down, or an administrator ended the session; 25P03: idle too long.
        gone if gone.starts_with("57P") || gone == "25P03" => RefusalKind::Lost,
        wrong if wrong.starts_with("42") => RefusalKind::Statement,
        _ => RefusalKind::Other,
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let Refusal { kind, message, hint, .. } = refusal;
        let error = match kind {
            RefusalKind::Statement => Self::input(message),
            _ => Self::server(message),
        };
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}
