//! A question of what a value contains, asked of every row.

use super::Asked;
use crate::catalog::{Catalog, Table};
use crate::diagnose::conditions::{Comparison, answerable, table_name};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::name::quote;
use crate::query::{Expr, Names};

/// `containment-without-index`.
pub static RULE: Rule = Rule {
    id: "containment-without-index",
    title: "What a value contains is asked of every row",
    doc: "`tags @> '{red}'`, `data @> '{\"kind\": \"error\"}'` and `during && '[2024-03-01,2024-03-02)'` ask what is inside of a \
          value. No B-tree knows; a GIN index knows the elements of arrays and the keys and values of jsonb, a GiST index \
          the bounds of ranges and shapes (manual, \"GIN Indexes\", \"GiST Indexes\", \"Built-in Operator Classes\"). Without \
          one, each value is taken apart.\n\n\
          Example: `Seq Scan on booking … Filter: (during && '[2024-03-01,2024-03-02)'::daterange) … Rows Removed by \
          Filter: 49,950`.\n\n\
          Silent where the scan throws little away, where a plain column is compared as well, by which an index could find \
          the rows, and where a GIN, GiST, SP-GiST or BRIN index on the column is known.",
    check: Check::EachNodeWithCatalog(check),
};

/// Operators of GIN's and GiST's own operator classes for arrays, jsonb, ranges and shapes (manual, as above).
const INSIDE: [&str; 9] = ["@>", "<@", "&&", "?", "?|", "?&", "@?", "-|-", "~="];

/// Methods whose operator classes answer them.
const METHODS: [&str; 4] = ["gin", "gist", "spgist", "brin"];

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let Asked { waste, filter, table } = Asked::of(catalog, node)?;
    let terms = filter.terms();
    if answerable(node, &terms, table) {
        return None;
    }
    let (column, with, term) = terms.iter().find_map(|term| {
        let (column, with) = inside(node, term)?;
        Some((column, with, term))
    })?;
    if table.is_some_and(|table| is_indexed(table, column)) {
        return None;
    }
    let condition = term.sql(Names::Bare);
    let did = format!("asked {condition} of each of {} to keep {}", rows(waste.read), kept_by(node));
    let index = |method: &str| {
        let name = table_name(catalog, node)?.sql();
        Some(format!("CREATE INDEX ON {name} USING {method} ({})", quote(column)))
    };
    let known = table.and_then(|table| table.column(column)).map(|column| column.type_name.as_str());
    let kind = known.or(type_of(with));
    let next = match kind {
        Some(kind) if kind.ends_with("[]") || kind == "jsonb" => {
            format!("A GIN index may find them: {}.", index("gin")?)
        }
        Some(kind) if kind.ends_with("range") => format!("A GiST index may find them: {}.", index("gist")?),
        _ => format!(
            "A GIN index (of arrays and jsonb) or a GiST index (of ranges and shapes) may find them: {}, or USING gist.",
            index("gin")?
        ),
    };
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(next)
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("condition", condition),
    )
}

/// The column that is asked and what it is asked for, when that is known before the row is read.
fn inside<'e>(node: &Node, term: &'e Expr) -> Option<(&'e str, &'e Expr)> {
    let comparison = Comparison::read(node, term).filter(|c| INSIDE.contains(&c.op))?;
    match comparison.of_row {
        Expr::Column { name, .. } => Some((name, comparison.with)),
        _ => None,
    }
}

/// The type that a constant is printed with: mostly that of the column, too.
fn type_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal { type_name, .. } => type_name.as_deref(),
        _ => None,
    }
}

fn is_indexed(table: &Table, column: &str) -> bool {
    let indexes = table.indexes.iter().filter(|index| METHODS.contains(&index.method.as_str()));
    indexes.flat_map(|index| &index.keys).any(|key| key.column.as_deref() == Some(column))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, scan};
    use super::*;
    use crate::catalog::{Index, IndexKey};

    #[test]
    fn asked_of_every_row() {
        let table = [
            ("(tags @> '{red}'::text[])", true),
            ("(data @> '{\"kind\": \"error\"}'::jsonb)", true),
            ("('2024-03-01'::date <@ during)", true),
            ("(during && '[2024-03-01,2024-03-02)'::daterange)", true),
            ("(tags @> other)", false), // of the same row
            ("((tags @> '{red}'::text[]) AND (id = 5))", false),
            ("((data -> 'tags'::text) @> '\"red\"'::jsonb)", false),
            ("(tags = '{red}'::text[])", false),
        ];
        for (filter, expected) in table {
            assert_eq!(findings(&RULE, &scan(filter, 10.0)).len(), usize::from(expected), "{filter}");
            assert_eq!(findings(&RULE, &scan(filter, 50_000.0)).len(), 0, "{filter}, kept");
        }
    }

    #[test]
    fn the_method_follows_the_type() {
        let next = |catalog: &Catalog| {
            let found = findings_with(&RULE, &scan("(a && $1)", 10.0), catalog);
            found.first().and_then(|f| f.next.clone()).unwrap_or_default()
        };
        for (kind, told) in
            [("text[]", "USING gin (a)."), ("daterange", "USING gist (a)."), ("box", "or USING gist.")]
        {
            let mut catalog = orders(&[("a", kind)]);
            assert!(next(&catalog).ends_with(told), "{kind}: {}", next(&catalog));
            let key = IndexKey { column: Some("a".to_owned()), ..IndexKey::default() };
            catalog.tables[0].indexes.push(Index {
                method: "gist".to_owned(),
                keys: vec![key],
                ..Index::default()
            });
            assert_eq!(next(&catalog), "", "an index on it is known");
        }
    }
}
