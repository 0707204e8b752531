//! ON CONFLICT DO NOTHING for rows that are mostly there.

use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Rows, Share};

/// `insert-conflicts`.
pub static RULE: Rule = Rule {
    id: "insert-conflicts",
    title: "Most rows to insert are there already",
    doc: "An INSERT … ON CONFLICT DO NOTHING makes each row, with its defaults, looks for its key, and drops it when that is \
          there. Where most rows are there, the work is for nothing, and a sequence has still been advanced for each of \
          them (manual, \"Sequence Manipulation Functions\").\n\n\
          Example: `Insert on seen … Conflict Resolution: NOTHING  Tuples Inserted: 12  Conflicting Tuples: 99988`.\n\n\
          Silent when most rows are new, below a thousand conflicts, and for DO UPDATE, whose conflicts are what it is \
          for.",
    check: Check::EachNode(check),
};

/// More rows come for nothing than for something.
const MOST: Share = Share(0.5);

/// Each conflict is a lookup in an index: a thousand take some milliseconds.
const MANY: Rows = Rows(1000.0);

fn check(_: &Plan, insert: &Node) -> Option<Finding> {
    let nothing = |(key, value): &(std::borrow::Cow<'static, str>, serde_json::Value)| {
        key == "Conflict Resolution" && value.as_str() == Some("NOTHING")
    };
    if insert.operator != Operator::ModifyTable || !insert.ran() || !insert.extra.iter().any(nothing) {
        return None;
    }
    let (inserted, dropped) =
        (Rows(insert.said("Tuples Inserted")?), Rows(insert.said("Conflicting Tuples")?));
    let share = dropped.share_of(inserted + dropped);
    if dropped.0 < MANY.0 || share.0 <= MOST.0 {
        return None;
    }
    let all = inserted + dropped;
    let did = format!("dropped {} of the {} that it was given, for they were there", rows(dropped), all);
    let finding = Finding::at(&RULE, insert, did)
        .stake(insert.exclusive() * share.0)
        .next(
            "Leave out what is there before it is made: `WHERE NOT EXISTS (…)` in the SELECT joins all rows at once; keep ON \
             CONFLICT for those that others insert meanwhile.",
        )
        .with("rows inserted", inserted)
        .with("rows dropped", dropped);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn mostly_for_nothing() {
        let table = [
            ("NOTHING", 10, 9990, true),
            ("UPDATE", 10, 9990, false),
            ("NOTHING", 9990, 9000, false),
            ("NOTHING", 10, 990, false),
        ];
        for (resolution, inserted, conflicting, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "ModifyTable", "Operation": "Insert", "Conflict Resolution": "{resolution}",
                     "Tuples Inserted": {inserted}, "Conflicting Tuples": {conflicting},
                     "Actual Total Time": 90.0, "Actual Rows": 0, "Actual Loops": 1}}"#
            ));
            assert_eq!(
                findings(&RULE, &plan).len(),
                usize::from(expected),
                "{resolution} {inserted} {conflicting}"
            );
        }
    }
}
