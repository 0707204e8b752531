//! What the time of an experiment went to, in words.

use super::sentence;
use crate::prove::{BUILDING, Spent};
use crate::report::Advice;
use crate::units::{Ms, Share};

/// A part that took less than this of the whole is not told among the others.
const PART: Share = Share(0.01);

/// One part: `building orders_customer_id_idx`.
pub(in crate::report) fn spent_on(part: &Spent) -> String {
    format!("{} {}", part.what, part.on).trim_end().to_owned()
}

/// Where something was built, or all is to be told: `This took 3.10 s: running the statement 1.00 s, building 900 ms, ….`.
pub(in crate::report) fn time_spent(advice: &Advice, all: bool) -> Option<String> {
    let built = advice.spent.iter().any(|part| part.what == BUILDING);
    if advice.spent.is_empty() || !(built || all) {
        return None;
    }
    let whole: Ms = advice.spent.iter().map(|part| part.time).sum();
    let kinds = kinds(&advice.spent);
    let told: Vec<String> = kinds
        .iter()
        .filter(|(_, time)| time.share_of(whole) >= PART)
        .map(|(what, time)| format!("{what} {time}"))
        .collect();
    Some(sentence(&format!("This took {whole}: {}", told.join(", "))))
}

/// The sums of what is alike, in the order in which it began.
fn kinds(spent: &[Spent]) -> Vec<(&str, Ms)> {
    let mut kinds: Vec<(&str, Ms)> = Vec::new();
    for part in spent {
        match kinds.iter_mut().find(|(what, _)| *what == part.what) {
            Some((_, time)) => *time += part.time,
            None => kinds.push((part.what, part.time)),
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::{ASKING, ELSE, MEASURING, RUNNING};

    #[test]
    fn time_is_told_by_what_it_went_to() {
        let part = |what, on: &str, ms| Spent { what, on: on.into(), time: Ms(ms) };
        let parts = vec![
            part(RUNNING, "", 1_000.0),
            part(ASKING, "", 12.0),
            part(BUILDING, "a_idx", 600.0),
            part(MEASURING, "a_idx (3 pairs)", 700.0),
            part(BUILDING, "b_idx", 300.0),
            part(ELSE, "", 60.0),
        ];
        assert_eq!(spent_on(&parts[0]), "running the statement");
        assert_eq!(spent_on(&parts[3]), "measuring a_idx (3 pairs)");
        let mut advice = Advice { spent: parts, ..Advice::default() };
        let told = "This took 2.67 s: running the statement 1.00 s, building 900 ms, measuring 700 ms, everything else 60 ms.";
        assert_eq!(time_spent(&advice, false).as_deref(), Some(told));
        advice.spent.truncate(2);
        assert_eq!(time_spent(&advice, false), None, "nothing was built");
        assert!(time_spent(&advice, true).is_some());
        advice.spent.clear();
        assert_eq!(time_spent(&advice, true), None);
    }
}
