//! A subquery that is read and hashed as a whole to answer a few rows.

use super::not_in_subquery::hashed_for_few;
use crate::diagnose::shape::ask;
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::units::Rows;

/// `hashed-subplan-large`.
pub static RULE: Rule = Rule {
    id: "hashed-subplan-large",
    title: "A whole subquery is hashed to answer a few rows",
    doc: "`IN (SELECT …)` is usually turned into a join. Where that is not possible, under an `OR` or in the select \
          list, the whole subquery is run and hashed first, however few rows ask it. A correlated `EXISTS` is looked \
          up row by row when the planner expects few to ask, if an index has what it compares; two queries \
          with `UNION` instead of the `OR` can each be joined.\n\n\
          Example: `Filter: ((hashed SubPlan 1) OR (city = 'city 1'))` with 200,000 rows hashed to ask for 50.\n\n\
          Silent when it has less than ten rows for each one that asks, or a thousand in all; under `NOT`, which is \
          told as `not-in-subquery`.",
    check: Check::EachNode(check),
};

fn check(plan: &Plan, subplan: &Node) -> Option<Finding> {
    let parent = plan.parent(subplan)?;
    ask(parent, subplan).filter(|ask| ask.hashed && !ask.negated)?;
    let who = parent.label();
    let did = |hashed, asking: Rows| format!("had {hashed} hashed to answer {} of the {who}", rows(asking));
    let finding = hashed_for_few(parent, subplan, did, &RULE)?;
    Some(finding.next(
        "EXISTS (SELECT … WHERE … = …) instead of IN may be looked up for each row, with an index on what is compared; \
         an OR can be written as a UNION of two queries, of which each may join.",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn far_more_than_ask() {
        let table = [
            ("((hashed SubPlan 1) OR a.x)", 1000.0, 1.0, true),
            ("((ANY (a.id = (hashed SubPlan 1).col1)) OR a.x)", 1000.0, 1.0, true),
            ("((hashed SubPlan 1) OR a.x)", 999.0, 1.0, false),
            ("((hashed SubPlan 1) OR a.x)", 0.0, 0.0, false), // never executed
            ("(NOT (hashed SubPlan 1))", 1000.0, 1.0, false),
            ("((SubPlan 1) OR a.x)", 1000.0, 1.0, false),
        ];
        for (filter, rows, loops, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Filter": "{filter}", "Actual Total Time": 90.0, "Actual Rows": 1,
                     "Rows Removed by Filter": 99, "Actual Loops": 1, "Plans": [{{"Node Type": "Seq Scan",
                     "Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 1", "Actual Total Time": 50.0,
                     "Actual Rows": {rows}, "Actual Loops": {loops}}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{filter} {rows}");
        }
    }
}
