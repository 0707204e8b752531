//! The safety policy: what may be written to a server.
//!
//! A table is changed only when asked for, only by a role that owns it, an index is built only on a table that is not too
//! large, and all of it only in a [`Trial`](crate::db::Trial), which cannot commit. What an index needs is created in the
//! same trial: an extension of PostgreSQL's own, where the role may (manual, "CREATE EXTENSION"). Of what a person proposes
//! nothing is run but what [`crate::query::idea`] lists.

use super::{Laboratory, Missing, Subject};
use crate::query::name::quote;
use crate::remedy::Action;

/// Why this must not be done here, and what would allow it.
pub(super) fn obstacle(
    lab: &Laboratory<'_>,
    subject: &Subject<'_>,
    action: &Action,
) -> Option<(String, Option<Missing>)> {
    let server = &lab.session.server;
    if !lab.session.is_open() {
        return Some(("the connection that measures without it was lost".to_owned(), None));
    }
    if subject.writes && !lab.limits.writes {
        let why = "running the statement would do more than read, which only `--allow-writes` allows";
        return Some((why.to_owned(), None));
    }
    // A setting and another query change nothing.
    let table = action.table()?;
    if server.in_recovery {
        return Some(("the server is a standby, on which nothing can be built".to_owned(), None));
    }
    let Some(known) = subject.catalog.named(table) else {
        return Some((format!("nothing is known of {table}"), None));
    };
    if !known.owned {
        let missing = Missing {
            what: format!(
                "only the owner of {table} can {} it, even for a trial: `{}`",
                match action {
                    Action::Analyze(_) => "analyze",
                    Action::CreateStatistics(_) => "create statistics on",
                    Action::DropIndex(_) => "drop an index of",
                    _ => "build an index on",
                },
                known.owner
            ),
            remedy: (!known.owner_is_superuser)
                .then(|| format!("GRANT {} TO {};", quote(&known.owner), quote(&server.user))),
        };
        return Some((missing.what.clone(), Some(missing)));
    }
    if action.builds() && known.bytes > lab.limits.max_build {
        let (size, most) = (known.bytes, lab.limits.max_build);
        return Some((
            format!("{table} has {size}, more than `--max-build-size` ({most}) allows to build on"),
            None,
        ));
    }
    None
}
