//! A hash table that did not fit into its memory.

use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Ms, count};

/// `hash-spills`.
pub static RULE: Rule = Rule {
    id: "hash-spills",
    title: "A hash table goes to disk",
    doc: "A hash table may use `work_mem` × `hash_mem_multiplier`. A hash join whose table does not fit splits both \
          sides into batches, writes all but the first to temporary files, and reads them again; a hashed \
          aggregate does likewise with its groups. With enough memory for this statement there is one batch.\n\n\
          Example: `Hash … Buckets: 4096  Batches: 16  Memory Usage: 1,500kB`, or `HashAggregate … Batches: 5  \
          Memory Usage: 4,145kB  Disk Usage: 9,232kB`.\n\n\
          Silent when everything stayed in one batch. That it touched the disk needs no threshold; in play is the \
          time of the hash table and of its join.",
    check: Check::EachNode(check),
};

/// One batch is all in memory.
const IN_MEMORY: u64 = 1;

fn check(plan: &Plan, node: &Node) -> Option<Finding> {
    let batches = node.hash_batches();
    if batches <= IN_MEMORY {
        return None;
    }
    let join = plan.parent(node).filter(|above| above.operator == Operator::HashJoin);
    let in_batches = count(batches as f64, "batch", "batches");
    let mut finding =
        Finding::at(&RULE, node, format!("did not fit in memory and went to disk in {in_batches}"))
            .symptom(Symptom::HashSpills { hash: node.id, batches })
            .stake(node.exclusive() + join.map_or(Ms(0.0), Node::exclusive))
            .with("batches", batches);
    if let Some(hash) = node.hash {
        finding = finding.with("batches foreseen", hash.original_batches).with("memory", hash.peak_memory);
    }
    if let Some(aggregate) = node.hash_aggregate {
        finding = finding.with("memory", aggregate.peak_memory).with("on disk", aggregate.disk);
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn more_than_one_batch() {
        let table = [
            (r#""Hash Batches": 16, "Original Hash Batches": 1, "Peak Memory Usage": 250"#, vec![16]),
            (r#""Hash Batches": 1, "Original Hash Batches": 1, "Peak Memory Usage": 250"#, vec![]),
            (r#""HashAgg Batches": 5, "Peak Memory Usage": 4145, "Disk Usage": 9232"#, vec![5]),
            (r#""HashAgg Batches": 1, "Peak Memory Usage": 4145, "Disk Usage": 0"#, vec![]),
            (r#""HashAgg Batches": 0"#, vec![]),
            (
                r#""HashAgg Batches": 1, "Workers": [{"Worker Number": 0, "HashAgg Batches": 5, "Disk Usage": 900}]"#,
                vec![5],
            ),
        ];
        for (said, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Hash", "Actual Total Time": 9.0, "Actual Rows": 5, "Actual Loops": 1, {said}}}"#
            ));
            let batches = |finding: Finding| match finding.symptom {
                Some(Symptom::HashSpills { batches, .. }) => batches,
                other => unreachable!("{other:?}"),
            };
            let found: Vec<u64> = findings(&RULE, &plan).into_iter().map(batches).collect();
            assert_eq!(found, expected, "{said}");
        }
    }

    #[test]
    fn the_join_is_in_play_too() {
        let plan = plan(
            r#"{"Node Type": "Hash Join", "Actual Total Time": 90.0, "Actual Rows": 5, "Actual Loops": 1, "Plans": [
                 {"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Actual Total Time": 10.0,
                  "Actual Rows": 5, "Actual Loops": 1},
                 {"Node Type": "Hash", "Parent Relationship": "Inner", "Actual Total Time": 30.0,
                  "Actual Rows": 5, "Actual Loops": 1, "Hash Batches": 4}]}"#,
        );
        assert_eq!(findings(&RULE, &plan).iter().map(|f| f.stake).collect::<Vec<_>>(), [Ms(80.0)]);
    }
}
