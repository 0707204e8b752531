//! A value that the statistics do not list, and that is no average one.

use super::rows_misestimated::because;
use super::rows_misestimated::cause::Cause;
use crate::diagnose::{Check, Rule};

/// `value-beyond-mcv`.
pub static RULE: Rule = Rule {
    id: "value-beyond-mcv",
    title: "A value is frequent, and not among the most common",
    doc: "ANALYZE keeps the most common values of a column with their frequencies, 100 of them by default \
          (`default_statistics_target`), from a sample of 30,000 rows. Every other value is taken for equally frequent \
          (manual, \"Row Estimation Examples\"). One that is not is estimated wrongly each time.\n\n\
          Example: `Seq Scan on visit (… rows=13 …) (actual … rows=900 loops=1) Filter: (page = 4711)`.\n\n\
          Silent unless one column is compared with one constant, which is not among the listed ones, and the estimate is \
          the average of the rest. Silent while the error did no harm, and about rows that nobody asked for, as `rows-misestimated` is.",
    check: Check::WithCatalog(|plan, catalog| {
        because(&RULE, plan, catalog, |cause| matches!(cause, Some(Cause::Rare(..))))
    }),
};
