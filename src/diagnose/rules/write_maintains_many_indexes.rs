//! An INSERT most of whose work is entries in indexes.

use crate::catalog::Catalog;
use crate::diagnose::words::{came_in, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Operator, Plan};
use crate::units::{Rows, Share};

/// `write-maintains-many-indexes`.
pub static RULE: Rule = Rule {
    id: "write-maintains-many-indexes",
    title: "Writing entries of indexes takes the time",
    doc: "Each new row gets an entry in every index of its table, at its place in the order: pages all over the \
          index are read, changed and logged. An index costs a write about what the row itself costs, or more.\n\n\
          Example: `Insert on orders (actual time=5332.0..5332.0 rows=0 loops=1)` of 300,000 rows with five indexes, \
          550 ms without one (measured on 15).\n\n\
          Silent for fewer than four indexes that enforce nothing, and below a thousand rows. Silent for an UPDATE: \
          the plan does not tell whether an indexed column changed (HOT).",
    check: Check::WithCatalog(check),
};

/// With four indexes, four fifths of the time is theirs: each took 0.8 to 3 times as long as the row (measured on
/// 15, in the order of the rows and in none).
const MANY: usize = 4;

/// Fewer rows are written in some milliseconds, with any number of indexes.
const ENOUGH_ROWS: Rows = Rows(1000.0);

fn check(plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
    let inserts = plan.nodes.iter().filter(|node| {
        node.operator == Operator::ModifyTable && node.operation.as_deref() == Some("Insert") && node.ran()
    });
    let mut found = Vec::new();
    for insert in inserts {
        let Some(table) = insert.relation.as_ref().and_then(|relation| catalog.table(relation)) else {
            continue;
        };
        let optional = table.indexes.iter().filter(|index| !index.unique && !index.constraint).count();
        let written = came_in(plan, insert);
        if optional < MANY || written.0 < ENOUGH_ROWS.0 {
            continue;
        }
        let all = table.indexes.len();
        let theirs = Share(optional as f64 / (all as f64 + 1.0));
        let did = format!("wrote {}, each into {all} indexes as well", rows(written));
        let finding = Finding::at(&RULE, insert, did)
            .stake(insert.exclusive() * theirs.0)
            .next(format!(
                "See which of them nobody uses (`idx_scan` in pg_stat_user_indexes WHERE relname = '{}', on the standbys \
                 too) and drop those; for a bulk load, create them afterwards.",
                table.name.name
            ))
            .with("rows written", written)
            .with("indexes", all as u64)
            .with("of them neither unique nor of a constraint", optional as u64);
        found.push(finding);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings_with, plan, table, tables};
    use super::*;

    #[test]
    fn many_rows_into_many_indexes() {
        let four = ["a", "b", "c", "a, b"];
        let cases = [
            ("Insert", 5000, &four[..], 1),
            ("Insert", 5000, &four[..3], 0),
            ("Insert", 500, &four[..], 0),
            ("Update", 5000, &four[..], 0),
        ];
        for (operation, rows, indexes, expected) in cases {
            let plan = plan(&format!(
                r#"{{"Node Type": "ModifyTable", "Operation": "{operation}", "Relation Name": "t",
                     "Actual Total Time": 90.0, "Actual Rows": 0, "Actual Loops": 1, "Plans": [
                     {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "s",
                       "Actual Total Time": 1.0, "Actual Rows": {rows}, "Actual Loops": 1}}]}}"#
            ));
            let found = findings_with(&RULE, &plan, &tables(vec![table("t", 1e5, indexes)]));
            assert_eq!(found.len(), expected, "{operation} {rows} {indexes:?}");
        }
    }
}
