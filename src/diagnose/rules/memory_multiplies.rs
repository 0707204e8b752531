//! A statement that went to disk, in which a larger `work_mem` would be granted many times over.

use crate::diagnose::words::times;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Bytes, Ms};

/// `memory-multiplies`.
pub static RULE: Rule = Rule {
    id: "memory-multiplies",
    title: "A larger work_mem would be granted many times over",
    doc: "`work_mem` is no limit for a statement: each sort, hash table, hashed aggregate and Memoize may use that much, \
          hash tables times `hash_mem_multiplier`, and each parallel process again (manual, \"Resource Consumption\"). \
          Raising it for one sort raises it for all of them, in every session that runs the statement.\n\n\
          Example: a `Hash … Batches: 16` in a plan of two sorts and two hash tables below a Gather with 2 workers: \
          twelve grants.\n\n\
          Silent when nothing went to disk, and for fewer than four grants.",
    check: Check::WholePlan(check),
};

/// With fewer, what a statement takes is of the order of what is set; and the setting is what people look at.
const MANY: u64 = 4;

/// `work_mem` unless the plan's settings say otherwise (manual, "Resource Consumption").
const WORK_MEM: Bytes = Bytes(4 << 20);

fn check(plan: &Plan) -> Vec<Finding> {
    finding(plan).into_iter().collect()
}

fn finding(plan: &Plan) -> Option<Finding> {
    let users: Vec<&Node> = plan.nodes.iter().filter(|node| node.ran() && uses_memory(node)).collect();
    let spilled: Vec<&&Node> = users.iter().filter(|node| node.spilled()).collect();
    let first = spilled.first()?;
    let grants: u64 = users.iter().map(|node| processes(plan, node)).sum();
    if grants < MANY {
        return None;
    }
    let set = plan.setting("work_mem").and_then(|text| Bytes::parse(text).ok()).unwrap_or(WORK_MEM);
    let time: Ms = spilled.iter().map(|node| node.exclusive()).sum();
    let what = format!(
        "the {} went to disk, but more work_mem than {set} would be granted {}, once for each sort and hash table in \
         each process",
        first.label(),
        times(grants as f64)
    );
    let finding = Finding::about_statement(&RULE, what, time)
        .with("nodes that may use it", users.len() as u64)
        .with("grants", grants)
        .with("nodes on disk", spilled.len() as u64)
        .with("work_mem", set)
        .next(format!(
            "Raise it for this statement only (SET LOCAL work_mem), and reckon with {grants} times what you set, \
             hash tables with hash_mem_multiplier times that."
        ));
    Some(finding)
}

fn uses_memory(node: &Node) -> bool {
    use Operator::{Aggregate, Hash, IncrementalSort, Memoize, SetOp, Sort};
    match node.operator {
        Sort | IncrementalSort | Hash | Memoize => true,
        Aggregate | SetOp => matches!(node.strategy.as_deref(), Some("Hashed" | "Mixed")),
        _ => false,
    }
}

/// The processes that ran it. A Parallel Hash is one table, with the memory of all of them (nodeHash.c).
fn processes(plan: &Plan, node: &Node) -> u64 {
    let gather = plan.ancestors(node).find(|above| above.operator.is_gather());
    gather.and_then(|gather| gather.workers_launched).map_or(1, |workers| workers + 1)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn granted_many_times() {
        let table = [
            (3, 16, Some(4)),
            (4, 16, Some(5)),
            (1, 16, None), // below a Gather, in two processes
            (3, 1, None),  // nothing on disk
        ];
        for (workers, batches, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Gather", "Workers Planned": 4, "Workers Launched": {workers},
                     "Actual Total Time": 90.0, "Actual Rows": 5, "Actual Loops": 1, "Plans": [{{"Node Type": "Hash",
                     "Parent Relationship": "Outer", "Actual Total Time": 50.0, "Actual Rows": 5, "Actual Loops": 5,
                     "Hash Batches": {batches}, "Original Hash Batches": 1, "Peak Memory Usage": 4000}}]}}"#
            ));
            let grants = |finding: &Finding| {
                finding.evidence.iter().find(|e| e.label == "grants").map(|e| e.value.clone())
            };
            let found: Vec<_> = findings(&RULE, &plan).iter().filter_map(grants).collect();
            let expected: Vec<_> = expected.into_iter().map(crate::diagnose::Number::Count).collect();
            assert_eq!(found, expected, "{workers} {batches}");
        }
    }
}
