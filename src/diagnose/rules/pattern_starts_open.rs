//! A LIKE whose pattern says nothing about how the text begins.

use super::Asked;
use crate::catalog::{Catalog, Table};
use crate::diagnose::conditions::{Comparison, answerable, table_name};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::name::quote;
use crate::query::{Expr, Names};

/// `pattern-starts-open`.
pub static RULE: Rule = Rule {
    id: "pattern-starts-open",
    title: "A pattern does not say how the text begins",
    doc: "A B-tree is in the order of the text's beginning. `LIKE '%smith%'` leaves the beginning open, and `ILIKE` does \
          so from the first letter on, and a regular expression without `^`, so that no B-tree can answer, and every row is compared. A GIN index of the \
          trigrams of the text (extension pg_trgm) finds the rows that have the pattern's trigrams (manual, \"pg_trgm\", \
          \"Index Support\").\n\n\
          Example: `Seq Scan on customer … Filter: (name ~~ '%4711%'::text) … Rows Removed by Filter: 19,999`.\n\n\
          Silent where the scan throws little away, where a plain column is compared as well, where a pattern has fewer \
          than three letters in a row, of which no trigram can be made, and where a GIN or GiST index on the column is \
          known.",
    check: Check::EachNodeWithCatalog(check),
};

/// pg_trgm takes nothing for sure from fewer letters in a row than this between wildcards (manual, "pg_trgm").
const A_TRIGRAM: usize = 3;

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let Asked { waste, filter, table } = Asked::of(catalog, node)?;
    let terms = filter.terms();
    if answerable(node, &terms, table) {
        return None;
    }
    let mut comparisons = terms.iter().filter_map(|term| Comparison::read(node, term));
    let (column, pattern) = comparisons.find_map(|c| open(&c, table))?;
    let did = format!(
        "compared {column} with '{pattern}' in each of {} to keep {}, which no B-tree on {column} can answer",
        rows(waste.read),
        kept_by(node)
    );
    let index = format!(
        "CREATE INDEX ON {} USING gin ({} gin_trgm_ops)",
        table_name(catalog, node)?.sql(),
        quote(column)
    );
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(format!("With the extension pg_trgm, an index of trigrams may find them: {index}."))
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("condition", filter.sql(Names::Bare)),
    )
}

/// The column, and a pattern that leaves its beginning open.
fn open<'e>(c: &Comparison<'e>, table: Option<&Table>) -> Option<(&'e str, &'e str)> {
    let Expr::Literal { text: pattern, .. } = c.with else { return None };
    let first = pattern.chars().next()?;
    let open = match c.op {
        "~~" => matches!(first, '%' | '_'),
        "~~*" => matches!(first, '%' | '_') || first.is_alphabetic(),
        // Of a regular expression without classes and alternatives alone it is clear what its letters are.
        "~" | "~*" => first.is_alphanumeric() && !pattern.contains(['\\', '[', '(', '|', '{']),
        _ => false,
    };
    let longest = pattern.split(|c: char| !c.is_alphanumeric()).map(|part| part.chars().count()).max();
    let column = c.column(table).filter(|_| open && longest >= Some(A_TRIGRAM))?;
    let indexed = |table: &Table| {
        let other = table.indexes.iter().filter(|index| ["gin", "gist"].contains(&index.method.as_str()));
        other.flat_map(|index| &index.keys).any(|key| key.column.as_deref() == Some(column))
    };
    (!table.is_some_and(indexed)).then_some((column, pattern))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, scan};
    use super::*;
    use crate::catalog::{Index, IndexKey};

    #[test]
    fn patterns() {
        let table = [
            ("(name ~~ '%smith%'::text)", true),
            ("(name ~~ '_mith'::text)", true),
            ("(name ~~* 'smith%'::text)", true),
            ("((name)::text ~~ '%smith'::text)", true), // varchar
            ("(name ~~* '4711%'::text)", false),        // digits have no case
            ("(name ~~ 'smith%'::text)", false),
            ("(name ~~ '%ab%'::text)", false), // no trigram
            ("(name !~~ '%smith%'::text)", false),
            ("((name ~~ '%smith%'::text) AND (id = 5))", false),
            ("(name ~ 'smith.*n'::text)", true),
            ("(name ~ '^smith'::text)", false),
            ("(name ~ '\\\\w+smith'::text)", false), // its letters are not the text's
            ("('%smith%'::text = name)", false),
        ];
        for (filter, expected) in table {
            assert_eq!(findings(&RULE, &scan(filter, 10.0)).len(), usize::from(expected), "{filter}");
            assert_eq!(findings(&RULE, &scan(filter, 50_000.0)).len(), 0, "{filter}, kept");
        }
    }

    #[test]
    fn a_trigram_index_is_known() {
        let mut catalog = orders(&[("name", "text")]);
        let plan = scan("(name ~~ '%smith%'::text)", 10.0);
        assert_eq!(findings_with(&RULE, &plan, &catalog).len(), 1);
        let key = IndexKey { column: Some("name".to_owned()), ..IndexKey::default() };
        catalog.tables[0].indexes.push(Index {
            method: "gin".to_owned(),
            keys: vec![key],
            ..Index::default()
        });
        assert_eq!(findings_with(&RULE, &plan, &catalog).len(), 0);
    }
}
