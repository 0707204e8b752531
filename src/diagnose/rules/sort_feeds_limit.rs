//! Many rows sorted, of which a limit keeps a few.

use super::{ONE_DESCENT, nearest_by_sort};
use crate::diagnose::words::{came_in, none_or, out, rows};
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{ConditionKind, Node, Operator, Plan, Role};
use crate::units::{Ms, Rows, Share};

/// `sort-feeds-limit`.
pub static RULE: Rule = Rule {
    id: "sort-feeds-limit",
    title: "Many rows are sorted to keep the first few",
    doc: "`ORDER BY … LIMIT` with a sort reads and orders every row to give the first few. An index in that order \
          gives them first and stops.\n\n\
          Example: `Limit (… rows=10 …) -> Sort  Sort Method: top-N heapsort -> Seq Scan on orders (… rows=200000 \
          …)`. A top-N heapsort keeps little in memory, but its input is read to the end all the same. Seen \
          through a projection, a subquery, row locks, Gather Merge, and a merge of partitions.\n\n\
          Silent when the limit keeps more than a tenth of what is sorted, or when fewer rows are sorted than the \
          descent of an index is worth. When an aggregate stands below the sort, only the sort itself is in play: \
          every row must be read anyway. A plan that was not run is judged by its estimates. Silent of an \
          order by distance, which has a rule of its own.",
    check: Check::EachNode(check),
};

/// In the order of an index, rows lie on a page each at the worst: with 10 rows on a page, one row in ten is every
/// page of the table, which is what the sort's input reads.
const A_FEW: Share = Share(0.10);

/// What is sorted, and what of it is kept.
pub(super) struct Few<'a> {
    pub limit: &'a Node,
    pub sorted: Rows,
    pub kept: Rows,
    pub time: Ms,
}

fn check(plan: &Plan, sort: &Node) -> Option<Finding> {
    let few = few(plan, sort).filter(|_| !nearest_by_sort::is_by_distance(sort))?;
    let symptom = Symptom::SortFeedsLimit { sort: sort.id, limit: few.limit.id };
    let did = format!(
        "put {} in order, of which the Limit kept {}",
        rows(came_in(plan, sort)),
        none_or(out(few.limit))
    );
    let finding = Finding::at(&RULE, sort, did)
        .symptom(symptom)
        .stake(few.time)
        .with("rows sorted", few.sorted)
        .with("rows kept", few.kept)
        .with("sorted by", sort.sort_key.join(", "));
    Some(finding)
}

/// A sort of many rows for a limit of a few.
pub(super) fn few<'a>(plan: &'a Plan, sort: &'a Node) -> Option<Few<'a>> {
    if !matches!(sort.operator, Operator::Sort | Operator::IncrementalSort) {
        return None;
    }
    let limit = limit_above(plan, sort)?;
    let input = plan.inputs(sort).next()?;
    let (sorted, kept) = match (input.rows_out(), limit.actual) {
        (Some(rows), Some(actual)) if actual.loops > 0.0 => (rows * (1.0 / actual.loops), actual.rows),
        (None, None) => (input.estimate?.rows, limit.estimate?.rows),
        _ => return None,
    };
    let many = sorted.0 >= ONE_DESCENT.0 && kept.share_of(sorted).0 <= A_FEW.0;
    many.then(|| Few { limit, sorted, kept, time: in_play(plan, sort, input) })
}

/// The limit that this sort's rows go to in their order, through nodes that change nothing about it.
fn limit_above<'a>(plan: &'a Plan, sort: &'a Node) -> Option<&'a Node> {
    use Operator::{GatherMerge, Limit, LockRows, MergeAppend, Result, SubqueryScan};
    let mut below = sort;
    for above in plan.ancestors(sort) {
        if below.is_apart() || above.condition(ConditionKind::Filter).is_some() {
            return None;
        }
        match above.operator {
            Limit => return Some(above),
            Result | SubqueryScan | LockRows | GatherMerge | MergeAppend => below = above,
            _ => return None,
        }
    }
    None
}

/// Reading could stop early too, unless something below the sort must see every row.
fn in_play(plan: &Plan, sort: &Node, input: &Node) -> Ms {
    use Operator::{Aggregate, Group, RecursiveUnion, SetOp, Unique, WindowAgg};
    let mut chain = std::iter::successors(Some(input), |node| driving(plan, node));
    let must_see_all =
        chain.any(|n| matches!(n.operator, Aggregate | Group | RecursiveUnion | SetOp | Unique | WindowAgg));
    if must_see_all { sort.exclusive() } else { sort.inclusive() }
}

fn driving<'a>(plan: &'a Plan, node: &'a Node) -> Option<&'a Node> {
    plan.inputs(node).find(|input| matches!(input.role, Role::Outer | Role::Subquery))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    /// A limit of `kept` rows over `between`, over a sort of `sorted` rows that `input` gives.
    fn stakes(kept: f64, between: &str, sorted: f64, input: &str) -> Vec<f64> {
        let node = |operator: &str, role: &str, time: f64, rows: f64, below: &str| {
            let plans = if below.is_empty() { String::new() } else { format!(r#", "Plans": [{below}]"#) };
            format!(
                r#"{{"Node Type": "{operator}", "Parent Relationship": "{role}", "Plan Rows": {rows},
                     "Actual Total Time": {time}, "Actual Rows": {rows}, "Actual Loops": 1{plans}}}"#
            )
        };
        let input = node(input, "Outer", 20.0, sorted, "");
        let sort = node("Sort", "Outer", 50.0, kept, &input);
        let between = if between.is_empty() { sort } else { node(between, "Outer", 50.0, kept, &sort) };
        let plan = plan(&node("Limit", "Outer", 50.0, kept, &between));
        findings(&RULE, &plan).iter().map(|finding| finding.stake.0).collect()
    }

    #[test]
    fn a_few_of_many() {
        let none: Vec<f64> = Vec::new();
        assert_eq!(stakes(10.0, "", 5000.0, "Seq Scan"), [50.0]);
        assert_eq!(stakes(10.0, "LockRows", 5000.0, "Seq Scan"), [50.0]);
        assert_eq!(stakes(10.0, "Gather Merge", 5000.0, "Seq Scan"), [50.0]);
        assert_eq!(stakes(10.0, "Gather", 5000.0, "Seq Scan"), none, "a Gather does not keep the order");
        assert_eq!(stakes(10.0, "", 5000.0, "Aggregate"), [30.0], "the rows are needed, the order is not");
        assert_eq!(stakes(10.0, "WindowAgg", 5000.0, "Seq Scan"), none, "the order is not the limit's");
        assert_eq!(stakes(900.0, "", 5000.0, "Seq Scan"), none, "not a few");
        assert_eq!(stakes(1.0, "", 90.0, "Seq Scan"), none, "not many");
    }

    #[test]
    fn a_plan_that_was_not_run() {
        let planned = |rows: f64| {
            let text = format!(
                r#"{{"Node Type": "Limit", "Plan Rows": 10, "Plans": [{{"Node Type": "Sort",
                     "Parent Relationship": "Outer", "Plan Rows": {rows}, "Plans": [{{"Node Type": "Seq Scan",
                     "Parent Relationship": "Outer", "Plan Rows": {rows}}}]}}]}}"#
            );
            !findings(&RULE, &plan(&text)).is_empty()
        };
        assert!(planned(5000.0));
        assert!(!planned(50.0));
    }
}
