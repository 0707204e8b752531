//! Alternatives that ask of different columns, so that one index cannot answer them.

use super::scan_discards_rows;
use crate::catalog::{Catalog, Table};
use crate::diagnose::conditions::{Comparison, answerable, list};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Plan};
use crate::query::Expr;

/// `or-across-columns`.
pub static RULE: Rule = Rule {
    id: "or-across-columns",
    title: "One OR asks of several columns",
    doc: "`a = 1 OR b = 2` is true of rows that lie together in no index: one on `a` misses those with `b = 2`. With an \
          index on each of the columns the planner can note the rows of each alternative and put them together \
          (`BitmapOr`; manual, \"Combining Multiple Indexes\"); as long as one alternative has none, the whole table is \
          read. A UNION of two statements, one for each alternative, can do without bitmaps, and keep an order.\n\n\
          Example: `Seq Scan on orders … Filter: ((customer_id = 4711) OR (customer_code = 4711)) … Rows Removed by \
          Filter: 199,980`.\n\n\
          Silent where the scan throws little away, where a plain column is compared beside the OR, where all \
          alternatives ask of the same column, and where one of them is no comparison of a plain column with something \
          known: an index on the others would not help.",
    check: Check::EachNodeWithCatalog(check),
};

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let waste = scan_discards_rows::waste(node)?;
    let filter = Expr::parse(node.condition(ConditionKind::Filter)?)?;
    let table = node.relation.as_ref().and_then(|relation| catalog.table(relation));
    let terms = filter.terms();
    if answerable(node, &terms, table) {
        return None;
    }
    let columns = terms.iter().find_map(|term| across(node, term, table))?;
    let did = format!(
        "asked {} of each of {} to keep {}, where a row may pass by any one of them",
        list(&columns),
        rows(waste.read),
        kept_by(node)
    );
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(advice(&columns, table))
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("columns", columns.join(", ")),
    )
}

/// The columns that alternatives ask of, when there are several and an index could answer each alternative.
fn across<'e>(node: &Node, term: &'e Expr, table: Option<&Table>) -> Option<Vec<&'e str>> {
    let Expr::Or(alternatives) = term else { return None };
    let asked = |alternative: &'e Expr| {
        let comparisons = alternative.terms().into_iter().filter_map(|term| Comparison::read(node, term));
        comparisons.filter(Comparison::is_ordered).find_map(|c| c.column(table))
    };
    let mut columns = Vec::new();
    for alternative in alternatives {
        let column = asked(alternative)?;
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    (columns.len() > 1).then_some(columns)
}

fn advice(columns: &[&str], table: Option<&Table>) -> String {
    let leads = |column: &str| {
        let plain = |table: &Table| {
            let mut leading =
                table.indexes.iter().filter(|i| i.is_plain_btree()).filter_map(|i| i.keys.first());
            leading.any(|key| key.column.as_deref() == Some(column))
        };
        table.is_some_and(plain)
    };
    let lacking: Vec<&str> = columns.iter().copied().filter(|column| !leads(column)).collect();
    let each = match (table, lacking.as_slice()) {
        (None, _) => format!("An index on each of {} may let", list(columns)),
        (Some(_), []) => {
            return "Each of them has an index: a UNION of one statement for each may use them, where the \
                                 planner did not combine them."
                .to_owned();
        }
        (Some(_), [one]) => format!("An index on {one}, the one that has none, may let"),
        (Some(_), several) => format!("Indexes on {}, which have none, may let", list(several)),
    };
    format!(
        "{each} the planner combine them by a BitmapOr; a UNION of one statement for each is the other way."
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, scan};
    use super::*;
    use crate::catalog::{Index, IndexKey};

    #[test]
    fn alternatives() {
        let table = [
            ("((a = 1) OR (b = 2))", true),
            ("((a = 1) OR ((b = 2) AND (c > 3)))", true),
            ("((a = 1) OR (a = 2))", false), // one column: a list
            ("((a = 1) OR (lower(b) = 'x'::text))", false),
            ("((a = 1) OR (b IS NULL))", false),
            ("((a = 1) OR (b = c))", false),
            ("(((a = 1) OR (b = 2)) AND (c = 3))", false), // an index on c
        ];
        for (filter, expected) in table {
            assert_eq!(findings(&RULE, &scan(filter, 10.0)).len(), usize::from(expected), "{filter}");
            assert_eq!(findings(&RULE, &scan(filter, 50_000.0)).len(), 0, "{filter}, kept");
        }
    }

    #[test]
    fn what_lacks_an_index() {
        let mut catalog = orders(&[("a", "integer"), ("b", "integer")]);
        let next = |catalog: &Catalog| {
            findings_with(&RULE, &scan("((a = 1) OR (b = 2))", 10.0), catalog)
                .remove(0)
                .next
                .unwrap_or_default()
        };
        assert!(next(&catalog).starts_with("Indexes on a and b, which have none"), "{}", next(&catalog));
        for (column, told) in
            [("a", "An index on b, the one that has none"), ("b", "Each of them has an index")]
        {
            let key = IndexKey { column: Some(column.to_owned()), ..IndexKey::default() };
            let index =
                Index { method: "btree".to_owned(), keys: vec![key], valid: true, ..Index::default() };
            catalog.tables[0].indexes.push(index);
            assert!(next(&catalog).starts_with(told), "{}", next(&catalog));
        }
    }
}
