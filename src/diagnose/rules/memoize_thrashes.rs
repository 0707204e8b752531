//! A Memoize that forgets answers before they are asked for again.

use crate::diagnose::words::times;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan, Role};
use crate::units::Share;

/// `memoize-thrashes`.
pub static RULE: Rule = Rule {
    id: "memoize-thrashes",
    title: "A Memoize forgets more than it remembers",
    doc: "A Memoize (14 and later) keeps what the inner side of a nested loop gave for each key, in up to `work_mem` × \
          `hash_mem_multiplier`; when that is full, it forgets the keys that were not asked for the longest. Where \
          the planner expected fewer different keys, it stores and forgets with every row, and asks its input almost \
          as often as without it.\n\n\
          Example: `Memoize  Cache Key: o.customer_code … Hits: 4  Misses: 39996  Evictions: 39100  Overflows: 0`.\n\n\
          Silent when it had the answer more often than it forgot one.",
    check: Check::EachNode(check),
};

fn check(plan: &Plan, memoize: &Node) -> Option<Finding> {
    let cache = memoize.cache().filter(|_| memoize.operator == Operator::Memoize && memoize.ran())?;
    if cache.forgotten <= cache.hits {
        return None;
    }
    let again = Share((cache.forgotten / cache.misses).min(1.0));
    let below = plan.child(memoize, Role::Outer).map(Node::inclusive).unwrap_or_default();
    let asked = cache.hits + cache.misses;
    let did = format!(
        "was asked {}, had the answer {} and forgot {} for want of memory",
        times(asked),
        times(cache.hits),
        times(cache.forgotten)
    );
    let finding = Finding::at(&RULE, memoize, did)
        .stake(memoize.exclusive() + below * again.0)
        .with("hits", cache.hits as u64)
        .with("misses", cache.misses as u64)
        .with("evictions and overflows", cache.forgotten as u64)
        .next(
            "A larger work_mem may hold all keys; SET LOCAL enable_memoize = off shows what the join takes without it. \
             If there are far more different keys than the planner expects, CREATE STATISTICS or a larger statistics \
             target on the cache key may tell it.",
        );
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn forgets_more_than_it_remembers() {
        let worker = r#""Workers": [{"Worker Number": 0, "Cache Hits": 5, "Cache Misses": 500, "Cache Evictions": 90}]"#;
        let table = [
            (
                r#""Cache Hits": 4, "Cache Misses": 500, "Cache Evictions": 400, "Cache Overflows": 0"#,
                vec![58.0],
            ),
            (
                r#""Cache Hits": 4, "Cache Misses": 500, "Cache Evictions": 0, "Cache Overflows": 500"#,
                vec![60.0],
            ),
            (
                r#""Cache Hits": 400, "Cache Misses": 500, "Cache Evictions": 400, "Cache Overflows": 0"#,
                vec![],
            ),
            (r#""Cache Hits": 0, "Cache Misses": 500, "Cache Evictions": 0, "Cache Overflows": 0"#, vec![]),
            (r#""Cache Key": "a.id""#, vec![]),
            (worker, vec![52.0]),
        ];
        for (said, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Memoize", "Actual Total Time": 0.06, "Actual Rows": 1, "Actual Loops": 1000, {said},
                     "Plans": [{{"Node Type": "Index Scan", "Parent Relationship": "Outer",
                     "Actual Total Time": 0.01, "Actual Rows": 1, "Actual Loops": 1000}}]}}"#
            ));
            let stakes: Vec<f64> =
                findings(&RULE, &plan).iter().map(|finding| finding.stake.0.round()).collect();
            assert_eq!(stakes, expected, "{said}");
        }
    }
}
