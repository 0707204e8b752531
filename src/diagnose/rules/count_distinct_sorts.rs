//! `count(DISTINCT …)`, which sorts where a hash table would do.

use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::query::Expr;
use crate::units::{Ms, Rows};

/// `count-distinct-sorts`.
pub static RULE: Rule = Rule {
    id: "count-distinct-sorts",
    title: "DISTINCT in an aggregate sorts every row",
    doc: "An aggregate with `DISTINCT` inside finds duplicates by sorting its input, never by hashing: up to \
          PostgreSQL 15 within the aggregate, where the plan shows no Sort; from 16 on in a Sort below \
          (`enable_presorted_aggregate`). It also keeps the whole from being hashed or made in parallel. `SELECT \
          count(*) FROM (SELECT DISTINCT …)` may hash, and may be made in parallel.\n\n\
          Example: `Aggregate (actual time=112.7 …)  Output: count(DISTINCT customer_id) -> Seq Scan (actual time=…44.3 \
          rows=200000 …)`.\n\n\
          Silent when the rows come from an index, perhaps in the order that is needed; below ten thousand rows; and \
          without VERBOSE, whose `Output` alone shows the aggregates.",
    check: Check::EachNode(check),
};

/// Fewer are sorted in a millisecond or two.
const ENOUGH_ROWS: Rows = Rows(10_000.0);

fn check(plan: &Plan, aggregate: &Node) -> Option<Finding> {
    let input = plan.inputs(aggregate).next().filter(|_| aggregate.operator == Operator::Aggregate)?;
    let distinct = aggregate.output.iter().find_map(|text| with_distinct(&Expr::parse(text)?))?;
    let read = input.rows_out().filter(|_| aggregate.ran())?;
    let perhaps_sorted = matches!(input.operator, Operator::IndexScan | Operator::IndexOnlyScan);
    if read.0 < ENOUGH_ROWS.0 || perhaps_sorted {
        return None;
    }
    // From 16 on, the sort below is made for it: by one key more than the groups need.
    let presorted = input.sort_key.len() > aggregate.group_key.len();
    let below = if presorted { input.exclusive() } else { Ms(0.0) };
    let did = format!("needed {} in order for {distinct}", rows(read));
    let time = aggregate.exclusive() + below;
    let finding = Finding::at(&RULE, aggregate, did)
        .by(aggregate, time)
        .stake(time)
        .with("rows sorted", read)
        .with("aggregate", distinct)
        .next(
            "A subquery with DISTINCT, counted (and grouped likewise), may find the different values by hashing; an \
             index on them gives them in order (from 16 on without a sort).",
        );
    Some(finding)
}

/// The aggregate with DISTINCT inside, as it is printed.
fn with_distinct(expr: &Expr) -> Option<String> {
    let mut found = None;
    expr.visit(&mut |part| {
        if let Expr::Call { text: Some(text), .. } = part
            && text.contains("(DISTINCT ")
        {
            found.get_or_insert_with(|| text.clone());
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn by_sorting() {
        let table = [
            ("count(DISTINCT o.code)", "Seq Scan", 10_000, vec![70.0]),
            ("(count(DISTINCT o.code) + 1)", "Sort", 10_000, vec![85.0]),
            ("count(DISTINCT o.code)", "Index Only Scan", 10_000, vec![]),
            ("count(DISTINCT o.code)", "Seq Scan", 9999, vec![]),
            ("count(o.code)", "Seq Scan", 10_000, vec![]),
        ];
        for (output, below, rows, expected) in table {
            let key = if below == "Sort" { r#""Sort Key": ["o.code"],"# } else { "" };
            let plan = plan(&format!(
                r#"{{"Node Type": "Aggregate", "Strategy": "Plain", "Output": ["{output}"], "Actual Total Time": 90.0,
                     "Actual Rows": 1, "Actual Loops": 1, "Plans": [{{"Node Type": "{below}", {key}
                     "Parent Relationship": "Outer", "Actual Total Time": 20.0, "Actual Rows": {rows},
                     "Actual Loops": 1, "Plans": [{{"Node Type": "Seq Scan", "Parent Relationship": "Outer",
                     "Actual Total Time": 5.0, "Actual Rows": {rows}, "Actual Loops": 1}}]}}]}}"#
            ));
            let stakes: Vec<f64> =
                findings(&RULE, &plan).iter().map(|finding| finding.stake.0.round()).collect();
            assert_eq!(stakes, expected, "{output} {below} {rows}");
        }
    }
}
