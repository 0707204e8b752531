//! An index that is descended again and again within one scan.

use super::ONE_DESCENT;
use crate::diagnose::words::{rows, times};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::units::{Factor, Rows};

/// `index-descends-often`.
pub static RULE: Rule = Rule {
    id: "index-descends-often",
    title: "One scan descends its index many times over",
    doc: "Since 18 a B-tree whose first column is not asked for can be searched all the same: the scan skips from one \
          value of that column to the next and descends anew for each (manual, \"Multicolumn Indexes\"). With a few \
          values that is a gift; with thousands each descent finds nothing or next to nothing, and an index that leads \
          with the column that is asked for would descend once. A list in `= ANY` of which few values are there costs the \
          same.\n\n\
          Example: `Index Scan using visit_place_day on visit … Index Cond: (day = 2000) … Index Searches: 301`.\n\n\
          Silent below four descents for each row found and each loop, below a hundred in all, and before 18, which does \
          not print `Index Searches`.",
    check: Check::EachNode(check),
};

/// A descent costs as much as a hundred rows looked at (`ONE_DESCENT`); one for every few rows is most of the scan.
const IN_VAIN: Factor = Factor(4.0);

fn check(_: &Plan, scan: &Node) -> Option<Finding> {
    use Operator::{BitmapIndexScan, IndexOnlyScan, IndexScan};
    if !matches!(scan.operator, IndexScan | IndexOnlyScan | BitmapIndexScan) {
        return None;
    }
    let searches = scan.said("Index Searches")?;
    let found = scan.rows_read()?;
    if searches < ONE_DESCENT.0 || searches < IN_VAIN.0 * found.0.max(scan.loops()) || !scan.ran() {
        return None;
    }
    let did = format!(
        "descended its index {} and found {}",
        times(searches),
        if found.0 == 0.0 { "nothing".to_owned() } else { rows(found) }
    );
    let finding = Finding::at(&RULE, scan, did)
        .stake(scan.exclusive() * (1.0 - scan.loops() / searches))
        .next(
            "An index that leads with the column of the Index Cond may find them in one descent; \\d shows which columns \
             stand before it in this one.",
        )
        .with("index searches", Rows(searches))
        .with("rows found", found);
    Some(match scan.condition(ConditionKind::IndexCond) {
        Some(condition) => finding.with("index cond", condition),
        None => finding,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn descents_in_vain() {
        let table = [
            // searches, rows, loops
            (2001.0, 50.0, 1.0, true),
            (2001.0, 0.0, 1.0, true),
            (2001.0, 501.0, 1.0, false),  // one for four rows
            (2001.0, 0.0, 1000.0, false), // a nested loop's own
            (99.0, 0.0, 1.0, false),
            (1.0, 0.0, 1.0, false),
            (0.0, 0.0, 0.0, false), // never executed
        ];
        for (searches, rows, loops, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Index Scan", "Index Name": "t_a_b", "Index Cond": "(b = 5)",
                     "Actual Total Time": 5.0, "Actual Rows": {rows}, "Actual Loops": {loops},
                     "Index Searches": {searches}}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{searches} {rows} {loops}");
        }
    }
}
