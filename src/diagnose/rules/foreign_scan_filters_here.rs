//! Rows fetched from another server only to be thrown away here.

use super::ONE_DESCENT;
use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::units::{Rows, Share};

/// `foreign-scan-filters-here`.
pub static RULE: Rule = Rule {
    id: "foreign-scan-filters-here",
    title: "Rows come from another server to be thrown away here",
    doc: "The `Filter` of a `Foreign Scan` is what could not be sent along: every row is read there, carried over, and asked \
          here. postgres_fdw sends conditions of built-in types, operators and functions only, and of extensions that the \
          server's option `extensions` names; all must be IMMUTABLE (manual, \"postgres_fdw\", \"Remote Query \
          Optimization\"). `now()`, a function of one's own, or a column with another collation keeps a whole condition \
          here.\n\n\
          Example: `Foreign Scan on remote_orders (… rows=1000 …)  Filter: (grade(total) = 'A') Rows Removed by Filter: \
          199,000  Remote SQL: SELECT … FROM orders`.\n\n\
          Silent when at least half of the rows pass, and for fewer than a hundred that do not.",
    check: Check::EachNode(check),
};

/// While at least half of the rows pass, sending the condition along spares less than half of what is carried.
const MOST_PASS: Share = Share(0.50);

/// postgres_fdw fetches a hundred rows at a time (`fetch_size`, manual, "postgres_fdw"): less is one round trip.
const ONE_FETCH: Rows = ONE_DESCENT;

fn check(_: &Plan, scan: &Node) -> Option<Finding> {
    let filter = scan.condition(ConditionKind::Filter).filter(|_| scan.operator == Operator::ForeignScan)?;
    let (kept, removed) = (scan.rows_out()?, scan.removed_by_filter());
    let fetched = kept + removed;
    if removed.0 < ONE_FETCH.0 || kept.share_of(fetched).0 >= MOST_PASS.0 {
        return None;
    }
    let did = format!("fetched {} from elsewhere to keep {}", rows(fetched), none_or(kept));
    // Only wrappers that speak SQL say what they sent.
    let next = match scan.extra.iter().any(|(key, _)| key == "Remote SQL") {
        true => {
            "Said in built-in, IMMUTABLE functions and operators alone, or with constants in place of now() and its like, the \
             condition may be sent along; a function of an extension needs the server's option `extensions`."
        }
        false => {
            "This wrapper sent no condition along; rows that are asked for often may be better kept in a local table."
        }
    };
    Some(
        Finding::at(&RULE, scan, did)
            .stake(scan.exclusive() * removed.share_of(fetched).0)
            .next(next)
            .with("rows fetched", fetched)
            .with("rows kept", kept)
            .with("filter", filter),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn carried_over_in_vain() {
        let table = [
            ("Foreign Scan", r#""Filter": "(grade(total) = 'A')","#, 10.0, 100.0, true),
            ("Foreign Scan", r#""Filter": "(grade(total) = 'A')","#, 10.0, 99.0, false),
            ("Foreign Scan", r#""Filter": "(grade(total) = 'A')","#, 100.0, 100.0, false), // half pass
            ("Foreign Scan", "", 10.0, 0.0, false),
            ("Seq Scan", r#""Filter": "(grade(total) = 'A')","#, 10.0, 100.0, false),
        ];
        for (operator, filter, kept, removed, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "{operator}", "Relation Name": "t", {filter} "Actual Total Time": 9.0,
                     "Actual Rows": {kept}, "Actual Loops": 1, "Rows Removed by Filter": {removed}}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{operator} {kept} {removed}");
        }
    }
}
