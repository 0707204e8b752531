//! The safety policy: what may be written to a server.
//!
//! An index is built only when asked for, only on a table that the role owns and that is not too large, and only in
//! a [`Trial`](crate::db::Trial), which cannot commit. What an index needs is created in the same trial: an extension of
//! PostgreSQL's own, where the role may (manual, "CREATE EXTENSION").

use super::{Laboratory, Missing, Subject};
use crate::catalog::TableName;
use crate::query::name::quote;

/// Why an index must not be built on this table, and what would allow it.
pub(super) fn obstacle(
    lab: &Laboratory<'_>,
    subject: &Subject<'_>,
    table: &TableName,
) -> Option<(String, Option<Missing>)> {
    let server = &lab.session.server;
    if !lab.session.is_open() {
        return Some(("the connection that measures without it was lost".to_owned(), None));
    }
    if server.in_recovery {
        return Some(("the server is a standby, on which nothing can be built".to_owned(), None));
    }
    if subject.writes && !lab.limits.writes {
        let why = "running the statement would do more than read, which only `--allow-writes` allows";
        return Some((why.to_owned(), None));
    }
    let Some(known) = subject.catalog.named(table) else {
        return Some((format!("nothing is known of {table}"), None));
    };
    if !known.owned {
        let missing = Missing {
            what: format!(
                "only the owner of {table} can build an index on it, even for a trial: `{}`",
                known.owner
            ),
            remedy: (!known.owner_is_superuser)
                .then(|| format!("GRANT {} TO {};", quote(&known.owner), quote(&server.user))),
        };
        return Some((missing.what.clone(), Some(missing)));
    }
    if known.bytes > lab.limits.max_build {
        let (size, most) = (known.bytes, lab.limits.max_build);
        return Some((
            format!("{table} has {size}, more than `--max-build-size` ({most}) allows to build on"),
            None,
        ));
    }
    None
}
