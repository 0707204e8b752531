//! A recursion that reads a whole table in each of its rounds.

use super::ONE_DESCENT;
use crate::diagnose::shape::{maker, sides};
use crate::diagnose::words::{rows, times};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Factor, Rows};

/// `recursion-rereads-table`.
pub static RULE: Rule = Rule {
    id: "recursion-rereads-table",
    title: "A recursion reads a whole table in each round",
    doc: "The recursive part of `WITH RECURSIVE` runs once for each round, on the rows that the round before gave. \
          Where a hash or merge join puts them together with a table, that table is read, and perhaps sorted, again in \
          each round. The planner reckons with a work table of ten times the rows that the recursion starts with \
          (`recursive_worktable_factor`, 15 and later), for which reading the table whole may look cheaper than \
          looking up a few rows.\n\n\
          Example: `Recursive Union -> … Hash Join -> Seq Scan on node (actual … rows=100000 loops=40) -> Hash -> \
          WorkTable Scan on tree`.\n\n\
          Silent when the table is read once (a hash table that is kept between rounds), when a round reads fewer rows \
          than the descent of an index is worth or uses a quarter of them, and for nested loops, of which \
          `inner-side-repeated` tells.",
    check: Check::EachNode(check),
};

/// Rows read for each row used, as of `inner-side-repeated`: below, a lookup by index saves nothing.
const IN_VAIN: Factor = Factor(4.0);

/// Fewer rounds than this repeat nothing.
const TWICE: f64 = 2.0;

fn check(plan: &Plan, join: &Node) -> Option<Finding> {
    let (outer, inner) = sides(plan, join).filter(|_| join.operator != Operator::NestedLoop)?;
    let recursion = recursion(plan, join)?;
    let other = match (has_work_table(plan, outer), has_work_table(plan, inner)) {
        (true, false) => inner,
        (false, true) => outer,
        _ => return None,
    };
    let scan = maker(plan, other);
    let (rounds, once) = (scan.loops(), recursion.loops());
    if !scan.operator.reads_table() || once == 0.0 || rounds < TWICE * once {
        return None;
    }
    let (read, used) = (scan.rows_read()?.0 / rounds, join.rows_out()?.0 / rounds);
    if read < ONE_DESCENT.0 || read < IN_VAIN.0 * used {
        return None;
    }
    let did = format!("was run in each of {} rounds and read {} in all", rounds, rows(Rows(read * rounds)));
    let did = if once > 1.0 {
        format!("was run {} and read {} in all", times(rounds), rows(Rows(read * rounds)))
    } else {
        did
    };
    let finding = Finding::at(&RULE, scan, did)
        .by(scan, other.inclusive())
        .stake(other.inclusive() * (1.0 - once / rounds))
        .with("rounds", rounds as u64)
        .with("rows read a round", Rows(read))
        .with("rows used a round", Rows(used))
        .next(
            "With an index on what it is joined by, each round may look its rows up by a nested loop; a smaller \
             recursive_worktable_factor (15 and later) tells the planner that rounds are small.",
        );
    Some(finding)
}

/// The Recursive Union that this node is in the recursive part of.
fn recursion<'a>(plan: &'a Plan, node: &'a Node) -> Option<&'a Node> {
    plan.ancestors(node).find(|above| above.operator == Operator::RecursiveUnion)
}

fn has_work_table(plan: &Plan, side: &Node) -> bool {
    plan.subtree(side).iter().any(|node| node.operator == Operator::WorkTableScan)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn stakes(join: &str, rounds: f64, read: f64, used: f64) -> Vec<f64> {
        let plan = plan(&format!(
            r#"{{"Node Type": "Recursive Union", "Actual Total Time": 99.0, "Actual Rows": 9, "Actual Loops": 1, "Plans": [
               {{"Node Type": "Result", "Parent Relationship": "Outer", "Actual Total Time": 0.1, "Actual Rows": 1,
                 "Actual Loops": 1}},
               {{"Node Type": "{join}", "Parent Relationship": "Inner", "Actual Total Time": 9.0,
                 "Actual Rows": {used}, "Actual Loops": 10, "Plans": [
                 {{"Node Type": "Seq Scan", "Relation Name": "node", "Parent Relationship": "Outer",
                   "Actual Total Time": 8.0, "Actual Rows": {read}, "Actual Loops": {rounds}}},
                 {{"Node Type": "Hash", "Parent Relationship": "Inner", "Actual Total Time": 0.1, "Actual Rows": 2,
                   "Actual Loops": 10, "Plans": [{{"Node Type": "WorkTable Scan", "Parent Relationship": "Outer",
                   "Actual Total Time": 0.1, "Actual Rows": 2, "Actual Loops": 10}}]}}]}}]}}"#
        ));
        findings(&RULE, &plan).iter().map(|finding| finding.stake.0.round()).collect()
    }

    #[test]
    fn in_each_round() {
        let none: Vec<f64> = Vec::new();
        assert_eq!(stakes("Hash Join", 10.0, 1000.0, 2.0), [72.0]);
        assert_eq!(stakes("Hash Join", 1.0, 1000.0, 2.0), none, "kept between rounds");
        assert_eq!(stakes("Hash Join", 10.0, 99.0, 2.0), none, "a few rows");
        assert_eq!(stakes("Hash Join", 10.0, 1000.0, 251.0), none, "most are used");
        assert_eq!(stakes("Hash Join", 0.0, 0.0, 0.0), none);
        assert_eq!(stakes("Nested Loop", 10.0, 1000.0, 2.0), none, "another rule's");
    }
}
