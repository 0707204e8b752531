//! A filter that takes a part of a date instead of asking for a range of it.

use super::Asked;
use crate::catalog::Catalog;
use crate::diagnose::conditions::{Comparison, Wrapping, column_names, wrapped};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::{Expr, Names};

/// `date-computed`.
pub static RULE: Rule = Rule {
    id: "date-computed",
    title: "A part of a date is compared instead of a range",
    doc: "`date_trunc('month', placed) = '2024-03-01'` asks of each row in which month it lies. `placed >= '2024-03-01' \
          AND placed < '2024-04-01'` asks the same of the column itself, which a B-tree on it answers by going to the \
          first of March and stopping at the first of April. `EXTRACT(year FROM placed)` and a time zone on the \
          column's side cost the same.\n\n\
          Example: `Seq Scan on orders … Filter: (date_trunc('day'::text, placed) = '2024-03-01 00:00:00'::timestamp \
          without time zone) … Rows Removed by Filter: 199,423`.\n\n\
          Silent where the scan throws little away, where a plain column is compared as well, and where an index on the \
          expression is known.",
    check: Check::EachNodeWithCatalog(check),
};

fn check(_: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let Asked { waste, filter, table } = Asked::of(catalog, node)?;
    let found = wrapped(node, &filter.terms(), table, Wrapping::Date)?;
    let (part, column) = (found.of_row.sql(Names::Bare), column_names(found.of_row));
    let did = format!(
        "computed {part} for each of {} to keep {}, which no index on {column} can answer",
        rows(waste.read),
        kept_by(node)
    );
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(advice(&found, &column))
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("expression", part),
    )
}

fn advice(found: &Comparison, column: &str) -> String {
    let range = range(found, column).map(|range| format!(": {range}"));
    format!(
        "Ask for a range of the column itself, which a B-tree on {column} may answer{}.",
        range.unwrap_or_else(|| format!(", in the manner of {column} >= … AND {column} < …"))
    )
}

/// `placed >= X AND placed < X + interval '1 month'`, for a `date_trunc` that equals a constant.
fn range(found: &Comparison, column: &str) -> Option<String> {
    let Expr::Call { name, args, .. } = found.of_row else { return None };
    let [Expr::Literal { text: unit, .. }, Expr::Column { .. }] = args.as_slice() else { return None };
    if name != "date_trunc" || found.op != "=" || !found.with.is_constant() {
        return None;
    }
    let start = found.with.sql(Names::Bare);
    Some(format!("{column} >= {start} AND {column} < {start} + interval '1 {unit}'"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, scan};
    use super::*;

    #[test]
    fn parts_of_dates() {
        let stamp = "'2024-03-01 00:00:00'::timestamp without time zone";
        let table = [
            (format!("(date_trunc('day'::text, placed) = {stamp})"), true),
            ("(EXTRACT(year FROM placed) = '2024'::numeric)".to_owned(), true),
            ("(date_part('year'::text, placed) = '2024'::double precision)".to_owned(), true),
            (format!("((placed AT TIME ZONE 'UTC'::text) >= {stamp})"), true),
            ("((date_trunc('day'::text, placed))::date = '2024-03-01'::date)".to_owned(), true),
            (format!("(placed >= date_trunc('day'::text, {stamp}))"), false), // of the constant
            (format!("((date_trunc('day'::text, placed) = {stamp}) AND (customer_id = 5))"), false),
            ("(lower(name) = 'a'::text)".to_owned(), false),
        ];
        for (filter, expected) in table {
            assert_eq!(findings(&RULE, &scan(&filter, 10.0)).len(), usize::from(expected), "{filter}");
            assert_eq!(findings(&RULE, &scan(&filter, 50_000.0)).len(), 0, "{filter}, kept");
        }
    }

    #[test]
    fn a_range_that_asks_the_same() {
        let asked = |filter: &str| findings(&RULE, &scan(filter, 10.0)).remove(0).next.unwrap_or_default();
        let told =
            asked("(date_trunc('month'::text, placed) = '2024-03-01 00:00:00'::timestamp without time zone)");
        let start = "'2024-03-01 00:00:00'::timestamp without time zone";
        assert!(
            told.ends_with(&format!("placed >= {start} AND placed < {start} + interval '1 month'.")),
            "{told}"
        );
        assert!(
            asked("(EXTRACT(year FROM placed) = '2024'::numeric)").ends_with("placed >= … AND placed < ….")
        );
    }
}
