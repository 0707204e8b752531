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

/// Rows that came out in all; as expected, where nothing was measured.
pub fn out(node: &Node) -> Rows {
    node.rows_out().or(node.estimate.map(|e| e.rows)).unwrap_or_default()
}

/// Rows that came in from below, subplans apart.
pub fn came_in(plan: &Plan, node: &Node) -> Rows {
    let inputs = plan.children(node).filter(|child| !matches!(child.role, Role::InitPlan | Role::SubPlan));
    inputs.map(out).fold(Rows(0.0), |sum, rows| sum + rows)
}
