//! A comparison that takes NULL for a value, which no index answers.

use super::Asked;
use crate::catalog::Catalog;
use crate::diagnose::conditions::{Comparison, answerable};
use crate::diagnose::words::{kept_by, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::query::{Expr, Names};

/// `not-distinct-compared`.
pub static RULE: Rule = Rule {
    id: "not-distinct-compared",
    title: "IS NOT DISTINCT FROM is asked, which no index answers",
    doc: "`a IS NOT DISTINCT FROM 5` is `a = 5` that also holds for two NULLs. It is no operator of an operator class, and \
          the planner does not take it apart (indxpath.c, `match_clause_to_indexcol` knows operators, boolean columns, \
          row comparisons and NULL tests), so that every row is asked.\n\n\
          Example: `Seq Scan on orders … Filter: (NOT (total IS DISTINCT FROM 4711)) … Rows Removed by Filter: 199,997`.\n\n\
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
    let found = terms.iter().find_map(|term| {
        let Expr::Not(within) = term else { return None };
        Comparison::read(node, within).filter(|c| c.op == "IS DISTINCT FROM" && c.column(table).is_some())
    })?;
    let (column, value) = (found.column(table)?, found.with.sql(Names::Bare));
    let did = format!(
        "asked {} whether {column} IS NOT DISTINCT FROM {value}, to keep {}",
        rows(waste.read),
        kept_by(node)
    );
    let never = format!("{column} = {value} asks the same, and an index on {column} may answer");
    let next = match found.with {
        Expr::Literal { .. } => format!("Of a value that is not NULL, {never}."),
        _ => format!(
            "While the value is never NULL, {never}; where it may be, ask {column} = {value} OR ({column} IS NULL AND {value} \
             IS NULL)."
        ),
    };
    Some(
        Finding::at(&RULE, node, did)
            .stake(waste.time(node))
            .next(next)
            .with("rows read", waste.read)
            .with("rows kept", waste.kept)
            .with("column", column),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, scan};
    use super::*;

    #[test]
    fn nulls_as_values() {
        let table = [
            ("(NOT (a IS DISTINCT FROM 5))", true),
            ("(NOT (a IS DISTINCT FROM $1))", true),
            ("(a IS DISTINCT FROM 5)", false),
            ("(NOT (a IS DISTINCT FROM b))", false),
            ("((NOT (a IS DISTINCT FROM 5)) AND (b = 5))", false),
            ("(NOT a)", false),
        ];
        for (filter, expected) in table {
            assert_eq!(findings(&RULE, &scan(filter, 10.0)).len(), usize::from(expected), "{filter}");
            assert_eq!(findings(&RULE, &scan(filter, 50_000.0)).len(), 0, "{filter}, kept");
        }
    }
}
