//! The words that claims are made of.

use crate::plan::{Node, Plan, Role};
use crate::units::{Rows, count};

/// A node inside a sentence; a subplan's top by the subplan's name, which conditions use too.
pub fn the(node: &Node) -> String {
    match node.subplan_name.as_deref() {
        Some(name) => format!("{name} (the {})", node.label()),
        None => format!("the {}", node.label()),
    }
}

/// `1 row`, `240,000 rows`.
pub fn rows(rows: Rows) -> String {
    count(rows.0, "row", "rows")
}

/// `1 time`, `240,000 times`.
pub fn times(number: f64) -> String {
    count(number, "time", "times")
}

/// Rows as a bare number, `none` for none.
pub fn none_or(rows: Rows) -> String {
    if rows.0 == 0.0 { "none".to_owned() } else { rows.to_string() }
}

/// Up to so large an error a number is told as it is.
const EXACT: f64 = 0.05;

/// How many rows a node gave in all, as exactly as that is known: before 18, EXPLAIN rounds the average of the loops to
/// whole rows (explain.c, `ExplainNode`), so that 0 of 20 loops may be up to 10 rows.
pub fn kept_by(node: &Node) -> String {
    let all = out(node);
    let Some(actual) = node.actual.filter(|a| a.loops > 1.0 && a.rows.0.fract() == 0.0) else {
        return none_or(all);
    };
    let bound = actual.loops / 2.0;
    match all.0 {
        0.0 => format!("at most {}", Rows(bound.floor())),
        rows if bound > EXACT * rows => format!("about {all}"),
        _ => all.to_string(),
    }
}

/// Rows that came out in all; as expected, where nothing was measured.
pub fn out(node: &Node) -> Rows {
    node.rows_out().or(node.estimate.map(|e| e.rows)).unwrap_or_default()
}

/// Rows that came in from below, subplans apart.
pub fn came_in(plan: &Plan, node: &Node) -> Rows {
    let inputs = plan.children(node).filter(|child| !matches!(child.role, Role::InitPlan | Role::SubPlan));
    inputs.map(out).fold(Rows(0.0), |sum, rows| sum + rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Actual;

    #[test]
    fn rounded_averages_are_not_told_as_counts() {
        for (rows, loops, told) in [
            (0.0, 1.0, "none"),
            (39.0, 1.0, "39"),
            (0.0, 20.0, "at most 10"),
            (0.0, 3.0, "at most 1"),
            (2.0, 3.0, "about 6"),
            (0.25, 20.0, "5"),
            (400.0, 3.0, "1,200"),
        ] {
            let actual = Some(Actual { rows: Rows(rows), loops, ..Actual::default() });
            assert_eq!(kept_by(&Node { actual, ..Node::default() }), told, "{rows} {loops}");
        }
    }
}
