//! Alternatives that are compared one by one, for each row.

use crate::diagnose::conditions::Comparison;
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Plan};
use crate::query::{Expr, Names};
use crate::units::{Rows, count};

/// `list-is-long`.
pub static RULE: Rule = Rule {
    id: "list-is-long",
    title: "Each row is compared with a long list, one by one",
    doc: "`a = 1 OR a = 2 OR …` is asked term by term, until one is true. So is `LIKE ANY (…)`, or any other operator \
          than `=` with a list. With hundreds of them, comparing takes many times as long as reading. A list of equal \
          values, `a IN (1, 2, …)`, is put into a hash table once and looked up (14 and later, \
          `ExecEvalHashedScalarArrayOp`); a join with `VALUES` or a table is too.\n\n\
          Example: `Seq Scan on orders … Filter: ((total = 17) OR (total = 34) OR …)` with a hundred terms: 246 ms \
          against 18 ms with `IN` (200,000 rows, measured on 15).\n\n\
          Silent below ten alternatives, for a list of equal values in `IN` or `= ANY`, and for fewer than ten thousand \
          comparisons in all.",
    check: Check::EachNode(check),
};

/// At this many, comparing takes longer than reading the row (12 ns an integer, 45 ns a pattern, against 80 ns a row,
/// measured on 15).
const MANY: usize = 10;

/// As many comparisons as cost half a millisecond at 45 ns.
const ENOUGH_COMPARISONS: f64 = 10_000.0;

/// A row is read in the time of so many comparisons (80 ns against 12 ns, measured on 15).
const COMPARISONS_A_ROW: f64 = 7.0;

/// What the alternatives are.
#[derive(PartialEq)]
enum List {
    /// `a = 1 OR a = 2`.
    Alternatives,
    /// `a LIKE ANY (…)`.
    AnyOf,
}

fn check(_: &Plan, node: &Node) -> Option<Finding> {
    let filter = Expr::parse(node.condition(ConditionKind::Filter).filter(|_| node.operator.reads_table())?)?;
    let read = node.rows_read()?;
    let (list, what, number) =
        filter.terms().into_iter().filter_map(|term| long(node, term)).max_by_key(|(.., number)| *number)?;
    let compared = number as f64 * read.0;
    if number < MANY || compared < ENOUGH_COMPARISONS {
        return None;
    }
    let number = number as f64;
    let did = format!(
        "compared {what} in each of {} with up to {}, one by one",
        rows(read),
        count(number, "value", "values")
    );
    let next = match list {
        List::Alternatives => "As IN (…), the values are hashed once and looked up (14 and later).",
        List::AnyOf => {
            "A join with the values as rows, or for patterns an index of trigrams (pg_trgm) or one regular expression, \
             may take less."
        }
    };
    Some(
        Finding::at(&RULE, node, did)
            .stake(node.exclusive() * (number / (number + COMPARISONS_A_ROW)))
            .next(next)
            .with("rows read", read)
            .with("values", Rows(number)),
    )
}

/// What is compared, and with how many values.
fn long(node: &Node, term: &Expr) -> Option<(List, String, usize)> {
    if let Expr::AnyAll { op, left, list, .. } = term {
        let number = list.elements()?.len();
        return (op != "=" && op != "<>").then(|| (List::AnyOf, left.sql(Names::Bare), number));
    }
    let Expr::Or(alternatives) = term else { return None };
    let of_row = |alternative| {
        Comparison::read(node, alternative).filter(|c| c.op == "=" && c.with.is_constant()).map(|c| c.of_row)
    };
    let first = of_row(alternatives.first()?)?;
    let alike = alternatives.iter().all(|alternative| of_row(alternative) == Some(first));
    alike.then(|| (List::Alternatives, first.sql(Names::Bare), alternatives.len()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, scan};
    use super::*;

    fn alternatives(number: usize) -> String {
        let terms: Vec<String> = (0..number).map(|n| format!("(a = {n})")).collect();
        format!("({})", terms.join(" OR "))
    }

    #[test]
    fn one_by_one() {
        let patterns =
            |number: usize| format!("(name ~~ ANY ('{{{}}}'::text[]))", vec!["x%"; number].join(","));
        let table = [
            (alternatives(10), true),
            (alternatives(9), false),
            (format!("({} AND (b = 5))", alternatives(100)), true),
            (format!("({} OR (b = 5))", alternatives(100).trim_matches(['(', ')'])), false), // another column
            (patterns(10), true),
            (patterns(9), false),
            (patterns(10).replace("~~ ANY", "= ANY"), false), // hashed
            (patterns(10).replace("~~ ANY", "<> ALL"), false),
            ("(name ~~ ANY ($1))".to_owned(), false), // of unknown length
        ];
        for (filter, expected) in table {
            assert_eq!(findings(&RULE, &scan(&filter, 10.0)).len(), usize::from(expected), "{filter}");
        }
    }

    #[test]
    fn few_rows() {
        let plan = |rows: f64| {
            super::super::testing::plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Relation Name": "t", "Filter": "{}", "Actual Total Time": 5.0,
                     "Actual Rows": {rows}, "Actual Loops": 1}}"#,
                alternatives(10)
            ))
        };
        assert_eq!(findings(&RULE, &plan(1000.0)).len(), 1);
        assert_eq!(findings(&RULE, &plan(999.0)).len(), 0);
    }
}
