//! A table that has another number of rows than the planner thinks.

use super::rows_misestimated::because;
use super::rows_misestimated::cause::Cause;
use crate::diagnose::{Check, Rule};

/// `row-count-outdated`.
pub static RULE: Rule = Rule {
    id: "row-count-outdated",
    title: "The planner has an old count of a table's rows",
    doc: "The planner multiplies the pages that a table has now by the rows that a page had at the last VACUUM or ANALYZE \
          (manual, \"Statistics Used by the Planner\"). After a load, a mass DELETE, or an UPDATE that makes rows longer, \
          that is another number than there are, and every estimate of the table is off by the same \
          factor.\n\n\
          Example: `Seq Scan on staged (… rows=2550 …) (actual … rows=100000 loops=1)` without a `Filter`.\n\n\
          Silent where a condition is asked. Silent while the error did no harm, and about rows that nobody asked for, as `rows-misestimated` is.",
    check: Check::WithCatalog(|plan, catalog| {
        because(&RULE, plan, catalog, |cause| matches!(cause, Some(Cause::RowCount(..))))
    }),
};
