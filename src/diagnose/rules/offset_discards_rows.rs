//! An OFFSET that has every skipped row made first.

use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Factor, Rows};

/// `offset-discards-rows`.
pub static RULE: Rule = Rule {
    id: "offset-discards-rows",
    title: "Rows are made only to be skipped",
    doc: "`OFFSET` does not know where the wanted page begins: every row before it is read, joined and sorted as if it \
          were wanted, then dropped, and each page costs more than the one before. Starting behind the last key of \
          the previous page (`WHERE (placed, id) < ($1, $2)`) goes there directly.\n\n\
          Example: `Limit (actual … rows=20 …) -> Index Scan using orders_pkey (actual … rows=150020 …)`.\n\n\
          Silent below ten rows skipped for each row given (the first ten pages), and below a hundred in all.",
    check: Check::EachNode(check),
};

/// With ten pages skipped for one that is given, nine tenths of the work are for nothing.
const PAGES_SKIPPED: Factor = Factor(10.0);

/// Fewer rows than this are skipped in the time of a single page.
const ENOUGH_ROWS: Rows = Rows(100.0);

fn check(plan: &Plan, limit: &Node) -> Option<Finding> {
    let input = plan.inputs(limit).next().filter(|_| limit.operator == Operator::Limit)?;
    let (made, given) = (input.rows_out()?, limit.rows_out()?);
    let skipped = Rows(made.0 - given.0);
    if skipped.0 < ENOUGH_ROWS.0 || skipped.0 < PAGES_SKIPPED.0 * given.0 {
        return None;
    }
    let did = format!("had {} made to skip {skipped} of them", rows(made));
    let finding = Finding::at(&RULE, limit, did)
        .at_others_cost()
        .symptom(Symptom::OffsetDiscardsRows { limit: limit.id })
        .stake(input.inclusive() * skipped.share_of(made).0)
        .with("rows made", made)
        .with("rows given", given);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn far_pages() {
        let table = [
            (150_020, 20, 1, true),
            (5000, 0, 1, true), // behind the end
            (200, 20, 1, false),
            (40, 1, 1, false),
            (20, 20, 1, false),
            (0, 0, 0, false), // never executed
        ];
        for (made, given, loops, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Limit", "Actual Total Time": 31.0, "Actual Rows": {given}, "Actual Loops": {loops},
                     "Plans": [{{"Node Type": "Index Scan", "Parent Relationship": "Outer",
                     "Actual Total Time": 30.0, "Actual Rows": {made}, "Actual Loops": {loops}}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{made} {given}");
        }
    }
}
