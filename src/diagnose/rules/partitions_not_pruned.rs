//! Partitions that are read although nothing is found in them.

use crate::diagnose::alike::partitioned;
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::units::{Ms, Rows};

/// `partitions-not-pruned`.
pub static RULE: Rule = Rule {
    id: "partitions-not-pruned",
    title: "Partitions are read in which nothing is found",
    doc: "A condition on the partition key lets the planner leave out the partitions that cannot have a match (manual, \
          \"Partition Pruning\"). It must compare the key itself: under a function or a cast of the key, or with only \
          other columns compared, every partition is read.\n\n\
          Example: `Append -> Seq Scan on sale_2021 sale_1 (… rows=0 …) -> Seq Scan on sale_2022 sale_2 (… rows=0 …) -> … \
          Filter: (date_part('month', day) = 3 …)`.\n\n\
          Silent when rows were found in half of the partitions that were read, where the scans have no condition, where \
          they ran more than once (the rows of a loop are rounded before 18), and for the branches of a UNION.",
    check: Check::EachNode(check),
};

/// Two partitions and one that was in vain may be the edge of a range.
const FEWEST_IN_VAIN: usize = 2;

fn check(plan: &Plan, append: &Node) -> Option<Finding> {
    if !matches!(append.operator, Operator::Append | Operator::MergeAppend) {
        return None;
    }
    let members: Vec<&Node> = plan.inputs(append).filter(|member| member.ran()).collect();
    let table = members.first().and_then(|member| partitioned(plan, member))?;
    let alike = members.iter().all(|member| partitioned(plan, member) == Some(table) && asks(plan, member));
    // Of several loops the rows are an average, which before 18 is rounded: 0 may stand for a row in three.
    let nothing = |member: &&&Node| member.loops() == 1.0 && member.rows_out() == Some(Rows(0.0));
    let in_vain = || members.iter().filter(nothing);
    let (number, of) = (in_vain().count(), members.len());
    if !alike || number < FEWEST_IN_VAIN || 2 * number <= of {
        return None;
    }
    let time = in_vain().map(|member| member.inclusive()).sum::<Ms>();
    let read = in_vain().flat_map(|member| plan.subtree(member)).filter_map(Node::rows_read);
    let read = read.fold(Rows(0.0), |sum, rows| sum + rows);
    let did = format!("read {of} partitions of {table}, {number} of them for nothing");
    Some(
        Finding::at(&RULE, append, did)
            .by(append, time)
            .stake(time)
            .next(
                "A condition that compares the partition key itself with a constant or a parameter, instead of a function or \
                 a cast of it, would let the planner leave them out; \\d+ shows the key.",
            )
            .with("partitions read", of as u64)
            .with("partitions with no row", number as u64)
            .with("rows read there", rows(read)),
    )
}

/// Whether a scan below asks anything of its rows.
fn asks(plan: &Plan, member: &Node) -> bool {
    let kinds = [ConditionKind::Filter, ConditionKind::IndexCond, ConditionKind::RecheckCond];
    plan.subtree(member).iter().any(|node| kinds.iter().any(|kind| node.condition(*kind).is_some()))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn append(aliases: [&str; 4], filter: &str, found: [f64; 4], loops: f64) -> Plan {
        let scan = |(n, alias): (usize, &str)| {
            format!(
                r#"{{"Node Type": "Seq Scan", "Parent Relationship": "Member", "Relation Name": "part{n}",
                     "Alias": "{alias}", {filter} "Actual Total Time": 2.0, "Actual Rows": {}, "Actual Loops": {loops}}}"#,
                found[n]
            )
        };
        let scans: Vec<String> = aliases.into_iter().enumerate().map(scan).collect();
        plan(&format!(
            r#"{{"Node Type": "Append", "Actual Total Time": 9.0, "Actual Rows": 5, "Actual Loops": {loops},
                 "Plans": [{}]}}"#,
            scans.join(", ")
        ))
    }

    #[test]
    fn in_vain() {
        let sales = ["s_1", "s_2", "s_3", "s_4"];
        let filter = r#""Filter": "(a = 5)","#;
        let table = [
            (sales, filter, [0.0, 5.0, 0.0, 0.0], 1.0, true),
            (sales, filter, [0.0, 5.0, 5.0, 0.0], 1.0, false), // half of them
            (sales, "", [0.0, 5.0, 0.0, 0.0], 1.0, false),     // nothing was asked
            (["a", "b", "c", "d"], filter, [0.0, 5.0, 0.0, 0.0], 1.0, false), // UNION ALL
            (sales, filter, [0.0, 5.0, 0.0, 0.0], 3.0, false), // perhaps a row in one of the loops
            (sales, filter, [0.0, 0.0, 0.0, 0.0], 0.0, false), // never executed
        ];
        for (aliases, filter, found, loops, expected) in table {
            let plan = append(aliases, filter, found, loops);
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{aliases:?} {filter} {found:?}");
        }
    }
}
