//! The locks that a change takes on its table, and who waits for them.

/// A lock on a table (manual, "Explicit Locking"), the weaker ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lock {
    /// None, or none that anybody waits for.
    None,
    /// Readers and writers go on.
    ShareUpdateExclusive,
    /// Readers go on.
    Share,
    /// Nobody goes on.
    AccessExclusive,
}

impl Lock {
    /// Its name in the manual.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// Who waits while it is held.
    pub fn who_waits(self) -> &'static str {
        match self {
            Self::None => "nobody waits",
            Self::ShareUpdateExclusive => {
                "readers and writers go on; VACUUM and changes of the table's definition wait"
            }
            Self::Share => "writers wait, readers go on",
            Self::AccessExclusive => "readers and writers wait",
        }
    }
}
