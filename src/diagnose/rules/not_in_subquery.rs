//! `NOT IN (SELECT …)`, which no join can answer.

use super::ONE_DESCENT;
use crate::diagnose::shape::{Ask, ask};
use crate::diagnose::words::{out, rows, times};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Factor, Ms, Rows};

/// `not-in-subquery`.
pub static RULE: Rule = Rule {
    id: "not-in-subquery",
    title: "NOT IN cannot be answered by a join",
    doc: "`NOT IN (SELECT …)` is neither true nor false as soon as the subquery yields a NULL, so the planner may not \
          make an anti join of it (`convert_ANY_sublink_to_join` in subselect.c). It is a subplan: hashed as a whole \
          while the planner expects that to fit into `work_mem` × `hash_mem_multiplier`; otherwise its rows are stored \
          and looked through again for each row that asks. `NOT EXISTS` may be an anti join, which looks up, hashes \
          the smaller side, and goes to disk in batches.\n\n\
          Example: `Filter: (NOT (SubPlan 1)) … SubPlan 1 -> Materialize (actual … rows=10000 loops=50000)`, or \
          `Filter: (NOT (hashed SubPlan 1))` with 200,000 rows hashed to ask for 50.\n\n\
          Silent about a hashed subplan that has less than ten rows for each one that asks: an anti join would hash as \
          much. Silent about stored rows that are looked through fewer than ten times, or fewer than a hundred in all.",
    check: Check::EachNode(check),
};

/// A lookup by index takes about as long as hashing ten rows (4 µs against 0.2 µs, measured on 15).
pub(super) const HASHED_FOR_ONE: Factor = Factor(10.0);

/// Fewer are hashed in a fifth of a millisecond.
pub(super) const ENOUGH_ROWS: Rows = Rows(1000.0);

/// From ten runs on, one pass that costs as much as a run saves nine tenths.
const MANY_RUNS: f64 = 10.0;

const NEXT: &str = "NOT EXISTS (SELECT … WHERE … = …) may be an anti join. It differs where NULLs are: NOT IN gives \
                    nothing at all once the subquery yields a NULL.";

fn check(plan: &Plan, subplan: &Node) -> Option<Finding> {
    let parent = plan.parent(subplan)?;
    let asked = ask(parent, subplan)?;
    if asked.negated && asked.hashed {
        let did = |hashed, asking: Rows| format!("had {hashed} hashed to answer NOT IN for {}", rows(asking));
        return hashed_for_few(parent, subplan, did, &RULE).map(|finding| finding.next(NEXT));
    }
    if !is_looked_through(plan, subplan) {
        return None;
    }
    let (runs, read) = (subplan.loops(), subplan.rows_out()?);
    if runs < MANY_RUNS || read.0 < ONE_DESCENT.0 {
        return None;
    }
    let did = format!("was looked through {} for NOT IN, {} in all", times(runs), rows(read));
    let finding = Finding::at(&RULE, subplan, did)
        .by(subplan, subplan.inclusive())
        .stake(subplan.inclusive() * (1.0 - 1.0 / runs))
        .with("runs", runs as u64)
        .with("rows looked through", read);
    Some(finding.next(format!("{NEXT} A larger work_mem lets the subquery be hashed.")))
}

/// Whether this is the subquery of a `NOT IN` whose rows are stored and looked through. Before PostgreSQL 17 `NOT
/// EXISTS` is printed alike; but only of a comparison's subquery are the rows stored (`build_subplan` in subselect.c).
pub(super) fn is_looked_through(plan: &Plan, subplan: &Node) -> bool {
    let asked = plan.parent(subplan).and_then(|parent| ask(parent, subplan));
    let stored = subplan.operator == Operator::Materialize;
    asked.is_some_and(|Ask { hashed, negated, .. }| !hashed && negated && stored)
}

/// A hashed subplan with far more rows than ask it.
pub(super) fn hashed_for_few(
    parent: &Node,
    subplan: &Node,
    did: impl FnOnce(String, Rows) -> String,
    rule: &'static Rule,
) -> Option<Finding> {
    let hashed = subplan.rows_out().filter(|_| subplan.ran())?;
    // Whoever stands above asks for each row that it looked at.
    let asking = out(parent) + parent.removed_by_filter();
    if hashed.0 < ENOUGH_ROWS.0 || hashed.0 < HASHED_FOR_ONE.0 * asking.0 {
        return None;
    }
    let whole: Ms = subplan.inclusive() + parent.exclusive();
    let finding = Finding::at(rule, subplan, did(rows(hashed), asking))
        .by(subplan, subplan.inclusive())
        .stake(whole * (1.0 - asking.share_of(hashed).0))
        .with("rows hashed", hashed)
        .with("rows that ask", asking);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn not_in_and_its_likes() {
        let table = [
            ("(NOT (SubPlan 1))", "Materialize", 50.0, 400.0, true),
            ("(NOT (ANY (a.id = (SubPlan 1).col1)))", "Materialize", 50.0, 400.0, true),
            ("(NOT (SubPlan 1))", "Seq Scan", 50.0, 1.0, false), // NOT EXISTS
            ("(SubPlan 1)", "Materialize", 50.0, 400.0, false),
            ("(NOT (SubPlan 1))", "Materialize", 9.0, 400.0, false),
            ("(NOT (SubPlan 1))", "Materialize", 50.0, 1.0, false),
            ("(NOT (SubPlan 1))", "Materialize", 0.0, 0.0, false), // never executed
            ("(NOT (hashed SubPlan 1))", "Seq Scan", 1.0, 1000.0, true),
            ("(NOT (hashed SubPlan 1))", "Seq Scan", 1.0, 999.0, false),
            ("((hashed SubPlan 1) OR a.x)", "Seq Scan", 1.0, 1000.0, false),
        ];
        for (filter, operator, runs, rows, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Filter": "{filter}", "Actual Total Time": 90.0, "Actual Rows": 1,
                     "Rows Removed by Filter": 99, "Actual Loops": 1, "Plans": [{{"Node Type": "{operator}",
                     "Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 1", "Actual Total Time": 1.0,
                     "Actual Rows": {rows}, "Actual Loops": {runs}}}]}}"#
            ));
            assert_eq!(
                findings(&RULE, &plan).len(),
                usize::from(expected),
                "{filter} {operator} {runs} {rows}"
            );
        }
    }
}
