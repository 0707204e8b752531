//! A trigger that takes the time, most often a foreign key without an index.

use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Plan, Trigger};
use crate::units::{Ms, count};

/// `trigger-dominates`.
pub static RULE: Rule = Rule {
    id: "trigger-dominates",
    title: "A trigger takes the time",
    doc: "A trigger runs for each row that is written. The triggers of a foreign key look up the rows that refer to \
          the one that is deleted or changed; PostgreSQL makes no index for that by itself, and without one each \
          check reads the referring table from end to end (manual, \"Foreign Keys\").\n\n\
          Example: `Trigger for constraint slow_child_parent_id_fkey: time=124.036 calls=20`.\n\n\
          Silent for a constraint whose checks take less than 0.1 ms each: they are lookups already. Silent for any \
          other trigger that is as quick and takes less time than the rest of the statement.",
    check: Check::WholePlan(check),
};

/// An indexed check takes 5 to 9 µs with its pages in memory (measured on 15); a call that takes ten times that
/// does more than look a row up.
const SLOW_CALL: Ms = Ms(0.1);

fn check(plan: &Plan) -> Vec<Finding> {
    let slow = plan.triggers.iter().enumerate().filter(|(_, trigger)| is_slow(plan, trigger));
    slow.map(|(place, trigger)| finding(place, trigger)).collect()
}

fn is_slow(plan: &Plan, trigger: &Trigger) -> bool {
    let slow_call = trigger.calls > 0.0 && trigger.time.0 >= SLOW_CALL.0 * trigger.calls;
    let outweighs = trigger.time.0 > (plan.total() - trigger.time).0;
    trigger.time.0 > 0.0 && (slow_call || (trigger.constraint.is_none() && outweighs))
}

fn finding(place: usize, trigger: &Trigger) -> Finding {
    let named =
        trigger.constraint.as_deref().map_or(("trigger", trigger.name.as_str()), |name| ("constraint", name));
    let calls = count(trigger.calls, "call", "calls");
    let what =
        format!("the trigger {} on {} took {} in {calls}", trigger.name, trigger.relation, trigger.time);
    Finding::about_statement(&RULE, what, trigger.time)
        .symptom(Symptom::TriggerDominates { trigger: place })
        .with(named.0, named.1)
        .with("on", trigger.relation.as_str())
        .with("time", trigger.time)
        .with("calls", trigger.calls as u64)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn slow_calls_or_most_of_the_time() {
        // Of 100 ms in all.
        let table = [
            (Some("child_parent_fkey"), 60.0, 20.0, true),
            (Some("child_parent_fkey"), 60.0, 6000.0, false), // 10 µs each: indexed
            (None, 60.0, 6000.0, true),                       // quick, but most of the statement
            (None, 20.0, 6000.0, false),
            (None, 0.0, 6000.0, false), // TIMING OFF
            (None, 0.0, 0.0, false),
        ];
        for (constraint, time, calls, expected) in table {
            let mut plan = plan(r#"{"Node Type": "ModifyTable", "Actual Rows": 0, "Actual Loops": 1}"#);
            let constraint = constraint.map(str::to_owned);
            plan.triggers =
                vec![Trigger { constraint: constraint.clone(), time: Ms(time), calls, ..Trigger::default() }];
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{constraint:?} {time} {calls}");
        }
    }
}
