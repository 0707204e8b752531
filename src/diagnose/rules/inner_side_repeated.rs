//! A nested loop that reads its inner side from end to end for each outer row.

use super::ONE_DESCENT;
use crate::diagnose::words::{out, rows, times};
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Node, Operator, Plan, Role};
use crate::units::{Factor, Rows, Share};

/// `inner-side-repeated`.
pub static RULE: Rule = Rule {
    id: "inner-side-repeated",
    title: "The inner side is read again for each outer row",
    doc: "A nested loop runs its inner side once for each row of the outer one. That is cheap while each run looks \
          up a few rows; where a run reads a table from end to end, or re-reads a stored result, to use a few of \
          its rows, the same work is done again and again. An index on what the two sides are joined by turns \
          it into a lookup; a hash join does it once.\n\n\
          Example: `Nested Loop … -> Seq Scan on orders (actual … loops=20) Filter: (customer_code = c.id) … \
          Rows Removed by Filter: 199,990`.\n\n\
          Silent when a run finds its rows by index, when it reads fewer rows than the descent of an index is \
          worth (a Memoize that hits, a Materialize of a few rows), and when most of what is read is used. In a \
          plan that was not run, it is seen when repetition makes up half of the join's expected cost.",
    check: Check::EachNode(check),
};

/// Rows read for each row used. Below this a lookup by index saves nothing: it costs about as much as reading
/// four rows in sequence (`random_page_cost` is 4, manual, "Planner Cost Constants").
const IN_VAIN: Factor = Factor(4.0);

/// Repetition is what the join costs when it is more than all that is done once.
const MOSTLY_REPETITION: Share = Share(0.5);

/// Fewer runs than this repeat nothing.
const TWICE: f64 = 2.0;

fn check(plan: &Plan, join: &Node) -> Option<Finding> {
    let inner = plan.child(join, Role::Inner).filter(|_| join.operator == Operator::NestedLoop)?;
    let scan = costliest_scan(plan, inner)?;
    let symptom = Symptom::InnerSideRepeated { join: join.id, scan: scan.id };
    let did = deed(plan, join, scan);
    let finding = Finding::at(&RULE, join, did).by(scan, scan.inclusive()).symptom(symptom);
    if plan.is_measured() {
        measured(plan, join, inner, scan, finding)
    } else {
        expected(plan, join, inner, scan, finding)
    }
}

fn measured(plan: &Plan, join: &Node, inner: &Node, scan: &Node, finding: Finding) -> Option<Finding> {
    let (runs, loops) = (inner.loops(), join.loops());
    if loops == 0.0 || runs < TWICE * loops {
        return None;
    }
    let read = scan.rows_read()?.0.max(inner.rows_out()?.0) / runs;
    let used = join.rows_out()?.0 / runs;
    let finds = scan.looks_up() && scan.loops() > loops && scan.removed_by_filter().0 <= scan.rows_out()?.0;
    if finds || read < ONE_DESCENT.0 || read < IN_VAIN.0 * used {
        return None;
    }
    let finding = finding.stake(plan.repeated(join));
    Some(
        finding
            .with("runs", runs as u64)
            .with("rows read a run", Rows(read))
            .with("rows used a run", Rows(used)),
    )
}

fn expected(plan: &Plan, join: &Node, inner: &Node, scan: &Node, finding: Finding) -> Option<Finding> {
    let outer = plan.child(join, Role::Outer)?.estimate?;
    let total = join.estimate?.total_cost;
    let repetition = total - outer.total_cost - inner.estimate?.total_cost;
    if scan.looks_up() || outer.rows.0 < TWICE || repetition < MOSTLY_REPETITION.0 * total {
        return None;
    }
    Some(finding.with("runs expected", outer.rows.0 as u64))
}

/// What the scan did. Without ANALYZE nobody counted: the outer side's rows are how often, unless a Memoize spares
/// some.
fn deed(plan: &Plan, join: &Node, scan: &Node) -> String {
    if plan.is_measured() {
        let read = rows(out(scan) + scan.removed_by_filter());
        return format!("ran {} and read {read} in all for the {}", times(scan.loops()), join.label());
    }
    let outer = plan.child(join, Role::Outer).map(out).unwrap_or_default();
    let most = if scan.parent == Some(join.id) { "" } else { "up to " };
    format!("would run {most}{} for the {}", times(outer.0), join.label())
}

/// The scan that costs the most: by time, else by rows, else by the planner's estimate.
fn costliest_scan<'a>(plan: &'a Plan, inner: &Node) -> Option<&'a Node> {
    let rows = |n: &Node| n.rows_read().map_or(0.0, |rows| rows.0);
    let cost = |n: &Node| n.estimate.map_or(0.0, |estimate| estimate.total_cost);
    let scans = plan.sources(inner).filter(|n| is_scan(n));
    scans.max_by(|a, b| {
        let by_time = a.exclusive().0.total_cmp(&b.exclusive().0);
        by_time.then(rows(a).total_cmp(&rows(b))).then(cost(a).total_cmp(&cost(b)))
    })
}

fn is_scan(node: &Node) -> bool {
    let fetches = node.operator.reads_table() || node.children.is_empty();
    fetches && !matches!(node.operator, Operator::Result | Operator::BitmapIndexScan)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn join(rows: f64, inner: &str) -> String {
        format!(
            r#"{{"Node Type": "Nested Loop", "Join Type": "Inner", "Total Cost": 5000.0,
                 "Actual Total Time": 90.0, "Actual Rows": {rows}, "Actual Loops": 1, "Plans": [
                   {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Plan Rows": 50, "Total Cost": 10.0,
                     "Actual Total Time": 1.0, "Actual Rows": 50, "Actual Loops": 1}},
                   {inner}]}}"#
        )
    }

    fn scan(operator: &str, loops: f64, rows: f64, removed: f64) -> String {
        format!(
            r#"{{"Node Type": "{operator}", "Parent Relationship": "Inner", "Relation Name": "orders",
                 "Index Cond": "(id = o.id)", "Actual Total Time": 1.5, "Actual Rows": {rows},
                 "Actual Loops": {loops}, "Rows Removed by Filter": {removed}}}"#
        )
    }

    #[test]
    fn only_what_is_read_in_vain() {
        let sequential = |loops, rows, removed| {
            scan("Seq Scan", loops, rows, removed).replace(r#""Index Cond": "(id = o.id)","#, "")
        };
        let store = |operator: &str, rows: f64, below: String| {
            format!(
                r#"{{"Node Type": "{operator}", "Parent Relationship": "Inner", "Actual Total Time": 1.6,
                     "Actual Rows": {rows}, "Actual Loops": 50, "Plans": [{}]}}"#,
                below.replace("Inner", "Outer")
            )
        };
        let table = [
            ("a table read whole", 50.0, sequential(50.0, 1.0, 999.0), true),
            ("a table read whole, once", 1.0, sequential(1.0, 1.0, 999.0), false),
            ("a tiny table", 50.0, sequential(50.0, 1.0, 20.0), false),
            ("all pairs are wanted", 50_000.0, sequential(50.0, 1000.0, 0.0), false),
            ("a lookup", 50.0, scan("Index Scan", 50.0, 1.0, 0.0), false),
            ("a lookup of many rows, all wanted below", 50.0, scan("Index Scan", 50.0, 500.0, 0.0), false),
            ("a lookup that finds what it throws away", 50.0, scan("Index Scan", 50.0, 1.0, 500.0), true),
            ("never executed", 0.0, sequential(0.0, 0.0, 0.0), false),
            (
                "Materialize of a thousand rows",
                50.0,
                store("Materialize", 1000.0, sequential(1.0, 1000.0, 0.0)),
                true,
            ),
            (
                "Materialize of a few rows",
                50.0,
                store("Materialize", 20.0, sequential(1.0, 20.0, 0.0)),
                false,
            ),
            ("Memoize that hits", 50.0, store("Memoize", 1.0, sequential(2.0, 1.0, 999.0)), false),
            ("Memoize that misses", 50.0, store("Memoize", 1.0, sequential(48.0, 1.0, 999.0)), true),
        ];
        for (what, rows, inner, expected) in table {
            let found = findings(&RULE, &plan(&join(rows, &inner)));
            assert_eq!(found.len(), usize::from(expected), "{what}: {found:?}");
        }
    }

    #[test]
    fn a_plan_that_was_not_run() {
        let planned = |operator: &str, condition: &str, cost: f64| {
            let text = format!(
                r#"{{"Node Type": "Nested Loop", "Total Cost": 5000.0, "Plans": [
                     {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Plan Rows": 50, "Total Cost": 10.0}},
                     {{"Node Type": "{operator}", "Parent Relationship": "Inner", "{condition}": "(id = o.id)",
                       "Plan Rows": 1, "Total Cost": {cost}}}]}}"#
            );
            !findings(&RULE, &plan(&text)).is_empty()
        };
        assert!(planned("Seq Scan", "Filter", 99.0));
        assert!(!planned("Index Scan", "Index Cond", 99.0), "a lookup");
        assert!(!planned("Seq Scan", "Filter", 4900.0), "one pass is most of the cost");
    }
}
