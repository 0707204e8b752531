//! The order in which findings are told: by the time in play, and causes before what they caused.

use super::{Finding, Preferences, Symptom};
use crate::plan::{Node, NodeId, Plan};
use crate::units::{Factor, Share};

/// Below this part of the statement's time a finding is noise: ten of them mended would not be noticed.
const WORTH_SAYING: Share = Share(0.01);

/// A consequence with this much more time in play is mostly something of its own.
const ABOUT_AS_MUCH: Factor = Factor(1.1);

/// Drops what is too small to be noticed, and puts the rest in order.
///
/// A plan that was only estimated, or run with TIMING OFF, has no times: nothing is dropped, and the order stays that
/// of the rules, then of the nodes.
pub(super) fn rank(plan: &Plan, preferences: &Preferences, findings: &mut Vec<Finding>) {
    if !plan.is_timed() {
        return;
    }
    let total = plan.total();
    let weighed = |f: &Finding| f.stake * preferences.weight(f.rule).0;
    findings.retain(|f| weighed(f).share_of(total).0 >= WORTH_SAYING.0);
    findings.sort_by(|a, b| weighed(b).0.total_cmp(&weighed(a).0));
    for place in 0..findings.len() {
        let Some(origin) = misestimated(&findings[place]) else { continue };
        let enough = weighed(&findings[place]).0 * ABOUT_AS_MUCH.0;
        let caused = |f: &Finding| {
            misestimated(f).is_none()
                && weighed(f).0 <= enough
                && f.node.is_some_and(|id| feeds(plan, origin, id))
        };
        if let Some(first) = findings[..place].iter().position(caused) {
            findings[first..=place].rotate_right(1);
        }
    }
}

/// Where an error of the planner's starts.
fn misestimated(finding: &Finding) -> Option<NodeId> {
    match finding.symptom {
        Some(Symptom::RowsMisestimated { node, .. }) => Some(node),
        _ => None,
    }
}

/// Whether the rows of `origin` go up to this node: only there can the error have decided anything.
fn feeds(plan: &Plan, origin: NodeId, above: NodeId) -> bool {
    let Some(origin): Option<&Node> = plan.nodes.get(origin.0) else { return false };
    plan.ancestors(origin).any(|node| node.id == above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::rules::named;
    use crate::plan::read_json;
    use crate::units::{Ms, Rows};

    const PLAN: &str = r#"[{"Execution Time": 100.0, "Plan":
        {"Node Type": "Nested Loop", "Actual Total Time": 99.0, "Actual Rows": 1, "Actual Loops": 1, "Plans": [
            {"Node Type": "Seq Scan", "Parent Relationship": "Outer",
             "Actual Total Time": 9.0, "Actual Rows": 1, "Actual Loops": 1}]}}]"#;

    #[test]
    fn a_cause_comes_before_what_it_caused() {
        let plan = read_json(PLAN).unwrap_or_default().remove(0);
        let at = |rule: &str, node: usize, stake: f64| {
            let rule = named(rule).unwrap_or_else(|| unreachable!("{rule}"));
            let mut finding = Finding::at(rule, &plan.nodes[node], "").stake(Ms(stake));
            if rule.id == "rows-misestimated" {
                let rows = Rows(1.0);
                let node = NodeId(node);
                finding = finding.symptom(Symptom::RowsMisestimated { node, estimated: rows, actual: rows });
            }
            finding
        };
        let table = [
            ("above it, about as much", at("join-discards-rows", 0, 88.0), true),
            ("above it, much more", at("join-discards-rows", 0, 99.0), false),
            ("beside it", at("scan-discards-rows", 1, 88.0), false),
        ];
        for (what, other, first) in table {
            let mut findings = vec![at("rows-misestimated", 1, 82.0), other, at("sort-spills", 0, 0.9)];
            rank(&plan, &Preferences::default(), &mut findings);
            assert_eq!(findings.len(), 2, "{what}: too small to be noticed");
            assert_eq!(findings[0].rule.id == "rows-misestimated", first, "{what}");
        }
    }
}
