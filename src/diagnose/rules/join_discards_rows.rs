//! A join that makes pairs which its filter throws away.

use super::join_filter_with_or::arms;
use crate::diagnose::words::kept_by;
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::query::Expr;
use crate::units::{Factor, Ms, Rows, count};

/// `join-discards-rows`.
pub static RULE: Rule = Rule {
    id: "join-discards-rows",
    title: "Pairs are joined only to be thrown away",
    doc: "A `Join Filter` is asked of each pair of rows after the two were put together. A join that has nothing \
          else to go by compares every row of one side with every row of the other; the pairs that fail are \
          work for nothing, which a condition that an index or a hash can answer would spare.\n\n\
          Example: `Nested Loop … Join Filter: ((total >= low) AND (total <= high)) … Rows Removed by Join \
          Filter: 1,998,000`.\n\n\
          Silent below four pairs thrown away for each row that comes out, and below ten thousand pairs; an `OR` \
          across the two sides is told as `join-filter-with-or`.",
    check: Check::EachNode(check),
};

/// So many pairs cost as much as reading the row that comes out of them: `cpu_tuple_cost` is four times
/// `cpu_operator_cost` (manual, "Planner Cost Constants"). Above it, comparing is what the join does.
const PAIRS_IN_VAIN: Factor = Factor(4.0);

/// Compared in half a millisecond (45 ns a pair, measured on 15).
const ENOUGH_PAIRS: Rows = Rows(10_000.0);

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    let filter = node.condition(ConditionKind::JoinFilter)?;
    let (kept, removed, stake) = in_vain(plan, node).filter(|_| arms(plan, node).is_none())?;
    let pairs = count((kept + removed).0, "pair", "pairs");
    let did = format!("compared {pairs} of rows to keep {}", kept_by(node));
    let finding = Finding::at(&RULE, node, did)
        .symptom(Symptom::JoinDiscardsRows { join: node.id })
        .stake(stake)
        .next(next(filter))
        .with("pairs compared", kept + removed)
        .with("pairs kept", kept)
        .with("join filter", filter);
    Some(finding)
}

/// Pairs that were kept and that were thrown away, when most were, and the time in play.
pub(super) fn in_vain(plan: &Plan, node: &Node) -> Option<(Rows, Rows, Ms)> {
    let (kept, removed) = (node.rows_out()?, node.removed_by_join_filter());
    if removed.0 < ENOUGH_PAIRS.0 || removed.0 < PAIRS_IN_VAIN.0 * kept.0 {
        return None;
    }
    Some((kept, removed, (node.exclusive() + repeated(plan, node)) * removed.share_of(kept + removed).0))
}

/// Whether the two sides could be hashed as the condition stands.
fn next(filter: &str) -> &'static str {
    let equal =
        |term: &Expr| matches!(term, Expr::Compare { op, .. } if op == "=") && term.columns().len() > 1;
    let hashes = Expr::parse(filter).is_some_and(|filter| filter.terms().into_iter().any(equal));
    if hashes {
        "A hash join, or an index on a side of the equality, would compare each row with its partners alone: see what the \
         planner expected, and its settings."
    } else {
        "A condition of equality between the two sides would let it hash or look up instead of comparing all with all."
    }
}

/// A nested loop also reads its inner side again to make the pairs.
fn repeated(plan: &Plan, node: &Node) -> Ms {
    if node.operator == Operator::NestedLoop { plan.repeated(node) } else { Ms(0.0) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn stakes(operator: &str, loops: f64, kept: f64, removed: f64) -> Vec<f64> {
        let runs = loops * 100.0;
        let plan = plan(&format!(
            r#"{{"Node Type": "{operator}", "Join Type": "Inner", "Join Filter": "(a.at > b.at)",
                 "Actual Total Time": 50.0, "Actual Rows": {kept}, "Actual Loops": {loops},
                 "Rows Removed by Join Filter": {removed}, "Plans": [
                   {{"Node Type": "Seq Scan", "Parent Relationship": "Outer",
                     "Actual Total Time": 5.0, "Actual Rows": 100, "Actual Loops": {loops}}},
                   {{"Node Type": "Seq Scan", "Parent Relationship": "Inner",
                     "Actual Total Time": 0.1, "Actual Rows": 100, "Actual Loops": {runs}}}]}}"#
        ));
        findings(&RULE, &plan).iter().map(|finding| finding.stake.0.round()).collect()
    }

    #[test]
    fn many_pairs_in_vain() {
        let none: Vec<f64> = Vec::new();
        assert_eq!(stakes("Nested Loop", 1.0, 0.0, 20_000.0), [45.0], "the inner side counts");
        assert_eq!(stakes("Hash Join", 1.0, 0.0, 20_000.0), [35.0], "each side is read once anyway");
        assert_eq!(stakes("Nested Loop", 1.0, 10_000.0, 20_000.0), none, "a third comes out");
        assert_eq!(stakes("Nested Loop", 1.0, 0.0, 900.0), none, "few pairs");
        assert_eq!(stakes("Nested Loop", 0.0, 0.0, 0.0), none, "never executed");
    }

    #[test]
    fn an_equality_is_not_asked_for_where_there_is_one() {
        for (filter, hashes) in [
            ("(c.email = t.email)", true),
            ("((c.low < t.total) AND (c.id = t.customer_id))", true),
            ("((t.total >= c.low) AND (t.total <= c.high))", false),
            ("(c.kind = 'x'::text)", false),
        ] {
            assert_eq!(next(filter).starts_with("A hash join"), hashes, "{filter}");
        }
    }
}
