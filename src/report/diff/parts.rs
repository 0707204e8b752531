//! What changed in a plan, each in a few words, the weightiest first.

use crate::diff::{Change, Diff, Pair};
use crate::plan::{Node, Operator, Plan};
use crate::units::Rows;

/// So many names tell which join it is; more are counted.
const NAMES: usize = 3;

/// All that changed, the weightiest first; each reads on after a colon.
pub(super) fn all(diff: &Diff) -> Vec<String> {
    let mut parts: Vec<(f64, String)> = Vec::new();
    let partitions = [partitions(diff, false), partitions(diff, true)];
    for (told, pairs) in partitions.iter().flatten() {
        parts.push((pairs.iter().map(|pair| swing(diff, pair)).sum(), told.clone()));
    }
    let grouped = |pair: &Pair| partitions.iter().flatten().any(|(_, pairs)| pairs.contains(&pair));
    for pair in diff.pairs.iter().filter(|pair| pair.is_changed() && !grouped(pair)) {
        parts.extend(of_pair(diff, pair).map(|told| (swing(diff, pair), told)));
    }
    if parts.is_empty() {
        // A Hash or a bitmap that came or went without its join or scan.
        let helpers = diff.pairs.iter().filter(|pair| pair.is_of_shape());
        parts.extend(helpers.filter_map(|pair| Some((0.0, once(diff, pair)?))));
    }
    // Of a plan that changed its shape, numbers alone are told below.
    if diff.is_of_shape() {
        parts.extend(spills(diff));
    } else {
        parts.extend(diff.pairs.iter().filter_map(|pair| Some((swing(diff, pair), numbers(diff, pair)?))));
    }
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    parts.into_iter().map(|(_, told)| told).collect()
}

/// By how much the node's own time or cost changed.
fn swing(diff: &Diff, pair: &Pair) -> f64 {
    let (before, after) = diff.weights(pair);
    (before - after).abs()
}

/// What of a node's work is done in another way.
fn of_pair(diff: &Diff, pair: &Pair) -> Option<String> {
    let (Some(before), Some(after)) = diff.nodes(pair) else {
        return once(diff, pair).filter(|_| !is_helper(diff, pair));
    };
    let old = name(diff, &diff.before, before);
    let new = name(diff, &diff.after, after);
    if pair.has(Change::Method) || (pair.has(Change::Inputs) && old != new) {
        // What is read is the same, and need not be said twice.
        let same = source(before).is_some() && source(before) == source(after);
        let new = if same { short(after) } else { new };
        return Some(format!("the {old} became {} {new}", article(&new)));
    }
    if pair.has(Change::Inputs) {
        let (was, is) = (Diff::join_sides(&diff.before, before), Diff::join_sides(&diff.after, after));
        let swapped = was[0] == is[1] && was[1] == is[0];
        return Some(match swapped {
            true => format!("the {old} has its sides swapped"),
            false => format!("the {} joins {} instead of {}", before.title(), sides(&is), sides(&was)),
        });
    }
    if pair.has(Change::Index) {
        let index = |node: &Node| node.index.clone().unwrap_or_default();
        let (was, is) = (index(before), index(after));
        let title = before.title();
        let on = source(before).map(|source| format!(" on {source}")).unwrap_or_default();
        return Some(format!("the {title}{on} uses {is} instead of {was}"));
    }
    if pair.has(Change::Keys) {
        let keys = |node: &Node| [node.sort_key.join(", "), node.group_key.join(", ")].concat();
        return Some(format!("the {old} is by {} instead of {}", keys(after), keys(before)));
    }
    pair.has(Change::Conditions).then(|| format!("the {old} has other conditions"))
}

/// A node that appeared or disappeared.
fn once(diff: &Diff, pair: &Pair) -> Option<String> {
    match diff.nodes(pair) {
        (Some(gone), None) => Some(format!("the {} is gone", name(diff, &diff.before, gone))),
        (None, Some(new)) => {
            let name = name(diff, &diff.after, new);
            Some(format!("{} {name} is new", article(&name)))
        }
        _ => None,
    }
}

/// Whether it only serves the node above, which is told of.
fn is_helper(diff: &Diff, pair: &Pair) -> bool {
    let (before, after) = diff.nodes(pair);
    before.or(after).is_some_and(|node| {
        use Operator::{BitmapAnd, BitmapIndexScan, BitmapOr, Hash};
        matches!(node.operator, Hash | BitmapIndexScan | BitmapAnd | BitmapOr)
    })
}

/// Members of an Append that came or went, as one part when there are several.
fn partitions(diff: &Diff, came: bool) -> Option<(String, Vec<&Pair>)> {
    let plan = if came { &diff.after } else { &diff.before };
    let member = |pair: &&Pair| {
        let (before, after) = diff.nodes(pair);
        let (node, other) = if came { (after, before) } else { (before, after) };
        let above = node.filter(|_| other.is_none()).and_then(|node| plan.parent(node));
        let append = |n: &Node| matches!(n.operator, Operator::Append | Operator::MergeAppend);
        node.is_some_and(|n| n.relation.is_some()) && above.is_some_and(append)
    };
    let pairs: Vec<&Pair> = diff.pairs.iter().filter(member).collect();
    let number = pairs.len();
    let verb = if came { "are read too" } else { "are no longer read" };
    (number > 1).then(|| (format!("{} partitions {verb}", Rows(number as f64)), pairs))
}

/// Sorts and hashes that began or ceased to go to disk.
fn spills(diff: &Diff) -> Vec<(f64, String)> {
    let told = |pair: &Pair| {
        let told = spill(diff, pair)?;
        Some((swing(diff, pair), told))
    };
    diff.pairs.iter().filter_map(told).collect()
}

fn spill(diff: &Diff, pair: &Pair) -> Option<String> {
    let (Some(_), Some(after)) = diff.nodes(pair) else { return None };
    let now = if after.spilled() { "goes to disk now" } else { "no longer goes to disk" };
    pair.has(Change::Spill).then(|| format!("the {} {now}", name(diff, &diff.after, after)))
}

/// What numbers changed, of a plan that kept its shape.
fn numbers(diff: &Diff, pair: &Pair) -> Option<String> {
    let (Some(before), Some(after)) = diff.nodes(pair) else { return None };
    let name = name(diff, &diff.after, after);
    if let Some(spill) = spill(diff, pair) {
        return Some(spill);
    }
    if pair.has(Change::Time) {
        let (old, new) = diff.weights(pair);
        return Some(super::wording::weighed(diff, &name, old, new));
    }
    if pair.has(Change::Rows) {
        let rows = |node: &Node| node.rows_out().unwrap_or_default();
        return Some(format!("{} rows came of the {name}, not {}", rows(after), rows(before)));
    }
    if pair.has(Change::Estimate) {
        let rows = |node: &Node| node.estimate.map(|estimate| estimate.rows).unwrap_or_default();
        return Some(format!("the planner expects {} rows of the {name}, not {}", rows(after), rows(before)));
    }
    if pair.has(Change::Loops) {
        let loops = |node: &Node| Rows(node.loops());
        return Some(format!("the {name} ran {} times, not {}", loops(after), loops(before)));
    }
    if pair.has(Change::Workers) {
        let workers = |node: &Node| {
            let workers = node.workers_launched.or(node.workers_planned);
            Rows(workers.unwrap_or_default() as f64)
        };
        return Some(format!("the {name} has {} workers, not {}", workers(after), workers(before)));
    }
    let pages = |plan: &Plan, node: &Node| Rows(Diff::own_pages(plan, node).unwrap_or_default() as f64);
    let (new, old) = (pages(&diff.after, after), pages(&diff.before, before));
    pair.has(Change::Pages).then(|| format!("the {name} looked at {new} pages, not {old}"))
}

/// The node's name, with what it joins where the plan joins more than once.
pub(super) fn name(diff: &Diff, plan: &Plan, node: &Node) -> String {
    let joins = |plan: &Plan| plan.nodes.iter().filter(|n| n.operator.is_join()).count();
    if !node.operator.is_join() || joins(&diff.before).max(joins(&diff.after)) < 2 {
        return node.label();
    }
    match list(&Diff::tables(plan, node)) {
        tables if tables.is_empty() => node.label(),
        tables => format!("{} of {tables}", node.label()),
    }
}

/// `i with o and c`
pub(super) fn sides([outer, inner]: &[Vec<String>; 2]) -> String {
    format!("{} with {}", list(outer), list(inner))
}

fn list(tables: &[String]) -> String {
    match tables {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if first.len() < NAMES => format!("{} and {last}", first.join(", ")),
        many => format!("{} tables", many.len()),
    }
}

/// What a scan reads, and by which alias.
fn source(node: &Node) -> Option<String> {
    let relation = node.relation.as_ref()?;
    let alias = relation.alias.as_ref().filter(|alias| **alias != relation.name);
    Some(alias.map_or_else(|| relation.name.clone(), |alias| format!("{} {alias}", relation.name)))
}

/// The node's name without what it reads: `Index Scan using orders_idx`.
fn short(node: &Node) -> String {
    match &node.index {
        Some(index) => format!("{} using {index}", node.title()),
        None => node.title(),
    }
}

fn article(name: &str) -> &'static str {
    if name.starts_with(['A', 'E', 'I', 'O', 'U']) && !name.starts_with("Uni") { "an" } else { "a" }
}
