//! What was found at many partitions of one table alike, told once.

use super::Finding;
use crate::plan::{Node, NodeId, Operator, Plan, Role};
use crate::units::{Ms, count};

/// Where a finding stands below an Append: what all partitions' findings of one kind have in common.
#[derive(PartialEq)]
struct Place<'a> {
    rule: &'static str,
    append: NodeId,
    /// The name under which the query knows the partitioned table.
    table: &'a str,
    /// From the Append's child down to the node.
    path: Vec<(Operator, Role)>,
}

/// Folds the findings of one rule at the same place of several partitions into the one with the most time in play,
/// which then speaks for the others ([`Finding::alike`]).
pub(super) fn told_once(plan: &Plan, findings: Vec<Finding>) -> Vec<Finding> {
    let mut groups: Vec<(Option<Place>, Vec<Finding>)> = Vec::new();
    for finding in findings {
        let place = place(plan, &finding);
        match groups.iter_mut().find(|(known, _)| place.is_some() && *known == place) {
            Some((_, group)) => group.push(finding),
            None => groups.push((place, vec![finding])),
        }
    }
    groups.into_iter().filter_map(|(_, group)| fold(plan, group)).collect()
}

fn fold(plan: &Plan, mut group: Vec<Finding>) -> Option<Finding> {
    let stake = |f: &Finding| f.stake.0;
    let most =
        (0..group.len()).max_by(|a, b| stake(&group[*a]).total_cmp(&stake(&group[*b])).then(b.cmp(a)))?;
    let mut lead = group.remove(most);
    if group.is_empty() {
        return Some(lead);
    }
    // Each took its own time; what they cost others is one harm, seen from each of them.
    if let Some(time) = lead.claim.time {
        lead.claim.time = Some(time + group.iter().filter_map(|f| f.claim.time).sum());
        lead.stake =
            (lead.stake + group.iter().map(|f| f.stake).sum::<Ms>()).min(plan.total().max(lead.stake));
    }
    lead.claim.did +=
        &format!(", and {} alike", count(group.len() as f64, "more partition", "more partitions"));
    lead.alike = group;
    Some(lead)
}

fn place<'a>(plan: &'a Plan, finding: &Finding) -> Option<Place<'a>> {
    let node = plan.node(finding.node?);
    let mut path = vec![(node.operator.clone(), node.role)];
    let mut below = node;
    for above in plan.ancestors(node) {
        if matches!(above.operator, Operator::Append | Operator::MergeAppend) && !below.is_apart() {
            let table = partitioned(plan, below)?;
            return Some(Place { rule: finding.rule.id, append: above.id, table, path });
        }
        path.push((above.operator.clone(), above.role));
        below = above;
    }
    None
}

/// The alias of the partitioned table whose partition is read here: partitions are numbered after it, `o_1`, `o_2`
/// (ruleutils.c, `set_rtable_names`). The branches of a UNION have names of their own.
pub(super) fn partitioned<'a>(plan: &'a Plan, member: &'a Node) -> Option<&'a str> {
    let scan = plan.subtree(member).iter().find(|n| n.relation.is_some())?;
    let (alias, number) = scan.alias()?.rsplit_once('_')?;
    let numbered = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let name = scan.relation.as_ref().map(|relation| relation.name.as_str());
    (numbered && name != Some(alias)).then_some(alias)
}

#[cfg(test)]
mod tests {
    use super::super::{Preferences, diagnose};
    use crate::catalog::Catalog;
    use crate::plan::{Plan, read_json};

    fn plan(scans: &[(&str, &str, f64)]) -> Plan {
        let scan = |(table, alias, time): &(&str, &str, f64)| {
            format!(
                r#"{{"Node Type": "Seq Scan", "Parent Relationship": "Member", "Relation Name": "{table}",
                     "Alias": "{alias}", "Filter": "(status = 'failed'::text)", "Actual Total Time": {time},
                     "Actual Rows": 1, "Actual Loops": 1, "Rows Removed by Filter": 9999}}"#
            )
        };
        let scans: Vec<String> = scans.iter().map(scan).collect();
        let text = format!(
            r#"[{{"Plan": {{"Node Type": "Append", "Actual Total Time": 100.0, "Actual Rows": 1, "Actual Loops": 1,
                 "Plans": [{}]}}, "Execution Time": 100.0}}]"#,
            scans.join(", ")
        );
        read_json(&text).expect("the test's plan").remove(0)
    }

    /// What is said, of how many nodes, and the time in play.
    fn told(scans: &[(&str, &str, f64)]) -> Vec<(String, usize, f64)> {
        let found = diagnose(&plan(scans), &Catalog::default(), &Preferences::default());
        let of_the_scans = found.into_iter().filter(|f| f.rule.id == "scan-discards-rows");
        of_the_scans.map(|f| (f.claim.did.clone(), f.everywhere().count(), f.stake.0.round())).collect()
    }

    #[test]
    fn partitions_are_told_once() {
        let parts = [("o_2023", "o_1", 10.0), ("o_2024", "o_2", 40.0), ("o_2025", "o_3", 20.0)];
        let one = "read 10,000 rows to keep 1";
        assert_eq!(told(&parts[..1]), [(one.to_owned(), 1, 10.0)]);
        assert_eq!(told(&parts[..2]), [(format!("{one}, and 1 more partition alike"), 2, 50.0)]);
        assert_eq!(told(&parts), [(format!("{one}, and 2 more partitions alike"), 3, 70.0)]);
        let branches = [("paid", "paid", 10.0), ("open", "open", 40.0)];
        assert_eq!(told(&branches).len(), 2, "the branches of a UNION");
        let twice = [("o", "o", 10.0), ("o", "o_1", 40.0), ("o", "o_2", 20.0)];
        assert_eq!(told(&twice).len(), 3, "a table read by several branches of a UNION");
    }

    #[test]
    fn what_is_little_each_may_be_much_in_all() {
        let names: Vec<(String, String)> =
            (1..=60).map(|n| (format!("o_{n:03}"), format!("o_{n}"))).collect();
        let scans: Vec<(&str, &str, f64)> =
            names.iter().map(|(t, a)| (t.as_str(), a.as_str(), 0.9)).collect();
        assert_eq!(told(&scans)[0].1, 60, "each takes less than a hundredth of the time");
    }
}
