//! The first few of each group, found by sorting all of them.

use crate::diagnose::shape::{index_keys, maker, on_the_way};
use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::units::{Rows, Share};

/// `window-keeps-few`.
pub static RULE: Rule = Rule {
    id: "window-keeps-few",
    title: "All rows are sorted to keep the first of each group",
    doc: "A window function with a `Run Condition` stops numbering early, but its input was read and sorted to the end \
          all the same. `LATERAL (SELECT … ORDER BY … LIMIT n)` for each group, with an index on what groups and what \
          orders, reads only the rows that are kept; without groups, `ORDER BY … LIMIT n` keeps only n rows in memory \
          while it sorts.\n\n\
          Example: `WindowAgg (actual … rows=200 …)  Run Condition: (row_number() OVER (?) <= 2) -> Sort (actual … \
          rows=200000 …)`.\n\n\
          Silent when more than a tenth of the rows is kept, when the input came sorted without a sort, and below a \
          thousand rows.",
    check: Check::EachNode(check),
};

/// At a row in ten, reading them through an index visits most pages of the table.
const A_FEW: Share = Share(0.10);

/// Fewer are sorted in a fraction of a millisecond.
const ENOUGH_ROWS: Rows = Rows(1000.0);

fn check(plan: &Plan, window: &Node) -> Option<Finding> {
    let condition = window.condition(ConditionKind::RunCondition)?;
    let input = plan.inputs(window).next().filter(|_| window.operator == Operator::WindowAgg)?;
    let way = on_the_way(plan, input);
    let sort = way.iter().find(|node| !node.sort_key.is_empty())?;
    let (sorted, kept) = (maker(plan, input).rows_out()?, window.rows_out().filter(|_| window.ran())?);
    if sorted.0 < ENOUGH_ROWS.0 || kept.share_of(sorted).0 > A_FEW.0 {
        return None;
    }
    let did = format!("kept {} of the {} that were sorted for it", none_or(kept), rows(sorted));
    let finding = Finding::at(&RULE, window, did)
        .by(window, window.inclusive())
        .stake(window.inclusive() * (1.0 - kept.share_of(sorted).0))
        .with("rows sorted", sorted)
        .with("rows kept", kept)
        .with("run condition", condition)
        .next(format!(
            "With an index on ({}) the sort may go away; LATERAL (SELECT … ORDER BY … LIMIT n) for each group would \
             then read only what is kept, which pays while the groups are few.",
            index_keys(sort)
        ));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn a_few_of_many() {
        let run = r#""Run Condition": "(row_number() OVER (?) <= 2)""#;
        let table = [
            (run, "Sort", 1000, 100, true),
            (run, "Sort", 1000, 101, false),
            (run, "Sort", 999, 1, false),
            (run, "Sort", 0, 0, false),
            (run, "Index Scan", 1000, 100, false),
            (r#""Strategy": "none""#, "Sort", 1000, 100, false),
        ];
        for (said, below, sorted, kept, expected) in table {
            let key = if below == "Sort" { r#""Sort Key": ["o.a", "o.b DESC"],"# } else { "" };
            let plan = plan(&format!(
                r#"{{"Node Type": "WindowAgg", {said}, "Actual Total Time": 90.0, "Actual Rows": {kept},
                     "Actual Loops": 1, "Plans": [{{"Node Type": "{below}", {key} "Parent Relationship": "Outer",
                     "Actual Total Time": 80.0, "Actual Rows": {sorted}, "Actual Loops": 1}}]}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{said} {below} {sorted} {kept}");
        }
    }
}
