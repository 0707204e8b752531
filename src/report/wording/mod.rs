//! Strings sentences: the same words for every painter, without any format.

mod finding;
mod overview;
mod proof;
mod spent;
mod together;
mod verdict;
mod writes;

pub(super) use finding::{evidence, finding};
pub(super) use overview::{Row, in_short, rows};
pub(super) use proof::{before_after, cost, gain, label, result, untried};
pub(super) use spent::{spent_on, time_spent};
pub(super) use together::{together, tried, untried_shown};
pub(super) use verdict::{Summary, budget_of_all, expectation, summary};

use super::Advice;
use crate::diagnose::words::the;
use crate::plan::NodeId;
use crate::remedy::{Action, Remedy};
pub(super) use crate::units::count;

/// What a remedy is about: `an index on orders (customer_id, created_at DESC)`.
pub(super) fn subject(remedy: &Remedy) -> String {
    let told = |actions: &[Action]| actions.iter().map(Action::told).collect::<Vec<_>>().join(" and ");
    match remedy.actions.as_slice() {
        [one] if one.builds() => format!("an index on {}", one.told()),
        several if several.iter().all(Action::builds) => format!("indexes on {}", told(several)),
        mixed => {
            let one = |action: &Action| match action.builds() {
                true => format!("an index on {}", action.told()),
                false => action.told(),
            };
            mixed.iter().map(one).collect::<Vec<_>>().join(" and ")
        }
    }
}

/// Why no index is proposed, for each node that reads a table and that the verdict does not tell of.
pub(super) fn silences(advice: &Advice) -> Vec<String> {
    let node = |id: NodeId| advice.plan.as_ref().and_then(|plan| plan.nodes.get(id.0));
    let known = verdict::told_silence(advice);
    let others = advice.silences.iter().filter(|silence| Some(*silence) != known);
    let told = others.map(|silence| match node(silence.node) {
        Some(node) => format!("No index for the {}: {}.", node.label(), clause(&silence.reason)),
        None => sentence(&silence.reason),
    });
    told.collect()
}

/// What stands above the silences: of a plan alone too little is known to say that nothing helps.
pub(super) fn silent(advice: &Advice) -> &'static str {
    if advice.is_of_a_plan_alone() { "Where no index is proposed" } else { "Where no index helps" }
}

/// Words that begin sentences. Others may be names, whose letters must stay as they are.
const OPENINGS: &[&str] = &[
    "a", "all", "an", "by", "each", "every", "indexes", "it", "its", "most", "no", "nothing", "of", "one",
    "only", "that", "the", "there", "this", "with", "without",
];

/// Text as a sentence of its own: with a capital and an end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let end = if text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if opens(text) => format!("{}{}{end}", first.to_uppercase(), letters.as_str()),
        _ => format!("{text}{end}"),
    }
}

/// A sentence as a part of another: without its capital and its end.
pub(super) fn clause(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if opens(text) => format!("{}{}", first.to_lowercase(), letters.as_str()),
        _ => text.to_owned(),
    }
}

fn opens(text: &str) -> bool {
    let first = text.split([' ', ',', '\'']).next().unwrap_or_default().to_lowercase();
    OPENINGS.contains(&first.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_stand_alone_or_in_others() {
        let table = [
            ("it keeps 71 % of the rows", "It keeps 71 % of the rows.", "it keeps 71 % of the rows"),
            ("The planner ignores it.", "The planner ignores it.", "the planner ignores it"),
            ("HypoPG is missing", "HypoPG is missing.", "HypoPG is missing"),
            ("orders is small", "orders is small.", "orders is small"),
            ("", ".", ""),
        ];
        for (text, alone, inside) in table {
            assert_eq!(sentence(text), alone);
            assert_eq!(clause(text), inside);
        }
    }
}
