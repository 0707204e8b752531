//! A table read whole although an index leads with what its filter compares.

use super::scan_discards_rows;
use crate::catalog::{Catalog, Index, Table};
use crate::diagnose::conditions::Comparison;
use crate::diagnose::words::{kept_by, none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Plan, off_by};
use crate::query::Expr;
use crate::units::{Factor, Rows};

/// `index-ignored`.
pub static RULE: Rule = Rule {
    id: "index-ignored",
    title: "An index that finds the rows was not used",
    doc: "A valid index leads with the column that the filter compares, and so few rows pass that visiting each on a page \
          of its own would read less than the whole table; still, the table was read whole. The planner expected more \
          rows than came, or it was told that an index costs more than it does (`random_page_cost`, \
          `effective_cache_size`, `enable_indexscan`).\n\n\
          Example: `Seq Scan on ticket … rows=49990 … actual rows=10 … Filter: (state = 'open'::text)` beside `CREATE \
          INDEX ticket_state ON ticket (state)`.\n\n\
          Silent where nothing is known of the table; for partial indexes and those with an operator class or collation \
          of their own, which may not serve; where the other side of the comparison may change from row to row; and \
          where several conditions must hold, unless the statistics say that this one is selective by itself.",
    check: Check::EachNodeWithCatalog(check),
};

/// What the planner takes a page read by index to cost, in pages read in sequence (manual, `random_page_cost`).
const PAGE_BY_INDEX: f64 = 4.0;

/// An error that turns the choice between an index and the table, as in `rows-misestimated`.
const FAR_OFF: Factor = Factor(10.0);

/// Functions that give one value for the whole statement (`pg_proc.provolatile` is `s`).
const STABLE: [&str; 2] = ["now", "statement_timestamp"];

fn check(plan: &Plan, catalog: &Catalog, node: &Node) -> Option<Finding> {
    let waste = scan_discards_rows::waste(node)?;
    let filter = Expr::parse(node.condition(ConditionKind::Filter)?)?;
    let table = catalog.table(node.relation.as_ref()?)?;
    // The processes of a parallel scan read one table between them.
    let runs = if node.parallel_aware { 1.0 } else { node.loops() };
    let terms = filter.terms();
    let (column, index) = terms.iter().find_map(|term| {
        let comparison = Comparison::read(node, term)?;
        let column = comparison.column(Some(table)).filter(|_| is_known(&comparison))?;
        let found =
            if terms.len() == 1 { waste.kept.0 / runs } else { expected(table, column, &comparison)? };
        let few = found * PAGE_BY_INDEX < table.pages as f64;
        Some((column, leading(table, column).filter(|_| few)?))
    })?;
    let did = format!(
        "read {} to keep {}, although the index {} leads with {column}, which the filter compares",
        rows(waste.read),
        kept_by(node),
        index.name
    );
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(advice(plan, node, table))
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("pages of the table", table.pages)
            .with("index", index.name.as_str()),
    )
}

/// Whether an index could be asked it: the other side is known before the table is read.
fn is_known(comparison: &Comparison) -> bool {
    let functions = comparison.with.function_names();
    comparison.is_ordered()
        && comparison.with.is_constant()
        && functions.iter().all(|function| STABLE.contains(function))
}

/// The rows that the column alone lets pass, by the table's statistics.
fn expected(table: &Table, column: &str, comparison: &Comparison) -> Option<f64> {
    let Expr::Literal { text, .. } = comparison.with else { return None };
    let share = match comparison.op {
        "=" => table.equal(column, &[Some(text.clone())])?,
        _ => return None,
    };
    Some(share.0 * table.rows)
}

fn leading<'a>(table: &'a Table, column: &str) -> Option<&'a Index> {
    let plain = table.indexes.iter().filter(|index| index.is_plain_btree());
    plain.into_iter().find(|index| {
        let first = index.keys.first();
        first.is_some_and(|key| {
            key.column.as_deref() == Some(column) && key.default_opclass && key.default_collation
        })
    })
}

fn advice(plan: &Plan, node: &Node, table: &Table) -> String {
    let off =
        ["enable_indexscan", "enable_bitmapscan"].into_iter().find(|name| plan.setting(name) == Some("off"));
    if let Some(setting) = off {
        return format!("The plan was made with {setting} = off: RESET {setting} and compare.");
    }
    let (expected, came) = (node.estimate.map(|e| e.rows), node.actual.map(|a| a.rows));
    let far = |(expected, came): &(Rows, Rows)| {
        expected.0 > came.0 && off_by(*expected, *came).is_some_and(|off| off.0 >= FAR_OFF.0)
    };
    match expected.zip(came).filter(far) {
        Some((expected, came)) => format!(
            "The planner expected {} where {} came: ANALYZE {} may set that right.",
            rows(expected),
            none_or(came),
            table.name.sql()
        ),
        None => "SET enable_seqscan = off in a session shows what the index would take; if that is less, \
                 random_page_cost or effective_cache_size may be far from this machine's."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, findings_with, orders, scan};
    use super::*;
    use crate::catalog::{ColumnStatistics, IndexKey};

    fn catalog(change: impl Fn(&mut Index)) -> Catalog {
        let mut catalog = orders(&[("id", "integer"), ("state", "text"), ("total", "integer")]);
        let most_common = vec![("open".to_owned(), 0.5), ("lost".to_owned(), 0.0001)];
        let statistics = ColumnStatistics { n_distinct: 2.0, most_common, ..ColumnStatistics::default() };
        catalog.tables[0].columns[1].statistics = Some(statistics);
        let key = IndexKey {
            column: Some("state".to_owned()),
            default_opclass: true,
            default_collation: true,
            ..IndexKey::default()
        };
        let mut index = Index {
            name: "orders_state".to_owned(),
            method: "btree".to_owned(),
            keys: vec![key],
            valid: true,
            ..Index::default()
        };
        change(&mut index);
        catalog.tables[0].indexes.push(index);
        catalog
    }

    #[test]
    fn what_an_index_would_have_found() {
        let table = [
            ("(state = 'open'::text)", 249.0, true),
            ("(state = 'open'::text)", 250.0, false), // a thousand pages at four each
            ("(state = 'a'::text)", 10.0, true),
            ("(state > 'a'::text)", 10.0, true),
            ("(state <> 'a'::text)", 10.0, false),
            ("(lower(state) = 'a'::text)", 10.0, false),
            ("(state = (SubPlan 1))", 10.0, false),
            ("(state = (random())::text)", 10.0, false),
            ("((state = 'open'::text) AND (total > 5))", 10.0, false), // half of the table is open
            ("((state = 'lost'::text) AND (total > 5))", 10.0, true),
            ("(total = 5)", 10.0, false),
        ];
        for (filter, kept, expected) in table {
            let found = findings_with(&RULE, &scan(filter, kept), &catalog(|_| {}));
            assert_eq!(found.len(), usize::from(expected), "{filter}");
            assert_eq!(findings(&RULE, &scan(filter, kept)).len(), 0, "{filter}: nothing is known");
        }
    }

    #[test]
    fn indexes_that_may_not_serve() {
        let found = |change: fn(&mut Index)| {
            findings_with(&RULE, &scan("(state = 'open'::text)", 10.0), &catalog(change)).len()
        };
        assert_eq!(found(|_| {}), 1);
        assert_eq!(found(|index| index.valid = false), 0);
        assert_eq!(found(|index| index.predicate = Some("(total > 5)".to_owned())), 0);
        assert_eq!(found(|index| index.keys[0].default_collation = false), 0);
        assert_eq!(found(|index| index.method = "gin".to_owned()), 0);
    }
}
