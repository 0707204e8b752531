//! The same rows of a table, read more than once for one answer.

use std::collections::{BTreeMap, BTreeSet};

use super::ONE_DESCENT;
use crate::diagnose::shape::speaks_of;
use crate::diagnose::words::{rows, the, times};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{ConditionKind, Node, Operator, Plan};
use crate::query::{Expr, Names};
use crate::units::{Ms, Rows};

/// `relation-scanned-twice`.
pub static RULE: Rule = Rule {
    id: "relation-scanned-twice",
    title: "The same rows of a table are read more than once",
    doc: "Two subqueries that ask the same of the same table read it twice: PostgreSQL does not notice. One pass can \
          often answer both: aggregates with `FILTER (WHERE …)` instead of a subquery each, a window function instead \
          of a join with a table's own aggregate, a CTE that both read.\n\n\
          Example: `InitPlan 1 -> Aggregate -> Seq Scan on orders … Filter: (status = 'failed')`, and the same scan \
          with the same filter under `InitPlan 2`.\n\n\
          Silent for two scans of one join: a table that is joined with itself has to be read for both sides. Silent \
          about conditions that depend on other tables, and below a hundred rows read by each.",
    check: Check::WholePlan(check),
};

/// What a scan reads: the table, and what it asks of its rows.
type Reads<'a> = (Option<&'a str>, &'a str, BTreeSet<String>);

fn check(plan: &Plan) -> Vec<Finding> {
    let mut alike: BTreeMap<Reads, Vec<&Node>> = BTreeMap::new();
    for node in plan.nodes.iter().filter(|node| runs_once(plan, node)) {
        if let Some(reads) = reads(node) {
            alike.entry(reads).or_default().push(node);
        }
    }
    alike.into_values().filter_map(|scans| finding(plan, &scans)).collect()
}

fn finding(plan: &Plan, scans: &[&Node]) -> Option<Finding> {
    let (first, others) = scans.split_first()?;
    let again: Vec<&Node> = others.iter().copied().filter(|scan| apart(plan, first, scan)).collect();
    let second = again.first()?;
    let times_read = again.len() as f64 + 1.0;
    let all = || again.iter().chain([first]).map(|scan| scan.inclusive());
    let costliest = all().fold(Ms(0.0), Ms::max);
    let read = first.rows_read()?;
    let did = format!(
        "looked through {} for the same ones as {}: {} over",
        rows(read),
        the(first),
        times(times_read)
    );
    let finding = Finding::at(&RULE, second, did)
        .by(second, second.inclusive())
        .stake(Ms((all().sum::<Ms>() - costliest).0.max(0.0)))
        .with("times read", times_read as u64)
        .with("rows read each time", read)
        .next(
            "One pass may answer all of it: aggregates with FILTER (WHERE …) in one subquery, a window function \
             instead of a join with the table's own aggregate, or a CTE that all of them read.",
        );
    Some(finding)
}

/// Whether it ran once, perhaps by several processes; what is repeated is another story.
fn runs_once(plan: &Plan, node: &Node) -> bool {
    let gather = plan.ancestors(node).find(|above| above.operator.is_gather());
    let once = gather.map_or(node.loops(), Node::loops) == 1.0;
    node.operator.reads_table() && once && node.rows_read().is_some_and(|Rows(read)| read >= ONE_DESCENT.0)
}

/// What it reads, where that depends on nothing outside of the scan.
fn reads(node: &Node) -> Option<Reads<'_>> {
    use ConditionKind::{Filter, IndexCond, OrderBy, RecheckCond, TidCond};
    if node.condition(OrderBy).is_some() {
        return None;
    }
    let (relation, own) = (node.relation.as_ref()?, BTreeSet::from([node.alias()?]));
    let mut asked = BTreeSet::new();
    for text in [IndexCond, RecheckCond, Filter, TidCond].into_iter().filter_map(|kind| node.condition(kind))
    {
        let expr = Expr::parse(text)?;
        let qualified = speaks_of(&expr).is_some_and(|tables| tables.is_subset(&own));
        let alone = expr.columns().iter().all(|(table, _)| table.is_none());
        if !qualified && !alone {
            return None;
        }
        asked.extend(expr.terms().iter().map(|term| term.sql(Names::Bare)));
    }
    Some((relation.schema.as_deref(), &relation.name, asked))
}

/// Whether one of them is read for an answer of its own, rather than both for one join.
fn apart(plan: &Plan, a: &Node, b: &Node) -> bool {
    let above_a: Vec<&Node> = plan.ancestors(a).collect();
    let common = plan.ancestors(b).find(|above| above_a.iter().any(|n| n.id == above.id));
    let Some(common) = common else { return false };
    let between = |node| {
        let way = plan.ancestors(node).take_while(|above| above.id != common.id);
        std::iter::once(node).chain(way).any(answers)
    };
    let united = matches!(common.operator, Operator::Append | Operator::MergeAppend);
    united || between(a) || between(b)
}

fn answers(node: &Node) -> bool {
    use Operator::{Aggregate, Group, Limit, SetOp, Unique, WindowAgg};
    node.is_apart() || matches!(node.operator, Aggregate | Group | Limit | SetOp | Unique | WindowAgg)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn scan(role: &str, said: &str, rows: f64) -> String {
        format!(
            r#"{{"Node Type": "Seq Scan", "Parent Relationship": "{role}", "Relation Name": "orders", {said},
                 "Actual Total Time": 30.0, "Actual Rows": {rows}, "Actual Loops": 1}}"#
        )
    }

    fn stakes(top: &str, between: &str, a: &str, b: &str, rows: f64) -> Vec<f64> {
        let inner = format!(
            r#"{{"Node Type": "{between}", "Parent Relationship": "Inner", "Actual Total Time": 40.0,
                 "Actual Rows": 1, "Actual Loops": 1, "Plans": [{}]}}"#,
            scan("Outer", b, rows)
        );
        let plan = plan(&format!(
            r#"{{"Node Type": "{top}", "Actual Total Time": 90.0, "Actual Rows": 1, "Actual Loops": 1,
                 "Plans": [{}, {inner}]}}"#,
            scan("Outer", a, rows)
        ));
        findings(&RULE, &plan).iter().map(|finding| finding.stake.0).collect()
    }

    #[test]
    fn the_same_rows() {
        let none: Vec<f64> = Vec::new();
        let (o, p) = (r#""Alias": "o", "Filter": "(o.a = 1)""#, r#""Alias": "p", "Filter": "(p.a = 1)""#);
        let other = r#""Alias": "p", "Filter": "(p.a = 2)""#;
        let joined = r#""Alias": "p", "Filter": "(p.a = o.a)""#;
        assert_eq!(stakes("Hash Join", "Aggregate", o, p, 500.0), [30.0]);
        assert_eq!(stakes("Append", "Result", o, p, 500.0), [30.0], "UNION ALL");
        assert_eq!(stakes("Hash Join", "Hash", o, p, 500.0), none, "a join with itself");
        assert_eq!(stakes("Hash Join", "Aggregate", o, other, 500.0), none);
        assert_eq!(stakes("Nested Loop", "Aggregate", joined, joined, 500.0), none);
        assert_eq!(stakes("Hash Join", "Aggregate", o, p, 50.0), none, "a glance");
    }
}
