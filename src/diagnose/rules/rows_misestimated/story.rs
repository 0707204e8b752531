//! Where a misestimate starts, why, and what it caused: one sentence.

use super::cause::Cause;
use crate::diagnose::words::{rows, the, times};
use crate::plan::{ConditionKind, Node, Operator, Plan, Role, off_by};
use crate::query::{Expr, Names};
use crate::units::{Ms, Rows};

/// `the planner expected 12 rows of the Seq Scan on orders where 84,000 came, 7,000× more, because it takes status
/// and region for independent of each other; so it chose a Nested Loop that ran its inner side 84,000 times: 2.1 s of
/// 2.3 s`.
pub(super) fn tell(
    plan: &Plan,
    node: &Node,
    cause: Option<&Cause>,
    harm: &[(&Node, Ms)],
    stake: Ms,
) -> String {
    let (estimated, actual) = rows_of_a_loop(node);
    let (came, more) =
        if actual.0 > estimated.0 { (actual.to_string(), "more") } else { (few(actual), "fewer") };
    let a_loop = if node.loops() > 1.0 { " a loop" } else { "" };
    let off = off_by(estimated, actual).map(|off| format!(", {off} {more}")).unwrap_or_default();
    let certain = cause.map(|cause| format!(", because {}", cause.why()));
    let probable = || reason(node, actual.0 > estimated.0).map(|why| format!(", probably because {why}"));
    let why = certain.or_else(probable);
    let worst = harm.iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0));
    let so = worst.map(|(above, _)| format!("; so {}", caused(plan, node, above))).unwrap_or_default();
    let time = if plan.is_timed() { format!(": {stake} of {}", plan.total()) } else { String::new() };
    format!(
        "the planner expected {} of {}{a_loop} where {came} came{off}{}{so}{time}",
        rows(estimated),
        the(node),
        why.unwrap_or_default()
    )
}

fn rows_of_a_loop(node: &Node) -> (Rows, Rows) {
    (node.estimate.map(|e| e.rows).unwrap_or_default(), node.actual.map(|a| a.rows).unwrap_or_default())
}

fn few(rows: Rows) -> String {
    if rows.0 == 0.0 { "none".to_owned() } else { format!("only {rows}") }
}

/// What the planner did in its error. A node that went to disk by its own error is one that it gave too little.
fn caused(plan: &Plan, wrong: &Node, harmed: &Node) -> String {
    let name = harmed.label();
    if harmed.operator == Operator::NestedLoop {
        let runs = plan.child(harmed, Role::Inner).map_or(0.0, Node::loops);
        return format!("it chose a {name} that ran its inner side {}", times(runs));
    }
    if harmed.spilled() {
        let who = if harmed.id == wrong.id { "it".to_owned() } else { format!("the {name} above") };
        return format!("{who} got too little memory and went to disk");
    }
    let side = plan
        .inputs(harmed)
        .find(|input| wrong.id >= input.id && plan.subtree(input).iter().any(|n| n.id == wrong.id));
    let other = plan.inputs(harmed).find(|input| side.is_none_or(|side| side.id != input.id));
    let read = other.and_then(Node::rows_out).map(rows).unwrap_or_default();
    format!("it chose a {name} that has {read} read to find the partners of a few")
}

/// Why the planner was probably wrong; `None` where the conditions do not show it.
fn reason(node: &Node, too_many_came: bool) -> Option<String> {
    match node.operator {
        Operator::FunctionScan => {
            return Some("it takes a function's number of rows from its declaration (ROWS)".to_owned());
        }
        Operator::Aggregate | Operator::Group | Operator::Unique | Operator::SetOp => {
            return grouped(node);
        }
        _ => {}
    }
    let conditions: Vec<Expr> = asked(node).filter_map(Expr::parse).collect();
    let terms: Vec<&Expr> = conditions.iter().flat_map(Expr::terms).collect();
    if let Some(expression) = terms.iter().find_map(|term| computed(term)) {
        return Some(format!("it has no statistics of {}", expression.sql(Names::Bare)));
    }
    let mut columns: Vec<&str> = terms.iter().flat_map(|term| term.columns()).map(|(_, name)| name).collect();
    columns.sort_unstable();
    columns.dedup();
    let several = columns.len() > 1 && node.operator.reads_table() && too_many_came;
    several.then(|| format!("it takes {} for independent of each other", list(&columns)))
}

/// The conditions by which rows are chosen; what a bitmap rechecks, it was asked before.
pub(super) fn asked(node: &Node) -> impl Iterator<Item = &str> {
    use ConditionKind::{Filter, IndexCond, JoinFilter, RecheckCond};
    [IndexCond, RecheckCond, Filter, JoinFilter].into_iter().filter_map(|kind| node.condition(kind))
}

/// The groups of several columns are guessed from the distinct values of each (manual, "Multivariate N-Distinct
/// Counts").
fn grouped(node: &Node) -> Option<String> {
    (node.group_key.len() > 1)
        .then(|| "it guesses the number of groups from the distinct values of each key alone".to_owned())
}

/// A parameter of the statement: not the result of an InitPlan, which is printed the same way before PostgreSQL 17.
pub(super) fn unknown(plan: &Plan, term: &Expr) -> Option<String> {
    let mut found = None;
    term.visit(&mut |expr| {
        if let Expr::Param(name) = expr {
            found.get_or_insert_with(|| name.clone());
        }
    });
    let returned = |name: &str| {
        let returns = plan.nodes.iter().filter_map(|n| n.subplan_name.as_deref()?.split_once("(returns "));
        returns.flat_map(|(_, names)| names.trim_end_matches(')').split(',')).any(|one| one == name)
    };
    found.filter(|name| !returned(name))
}

/// What a column is compared under: a function or an operator of it, of which ANALYZE keeps no statistics unless an
/// index or extended statistics are on that expression (manual, "Extended Statistics").
pub(super) fn computed(term: &Expr) -> Option<&Expr> {
    let (Expr::Compare { left, right, .. } | Expr::AnyAll { left, list: right, .. }) = term else {
        return None;
    };
    let sides = [left.as_ref(), right.as_ref()];
    sides.into_iter().find(|side| {
        matches!(side, Expr::Call { .. } | Expr::Compare { .. } | Expr::Case { .. })
            && !side.columns().is_empty()
    })
}

pub(super) fn list(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}
