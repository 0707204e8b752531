//! An UPDATE or DELETE of every row.

use crate::diagnose::words::{out, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::Rows;

/// `writes-whole-table`.
pub static RULE: Rule = Rule {
    id: "writes-whole-table",
    title: "Every row of a table is written",
    doc: "An UPDATE without a condition makes a new version of each row: the table grows to twice its size, every index \
          gets new entries, and all of it is logged. A DELETE without a condition marks each row, and leaves the \
          clearing to VACUUM. TRUNCATE does the latter at once.\n\n\
          Example: `Update on orders … -> Seq Scan on orders (actual … rows=200000 loops=1)` without a `Filter`.\n\n\
          Silent below a thousand rows, and where a condition, a join or a subquery chooses the rows. In a plan that \
          was not run, the rows are those that the planner expects.",
    check: Check::EachNode(check),
};

/// Fewer rows are written in a few milliseconds, whatever for.
const MANY: Rows = Rows(1000.0);

fn check(plan: &Plan, write: &Node) -> Option<Finding> {
    if write.operator != Operator::ModifyTable || (plan.is_measured() && !write.ran()) {
        return None;
    }
    let (deed, next) = match write.operation.as_deref()? {
        "Update" => (
            "new versions",
            "Say in WHERE which rows need the change (`IS DISTINCT FROM` the new value), or write in batches with a VACUUM \
             between them.",
        ),
        "Delete" => (
            "dead rows",
            "TRUNCATE empties the table at once, where no trigger and no foreign key forbids it; else delete in batches.",
        ),
        _ => return None,
    };
    let scan = plan.inputs(write).next().filter(|scan| scan.operator == Operator::SeqScan)?;
    let same = scan.relation.as_ref().map(|r| &r.name) == write.relation.as_ref().map(|r| &r.name);
    let written = out(scan);
    if !same || !scan.conditions.is_empty() || written.0 < MANY.0 {
        return None;
    }
    let did = match plan.is_measured() {
        true => format!("wrote every row of its table: {deed} for {}", rows(written)),
        false => format!("would write every row of its table: {deed} for {}", rows(written)),
    };
    let finding = Finding::at(&RULE, write, did).next(next).with("rows written", written);
    Some(finding.stake(write.exclusive()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn all_of_a_large_table() {
        let table = [
            ("Update", "Seq Scan", "", 5000, true),
            ("Delete", "Seq Scan", "", 5000, true),
            ("Insert", "Seq Scan", "", 5000, false),
            ("Update", "Seq Scan", "", 500, false),
            ("Update", "Seq Scan", r#""Filter": "(id > 3)","#, 5000, false),
            ("Update", "Hash Join", "", 5000, false),
        ];
        for (operation, operator, said, rows, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "ModifyTable", "Operation": "{operation}", "Relation Name": "t",
                     "Actual Total Time": 90.0, "Actual Rows": 0, "Actual Loops": 1, "Plans": [
                     {{"Node Type": "{operator}", "Parent Relationship": "Outer", {said} "Relation Name": "t",
                       "Actual Total Time": 8.0, "Actual Rows": {rows}, "Actual Loops": 1}}]}}"#
            ));
            assert_eq!(
                findings(&RULE, &plan).len(),
                usize::from(expected),
                "{operation} {operator} {said} {rows}"
            );
        }
    }
}
