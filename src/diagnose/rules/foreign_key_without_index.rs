//! A DELETE of rows that others refer to, without an index to find those.

use crate::catalog::{Catalog, ForeignKey, Table};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Operator, Plan};
use crate::query::name::quote;
use crate::units::{Ms, Rows};

/// `foreign-key-without-index`.
pub static RULE: Rule = Rule {
    id: "foreign-key-without-index",
    title: "Deleting will look for referring rows without an index",
    doc: "For each deleted row PostgreSQL looks for rows that refer to it, by the trigger of the foreign key. The \
          referenced columns have an index, the referring ones only if somebody made one (manual, \"Foreign Keys\"); \
          without it each deleted row reads the referring table from end to end.\n\n\
          Example: `Delete on parent`, to which `child.parent_id` refers, without an index on `child (parent_id)`.\n\n\
          Silent for a plan that was run: `trigger-dominates` tells what the trigger took. Silent for a referring table \
          of fewer than a thousand rows, and where a B-tree over all rows leads with the referring columns. For an \
          UPDATE the plan does not tell whether referenced columns change.",
    check: Check::WithCatalog(check),
};

/// A thousand rows are read in 0.1 ms, no longer than the rest of the check takes.
const MANY: Rows = Rows(1000.0);

fn check(plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
    if plan.is_measured() {
        return Vec::new();
    }
    let deletes = plan
        .nodes
        .iter()
        .filter(|node| node.operator == Operator::ModifyTable && node.operation.as_deref() == Some("Delete"));
    let tables = deletes.filter_map(|node| catalog.table(node.relation.as_ref()?));
    tables
        .flat_map(|table| unindexed(catalog, table))
        .map(|(key, referring)| finding(key, referring))
        .collect()
}

/// The foreign keys that refer to a table without an index for the way back.
fn unindexed<'a>(catalog: &'a Catalog, table: &'a Table) -> Vec<(&'a ForeignKey, &'a Table)> {
    let keys = table.referenced_by.iter().filter_map(|key| Some((key, catalog.named(&key.table)?)));
    keys.filter(|(key, referring)| referring.rows >= MANY.0 && !is_indexed(key, referring)).collect()
}

/// The order of the columns does not matter: the check compares all of them.
fn is_indexed(key: &ForeignKey, referring: &Table) -> bool {
    referring.indexes.iter().filter(|index| index.is_plain_btree()).any(|index| {
        let leading = index.keys.iter().take(key.columns.len()).filter_map(|key| key.column.as_ref());
        let leading: Vec<&String> = leading.collect();
        key.columns.iter().all(|column| leading.contains(&column))
    })
}

fn finding(key: &ForeignKey, referring: &Table) -> Finding {
    let columns: Vec<String> = key.columns.iter().map(|column| quote(column)).collect();
    let columns = columns.join(", ");
    let what = format!(
        "each deleted row will have {} rows of {} read, to look for those that refer to it by {columns}: the foreign key {} \
         has no index there",
        Rows(referring.rows),
        referring.name,
        key.name
    );
    Finding::about_statement(&RULE, what, Ms(0.0))
        .next(format!(
            "`CREATE INDEX CONCURRENTLY ON {} ({columns})` would make each check a lookup.",
            referring.name.sql()
        ))
        .with("referring table", referring.name.to_string())
        .with("its rows", Rows(referring.rows))
        .with("foreign key", key.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings_with, plan, table, tables};
    use super::*;

    #[test]
    fn only_where_there_is_no_way_back() {
        let cases = [
            ("Delete", 5000.0, &[][..], 1),
            ("Delete", 5000.0, &["id"][..], 1),
            ("Delete", 5000.0, &["day, parent"][..], 1),
            ("Delete", 5000.0, &["parent"][..], 0),
            ("Delete", 5000.0, &["parent, day"][..], 0),
            ("Delete", 900.0, &[][..], 0),
            ("Update", 5000.0, &[][..], 0),
        ];
        for (operation, rows, indexes, expected) in cases {
            let mut parent = table("parent", 100.0, &["id"]);
            let child = table("child", rows, indexes);
            let key = ForeignKey {
                table: child.name.clone(),
                columns: vec!["parent".into()],
                ..ForeignKey::default()
            };
            parent.referenced_by = vec![key];
            let plan = |said: &str| {
                plan(&format!(
                    r#"{{"Node Type": "ModifyTable", "Operation": "{operation}", {said} "Relation Name": "parent"}}"#
                ))
            };
            let found = findings_with(&RULE, &plan(""), &tables(vec![parent.clone(), child.clone()]));
            assert_eq!(found.len(), expected, "{operation} {rows} {indexes:?}");
            let ran = plan(r#""Actual Rows": 0, "Actual Loops": 1,"#);
            assert_eq!(
                findings_with(&RULE, &ran, &tables(vec![parent, child])).len(),
                0,
                "the trigger was measured"
            );
        }
    }
}
