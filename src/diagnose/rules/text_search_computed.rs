//! A text search that reads every document.

use super::Asked;
use crate::catalog::{Catalog, Table};
use crate::diagnose::conditions::{Comparison, answerable, table_name};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::{Expr, Names};

/// `text-search-computed`.
pub static RULE: Rule = Rule {
    id: "text-search-computed",
    title: "Each document is read anew for a text search",
    doc: "`to_tsvector('english', body) @@ query` takes each row's text apart into words, stems them, and throws that away \
          again. A GIN index on the expression keeps it (manual, \"Tables and Indexes\" of \"Full Text Search\"); a column \
          that is GENERATED ALWAYS AS it keeps it in the table, too, so that ranking does not parse again. The \
          configuration must be named in the expression: without it, it is a setting, and the expression not \
          IMMUTABLE.\n\n\
          Example: `Seq Scan on article … Filter: (to_tsvector('english'::regconfig, body) @@ '''rare'''::tsquery) … Rows \
          Removed by Filter: 4,995`.\n\n\
          Silent where the scan throws little away, where a plain column is compared as well, and where a GIN or GiST index \
          on the very expression is known.",
    check: Check::EachNodeWithCatalog(check),
};

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let Asked { waste, filter, table } = Asked::of(catalog, node)?;
    let terms = filter.terms();
    if answerable(node, &terms, table) {
        return None;
    }
    let found = terms.iter().find_map(|term| Comparison::read(node, term).filter(|c| c.op == "@@"))?;
    let document = found.of_row.sql(Names::Bare);
    if table.is_some_and(|table| holds(table, &document)) {
        return None;
    }
    let kept = Kept::of(found.of_row, table);
    let done = match found.of_row {
        Expr::Column { .. } if kept == Kept::Text => "parsed",
        Expr::Column { .. } => "searched",
        _ => "computed",
    };
    let did = format!("{done} {document} of each of {} to keep {}", rows(waste.read), kept_by(node));
    let name = table_name(catalog, node)?.sql();
    let index = format!("CREATE INDEX ON {name} USING gin ({document})");
    let next = match kept {
        Kept::Words => format!("A GIN index may find them: {index}."),
        Kept::Unknown => format!("If it is a tsvector, a GIN index may find them: {index}."),
        Kept::Text => format!(
            "With the configuration named in the statement as in the index, to_tsvector('english', …), an index may find \
             them: CREATE INDEX ON {name} USING gin (to_tsvector('english', …))."
        ),
    };
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(next)
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("document", document),
    )
}

/// What is searched.
#[derive(Clone, Copy, PartialEq)]
enum Kept {
    /// Words that an index can hold: a tsvector column, or an expression with its configuration.
    Words,
    /// A text, which is parsed by the configuration that is set.
    Text,
    /// A column of a type that is not known.
    Unknown,
}

impl Kept {
    fn of(document: &Expr, table: Option<&Table>) -> Self {
        match document {
            Expr::Column { name, .. } => match table.and_then(|table| table.column(name)) {
                Some(column) if column.type_name == "tsvector" => Self::Words,
                Some(_) => Self::Text,
                None => Self::Unknown,
            },
            Expr::Call { args, .. } if args.len() > 1 => Self::Words,
            _ => Self::Text,
        }
    }
}

fn holds(table: &Table, document: &str) -> bool {
    let indexes = table.indexes.iter().filter(|index| ["gin", "gist"].contains(&index.method.as_str()));
    let keys = indexes.flat_map(|index| &index.keys).filter_map(|key| Expr::parse(&key.expression));
    keys.map(|key| key.sql(Names::Bare)).any(|key| key == document)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, scan};
    use super::*;
    use crate::catalog::{Index, IndexKey};

    const SEARCH: &str = "(to_tsvector('english'::regconfig, body) @@ '''rare'''::tsquery)";

    #[test]
    fn documents() {
        let table = [
            (SEARCH.to_owned(), Some("gin (to_tsvector('english'::regconfig, body)).")),
            ("(words @@ '''rare'''::tsquery)".to_owned(), Some("gin (words).")),
            (
                "(to_tsvector(body) @@ '''rare'''::tsquery)".to_owned(),
                Some("gin (to_tsvector('english', …))."),
            ),
            (format!("({SEARCH} AND (id = 5))"), None),
            ("(to_tsvector(body) = '''rare'''::tsvector)".to_owned(), None),
        ];
        for (filter, next) in table {
            let found = findings(&RULE, &scan(&filter, 10.0));
            let told = found.first().and_then(|f| f.next.clone());
            assert_eq!(told.is_some(), next.is_some(), "{filter}");
            assert!(next.is_none_or(|next| told.is_some_and(|told| told.ends_with(next))), "{filter}");
            assert_eq!(findings(&RULE, &scan(&filter, 50_000.0)).len(), 0, "{filter}, kept");
        }
    }

    #[test]
    fn a_text_is_parsed() {
        let search = "(words @@ '''rare'''::tsquery)";
        for (kind, next) in [("tsvector", "gin (words)."), ("text", "gin (to_tsvector('english', …)).")] {
            let found = findings_with(&RULE, &scan(search, 10.0), &orders(&[("words", kind)]));
            assert!(found[0].next.as_ref().is_some_and(|told| told.ends_with(next)), "{kind}");
        }
    }

    #[test]
    fn an_index_on_the_expression_is_known() {
        let mut catalog = orders(&[("body", "text")]);
        let expression = "to_tsvector('english'::regconfig, body)".to_owned();
        let key = IndexKey { expression, ..IndexKey::default() };
        catalog.tables[0].indexes.push(Index {
            method: "gin".to_owned(),
            keys: vec![key],
            ..Index::default()
        });
        assert_eq!(findings_with(&RULE, &scan(SEARCH, 10.0), &catalog).len(), 0);
    }
}
