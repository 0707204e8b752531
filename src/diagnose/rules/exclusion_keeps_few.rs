//! A condition that names what is not wanted, and few rows that are.

use super::Asked;
use crate::catalog::{Catalog, Table};
use crate::diagnose::conditions::{Comparison, answerable, is_ours, table_name};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::name::quote;
use crate::query::{Expr, Names};

/// `exclusion-keeps-few`.
pub static RULE: Rule = Rule {
    id: "exclusion-keeps-few",
    title: "The rows that are left out are nearly all",
    doc: "An index finds what a condition names; `state <> 'done'` names what is not wanted, and no operator class answers \
          `<>` (manual, \"Index Types\"). Where nearly all rows are done, all of them are read to find the few that are not. \
          A partial index holds only those: `WHERE state <> 'done'` in the index, too (manual, \"Partial Indexes\"). It is \
          small, and costs nothing for rows that are done.\n\n\
          Example: `Seq Scan on ticket … Filter: (state <> 'done'::text) … Rows Removed by Filter: 99,990`.\n\n\
          Silent where the scan throws little away, where a plain column is compared as well, by which an index could find \
          the rows, where the other side is not a constant (a partial index needs one), and where such an index is known.",
    check: Check::EachNodeWithCatalog(check),
};

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let Asked { waste, filter, table } = Asked::of(catalog, node)?;
    let terms = filter.terms();
    if answerable(node, &terms, table) {
        return None;
    }
    let (term, column) = terms.iter().find_map(|term| Some((*term, excludes(node, term, table)?)))?;
    let condition = term.sql(Names::Bare);
    if table.is_some_and(|table| holds(table, &condition)) {
        return None;
    }
    let did =
        format!("read {} to keep {} by {condition}, which no index finds", rows(waste.read), kept_by(node));
    let name = table_name(catalog, node)?.sql();
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(format!(
                "A partial index may hold just these: CREATE INDEX ON {name} ({}) WHERE {condition}.",
                quote(column)
            ))
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("condition", condition),
    )
}

/// The column of which values are excluded.
fn excludes<'e>(node: &Node, term: &'e Expr, table: Option<&Table>) -> Option<&'e str> {
    let constant = |expr: &Expr| matches!(expr, Expr::Literal { .. }) || expr.elements().is_some();
    match term {
        Expr::AnyAll { op, left, list, all: true } if op == "<>" && constant(list) => {
            Comparison { op, of_row: left, with: list }.column(table)
        }
        Expr::IsNull { arg, negated: true } => match arg.as_ref() {
            Expr::Column { table, name } if is_ours(node, table.as_deref()) => Some(name),
            _ => None,
        },
        _ => {
            let comparison = Comparison::read(node, term)?;
            comparison.column(table).filter(|_| comparison.op == "<>" && constant(comparison.with))
        }
    }
}

fn holds(table: &Table, condition: &str) -> bool {
    let predicates = table.indexes.iter().filter_map(|index| Expr::parse(index.predicate.as_deref()?));
    predicates
        .flat_map(|expr| expr.terms().iter().map(|term| term.sql(Names::Bare)).collect::<Vec<_>>())
        .any(|known| known == condition)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, scan};
    use super::*;
    use crate::catalog::Index;

    #[test]
    fn what_is_left() {
        let table = [
            ("(state <> 'done'::text)", true),
            ("(state <> ALL ('{done,lost}'::text[]))", true),
            ("(closed IS NOT NULL)", true),
            ("((state <> 'done'::text) AND (note ~~ '%x%'::text))", true),
            ("((state <> 'done'::text) AND (customer_id = 5))", false),
            ("(state <> $1)", false), // no partial index for what is not known
            ("(state <> other)", false),
            ("(state = 'done'::text)", false),
            ("(closed IS NULL)", false), // a B-tree finds NULLs
        ];
        for (filter, expected) in table {
            assert_eq!(findings(&RULE, &scan(filter, 10.0)).len(), usize::from(expected), "{filter}");
            assert_eq!(findings(&RULE, &scan(filter, 50_000.0)).len(), 0, "{filter}, kept");
        }
    }

    #[test]
    fn a_partial_index_is_known() {
        let mut catalog = orders(&[("state", "text")]);
        let plan = scan("(state <> 'done'::text)", 10.0);
        assert_eq!(findings_with(&RULE, &plan, &catalog).len(), 1);
        let predicate = Some("(state <> 'done'::text)".to_owned());
        catalog.tables[0].indexes.push(Index { predicate, ..Index::default() });
        assert_eq!(findings_with(&RULE, &plan, &catalog).len(), 0);
    }
}
