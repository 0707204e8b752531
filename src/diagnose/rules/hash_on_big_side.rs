//! A hash table built of the larger side of a join, because that was expected to be the smaller one.

use super::rows_misestimated::may_stop_early;
use crate::diagnose::shape::sides;
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan, off_by};
use crate::units::{Factor, Ms, Rows};

/// `hash-on-big-side`.
pub static RULE: Rule = Rule {
    id: "hash-on-big-side",
    title: "The larger side of a join was hashed",
    doc: "A hash join puts the rows of one side into a hash table and looks up those of the other in it. Putting a row \
          in costs the planner five times what looking it up does (`initial_cost_hashjoin` in costsize.c: \
          `cpu_tuple_cost` on top of `cpu_operator_cost`), and only the table takes memory; so the smaller side is \
          hashed. Where the rows are misestimated, it is the larger one: the table is larger than it need be, and \
          may go to disk for nothing.\n\n\
          Example: `Hash Join (…) -> Seq Scan on orders (… rows=66667 …) (actual … rows=12 …) -> Hash (… rows=20000 \
          …) (actual … rows=20000 …)`.\n\n\
          Silent when the planner knew that it hashed the larger side, since it then had a reason; for semi and anti \
          joins, of which older servers hash the inner side only; when a LIMIT may have kept rows of the other side \
          from being asked for; and below four rows hashed for each one looked up, or a thousand in all.",
    check: Check::EachNode(check),
};

/// With a quarter to look up, hashing the other side takes a quarter of the time and of the memory, for which it is
/// worth changing an estimate.
const FAR_LARGER: Factor = Factor(4.0);

/// Fewer are hashed in a fifth of a millisecond (0.2 µs a row, measured on 15).
const ENOUGH_ROWS: Rows = Rows(1000.0);

fn check(plan: &Plan, join: &Node) -> Option<Finding> {
    let (outer, hash) = sides(plan, join).filter(|_| join.operator == Operator::HashJoin)?;
    let chosen = !matches!(join.join_type.as_deref(), Some("Semi" | "Anti"));
    let (asked, hashed) = (outer.actual?.rows, hash.actual.filter(|_| hash.ran() && outer.ran())?.rows);
    let (asked_expected, hashed_expected) = (outer.estimate?.rows, hash.estimate?.rows);
    let larger = hashed.0 >= FAR_LARGER.0 * asked.0.max(1.0) && hashed.0 >= ENOUGH_ROWS.0;
    if !chosen || !larger || hashed_expected.0 > asked_expected.0 || may_stop_early(plan, outer) {
        return None;
    }
    let spilled = if hash.spilled() { join.exclusive() } else { Ms(0.0) };
    let did = format!(
        "put {} into its table to look up {asked} in it, where {hashed_expected} and {asked_expected} were expected",
        rows(hashed)
    );
    let finding = Finding::at(&RULE, join, did)
        .by(hash, hash.exclusive())
        .stake((hash.exclusive() + spilled) * (1.0 - asked.share_of(hashed).0))
        .with("rows hashed", hashed)
        .with("rows looked up", asked)
        .with("rows expected to be hashed", hashed_expected)
        .with("rows expected to be looked up", asked_expected);
    Some(finding.next(cure(outer, hash)))
}

/// Whose estimate to mend: the one that is farther off.
fn cure(outer: &Node, hash: &Node) -> String {
    let off = |node: &Node| {
        let (estimate, actual) = (node.estimate.map(|e| e.rows), node.actual.map(|a| a.rows));
        estimate.zip(actual).and_then(|(e, a)| off_by(e, a)).map_or(1.0, |factor| factor.0)
    };
    let wrong = if off(outer) >= off(hash) { outer } else { hash };
    format!(
        "With a better estimate of the {} the planner would hash the other side; ANALYZE may give it, or CREATE \
         STATISTICS on the columns or the expression that its rows are chosen by.",
        wrong.label()
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    /// Rows expected and rows that came, of the side that is looked up and of the one that is hashed.
    fn stakes(join_type: &str, limit: bool, asked: (f64, f64), hashed: (f64, f64)) -> Vec<f64> {
        let join = format!(
            r#"{{"Node Type": "Hash Join", "Join Type": "{join_type}", "Parent Relationship": "Outer",
                 "Actual Total Time": 90.0, "Actual Rows": 9, "Plan Rows": 9, "Actual Loops": 1, "Plans": [
                   {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Plan Rows": {}, "Actual Rows": {},
                     "Actual Total Time": 10.0, "Actual Loops": 1}},
                   {{"Node Type": "Hash", "Parent Relationship": "Inner", "Plan Rows": {}, "Actual Rows": {},
                     "Actual Total Time": 40.0, "Actual Loops": 1}}]}}"#,
            asked.0, asked.1, hashed.0, hashed.1
        );
        let limited = format!(
            r#"{{"Node Type": "Limit", "Actual Total Time": 90.0, "Actual Rows": 9, "Plan Rows": 9,
                 "Actual Loops": 1, "Plans": [{join}]}}"#
        );
        let plan = plan(if limit { &limited } else { &join });
        findings(&RULE, &plan).iter().map(|finding| finding.stake.0.round()).collect()
    }

    #[test]
    fn against_expectation() {
        let none: Vec<f64> = Vec::new();
        assert_eq!(stakes("Inner", false, (5000.0, 400.0), (4000.0, 4000.0)), [36.0]);
        assert_eq!(stakes("Left", false, (5000.0, 5000.0), (100.0, 50_000.0)), [36.0]);
        assert_eq!(stakes("Inner", false, (5000.0, 1100.0), (4000.0, 4000.0)), none, "not far larger");
        assert_eq!(stakes("Inner", false, (5000.0, 1.0), (400.0, 999.0)), none, "not large");
        assert_eq!(stakes("Inner", false, (3000.0, 400.0), (4000.0, 4000.0)), none, "it was known");
        assert_eq!(stakes("Anti", false, (5000.0, 400.0), (4000.0, 4000.0)), none, "only that way");
        assert_eq!(stakes("Inner", true, (5000.0, 400.0), (4000.0, 4000.0)), none, "no more were asked for");
    }
}
