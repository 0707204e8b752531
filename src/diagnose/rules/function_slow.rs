//! A function of somebody's own that takes the time, row by row.

use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Plan};
use crate::query::{Expr, functions};
use crate::units::{Ms, Rows};

/// `function-slow`.
pub static RULE: Rule = Rule {
    id: "function-slow",
    title: "A function takes the time, row by row",
    doc: "A function in PL/pgSQL, SQL that is not inlined, or another language is called for each row, and what it \
          runs inside appears in no plan. The planner takes it for as cheap as 100 operators (`procost`; manual, \"Function Optimization Information\") and may ask it of more rows than it has to.\n\n\
          Example: `Seq Scan on orders (actual time=0.5..6021.7 rows=12 loops=1) Filter: (price_of(id) > 100)  Rows \
          Removed by Filter: 19988`.\n\n\
          Silent about PostgreSQL's own functions, and where the node spends less than 10 µs on a row.",
    check: Check::EachNode(check),
};

/// More than any function of PostgreSQL's own takes for a short value: a regular expression over 80 characters
/// takes 1.5 µs, a call of an empty PL/pgSQL function 0.5 µs (measured on 15).
const SLOW: Ms = Ms(0.010);

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    let handled = handled(plan, node)?;
    let time = node.own?.work;
    if handled.0 < 1.0 || time.0 < SLOW.0 * handled.0 {
        return None;
    }
    let (name, place) = called(plan, node)?;
    let each = time * (1.0 / handled.0);
    let did = format!("spent {each} on each of {}: its {place} calls {name}()", rows(handled));
    let finding = Finding::at(&RULE, node, did)
        .stake(node.exclusive() * (1.0 - SLOW.0 / each.0).max(0.0))
        .next(format!(
            "Look inside of {name}() (auto_explain with `auto_explain.log_nested_statements` prints its plans); a single \
             SELECT in LANGUAGE sql may be inlined, an index on the expression may spare the calls if it is IMMUTABLE, \
             and a true COST makes the planner ask it last."
        ))
        .with("rows", handled)
        .with("time of a row", each)
        .with("function", name);
    Some(finding)
}

/// Rows that were looked at or put out: each may have been a call.
fn handled(plan: &Plan, node: &Node) -> Option<Rows> {
    let read = node.rows_read()? + node.removed_by_join_filter();
    let from_below = plan.inputs(node).filter_map(Node::rows_out).map(|rows| rows.0).fold(0.0, f64::max);
    Some(Rows(read.0.max(from_below)))
}

/// The first function that is not PostgreSQL's own, and where it stands: in a condition, or in what the node puts out
/// and no node below has put out already.
fn called(plan: &Plan, node: &Node) -> Option<(String, &'static str)> {
    let conditions = [(ConditionKind::Filter, "Filter"), (ConditionKind::JoinFilter, "Join Filter")];
    let asked = conditions.iter().filter_map(|(kind, name)| Some((node.condition(*kind)?, *name)));
    let made_below: Vec<&str> =
        plan.inputs(node).flat_map(|below| &below.output).map(String::as_str).collect();
    let made = node.output.iter().map(|text| (text.as_str(), "Output"));
    let fresh =
        made.filter(|(text, _)| !made_below.iter().any(|below| text.contains(below) && below.contains('(')));
    asked.chain(fresh).find_map(|(text, place)| Some((foreign_function(text)?, place)))
}

/// Whether a function that is not PostgreSQL's own stands in anything that the node computes.
pub(super) fn calls_foreign(node: &Node) -> bool {
    node.expressions().any(|text| foreign_function(text).is_some())
}

fn foreign_function(text: &str) -> Option<String> {
    let expr = Expr::parse(text)?;
    expr.function_names().into_iter().find(|name| !functions::is_own(name)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn slow_and_not_of_postgresql() {
        // Filter, Output, rows, rows removed, time.
        let table = [
            ("(price_of(id) > 100)", "id", 10, 990, 90.0, true),
            ("(price_of(id) > 100)", "id", 10, 990, 9.0, false), // 9 µs a row
            ("(lower(name) = 'x'::text)", "id", 10, 990, 90.0, false),
            ("(id > 100)", "price_of(id)", 1000, 0, 90.0, true),
            ("(id > 100)", "id", 1000, 0, 90.0, false),
            ("(price_of(id) > 100)", "id", 0, 0, 90.0, false),
        ];
        for (filter, output, kept, removed, time, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Filter": "{filter}", "Output": ["{output}"], "Actual Rows": {kept},
                     "Actual Total Time": {time}, "Actual Loops": 1, "Rows Removed by Filter": {removed}}}"#
            ));
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{filter} {output} {time}");
        }
    }

    #[test]
    fn what_was_made_below_is_not_made_again() {
        let plan = plan(
            r#"{"Node Type": "Sort", "Output": ["id", "(price_of(id))"], "Actual Rows": 100, "Actual Loops": 1,
                "Actual Total Time": 90.0, "Plans": [{"Node Type": "Seq Scan", "Parent Relationship": "Outer",
                "Output": ["id", "price_of(id)"], "Actual Rows": 100, "Actual Loops": 1, "Actual Total Time": 0.5}]}"#,
        );
        assert_eq!(
            findings(&RULE, &plan).len(),
            0,
            "5 µs a row in the scan, 0.9 ms in the sort, which calls nothing"
        );
    }
}
