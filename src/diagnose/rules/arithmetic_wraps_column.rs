//! A filter that computes with a column before it compares.

use super::Asked;
use crate::catalog::Catalog;
use crate::diagnose::conditions::{Wrapping, column_names, index_on, wrapped};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::{Expr, Names};

/// `arithmetic-wraps-column`.
pub static RULE: Rule = Rule {
    id: "arithmetic-wraps-column",
    title: "A column is computed with before it is compared",
    doc: "`placed + interval '30 days' < now()` adds to each row's date; `placed < now() - interval '30 days'` asks the \
          same and leaves the column alone, so that an index on it can answer. PostgreSQL does not move terms from one \
          side of a comparison to the other. Where several columns are put together (`first || ' ' || last`), an index \
          on the expression holds the result.\n\n\
          Example: `Seq Scan on orders … Filter: ((placed + '30 days'::interval) < '2024-02-01 00:00:00'::timestamp \
          without time zone) … Rows Removed by Filter: 195,800`.\n\n\
          Silent where the scan throws little away, where a plain column is compared as well, and where an index on the \
          expression is known.",
    check: Check::EachNodeWithCatalog(check),
};

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let Asked { waste, filter, table } = Asked::of(catalog, node)?;
    let found = wrapped(node, &filter.terms(), table, Wrapping::Arithmetic)?;
    let (computed, column) = (found.of_row.sql(Names::Bare), column_names(found.of_row));
    let did = format!(
        "computed {computed} for each of {} to keep {}, which no index on {column} alone can answer",
        rows(waste.read),
        kept_by(node)
    );
    let index = index_on(catalog, node, found.of_row)?;
    let next = match found.of_row.columns().as_slice() {
        [_] if can_move(found.of_row) => format!(
            "Move the rest to the other side, so that {column} stands alone; or index the result: {index}."
        ),
        _ => format!("An index on the expression may find them: {index}."),
    };
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(next)
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("expression", computed),
    )
}

/// Whether the operator can be undone on the other side: of a remainder, or of a division of integers, it cannot.
fn can_move(expr: &Expr) -> bool {
    match expr {
        Expr::Compare { op, .. } => ["+", "-", "*"].contains(&op.as_str()),
        Expr::Prefix { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, scan};
    use super::*;

    #[test]
    fn what_can_be_moved() {
        let moved = |filter: &str| {
            findings(&RULE, &scan(filter, 10.0)).remove(0).next.is_some_and(|next| next.starts_with("Move"))
        };
        assert!(moved("((placed + '30 days'::interval) < now())"));
        assert!(!moved("((id % 1000) = 7)"));
        assert!(!moved("((a + b) = 7)"));
    }

    #[test]
    fn the_column_does_not_stand_alone() {
        let table = [
            ("((total * 2) > 100)", true),
            ("((- total) > 100)", true),
            ("((placed + '30 days'::interval) < now())", true),
            ("(((first || ' '::text) || last) = 'a b'::text)", true),
            ("(total > (100 / 2))", false), // the constant's side
            ("((total * 2) <> 100)", false),
            ("(((total * 2) > 100) AND (city = 'a'::text))", false),
            ("((a + b) > c)", false), // nothing known before the row is read
            ("((data ->> 'a'::text) = 'b'::text)", false),
        ];
        for (filter, expected) in table {
            assert_eq!(findings(&RULE, &scan(filter, 10.0)).len(), usize::from(expected), "{filter}");
            assert_eq!(findings(&RULE, &scan(filter, 50_000.0)).len(), 0, "{filter}, kept");
        }
    }
}
