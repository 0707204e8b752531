//! What hurts, in words.

use super::{sentence, the};
use crate::diagnose::{Finding, Number};
use crate::plan::Plan;

/// A finding as one sentence, or two.
pub(in crate::report) fn finding(plan: &Plan, finding: &Finding) -> String {
    let text = clause(plan, finding);
    if text.is_empty() {
        return sentence(finding.rule.title);
    }
    let led_to = finding.claim.led_to.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    // What is said of the statement as a whole was not estimated: settings are as they are.
    let by =
        if plan.is_measured() || finding.claim.who.is_none() { "" } else { "By the planner's estimate: " };
    format!("{by}{first}{}.{led_to}", letters.as_str())
}

/// Who did what, without capital and end.
pub(super) fn clause(plan: &Plan, finding: &Finding) -> String {
    let claim = &finding.claim;
    match claim.who.and_then(|id| plan.nodes.get(id.0)) {
        Some(node) => format!("{} {}", the(node), claim.did),
        None => claim.did.clone(),
    }
}

/// The evidence that `told` does not hold already, nor the plan beside it: (`rows read`, `240,000`).
pub(in crate::report) fn evidence(plan: &Plan, finding: &Finding, told: &str) -> Vec<(String, String)> {
    let node = finding.node.and_then(|id| plan.nodes.get(id.0));
    let conditions: Vec<&str> =
        node.map(|n| n.conditions.iter().map(|c| c.text.as_str()).collect()).unwrap_or_default();
    let unsaid = |number: &Number| match number {
        Number::Text(text) => !conditions.contains(&text.as_str()) && !told.contains(text),
        number => !told.contains(&number.to_string()),
    };
    let shown = finding.evidence.iter().filter(|e| unsaid(&e.value));
    shown.map(|e| (e.label.to_owned(), e.value.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Check, Rule};
    use crate::plan::read_json;
    use crate::units::Ms;

    static RULE: Rule =
        Rule { id: "", title: "Something hurts", doc: "", check: Check::WholePlan(|_| Vec::new()) };

    fn plan(measured: &str) -> Plan {
        let json = format!(
            r#"[{{"Plan": {{"Node Type": "Seq Scan", "Relation Name": "t", "Plan Rows": 5{measured}}}}}]"#
        );
        read_json(&json).unwrap_or_default().remove(0)
    }

    #[test]
    fn a_claim_becomes_a_sentence() {
        let (ran, planned) = (plan(r#", "Actual Rows": 5, "Actual Loops": 1"#), plan(""));
        let at = |plan: &Plan| {
            Finding::at(&RULE, plan.root(), "read it all").led_to(Some("So it is slow.".into()))
        };
        let about = Finding::about_statement(&RULE, "planning took 2.0 s", Ms(1.0));
        let table = [
            (finding(&ran, &at(&ran)), "The Seq Scan on t read it all. So it is slow."),
            (
                finding(&planned, &at(&planned)),
                "By the planner's estimate: The Seq Scan on t read it all. So it is slow.",
            ),
            (finding(&planned, &about), "Planning took 2.0 s."),
            (finding(&ran, &Finding::about_statement(&RULE, "", Ms(1.0))), "Something hurts."),
        ];
        for (told, expected) in table {
            assert_eq!(told, expected);
        }
    }
}
