//! Foreign tables fetched row by row to be joined here.

use super::ONE_DESCENT;
use crate::diagnose::words::{none_or, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Factor, Ms, Rows};

/// `foreign-tables-joined-here`.
pub static RULE: Rule = Rule {
    id: "foreign-tables-joined-here",
    title: "Foreign tables are fetched to be joined here",
    doc: "Two tables of one foreign server can be joined there, and only what comes of it is carried over: the plan then has \
          one `Foreign Scan` with `Relations: (a) INNER JOIN (b)`. Where the join stands in this plan, both tables were \
          fetched. postgres_fdw sends a join if both tables are on one server, under one user mapping, and the join's \
          condition may be sent; and if the planner takes that for cheaper, for which it knows little of the other side \
          unless `use_remote_estimate` is on or the foreign tables were ANALYZEd (manual, \"postgres_fdw\").\n\n\
          Example: `Hash Join (… rows=20) -> Foreign Scan on remote_orders (… rows=200000) -> Hash -> Foreign Scan on \
          remote_customer (… rows=20000)`.\n\n\
          Silent when more than a quarter of the rows that were fetched come out of the join, for fewer than a hundred \
          that do not, and where one of the sides is not a foreign table.",
    check: Check::EachNode(check),
};

/// Rows fetched for each that comes out, above which carrying them over is most of the work.
const IN_VAIN: Factor = Factor(4.0);

/// One fetch of postgres_fdw (`fetch_size`, manual, "postgres_fdw").
const ONE_FETCH: Rows = ONE_DESCENT;

fn check(plan: &Plan, join: &Node) -> Option<Finding> {
    let sides: Vec<&Node> = plan
        .inputs(join)
        .filter(|_| join.operator.is_join())
        .filter_map(|side| foreign(plan, side))
        .collect();
    let [first, second] = sides.as_slice() else { return None };
    let (fetched, kept) = (first.rows_read()? + second.rows_read()?, join.rows_out()?);
    let in_vain = fetched.0 - kept.0;
    if in_vain < ONE_FETCH.0 || fetched.0 < IN_VAIN.0 * kept.0 {
        return None;
    }
    let names: Vec<&str> =
        sides.iter().filter_map(|side| Some(side.relation.as_ref()?.name.as_str())).collect();
    let did = format!(
        "had {} fetched of two foreign tables ({}) to make {} of them",
        rows(fetched),
        names.join(", "),
        none_or(kept)
    );
    let time = sides.iter().map(|side| side.exclusive()).sum::<Ms>() + join.exclusive();
    Some(
        Finding::at(&RULE, join, did)
            .by(join, time)
            .stake(time * (in_vain / fetched.0))
            .next(
                "If both are on one server, the join may be sent there: with a condition of built-in, IMMUTABLE functions and \
                 operators, one user mapping, and statistics (use_remote_estimate, or ANALYZE of the foreign tables).",
            )
            .with("rows fetched", fetched)
            .with("rows joined", kept),
    )
}

/// The foreign scan that is this side of a join, through what only keeps or orders its rows.
fn foreign<'a>(plan: &'a Plan, side: &'a Node) -> Option<&'a Node> {
    use Operator::{Hash, Materialize, Memoize, Sort};
    let mut node = side;
    while matches!(node.operator, Hash | Materialize | Memoize | Sort) {
        node = plan.inputs(node).next()?;
    }
    (node.operator == Operator::ForeignScan && node.relation.is_some()).then_some(node)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn join(inner: &str, kept: f64, fetched: f64) -> usize {
        let scan = |operator: &str, role: &str| {
            format!(
                r#"{{"Node Type": "{operator}", "Parent Relationship": "{role}", "Relation Name": "t", "Schema": "s",
                     "Actual Total Time": 9.0, "Actual Rows": {fetched}, "Actual Loops": 1}}"#
            )
        };
        findings(
            &RULE,
            &plan(&format!(
                r#"{{"Node Type": "Hash Join", "Actual Total Time": 30.0, "Actual Rows": {kept}, "Actual Loops": 1,
                     "Plans": [{}, {{"Node Type": "Hash", "Parent Relationship": "Inner", "Actual Total Time": 10.0,
                     "Actual Rows": {fetched}, "Actual Loops": 1, "Plans": [{}]}}]}}"#,
                scan("Foreign Scan", "Outer"),
                scan(inner, "Outer")
            )),
        )
        .len()
    }

    #[test]
    fn fetched_to_be_joined() {
        assert_eq!(join("Foreign Scan", 10.0, 1000.0), 1);
        assert_eq!(join("Foreign Scan", 500.0, 1000.0), 1, "one in four");
        assert_eq!(join("Foreign Scan", 501.0, 1000.0), 0);
        assert_eq!(join("Foreign Scan", 0.0, 49.0), 0, "a single fetch");
        assert_eq!(join("Seq Scan", 10.0, 1000.0), 0, "one is here");
    }
}
