//! The sentences of a comparison, the same for every painter.

use super::{Compared, Comparison, parts};
use crate::diff::{Basis, Change, Diff, Pair, Trend};
use crate::plan::{Node, Plan};
use crate::report::wording::{cost, count};
use crate::units::{Ms, Rows};

/// So many changes lead; more would hide which one counts.
const LEADING: usize = 3;

/// What became of one statement, in a sentence.
pub(super) fn verdict(diff: &Diff, all: bool) -> String {
    let Some(measure) = measure(diff) else { return format!("{}.", only(diff, all)) };
    let changes = changes(diff, all);
    let head = match (diff.trend(), changes.is_empty()) {
        _ if diff.is_same() => format!("Nothing changed: {}", both(diff)),
        (Trend::Same, true) => format!("{} ({}), with the same plan", as_much(diff), both(diff)),
        (Trend::Same, false) => {
            let link = if diff.is_of_shape() { "although" } else { "with the same plan:" };
            format!("{} ({}), {link} {changes}", as_much(diff), both(diff))
        }
        (_, true) => format!("{measure} with the same plan"),
        (_, false) if diff.is_of_shape() => format!("{measure}: {changes}"),
        (_, false) => format!("{measure} with the same plan: {changes}"),
    };
    format!("{}{head}.", stranger(diff))
}

fn only(diff: &Diff, all: bool) -> String {
    let changes = changes(diff, all);
    let told = if changes.is_empty() { "nothing changed".to_owned() } else { changes };
    format!("{}There are neither times nor costs in both plans: {told}", stranger(diff))
}

fn stranger(diff: &Diff) -> &'static str {
    if diff.related { "" } else { "These are different statements, which have no table in common. " }
}

fn as_much(diff: &Diff) -> &'static str {
    if diff.basis == Basis::Time { "About as fast" } else { "About as costly" }
}

/// `2.3 s became 14 ms`
fn measure(diff: &Diff) -> Option<String> {
    let (before, after) = sides(diff)?;
    let a = if diff.basis == Basis::Cost { "An estimated " } else { "" };
    Some(format!("{a}{before} became {after}"))
}

fn both(diff: &Diff) -> String {
    sides(diff).map_or_else(String::new, |(before, after)| format!("{before} before, {after} after"))
}

/// The whole on both sides, as text.
fn sides(diff: &Diff) -> Option<(String, String)> {
    match diff.basis {
        Basis::Time => diff.elapsed().map(|(b, a)| (b.to_string(), a.to_string())),
        Basis::Cost => diff.costs().map(|(b, a)| (format!("cost of {}", cost(b)), cost(a))),
        Basis::Nothing => None,
    }
}

fn changes(diff: &Diff, all: bool) -> String {
    let parts = parts::all(diff);
    let shown = if all { parts.len() } else { parts.len().min(LEADING) };
    let more = parts.len() - shown;
    let mut told: Vec<String> = parts.into_iter().take(shown).collect();
    if more > 0 {
        told.push(format!(
            "there {} more",
            if more == 1 { "is 1 change".into() } else { format!("are {more} changes") }
        ));
    }
    match told.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, [first])) => format!("{first}, and {last}"),
        Some((last, others)) => format!("{}, and {last}", others.join(", ")),
    }
}

/// `the Seq Scan on orders took 2.2 s and takes 0.9 s`
pub(super) fn weighed(diff: &Diff, name: &str, before: f64, after: f64) -> String {
    match diff.basis {
        Basis::Time => format!("the {name} took {} and takes {}", Ms(before), Ms(after)),
        _ => format!("the {name} had a cost of {} and has one of {}", cost(before), cost(after)),
    }
}

/// What has to be known of the measure: that costs are not time, what rests on one run, what else was different.
pub(super) fn notes(diff: &Diff) -> Vec<String> {
    let mut notes = Vec::new();
    let measured = (diff.before.is_measured(), diff.after.is_measured());
    match (diff.basis, measured) {
        (Basis::Cost, (true, false)) => notes.push(
            "only the plan before was measured, so that costs are compared, which are the planner's guess and not time",
        ),
        (Basis::Cost, (false, true)) => notes.push(
            "only the plan after was measured, so that costs are compared, which are the planner's guess and not time",
        ),
        (Basis::Cost, _) => {
            notes.push("both plans were only estimated: costs are the planner's guess, and not time");
        }
        _ => {}
    }
    let mut notes: Vec<String> = notes.into_iter().map(str::to_owned).collect();
    if diff.basis == Basis::Time && diff.trend() != Trend::Same && diff.is_same_work() {
        notes.push(
            "the same nodes did the same work: the machine made the difference (its cache, its load)".into(),
        );
    }
    for (name, before, after) in diff.settings() {
        let value = |value: Option<&str>| value.map_or("the default".to_owned(), str::to_owned);
        notes.push(format!("the setting {name} was {} and is {}", value(before), value(after)));
    }
    if diff.before.jit.is_some() != diff.after.jit.is_some() {
        let now =
            if diff.after.jit.is_some() { "is compiled now (JIT)" } else { "is no longer compiled (JIT)" };
        notes.push(format!("the statement {now}"));
    }
    notes
}

/// All pairs in a sentence, where there are several.
pub(super) fn in_short(comparison: &Comparison) -> Option<String> {
    let number = |is: &dyn Fn(&Diff) -> bool| comparison.compared.iter().filter(|one| is(&one.diff)).count();
    if comparison.compared.len() < 2 {
        return None;
    }
    let told = [
        (number(&|diff| diff.trend() == Trend::Less), "faster"),
        (number(&|diff| diff.trend() == Trend::More), "slower"),
        (number(&|diff| diff.trend() == Trend::Same && !diff.is_same()), "about as fast with changes"),
        (number(&Diff::is_same), "unchanged"),
    ];
    let told: Vec<String> = told
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let all = count(comparison.compared.len() as f64, "statement", "statements");
    Some(format!("{all} compared: {}.", told.join(", ")))
}

/// A heading for one of several.
pub(super) fn heading(number: usize, of: usize, one: &Compared) -> String {
    format!("{number} of {of} · {}", one.which)
}

/// What one node is now, or was.
pub(super) fn label(diff: &Diff, pair: &Pair) -> String {
    let node = match diff.nodes(pair) {
        (_, Some(after)) => after,
        (Some(before), None) => before,
        (None, None) => return String::new(),
    };
    let name = node.subplan_name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    format!("{name}{}", node.label())
}

/// What of a node differs, in words and numbers: `was Seq Scan on orders`, `pages 5,048 → 22`.
pub(super) fn details(diff: &Diff, pair: &Pair) -> Vec<String> {
    let (Some(before), Some(after)) = diff.nodes(pair) else { return Vec::new() };
    let mut told = Vec::new();
    let number = |label: &str, values: Option<(Rows, Rows)>| {
        values.map(|(before, after)| format!("{label} {before} → {after}"))
    };
    for change in &pair.changes {
        told.extend(match change {
            Change::Method | Change::Index => {
                let was = parts::name(diff, &diff.before, before);
                Some(format!("was {was}")).filter(|was| !told.contains(was))
            }
            Change::Inputs => {
                let was = parts::sides(&Diff::join_sides(&diff.before, before));
                let is = parts::sides(&Diff::join_sides(&diff.after, after));
                Some(format!("joins {is}, joined {was}"))
            }
            Change::Keys => Some(format!("by {}, was by {}", keys(after), keys(before))),
            Change::Conditions => Some(format!("{}, was {}", conditions(after), conditions(before))),
            Change::Spill if after.spilled() => Some("goes to disk".to_owned()),
            Change::Spill => Some("went to disk".to_owned()),
            Change::Workers => {
                let launched =
                    |node: &Node| Rows(node.workers_launched.or(node.workers_planned).unwrap_or(0) as f64);
                number("workers", Some((launched(before), launched(after))))
            }
            Change::Estimate => {
                number("expected", before.estimate.zip(after.estimate).map(|(b, a)| (b.rows, a.rows)))
            }
            Change::Rows => number("rows", before.rows_out().zip(after.rows_out())),
            Change::Loops => number("loops", Some((Rows(before.loops()), Rows(after.loops())))),
            Change::Pages => {
                let pages = |plan: &Plan, node: &Node| Diff::own_pages(plan, node).map(|n| Rows(n as f64));
                number("pages", pages(&diff.before, before).zip(pages(&diff.after, after)))
            }
            // It stands in a column of its own.
            Change::Time => None,
        });
    }
    told
}

fn keys(node: &Node) -> String {
    let keys: Vec<&str> = node.sort_key.iter().chain(&node.group_key).map(String::as_str).collect();
    if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") }
}

fn conditions(node: &Node) -> String {
    let conditions: Vec<String> = node
        .conditions
        .iter()
        .map(|c| format!("{}: {}", crate::report::tree::condition_name(c.kind), c.text))
        .collect();
    if conditions.is_empty() { "without a condition".to_owned() } else { conditions.join(" · ") }
}

/// What the node itself took on both sides; nothing where it was not, or did not run.
pub(super) fn own(diff: &Diff, pair: &Pair) -> (String, String) {
    let (before, after) = diff.nodes(pair);
    let (old, new) = diff.weights(pair);
    let told = |node: Option<&Node>, weight: f64| match (diff.basis, node) {
        (Basis::Time, Some(node)) if node.ran() && node.own.is_some() => Ms(weight).to_string(),
        (Basis::Cost, Some(node)) if node.estimate.is_some() => cost(weight),
        _ => String::new(),
    };
    (told(before, old), told(after, new))
}

/// What took time beside the nodes, on both sides.
pub(super) fn beside(diff: &Diff) -> Vec<(&'static str, Option<Ms>, Option<Ms>)> {
    let triggers = |plan: &Plan| {
        let times = plan.triggers.iter().map(|trigger| trigger.time);
        Some(times.sum()).filter(|_| !plan.triggers.is_empty())
    };
    let all = [
        ("planning", diff.before.planning, diff.after.planning),
        ("triggers", triggers(&diff.before), triggers(&diff.after)),
        ("serialization", diff.before.serialization, diff.after.serialization),
    ];
    let timed = diff.basis == Basis::Time;
    all.into_iter().filter(|(_, before, after)| timed && (before.is_some() || after.is_some())).collect()
}

/// `shared pages 5,048 → 22`, where both plans count them.
pub(super) fn pages(diff: &Diff) -> Option<String> {
    let (before, after) = (diff.before.pages()?, diff.after.pages()?);
    Some(format!("{} → {} pages", Rows(before as f64), Rows(after as f64)))
}
