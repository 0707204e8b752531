//! An index that would serve, if it were valid.

use crate::catalog::{Catalog, Index, Table};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::query::Expr;
use crate::query::name::quote;

/// `invalid-index`.
pub static RULE: Rule = Rule {
    id: "invalid-index",
    title: "An index that could serve is invalid",
    doc: "A CREATE INDEX CONCURRENTLY that fails, is cancelled, or meets a duplicate leaves an index behind that is \
          invalid: no query uses it, though writes keep it up (manual, \"CREATE INDEX\", building indexes \
          concurrently).\n\n\
          Example: `Seq Scan on orders … Filter: (customer_code = 17)`, and in `\\d orders`: `\"orders_code\" btree \
          (customer_code) INVALID`.\n\n\
          Silent unless the filter of a sequential scan compares the column that the index begins with.",
    check: Check::WithCatalog(check),
};

fn check(plan: &Plan, catalog: &Catalog) -> Vec<Finding> {
    let scans = plan
        .nodes
        .iter()
        .filter(|node| node.operator == Operator::SeqScan && (node.ran() || !plan.is_measured()));
    let found = scans.filter_map(|scan| {
        let table = catalog.table(scan.relation.as_ref()?)?;
        let asked = Expr::parse(scan.condition(ConditionKind::Filter)?)?;
        let invalid = table.indexes.iter().filter(|index| !index.valid);
        let index = invalid.into_iter().find(|index| serves(index, &asked))?;
        Some(finding(scan, table, index))
    });
    found.collect()
}

/// Whether a term compares the column that the index begins with.
fn serves(index: &Index, asked: &Expr) -> bool {
    let Some(leading) = index.keys.first().and_then(|key| key.column.as_deref()) else { return false };
    asked.terms().into_iter().any(|term| {
        let sides = match term {
            Expr::Compare { left, right, .. } => vec![left.as_ref(), right.as_ref()],
            Expr::AnyAll { left, .. } => vec![left.as_ref()],
            Expr::IsNull { arg, .. } => vec![arg.as_ref()],
            _ => Vec::new(),
        };
        sides.into_iter().filter_map(|side| side.bare_column(|_, _| true)).any(|(_, name)| name == leading)
    })
}

fn finding(scan: &Node, table: &Table, index: &Index) -> Finding {
    let schema = Some(&table.name.schema).filter(|schema| !schema.is_empty());
    let name = schema.map(|schema| format!("{}.", quote(schema))).unwrap_or_default() + &quote(&index.name);
    Finding::at(&RULE, scan, format!("could not use the index {}, which is invalid", index.name))
        .next(format!(
            "Find out why its build ended (duplicates, a cancelled session); then `REINDEX INDEX CONCURRENTLY {name}` would \
             build it anew."
        ))
        .with("index", index.name.as_str())
        .with("its size", index.bytes)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings_with, plan, table, tables};
    use super::*;

    #[test]
    fn invalid_and_asked_for() {
        let cases = [
            ("Seq Scan", "(code = 17)", "code, day", false, 1),
            ("Seq Scan", "((day = 3) AND (code = ANY ('{1,2}'::integer[])))", "code", false, 1),
            ("Seq Scan", "(code = 17)", "code", true, 0),
            ("Seq Scan", "(day = 17)", "code, day", false, 0),
            ("Index Scan", "(code = 17)", "code", false, 0),
        ];
        for (operator, filter, columns, valid, expected) in cases {
            let plan = plan(&format!(
                r#"{{"Node Type": "{operator}", "Relation Name": "t", "Filter": "{filter}",
                     "Actual Total Time": 90.0, "Actual Rows": 0, "Actual Loops": 1}}"#
            ));
            let mut t = table("t", 1e5, &[columns]);
            t.indexes.iter_mut().for_each(|index| index.valid = valid);
            assert_eq!(
                findings_with(&RULE, &plan, &tables(vec![t])).len(),
                expected,
                "{operator} {filter} {columns}"
            );
        }
    }
}
