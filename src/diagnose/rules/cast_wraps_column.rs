//! A filter that compares a column only after a cast to another type.

use super::Asked;
use crate::catalog::{Catalog, Table};
use crate::diagnose::conditions::{Comparison, Wrapping, column_names, wrapped};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::{Expr, Names};

/// `cast-wraps-column`.
pub static RULE: Rule = Rule {
    id: "cast-wraps-column",
    title: "A column is compared as another type than its own",
    doc: "Where the two sides of a comparison are of different types, and there is no operator for the two, PostgreSQL \
          converts one of them (manual, \"Operators\" of \"Type Conversion\"). If that is the column's side, each row is \
          converted, and an index on the column does not hold what is compared. It happens unasked when a driver sends \
          an integer key as `numeric`, or a number in a text column; and asked for by `placed::date = …`.\n\n\
          Example: `Seq Scan on orders … Filter: ((id)::numeric = '4711'::numeric) … Rows Removed by Filter: \
          199,999`.\n\n\
          Silent where the scan throws little away, where a plain column is compared as well, and where the cast \
          converts nothing (`varchar` to `text`, a domain to its base type). Without a catalog the type of the column is \
          not known: then silent of casts to `text` and its like.",
    check: Check::EachNodeWithCatalog(check),
};

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let Asked { waste, filter, table } = Asked::of(catalog, node)?;
    let found = wrapped(node, &filter.terms(), table, Wrapping::Cast)?;
    let (cast, column) = (found.of_row.sql(Names::Bare), column_names(found.of_row));
    let how = match found.of_row {
        Expr::Cast { type_name, .. } => format!("to {type_name}"),
        _ => format!("by {cast}"),
    };
    let did = format!(
        "converted {column} {how} for each of {} to keep {}, which no index on {column} can answer",
        rows(waste.read),
        kept_by(node)
    );
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(advice(&found, table, &column))
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("cast", cast),
    )
}

fn advice(found: &Comparison, table: Option<&Table>, column: &str) -> String {
    let to_date = matches!(found.of_row, Expr::Cast { type_name, .. } if type_name == "date");
    if to_date && found.op == "=" && found.with.is_constant() {
        let day = found.with.sql(Names::Bare);
        return format!("Ask for a range of the column itself: {column} >= {day} AND {column} < {day} + 1.");
    }
    match table.and_then(|table| table.column(column)) {
        Some(known) => format!(
            "Give what it is compared with the column's own type, {}, so that an index on {column} can answer.",
            known.type_name
        ),
        None => format!(
            "Give what it is compared with the column's own type, so that an index on {column} can answer; \
             \\d shows the type."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, scan};
    use super::*;

    #[test]
    fn what_is_converted_row_by_row() {
        let catalog = orders(&[
            ("id", "integer"),
            ("code", "character varying(20)"),
            ("name", "text"),
            ("flag", "character(4)"),
            ("amount", "positive"),
            ("placed", "timestamp without time zone"),
        ]);
        //     filter, found without a catalog, and with one
        let table = [
            ("((id)::numeric = '4711'::numeric)", true, true),
            ("((id)::text = '4711'::text)", false, true),
            ("((code)::text = 'a'::text)", false, false), // relabelled
            ("((flag)::text = 'a'::text)", false, true),  // stripped of blanks
            ("((name)::integer = 5)", true, true),
            ("((amount)::integer = 5)", true, false), // perhaps a domain
            ("((placed)::date = '2024-03-01'::date)", true, true),
            ("(id = 5)", false, false),
            ("(((id)::numeric = '4711'::numeric) AND (total = 5))", false, false),
        ];
        for (filter, alone, beside) in table {
            let plan = scan(filter, 10.0);
            assert_eq!(findings(&RULE, &plan).len(), usize::from(alone), "{filter}");
            assert_eq!(findings_with(&RULE, &plan, &catalog).len(), usize::from(beside), "{filter}");
        }
        assert_eq!(
            findings(&RULE, &scan("((id)::numeric = '4711'::numeric)", 20_000.0)).len(),
            0,
            "keeps much"
        );
    }

    #[test]
    fn a_day_is_a_range() {
        let found = findings(&RULE, &scan("((placed)::date = '2024-03-01'::date)", 10.0));
        let next = found[0].next.as_deref().unwrap_or_default();
        assert!(next.contains("placed >= '2024-03-01'::date AND placed < '2024-03-01'::date + 1"), "{next}");
    }
}
