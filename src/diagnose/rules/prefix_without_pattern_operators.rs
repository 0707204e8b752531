//! A LIKE by prefix that an index in the collation's order cannot answer.

use super::Waste;
use crate::catalog::{Catalog, Index, Table};
use crate::diagnose::conditions::{Comparison, answerable, table_name};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Plan};
use crate::query::Expr;
use crate::query::name::quote;

/// `prefix-without-pattern-operators`.
pub static RULE: Rule = Rule {
    id: "prefix-without-pattern-operators",
    title: "An index in another order than LIKE's is passed by",
    doc: "`name LIKE 'smith%'` asks for a range of texts, but in the order of their characters, not in that of a language: \
          only an index in the order of the \"C\" collation, or one with the operator class `text_pattern_ops`, can give \
          it (manual, \"Operator Classes and Operator Families\"). An index on the column in the collation of most \
          databases is passed by.\n\n\
          Example: `Seq Scan on customer … Filter: (name ~~ 'customer 4711%'::text) … Rows Removed by Filter: 19,989` \
          beside `CREATE INDEX customer_name ON customer (name)`.\n\n\
          Silent where the scan throws little away, where a plain column is compared as well, where an index on the \
          column has pattern operators, and where no B-tree leads with the column or nothing is known of the table. The \
          collation is not known here: in \"C\" an index could have answered.",
    check: Check::EachNodeWithCatalog(check),
};

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let waste = Waste::of(node)?;
    let filter = Expr::parse(node.condition(ConditionKind::Filter)?)?;
    let table = catalog.table(node.relation.as_ref()?)?;
    let terms = filter.terms();
    if answerable(node, &terms, Some(table)) {
        return None;
    }
    let mut comparisons = terms.iter().filter_map(|term| Comparison::read(node, term));
    let (column, pattern, index) = comparisons.find_map(|c| passed_by(&c, table))?;
    let did = format!(
        "compared {column} with '{pattern}' in each of {} to keep {}; the index {} leads with {column}, but in the \
         order of its collation, which is LIKE's only in \"C\"",
        rows(waste.read),
        kept_by(node),
        index.name
    );
    let class = pattern_class(table, column);
    let name = table_name(catalog, node)?.sql();
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(format!(
                "Unless the collation is \"C\", an index with pattern operators may find them: CREATE INDEX ON {name} ({} \
                 {class}).",
                quote(column)
            ))
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("index", index.name.as_str()),
    )
}

/// A column compared with a pattern that begins with a text, and the index in the collation's order.
fn passed_by<'a>(c: &Comparison<'a>, table: &'a Table) -> Option<(&'a str, &'a str, &'a Index)> {
    let Expr::Literal { text: pattern, .. } = c.with else { return None };
    let closed = pattern.chars().next().is_some_and(|first| !matches!(first, '%' | '_'));
    let column = c.column(Some(table)).filter(|_| c.op == "~~" && closed)?;
    let leading = || {
        let plain = table.indexes.iter().filter(|index| index.is_plain_btree());
        plain.filter(|index| index.keys.first().is_some_and(|key| key.column.as_deref() == Some(column)))
    };
    let usual =
        |index: &&Index| index.keys.first().is_some_and(|key| key.default_opclass && key.default_collation);
    if !leading().all(|index| usual(&index)) {
        return None;
    }
    Some((column, pattern, leading().find(usual)?))
}

fn pattern_class(table: &Table, column: &str) -> &'static str {
    match table.column(column).map(|column| column.type_name.as_str()) {
        Some(name) if name.starts_with("character varying") => "varchar_pattern_ops",
        Some(name) if name.starts_with("character") => "bpchar_pattern_ops",
        _ => "text_pattern_ops",
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, scan};
    use super::*;
    use crate::catalog::IndexKey;

    fn catalog(default_opclass: bool) -> Catalog {
        let mut catalog = orders(&[("name", "text"), ("code", "character varying(9)"), ("city", "text")]);
        for column in ["name", "code"] {
            let key = IndexKey {
                column: Some(column.to_owned()),
                default_opclass,
                default_collation: true,
                ..IndexKey::default()
            };
            let index = Index {
                name: format!("orders_{column}"),
                method: "btree".to_owned(),
                keys: vec![key],
                valid: true,
                ..Index::default()
            };
            catalog.tables[0].indexes.push(index);
        }
        catalog
    }

    #[test]
    fn prefixes() {
        let table = [
            ("(name ~~ 'smith%'::text)", Some("text_pattern_ops")),
            ("((code)::text ~~ 'smith%'::text)", Some("varchar_pattern_ops")),
            ("(city ~~ 'smith%'::text)", None), // no index
            ("(name ~~ '%smith'::text)", None),
            ("(name ~~* '4711%'::text)", None),
            ("((name ~~ 'smith%'::text) AND (name = 'smith'::text))", None),
        ];
        for (filter, class) in table {
            let found = findings_with(&RULE, &scan(filter, 10.0), &catalog(true));
            let next = found.first().and_then(|f| f.next.clone());
            assert_eq!(found.len(), usize::from(class.is_some()), "{filter}");
            assert!(class.is_none_or(|class| next.is_some_and(|next| next.contains(class))), "{filter}");
            assert_eq!(findings_with(&RULE, &scan(filter, 10.0), &catalog(false)).len(), 0, "{filter}");
            assert_eq!(
                findings(&RULE, &scan(filter, 10.0)).len(),
                0,
                "{filter}: nothing is known of the table"
            );
        }
    }
}
