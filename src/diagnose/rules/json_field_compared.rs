//! A filter that reaches into JSON, row by row.

use super::Asked;
use crate::catalog::{Catalog, Table};
use crate::diagnose::conditions::{Comparison, Wrapping, column_names, index_on, table_name, wrapped};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::Names;

/// `json-field-compared`.
pub static RULE: Rule = Rule {
    id: "json-field-compared",
    title: "A field of JSON is taken out of each row to compare it",
    doc: "`data ->> 'status' = 'open'` reads the document of each row, out of TOAST where it is large, to take out one \
          field. An index on the column does not answer that, a GIN index neither: its operators are `@>`, `?` and `@?` \
          (manual, \"jsonb Indexing\"). An index on the expression does; or the question is put as `data @> \
          '{\"status\": \"open\"}'`, which a GIN index answers for every field.\n\n\
          Example: `Seq Scan on event … Filter: ((data ->> 'kind'::text) = 'error'::text) … Rows Removed by Filter: \
          49,950`.\n\n\
          Silent where the scan throws little away, where a plain column is compared as well, and where an index on the \
          expression is known.",
    check: Check::EachNodeWithCatalog(check),
};

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let Asked { waste, filter, table } = Asked::of(catalog, node)?;
    let found = wrapped(node, &filter.terms(), table, Wrapping::Json)?;
    let field = found.of_row.sql(Names::Bare);
    let did = format!("took {field} out of each of {} to keep {}", rows(waste.read), kept_by(node));
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(advice(catalog, node, table, &found)?)
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("expression", field),
    )
}

/// GIN answers equality with a constant only, and of `jsonb` only.
fn advice(catalog: &Catalog, node: &Node, table: Option<&Table>, found: &Comparison) -> Option<String> {
    let index = index_on(catalog, node, found.of_row)?;
    let column = column_names(found.of_row);
    let kind = table.and_then(|table| table.column(&column)).map(|column| column.type_name.as_str());
    let gin = match kind {
        _ if found.op != "=" || found.of_row.columns().len() != 1 => None,
        Some("jsonb") => Some(""),
        Some(_) => None,
        None => Some("if it is jsonb, "),
    };
    let name = table_name(catalog, node)?.sql();
    let gin = gin.map(|unless| {
        format!(
            "; or, {unless}ask {column} @> '{{…}}' of CREATE INDEX ON {name} USING gin ({column} jsonb_path_ops), which \
             serves every field"
        )
    });
    Some(format!("An index on the expression may find them: {index}{}.", gin.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, scan};
    use super::*;

    #[test]
    fn fields_of_documents() {
        let table = [
            ("((data ->> 'kind'::text) = 'error'::text)", true),
            ("(((data ->> 'size'::text))::integer > 5)", true),
            ("((data #>> '{a,b}'::text[]) = 'error'::text)", true),
            ("(data @> '{\"kind\": \"error\"}'::jsonb)", false),
            ("((data ->> 'kind'::text) <> 'error'::text)", false),
            ("(((data ->> 'kind'::text) = 'error'::text) AND (id = 5))", false),
            ("(lower((data ->> 'kind'::text)) = 'error'::text)", false), // a function
        ];
        for (filter, expected) in table {
            assert_eq!(findings(&RULE, &scan(filter, 10.0)).len(), usize::from(expected), "{filter}");
            assert_eq!(findings(&RULE, &scan(filter, 50_000.0)).len(), 0, "{filter}, kept");
        }
    }
}
