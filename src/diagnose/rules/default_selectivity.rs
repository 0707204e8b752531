//! An estimate that is a constant, for want of statistics.

use super::rows_misestimated::because;
use super::rows_misestimated::cause::Cause;
use crate::diagnose::{Check, Rule};

/// `default-selectivity`.
pub static RULE: Rule = Rule {
    id: "default-selectivity",
    title: "An estimate is a constant of the planner",
    doc: "ANALYZE counts the values of columns, not of what is computed from them, unless an index or extended statistics are on \
          that expression (manual, \"Extended Statistics\"). Of anything else the planner takes a constant part of the \
          table: 0.5 % for `=`, a third for `<` and for a function as a condition (`selfuncs.h`).\n\n\
          Example: `Seq Scan on orders (… rows=1000 …) (actual … rows=199000 loops=1) Filter: (lower(status) = \
          'paid')` of 200,000 rows.\n\n\
          Silent unless there is one condition, of an expression, and the estimate is just that part of the table. Silent while the error did no harm, and about rows that nobody asked for, as `rows-misestimated` is.",
    check: Check::WithCatalog(|plan, catalog| {
        because(&RULE, plan, catalog, |cause| matches!(cause, Some(Cause::Default(..))))
    }),
};
