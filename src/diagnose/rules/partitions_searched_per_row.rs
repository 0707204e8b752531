//! Every partition searched again for each outer row.

use super::ONE_DESCENT;
use crate::diagnose::alike::partitioned;
use crate::diagnose::words::{rows, times};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Factor, Ms, Rows};

/// `partitions-searched-per-row`.
pub static RULE: Rule = Rule {
    id: "partitions-searched-per-row",
    title: "Each row is looked up in every partition",
    doc: "A nested loop that looks its rows up in a partitioned table searches the index of each partition, unless the \
          join compares the partition key too: then each run goes to the one partition that can have the row (manual, \
          \"Partition Pruning\": during execution). Without that, twenty partitions cost twenty descents a row, of which \
          nineteen find nothing.\n\n\
          Example: `Nested Loop … -> Append (… loops=5000) -> Index Scan using sale_2021_pkey on sale_2021 sale_1 (… \
          rows=0 loops=5000) -> Index Scan using sale_2022_pkey on sale_2022 sale_2 (… rows=0 loops=5000) -> …`.\n\n\
          Silent when one search in four finds a row, below a hundred searches, and where the partitions are read by \
          sequential scans, which other rules tell of.",
    check: Check::EachNode(check),
};

/// Searches for a row found, above which most are in vain.
const IN_VAIN: Factor = Factor(4.0);

/// With one partition left to a run, pruning has done its work.
const TWICE: f64 = 2.0;

/// Before 18 less than half a row a loop is printed as none (explain.c, `%.0f`).
const ROUNDED_AWAY: f64 = 0.5;

fn check(plan: &Plan, append: &Node) -> Option<Finding> {
    let repeated = append.operator == Operator::Append && append.loops() > 1.0;
    let members: Vec<&Node> = plan.inputs(append).filter(|member| repeated && member.ran()).collect();
    let table = members.first().and_then(|member| partitioned(plan, member))?;
    // The processes of a parallel scan share one search.
    let searched = |member: &Node| {
        partitioned(plan, member) == Some(table) && member.looks_up() && !member.parallel_aware
    };
    let searches: f64 = members.iter().map(|member| member.loops()).sum();
    let found = append.rows_out()?;
    let all = members.iter().all(|member| searched(member));
    let a_run = found.0 / append.loops();
    let many = searches >= ONE_DESCENT.0 && searches >= IN_VAIN.0 * append.loops() * a_run.max(ROUNDED_AWAY);
    if !all || !many || searches < TWICE * append.loops() {
        return None;
    }
    let time = members.iter().map(|member| member.inclusive()).sum::<Ms>();
    let each = if a_run < ROUNDED_AWAY {
        "nothing most times".to_owned()
    } else {
        format!("{} each time", rows(Rows(a_run)))
    };
    let did = format!(
        "searched up to {} partitions of {table} {}, to find {each}",
        members.len(),
        times(append.loops())
    );
    Some(
        Finding::at(&RULE, append, did)
            .by(append, time)
            .stake(time * (1.0 - found.0 / searches))
            .next(
                "If the join compares the partition key too, only the partition that can have the row is searched; \\d+ shows \
                 the key.",
            )
            .with("searches", Rows(searches))
            .with("rows found each time", Rows(a_run)),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn append(condition: &str, runs: f64, of_each: f64, found: f64) -> usize {
        let scan = |n: usize| {
            format!(
                r#"{{"Node Type": "Index Scan", "Parent Relationship": "Member", "Relation Name": "part{n}",
                     "Alias": "s_{n}", {condition} "Actual Total Time": 0.02, "Actual Rows": {found},
                     "Actual Loops": {of_each}}}"#
            )
        };
        let scans: Vec<String> = (1..=8).map(scan).collect();
        let all = found * 8.0 * of_each / runs;
        findings(
            &RULE,
            &plan(&format!(
                r#"{{"Node Type": "Append", "Actual Total Time": 0.2, "Actual Rows": {all}, "Actual Loops": {runs},
                     "Plans": [{}]}}"#,
                scans.join(", ")
            )),
        )
        .len()
    }

    #[test]
    fn searches_in_vain() {
        let cond = r#""Index Cond": "(id = o.id)","#;
        assert_eq!(append(cond, 100.0, 100.0, 0.125), 1, "one row in eight searches");
        assert_eq!(append(cond, 100.0, 100.0, 0.3), 0, "one row in three");
        assert_eq!(append(cond, 100.0, 12.5, 0.125), 0, "pruned to one partition a run");
        assert_eq!(append(cond, 12.0, 12.0, 0.0), 0, "a glance");
        assert_eq!(append("", 100.0, 100.0, 0.125), 0, "not by index");
        assert_eq!(append(cond, 1.0, 1.0, 0.0), 0, "once");
    }
}
