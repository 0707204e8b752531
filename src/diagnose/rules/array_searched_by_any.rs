//! A value looked for in an array column, by an operator that no index answers.

use super::Asked;
use crate::catalog::Catalog;
use crate::diagnose::conditions::{answerable, is_ours, table_name};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::name::quote;
use crate::query::{Expr, Names};

/// `array-searched-by-any`.
pub static RULE: Rule = Rule {
    id: "array-searched-by-any",
    title: "Each row's array is searched for a value",
    doc: "`'red' = ANY (tags)` asks whether an array column holds a value. A GIN index on the column knows that, but its \
          operators are `@>`, `<@`, `&&` and `=` (manual, \"GIN Indexes\", \"Built-in Operator Classes\"): written with \
          `ANY`, the question reaches no index, and every array is searched. `tags @> ARRAY['red']` asks the same.\n\n\
          Example: `Seq Scan on article … Filter: ('rare'::text = ANY (tags)) … Rows Removed by Filter: 49,950`.\n\n\
          Silent where the scan throws little away, and where a plain column is compared as well, by which an index could \
          find the rows.",
    check: Check::EachNodeWithCatalog(check),
};

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let Asked { waste, filter, table } = Asked::of(catalog, node)?;
    let terms = filter.terms();
    if answerable(node, &terms, table) {
        return None;
    }
    let (value, column) = terms.iter().find_map(|term| searched(node, term))?;
    let did =
        format!("searched {column} for {value} in each of {} to keep {}", rows(waste.read), kept_by(node));
    let known = table.is_some_and(|table| {
        let gin = table.indexes.iter().filter(|index| index.method == "gin" && index.valid);
        gin.flat_map(|index| &index.keys).any(|key| key.column.as_deref() == Some(column))
    });
    let index = match known {
        true => "which the GIN index on it may answer".to_owned(),
        false => {
            format!("with CREATE INDEX ON {} USING gin ({})", table_name(catalog, node)?.sql(), quote(column))
        }
    };
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(format!("Ask {} @> ARRAY[{value}], {index}.", quote(column)))
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("column", column),
    )
}

/// What is looked for, in which column of this node.
fn searched<'e>(node: &Node, term: &'e Expr) -> Option<(String, &'e str)> {
    let Expr::AnyAll { op, left, list, all: false } = term else { return None };
    let Expr::Column { table, name } = list.as_ref() else { return None };
    let outside = left.columns().iter().all(|(of, _)| of.is_some() && !is_ours(node, *of));
    (op == "=" && outside && is_ours(node, table.as_deref()))
        .then(|| (left.sql(Names::Qualified), name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, scan};
    use super::*;
    use crate::catalog::{Index, IndexKey};

    #[test]
    fn arrays() {
        let table = [
            ("('red'::text = ANY (tags))", true),
            ("($1 = ANY (orders.tags))", true),
            ("('red'::text = ALL (tags))", false),
            ("('red'::text < ANY (tags))", false),
            ("(tag = ANY ('{red,blue}'::text[]))", false),
            ("(color = ANY (tags))", false), // of the same row
            ("(tags @> '{red}'::text[])", false),
            ("(('red'::text = ANY (tags)) AND (id = 5))", false),
        ];
        for (filter, expected) in table {
            assert_eq!(findings(&RULE, &scan(filter, 10.0)).len(), usize::from(expected), "{filter}");
            assert_eq!(findings(&RULE, &scan(filter, 50_000.0)).len(), 0, "{filter}, kept");
        }
    }

    #[test]
    fn an_index_may_be_there() {
        let mut catalog = orders(&[("tags", "text[]")]);
        let next = |catalog: &Catalog| {
            let found = findings_with(&RULE, &scan("('red'::text = ANY (tags))", 10.0), catalog);
            found.first().and_then(|f| f.next.clone()).unwrap_or_default()
        };
        assert!(
            next(&catalog).ends_with("with CREATE INDEX ON public.orders USING gin (tags)."),
            "{}",
            next(&catalog)
        );
        let key = IndexKey { column: Some("tags".to_owned()), ..IndexKey::default() };
        let index = Index { method: "gin".to_owned(), keys: vec![key], valid: true, ..Index::default() };
        catalog.tables[0].indexes.push(index);
        assert!(next(&catalog).ends_with("which the GIN index on it may answer."), "{}", next(&catalog));
    }
}
