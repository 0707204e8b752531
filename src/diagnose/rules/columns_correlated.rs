//! Conditions that go together, and are multiplied as if they did not.

use super::rows_misestimated::because;
use super::rows_misestimated::cause::Cause;
use crate::diagnose::{Check, Rule};

/// `columns-correlated`.
pub static RULE: Rule = Rule {
    id: "columns-correlated",
    title: "Conditions go together, and are taken for independent",
    doc: "The planner multiplies the parts of the table that conditions keep, as if each were asked of a table of its own \
          (manual, \"Extended Statistics\", functional dependencies). A city that lies in one country is then \
          a hundredth of a hundredth.\n\n\
          Example: `Seq Scan on customer (… rows=2 …) (actual … rows=200 loops=1) Filter: ((city = 'city 7') AND (country \
          = 'country 7'))`, where each keeps 1 % alone.\n\n\
          Silent unless the statistics of each column are known, their product is what was expected, and each condition \
          alone keeps enough for what came. Silent while the error did no harm, and about rows that nobody asked for, as `rows-misestimated` is.",
    check: Check::WithCatalog(|plan, catalog| {
        because(&RULE, plan, catalog, |cause| matches!(cause, Some(Cause::Multiplied(..))))
    }),
};
