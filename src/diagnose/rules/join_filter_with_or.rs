//! An OR between two tables, which only pairs of their rows can be asked.

use super::join_discards_rows::in_vain;
use crate::diagnose::shape::{asked, is_of, names, sides};
use crate::diagnose::words::none_or;
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{ConditionKind, Node, Plan};
use crate::query::{Expr, Names};
use crate::units::count;

/// `join-filter-with-or`.
pub static RULE: Rule = Rule {
    id: "join-filter-with-or",
    title: "An OR across two tables is asked of every pair",
    doc: "Hash and merge joins go by equalities that must all hold, and an index on one table cannot answer a condition \
          on another. So `a.x = b.x OR a.y = b.y` is asked of each pair of rows, and `a.x = 1 OR b.y = 2` after the \
          join instead of when each table is read. Two queries with `UNION`, one for each arm, can each join and \
          filter as they need.\n\n\
          Example: `Nested Loop … Join Filter: ((o.customer_id = c.id) OR (o.customer_code = c.id)) … Rows Removed by \
          Join Filter: 3,999,600`.\n\n\
          Silent when all arms are of one and the same side, and, like `join-discards-rows`, below four pairs thrown \
          away for each that is kept, or ten thousand in all.",
    check: Check::EachNode(check),
};

fn check(plan: &Plan, join: &Node) -> Option<Finding> {
    let (kept, removed, stake) = in_vain(plan, join)?;
    let arms = arms(plan, join)?;
    let pairs = count((kept + removed).0, "pair", "pairs");
    let did = format!("asked {pairs} of rows for an OR across its two sides, to keep {}", none_or(kept));
    let finding = Finding::at(&RULE, join, did)
        .symptom(Symptom::JoinDiscardsRows { join: join.id })
        .stake(stake)
        .with("pairs compared", kept + removed)
        .with("pairs kept", kept)
        .with("arms", arms.len() as u64)
        .next(format!(
            "A UNION of {} queries, one with {}, may join and filter each for itself. UNION also removes duplicates: \
             keep a key of each side among its columns.",
            arms.len(),
            arms.join(", one with ")
        ));
    Some(finding)
}

/// The arms of an OR that needs both sides, though its arms may not.
pub(super) fn arms(plan: &Plan, join: &Node) -> Option<Vec<String>> {
    let (outer, inner) = sides(plan, join)?;
    let (outer, inner) = (names(plan, outer), names(plan, inner));
    let expr = asked(join, ConditionKind::JoinFilter)?;
    let ors = expr.terms().into_iter().filter_map(|term| match term {
        Expr::Or(arms) => Some(arms),
        _ => None,
    });
    let across = |arms: &&Vec<Expr>| {
        !arms.iter().all(|arm| is_of(arm, &outer)) && !arms.iter().all(|arm| is_of(arm, &inner))
    };
    let found = ors.into_iter().find(across)?;
    let names = |arm: &Expr| arm.sql(Names::Qualified);
    Some(found.iter().map(names).collect())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn across_two_tables() {
        let table = [
            ("((a.x = b.x) OR (a.y = b.y))", 20_000, true),
            ("((a.x = 1) OR (b.y = 2))", 20_000, true),
            ("((a.z > b.z) AND ((a.x = b.x) OR (a.y = b.y)))", 20_000, true),
            ("((a.x = 1) OR (a.y = 2))", 20_000, false), // of one side
            ("((a.x = b.x) AND (a.y = b.y))", 20_000, false),
            ("((a.x = b.x) OR (a.y = b.y))", 9000, false),
        ];
        for (filter, removed, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Nested Loop", "Join Type": "Inner", "Join Filter": "{filter}",
                     "Rows Removed by Join Filter": {removed}, "Actual Total Time": 50.0, "Actual Rows": 10,
                     "Actual Loops": 1, "Plans": [
                   {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Alias": "a", "Relation Name": "a"}},
                   {{"Node Type": "Seq Scan", "Parent Relationship": "Inner", "Alias": "b", "Relation Name": "b"}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{filter} {removed}");
        }
    }
}
