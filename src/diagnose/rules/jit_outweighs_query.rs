//! Compiling took longer than it can have saved.

use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::Plan;
use crate::units::{Factor, Ms, count};

/// `jit-outweighs-query`.
pub static RULE: Rule = Rule {
    id: "jit-outweighs-query",
    title: "Just-in-time compilation costs more than it brings",
    doc: "Above `jit_above_cost` PostgreSQL compiles the expressions of a query before it runs it. That pays for \
          long computations only; where the planner's cost is high but the query is short, or the plan has many \
          nodes and partitions, compiling takes longer than it can save.\n\n\
          Example: `JIT: … Timing: … Total 6.0 ms` of `Execution Time: 6.3 ms`.\n\n\
          Silent while compiling takes less than half the time of all the rest, which it may have paid for.",
    check: Check::WholePlan(check),
};

/// A compiled query is at best this much faster, generously: eight sums over 2.4 million rows, whose time is
/// nearly all expressions, ran 1.04 times as fast, compiling apart (measured on 15).
const BEST_SPEED_UP: Factor = Factor(1.5);

fn check(plan: &Plan) -> Vec<Finding> {
    let Some((jit, compiling, execution)) =
        plan.jit.as_ref().and_then(|j| Some((j, j.total?, plan.execution?)))
    else {
        return Vec::new();
    };
    // EXPLAIN adds the leader's and the workers' compiling together; they did it side by side.
    let workers = plan.nodes.iter().filter_map(|node| node.workers_launched).max().unwrap_or(0);
    let compiling = compiling * (1.0 / (workers as f64 + 1.0));
    let rest = (execution - compiling).max(Ms(0.0));
    let saved_at_best = rest * (BEST_SPEED_UP.0 - 1.0);
    if compiling.0 <= saved_at_best.0 {
        return Vec::new();
    }
    let functions = count(jit.functions as f64, "function", "functions");
    let what = format!("just-in-time compilation of {functions} took {}", jit.total.unwrap_or_default());
    let finding = Finding::about_statement(&RULE, what, compiling)
        .symptom(Symptom::JitOutweighsQuery)
        .with("compiling", compiling)
        .with("all the rest", rest)
        .with("functions compiled", jit.functions);
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;
    use crate::plan::Jit;

    #[test]
    fn more_than_it_can_have_saved() {
        let table = [
            (Some(60.0), 0, true), // of 100 ms
            (Some(30.0), 0, false),
            (Some(60.0), 2, false), // three processes, 20 ms each
            (None, 0, false),       // TIMING OFF
        ];
        for (total, workers, expected) in table {
            let mut plan = plan(&format!(
                r#"{{"Node Type": "Gather", "Workers Planned": 2, "Workers Launched": {workers},
                     "Actual Rows": 1, "Actual Loops": 1}}"#
            ));
            plan.jit = Some(Jit { functions: 5, total: total.map(Ms) });
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{total:?} {workers}");
        }
    }
}
