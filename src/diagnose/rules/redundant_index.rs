//! An index that is written although another one serves for all that it serves for.

use crate::catalog::{Catalog, Index, Table};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Operator, Plan};

/// `redundant-index`.
pub static RULE: Rule = Rule {
    id: "redundant-index",
    title: "An index is written that another one contains",
    doc: "A B-tree on `(a, b)` finds rows by `a` as well as one on `(a)` does (manual, \"Multicolumn Indexes\"). Where \
          both are there, the shorter one is rarely of use, and each write keeps both up.\n\n\
          Example: `Insert on orders`, with the indexes `orders_customer (customer_id)` and `orders_customer_placed \
          (customer_id, placed)`.\n\n\
          Silent unless the statement inserts or updates, and about indexes that are unique, partial, of a constraint, or \
          carry other columns. The shorter index is smaller: where it alone fits into memory, it may be worth its \
          price.",
    check: Check::WithCatalog(check),
};

fn check(plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
    let mut found = Vec::new();
    for write in plan.nodes.iter().filter(|node| node.operator == Operator::ModifyTable) {
        let inserts = matches!(write.operation.as_deref(), Some("Insert" | "Update" | "Merge"));
        let idle = plan.is_measured() && !write.ran();
        let table = write.relation.as_ref().and_then(|relation| catalog.table(relation));
        let Some(table) = table.filter(|_| inserts && !idle) else { continue };
        let each = write.exclusive() * (1.0 / (table.indexes.len() as f64 + 1.0));
        for (shorter, longer) in contained(table) {
            let what = format!(
                "{} is written to as well, though {} begins with the same columns ({})",
                shorter.name,
                longer.name,
                columns(shorter)
            );
            let finding = Finding::about_statement(&RULE, what, each)
                .next(format!(
                    "Compare `idx_scan` of both in pg_stat_user_indexes; {} may be dropped (DROP INDEX CONCURRENTLY) if the \
                     other one serves its queries.",
                    shorter.name
                ))
                .with("table", table.name.to_string())
                .with("its size", shorter.bytes)
                .with("contained in", format!("{} ({})", longer.name, columns(longer)));
            found.push(finding);
        }
    }
    found
}

/// Indexes that do nothing which another one does not; of two that are the same, the one that is told later.
fn contained(table: &Table) -> Vec<(&Index, &Index)> {
    let all = &table.indexes;
    let superfluous = all.iter().enumerate().filter(|(_, index)| {
        index.is_plain_btree() && !index.unique && !index.constraint && index.include.is_empty()
    });
    let pairs = superfluous.filter_map(|(place, shorter)| {
        let begins = |(other, longer): &(usize, &Index)| {
            let same = longer.keys.len() == shorter.keys.len();
            *other != place
                && longer.is_plain_btree()
                && longer.keys.starts_with(&shorter.keys)
                && (!same || longer.unique || longer.constraint || *other < place)
        };
        all.iter().enumerate().find(begins).map(|(_, longer)| (shorter, longer))
    });
    pairs.collect()
}

fn columns(index: &Index) -> String {
    index.keys.iter().map(|key| key.expression.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings_with, plan, table, tables};
    use super::*;

    #[test]
    fn a_beginning_of_another() {
        let cases = [
            ("Insert", &["a", "a, b"][..], 1),
            ("Update", &["a, b, c", "a, b"][..], 1),
            ("Insert", &["a", "a"][..], 1),
            ("Insert", &["b", "a, b"][..], 0),
            ("Delete", &["a", "a, b"][..], 0),
        ];
        for (operation, indexes, expected) in cases {
            let plan = plan(&format!(
                r#"{{"Node Type": "ModifyTable", "Operation": "{operation}", "Relation Name": "t",
                     "Actual Total Time": 90.0, "Actual Rows": 0, "Actual Loops": 1}}"#
            ));
            let found = findings_with(&RULE, &plan, &tables(vec![table("t", 1e5, indexes)]));
            assert_eq!(found.len(), expected, "{operation} {indexes:?}");
            let mut unique = table("t", 1e5, indexes);
            unique.indexes.iter_mut().for_each(|index| index.unique = true);
            assert_eq!(findings_with(&RULE, &plan, &tables(vec![unique])).len(), 0, "all unique");
        }
    }
}
