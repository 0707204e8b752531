//! Which plan of one file is which of another.

use std::collections::BTreeMap;

use crate::plan::Plan;
use crate::query;

/// Plans in pairs, and those that have no other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Paired {
    /// The places of the two in their files, counted from 0.
    pub pairs: Vec<(usize, usize)>,
    /// Plans that are before only.
    pub only_before: Vec<usize>,
    /// Plans that are after only.
    pub only_after: Vec<usize>,
    /// Whether they were paired by the text of their statements, rather than by their order.
    pub by_statement: bool,
}

/// Pairs plans by their statements where every plan tells its own (auto_explain does), else by their order.
pub fn pair(before: &[Plan], after: &[Plan]) -> Paired {
    let several = before.len() > 1 || after.len() > 1;
    match (statements(before), statements(after)) {
        (Some(left), Some(right)) if several => by_statement(&left, &right),
        _ => by_order(before.len(), after.len()),
    }
}

/// The statements of all plans, literals apart; `None` when one of them does not tell.
fn statements(plans: &[Plan]) -> Option<Vec<String>> {
    plans.iter().map(|plan| plan.query_text.as_deref().map(query::masked)).collect()
}

/// The first plan of a statement with the first, the second with the second.
fn by_statement(before: &[String], after: &[String]) -> Paired {
    let mut waiting: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, statement) in after.iter().enumerate().rev() {
        waiting.entry(statement).or_default().push(place);
    }
    let mut paired = Paired { by_statement: true, ..Paired::default() };
    for (place, statement) in before.iter().enumerate() {
        match waiting.get_mut(statement.as_str()).and_then(Vec::pop) {
            Some(other) => paired.pairs.push((place, other)),
            None => paired.only_before.push(place),
        }
    }
    paired.only_after = waiting.into_values().flatten().collect();
    paired.only_after.sort_unstable();
    paired
}

fn by_order(before: usize, after: usize) -> Paired {
    let both = before.min(after);
    Paired {
        pairs: (0..both).map(|place| (place, place)).collect(),
        only_before: (both..before).collect(),
        only_after: (both..after).collect(),
        by_statement: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plans(statements: &[&str]) -> Vec<Plan> {
        let text = |text: &&str| Some((*text).to_owned()).filter(|text| !text.is_empty());
        statements.iter().map(|one| Plan { query_text: text(one), ..Plan::default() }).collect()
    }

    #[test]
    fn plans_find_their_statement() {
        let table: [(&[&str], &[&str], &str); 5] = [
            (&["select 1 from a", "select 2 from b"], &["select 7 from b", "select 8 from a"], "0-1 1-0"),
            (&["select a", "select a"], &["select a", "select a"], "0-0 1-1"),
            (&["select a", "select b"], &["select  b"], "1-0, without: 0"),
            (&["", "select b"], &["select b", ""], "0-0 1-1"),
            (&["select a"], &["select b"], "0-0"),
        ];
        for (before, after, expected) in table {
            let paired = pair(&plans(before), &plans(after));
            let pairs: Vec<String> = paired.pairs.iter().map(|(b, a)| format!("{b}-{a}")).collect();
            let mut told = pairs.join(" ");
            for place in paired.only_before.iter().chain(&paired.only_after) {
                told += &format!(", without: {place}");
            }
            assert_eq!(told, expected, "{before:?}");
        }
    }
}
