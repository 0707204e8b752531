//! What the time of an experiment went to.

use std::cell::RefCell;
use std::time::Duration;

use crate::units::Ms;

/// One thing that took time.
#[derive(Debug, Clone, PartialEq)]
pub struct Spent {
    /// What was done: `building`, `running the statement`.
    pub what: &'static str,
    /// Which one, or how often; empty where there is nothing more to say: `orders_customer_id_idx`.
    pub on: String,
    /// How long it took, by the clock of this program.
    pub time: Ms,
}

/// Running the statement for its plan: the first time, with each node's time taken.
pub const RUNNING: &str = "running the statement";
/// What the planner makes of what only it sees.
pub const ASKING: &str = "asking the planner";
/// Building indexes.
pub const BUILDING: &str = "building";
/// Running the statement with and without a remedy, warm-ups and discarded runs included.
pub const MEASURING: &str = "measuring";
/// What an index costs those who write.
pub const WRITERS: &str = "what it costs writers";
/// What is in none of the others: connections, catalogs, diagnosis.
pub const ELSE: &str = "everything else";

/// Keeps account of what took time. What is done twice stands there once, with the sum.
#[derive(Debug, Default)]
pub struct Ledger(RefCell<Vec<Spent>>);

impl Ledger {
    /// Notes that `what` took `time`; `on` says which one, or how often.
    pub fn note(&self, what: &'static str, on: impl Into<String>, time: Duration) {
        let (on, time) = (on.into(), Ms(time.as_secs_f64() * 1000.0));
        let mut all = self.0.borrow_mut();
        match all.iter_mut().find(|known| known.what == what && known.on == on) {
            Some(known) => known.time += time,
            None => all.push(Spent { what, on, time }),
        }
    }

    /// How long everything of this kind took.
    pub fn on(&self, what: &str) -> Ms {
        self.0.borrow().iter().filter(|spent| spent.what == what).map(|spent| spent.time).sum()
    }

    /// All of it, in the order in which it began; nothing is left.
    pub fn take(&self) -> Vec<Spent> {
        self.0.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_twice_is_told_once() {
        let ledger = Ledger::default();
        for (what, on, ms) in
            [(BUILDING, "a_idx", 5), (MEASURING, "a_idx", 7), (BUILDING, "a_idx", 6), (BUILDING, "b_idx", 2)]
        {
            ledger.note(what, on, Duration::from_millis(ms));
        }
        assert_eq!(ledger.on(BUILDING), Ms(13.0));
        assert_eq!(ledger.on(ASKING), Ms(0.0));
        let told: Vec<(&str, String, Ms)> =
            ledger.take().into_iter().map(|it| (it.what, it.on, it.time)).collect();
        let expected = [(BUILDING, "a_idx", 11.0), (MEASURING, "a_idx", 7.0), (BUILDING, "b_idx", 2.0)];
        assert_eq!(told, expected.map(|(what, on, ms)| (what, on.to_owned(), Ms(ms))));
        assert!(ledger.take().is_empty());
    }
}
