//! A condition on one side of an outer join that is asked only of the joined rows.

use crate::diagnose::shape::{asked, is_of, kept_and_filled, names};
use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::query::{Expr, Names};
use crate::units::{Ms, Rows, Share, count};

/// `filter-after-join`.
pub static RULE: Rule = Rule {
    id: "filter-after-join",
    title: "A condition on one table is asked after the join",
    doc: "Conditions on one table are asked when it is read, but not all of them may be in an outer join. What `ON` \
          says of the side that is kept decides only which of its rows find a partner, so it waits for the join. What \
          `WHERE` says of the other side waits for it too, unless it is surely untrue of NULL, so that the outer join \
          is as good as an inner one (manual, \"Controlling the Planner with Explicit JOIN Clauses\"; \
          `reduce_outer_joins` in prepjointree.c). Every row is then joined, and most are thrown away.\n\n\
          Example: `Hash Left Join … Join Filter: (o.status = 'failed') … Rows Removed by Join Filter: 199,000`, or \
          `Hash Right Join … Filter: (COALESCE(o.status, 'none') = 'failed')`.\n\n\
          Silent about conditions that need both sides, inner and full joins, and when less than nine tenths of the \
          joined rows are thrown away, or fewer than ten thousand.",
    check: Check::EachNode(check),
};

/// With nine tenths thrown away, joining less takes a tenth; with fewer, reading the tables comes to the fore.
const MOSTLY: Share = Share(0.9);

/// Fewer are joined in three milliseconds (0.3 µs a row, measured on 15).
const ENOUGH_ROWS: Rows = Rows(10_000.0);

fn check(plan: &Plan, join: &Node) -> Option<Finding> {
    let (kept, filled) = kept_and_filled(plan, join)?;
    let (on, not_on) =
        (one_sided(plan, join, ConditionKind::JoinFilter, kept), join.removed_by_join_filter());
    let (after, not_after) = (one_sided(plan, join, ConditionKind::Filter, filled), join.removed_by_filter());
    let found = join.rows_out()?;
    if let Some(condition) = on
        && is_mostly(not_on, found)
    {
        let did = format!(
            "joined {} with partners that ON does not let them have: it asks {condition} of the side that is kept",
            rows(not_on)
        );
        return Some(finding(plan, join, did, not_on, found, &condition).next(ON));
    }
    let condition = after.filter(|_| is_mostly(not_after, found))?;
    let did = format!(
        "made {} to keep {}: {condition} may be true of a row without a partner, so it waits for the join",
        count((found + not_after).0, "row", "rows"),
        none_or(found)
    );
    let next = if is_null_test(join) { ABSENT } else { WHERE };
    Some(finding(plan, join, did, not_after, found, &condition).next(next))
}

const ON: &str = "If rows that fail it are not wanted, ask it in WHERE, where the scan answers it; if they are wanted \
                  without a partner, UNION ALL of the two kinds of rows would join only those that may have one.";

const WHERE: &str = "Written so that it is never true of NULL (no coalesce, no IS NULL, no OR with either), it would \
                     make the join an inner one and be asked by the scan; if rows without a partner are wanted, NOT \
                     EXISTS may find them by an anti join.";

const ABSENT: &str = "If this asks for rows without a partner, NOT EXISTS says so, and the planner may then use an anti \
                      join, which makes no pairs; IS NULL on a column of the join condition itself does the same.";

fn finding(plan: &Plan, join: &Node, did: String, removed: Rows, found: Rows, condition: &str) -> Finding {
    let again = if join.operator == Operator::NestedLoop { plan.repeated(join) } else { Ms(0.0) };
    Finding::at(&RULE, join, did)
        .stake((join.exclusive() + again) * removed.share_of(removed + found).0)
        .with("rows thrown away", removed)
        .with("rows given", found)
        .with("condition", condition)
}

/// Of a left join that throws pairs away, a row without a partner comes out all the same: what was removed is weighed
/// against what came out, not against the pairs that passed.
fn is_mostly(removed: Rows, found: Rows) -> bool {
    let of_joined = removed.share_of(Rows(removed.0.max(found.0)));
    removed.0 >= ENOUGH_ROWS.0 && of_joined.0 >= MOSTLY.0
}

/// The terms of this condition when they all are of this side.
fn one_sided(plan: &Plan, join: &Node, kind: ConditionKind, side: &Node) -> Option<String> {
    let expr = asked(join, kind)?;
    let names = names(plan, side);
    expr.terms().into_iter().all(|term| is_of(term, &names)).then(|| expr.sql(Names::Qualified))
}

fn is_null_test(join: &Node) -> bool {
    let asked = asked(join, ConditionKind::Filter);
    asked.is_some_and(|expr| {
        expr.terms().iter().all(|term| matches!(term, Expr::IsNull { negated: false, .. }))
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn found(join_type: &str, said: &str, rows: f64) -> Vec<String> {
        let plan = plan(&format!(
            r#"{{"Node Type": "Hash Join", "Join Type": "{join_type}", {said}, "Actual Total Time": 90.0,
                 "Actual Rows": {rows}, "Actual Loops": 1, "Plans": [
                   {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "orders", "Alias": "o",
                     "Actual Total Time": 10.0, "Actual Rows": 20000, "Actual Loops": 1}},
                   {{"Node Type": "Hash", "Parent Relationship": "Inner", "Actual Total Time": 10.0,
                     "Actual Rows": 200, "Actual Loops": 1, "Plans": [
                       {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "customer",
                         "Alias": "c", "Actual Total Time": 10.0, "Actual Rows": 200, "Actual Loops": 1}}]}}]}}"#
        ));
        findings(&RULE, &plan).into_iter().filter_map(|finding| finding.next).collect()
    }

    #[test]
    fn of_one_side_only() {
        let on = |condition: &str| {
            format!(r#""Join Filter": "{condition}", "Rows Removed by Join Filter": 19900"#)
        };
        let after = |condition: &str| format!(r#""Filter": "{condition}", "Rows Removed by Filter": 19900"#);
        let table = [
            ("Left", on("(o.status = 'failed'::text)"), 20_000.0, Some(ON)),
            ("Right", on("(c.area = 'area 7'::text)"), 2000.0, Some(ON)),
            ("Left", on("(o.placed > c.since)"), 20_000.0, None), // both sides
            ("Left", on("(o.status = 'failed'::text)"), 40_000.0, None), // half of them have partners
            ("Inner", on("(o.status = 'failed'::text)"), 20_000.0, None),
            ("Full", on("(o.status = 'failed'::text)"), 20_000.0, None),
            ("Right", after("(COALESCE(o.status, 'none'::text) = 'failed'::text)"), 100.0, Some(WHERE)),
            ("Right", after("(o.note IS NULL)"), 100.0, Some(ABSENT)),
            ("Right", after("(o.note IS NULL)"), 30_000.0, None), // most are kept
            ("Right", after("((o.note IS NULL) OR (c.note IS NULL))"), 100.0, None),
        ];
        for (join_type, said, rows, expected) in table {
            let expected: Vec<&str> = expected.into_iter().collect();
            assert_eq!(found(join_type, &said, rows), expected, "{join_type} {said} {rows}");
        }
    }

    #[test]
    fn below_ten_thousand() {
        let said = r#""Filter": "(o.note IS NULL)", "Rows Removed by Filter": 9999"#;
        assert_eq!(found("Right", said, 1.0), Vec::<String>::new());
    }
}
