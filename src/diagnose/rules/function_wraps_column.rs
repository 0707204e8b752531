//! A filter that asks a function of a column, which an index on the column does not hold.

use super::Asked;
use crate::catalog::Catalog;
use crate::diagnose::conditions::{Wrapping, column_names, index_on, wrapped};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::Names;

/// `function-wraps-column`.
pub static RULE: Rule = Rule {
    id: "function-wraps-column",
    title: "A function of a column is compared, not the column",
    doc: "An index holds the values of its columns. `lower(name) = 'smith'` asks for a value that is not in an index on \
          `name`, so that the function is computed for each row. An index on the very expression holds it (manual, \
          \"Indexes on Expressions\"), if the function is IMMUTABLE; and it gives ANALYZE statistics of the expression \
          besides.\n\n\
          Example: `Seq Scan on customer … Filter: (lower(name) = 'customer 4711'::text) … Rows Removed by Filter: \
          19,999`.\n\n\
          Silent where the scan throws little away (as `scan-discards-rows` and `index-scan-discards-rows` see it), \
          where a plain column is compared as well, by which an index could find the rows, and where an index on \
          the expression is known. Functions of dates have a rule of their own.",
    check: Check::EachNodeWithCatalog(check),
};

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let Asked { waste, filter, table } = Asked::of(catalog, node)?;
    let found = wrapped(node, &filter.terms(), table, Wrapping::Function)?;
    let (function, column) = (found.of_row.sql(Names::Bare), column_names(found.of_row));
    let did = format!(
        "computed {function} for each of {} to keep {}, which no index on {column} alone can answer",
        rows(waste.read),
        kept_by(node)
    );
    let index = index_on(catalog, node, found.of_row)?;
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(format!("If the expression is IMMUTABLE, an index on it may find them: {index}."))
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("expression", function),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, scan};
    use super::*;
    use crate::catalog::{Index, IndexKey};

    #[test]
    fn what_an_index_on_the_column_does_not_hold() {
        let table = [
            ("(lower(name) = 'a'::text)", 10.0, true),
            ("('a'::text = lower(name))", 10.0, true),
            ("(COALESCE(total, 0) > 5)", 10.0, true),
            ("((lower(name))::text = 'a'::text)", 10.0, true),
            ("(lower(name) = ANY ('{a,b}'::text[]))", 10.0, true),
            ("(lower(name) = 'a'::text)", 20_000.0, false), // keeps much
            ("((lower(name) = 'a'::text) AND (total = 5))", 10.0, false), // an index on total
            ("((lower(name) = 'a'::text) AND (total <> 5))", 10.0, true), // no index answers <>
            ("(lower(name) <> 'a'::text)", 10.0, false),
            ("(name = lower('A'::text))", 10.0, false), // of the constant
            ("(random() < '0.1'::double precision)", 10.0, false),
            ("(lower(name) = city)", 10.0, false), // two columns of one row
            (
                "(date_trunc('day'::text, placed) = '2024-03-01 00:00:00'::timestamp without time zone)",
                10.0,
                false,
            ),
        ];
        for (filter, kept, expected) in table {
            assert_eq!(findings(&RULE, &scan(filter, kept)).len(), usize::from(expected), "{filter}");
        }
    }

    #[test]
    fn an_index_on_the_expression_is_known() {
        let mut catalog = orders(&[("name", "text")]);
        let plan = scan("(lower(name) = 'a'::text)", 10.0);
        assert_eq!(findings_with(&RULE, &plan, &catalog).len(), 1);
        let key = IndexKey { column: None, expression: "lower(name)".to_owned(), ..IndexKey::default() };
        catalog.tables[0].indexes.push(Index { keys: vec![key], ..Index::default() });
        assert_eq!(findings_with(&RULE, &plan, &catalog).len(), 0);
    }
}
