//! What hurts, in words: what a node did, and what that led to.

use super::{count, sentence, the};
use crate::diagnose::{Finding, Number, Symptom};
use crate::plan::{Node, NodeId, Operator, Plan, Role};
use crate::units::{Factor, Ms, Rows};

/// A symptom as the deed of a node: `the Seq Scan on orders` … `read 240,000 rows to keep 12`.
pub(super) struct Deed<'a> {
    /// Who did it.
    pub node: &'a Node,
    /// What it did.
    pub did: String,
    /// The time that went into it; `None` where the deed cost others theirs.
    pub time: Option<Ms>,
}

/// A finding as one sentence, or two.
pub(in crate::report) fn finding(plan: &Plan, finding: &Finding) -> String {
    let text = match deed(plan, &finding.symptom) {
        Some(deed) => format!("{} {}", the(deed.node), deed.did),
        None => about_statement(plan, &finding.symptom),
    };
    if text.is_empty() {
        return sentence(finding.rule.title);
    }
    let led_to = consequence(plan, &finding.symptom).unwrap_or_default();
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let by = if plan.is_measured() { "" } else { "By the planner's estimate: " };
    format!("{by}{first}{}.{led_to}", letters.as_str())
}

/// The evidence that `told` does not hold already, nor the plan beside it: (`rows read`, `240,000`).
pub(in crate::report) fn evidence(plan: &Plan, finding: &Finding, told: &str) -> Vec<(String, String)> {
    let node = finding.node.and_then(|id| plan.nodes.get(id.0));
    let conditions: Vec<&str> =
        node.map(|n| n.conditions.iter().map(|c| c.text.as_str()).collect()).unwrap_or_default();
    let unsaid = |number: &Number| match number {
        Number::Text(text) => !conditions.contains(&text.as_str()) && !told.contains(text),
        number => !told.contains(&number.to_string()),
    };
    let shown = finding.evidence.iter().filter(|e| unsaid(&e.value));
    shown.map(|e| (e.label.to_owned(), e.value.to_string())).collect()
}

/// What the symptom's node did; `None` when the symptom is not one node's.
pub(super) fn deed<'a>(plan: &'a Plan, symptom: &Symptom) -> Option<Deed<'a>> {
    let at = |id: &NodeId| plan.nodes.get(id.0);
    let did = |node: &'a Node, did: String| (node, did);
    let (node, did) = match symptom {
        Symptom::ScanDiscardsRows { scan } => at(scan).map(|n| did(n, discarded(n, "read")))?,
        Symptom::IndexScanDiscardsRows { scan } => at(scan).map(|n| did(n, discarded(n, "fetched")))?,
        Symptom::JoinDiscardsRows { join } => at(join).map(|n| did(n, compared(n)))?,
        Symptom::InnerSideRepeated { join, scan } => did(at(scan)?, repeated(plan, at(scan)?, at(join)?)),
        Symptom::RowsMisestimated { node, estimated, actual } => {
            at(node).map(|n| did(n, misestimated(n, *estimated, *actual)))?
        }
        Symptom::SortSpills { sort, disk } => {
            let spilled = |n| format!("put {} in order and needed {disk} on disk for that", rows(out(n)));
            at(sort).map(|n| did(n, spilled(n)))?
        }
        Symptom::HashSpills { hash, batches } => {
            let batches = count(*batches as f64, "batch", "batches");
            did(at(hash)?, format!("did not fit in memory and went to disk in {batches}"))
        }
        Symptom::SortFeedsLimit { sort, limit } => {
            let (sort, kept) = (at(sort)?, out(at(limit)?));
            let made = rows(inputs(plan, sort));
            did(sort, format!("put {made} in order, of which the Limit kept {}", none_or(kept)))
        }
        Symptom::BitmapTurnsLossy { scan } => at(scan).map(|n| did(n, lossy(n)))?,
        Symptom::HeapFetches { scan } => at(scan).map(|n| did(n, fetched(n)))?,
        Symptom::SubplanPerRow { subplan } => at(subplan).map(|n| did(n, per_row(plan, n)))?,
        Symptom::OffsetDiscardsRows { limit } => at(limit).map(|n| did(n, skipped(plan, n)))?,
        Symptom::WorkersMissing { gather, planned, launched } => {
            let planned = count(*planned as f64, "worker", "workers");
            did(at(gather)?, format!("got {launched} of the {planned} that were planned"))
        }
        Symptom::JitOutweighsQuery | Symptom::PlanningDominates | Symptom::TriggerDominates { .. } => {
            return None;
        }
    };
    Some(Deed { node, did, time: time(symptom, node) })
}

/// The time that went into a deed.
fn time(symptom: &Symptom, node: &Node) -> Option<Ms> {
    match symptom {
        // Whatever is run again is run again with everything below it.
        Symptom::InnerSideRepeated { .. } | Symptom::SubplanPerRow { .. } => Some(node.inclusive()),
        // The time is lost elsewhere: in the wrong plan, in making the rows, in the workers' stead.
        Symptom::RowsMisestimated { .. }
        | Symptom::OffsetDiscardsRows { .. }
        | Symptom::WorkersMissing { .. } => None,
        _ => Some(node.exclusive()),
    }
}

/// A symptom of the statement as a whole, without capital and end.
pub(super) fn about_statement(plan: &Plan, symptom: &Symptom) -> String {
    match symptom {
        Symptom::JitOutweighsQuery => {
            let jit = plan.jit.clone().unwrap_or_default();
            let took = jit.total.map(|t| format!(" took {t}")).unwrap_or_default();
            format!(
                "just-in-time compilation of {}{took}",
                count(jit.functions as f64, "function", "functions")
            )
        }
        Symptom::PlanningDominates => {
            format!("planning took {}, running {}", plan.planning.unwrap_or_default(), plan.total())
        }
        Symptom::TriggerDominates { trigger } => match plan.triggers.get(*trigger) {
            Some(t) => {
                let calls = count(t.calls, "call", "calls");
                format!("the trigger {} on {} took {} in {calls}", t.name, t.relation, t.time)
            }
            None => "a trigger took a large part of the time".to_owned(),
        },
        other => deed(plan, other).map(|d| format!("{} {}", the(d.node), d.did)).unwrap_or_default(),
    }
}

/// What a wrong estimate led to, where the plan shows it.
fn consequence(plan: &Plan, symptom: &Symptom) -> Option<String> {
    let Symptom::RowsMisestimated { node, estimated, actual } = symptom else { return None };
    let wrong = plan.nodes.get(node.0)?;
    let mut below = wrong;
    let join = plan.ancestors(wrong).find(|above| {
        let found = above.operator.is_join();
        if !found {
            below = above;
        }
        found
    })?;
    let inner = plan.child(join, Role::Inner)?;
    let loops = count(inner.loops(), "time", "times");
    let outer = below.role == Role::Outer;
    (join.operator == Operator::NestedLoop && outer && actual.0 > estimated.0 && inner.loops() > 1.0)
        .then(|| format!(" So the {} above it ran its inner side {loops}.", join.label()))
}

fn discarded(node: &Node, verb: &str) -> String {
    let kept = out(node);
    let read = kept + node.removed_by_filter() + node.removed_by_recheck();
    format!("{verb} {} to keep {}", rows(read), none_or(kept))
}

fn compared(node: &Node) -> String {
    let kept = out(node);
    let pairs = kept + node.removed_by_join_filter();
    format!("compared {} of rows to keep {}", count(pairs.0, "pair", "pairs"), none_or(kept))
}

fn misestimated(node: &Node, estimated: Rows, actual: Rows) -> String {
    let a_loop = if node.loops() > 1.0 { " a loop" } else { "" };
    let were = if estimated.0 == 1.0 { "was" } else { "were" };
    let (more, off) = match off(estimated, actual) {
        Some(factor) if actual.0 > estimated.0 => ("more", factor),
        Some(factor) => ("fewer", factor),
        None => return format!("gave {}{a_loop} where {estimated} {were} expected", rows(actual)),
    };
    format!("gave {}{a_loop} where {estimated} {were} expected, {off} {more}", rows(actual))
}

/// How far an estimate is off, either way; `None` when there is nothing to speak of. The planner never
/// expects less than one row (costsize.c, `clamp_row_est`), so that less than one row counts as one.
pub(in crate::report) fn off(estimated: Rows, actual: Rows) -> Option<Factor> {
    let (estimated, actual) = (estimated.0.max(1.0), actual.0.max(1.0));
    let factor = (actual / estimated).max(estimated / actual);
    (factor > 1.0 && factor.is_finite()).then_some(Factor(factor))
}

fn lossy(node: &Node) -> String {
    let lossy = Rows(node.lossy_pages as f64);
    let pages = count((node.exact_pages + node.lossy_pages) as f64, "page", "pages");
    format!("could remember {lossy} of {pages} only as a whole and had to ask again of every row on them")
}

fn fetched(node: &Node) -> String {
    let times = count(node.heap_fetches.unwrap_or(0) as f64, "time", "times");
    format!("had to visit the table {times}, for rows on pages that VACUUM has not marked all-visible")
}

fn per_row(plan: &Plan, subplan: &Node) -> String {
    let above = plan.parent(subplan).map(|p| format!(" of the {}", p.label())).unwrap_or_default();
    if !plan.is_measured() {
        return format!("would run once for each row{above}");
    }
    format!("ran {}, once for each row{above}", count(subplan.loops(), "time", "times"))
}

fn skipped(plan: &Plan, limit: &Node) -> String {
    let made = inputs(plan, limit);
    format!("had {} made to skip {} of them", rows(made), Rows((made.0 - out(limit).0).max(0.0)))
}

fn repeated(plan: &Plan, scan: &Node, join: &Node) -> String {
    let read = out(scan) + scan.removed_by_filter();
    if plan.is_measured() {
        let times = count(scan.loops(), "time", "times");
        return format!("ran {times} and read {} in all for the {}", rows(read), join.label());
    }
    // Without ANALYZE nobody counted: the outer side's rows are how often, unless a Memoize spares some.
    let outer = plan.child(join, Role::Outer).map(out).unwrap_or_default();
    let most = if scan.parent == Some(join.id) { "" } else { "up to " };
    format!("would run {most}{} for the {}", count(outer.0, "time", "times"), join.label())
}

/// Rows that came out in all; as expected, where nothing was measured.
fn out(node: &Node) -> Rows {
    node.rows_out().or(node.estimate.map(|e| e.rows)).unwrap_or_default()
}

/// Rows that came in from below, subplans apart.
fn inputs(plan: &Plan, node: &Node) -> Rows {
    let inputs = plan.children(node).filter(|child| !matches!(child.role, Role::InitPlan | Role::SubPlan));
    inputs.map(out).fold(Rows(0.0), |sum, rows| sum + rows)
}

fn rows(rows: Rows) -> String {
    count(rows.0, "row", "rows")
}

fn none_or(rows: Rows) -> String {
    if rows.0 == 0.0 { "none".to_owned() } else { rows.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::{Check, Rule};
    use crate::plan::{self, Jit, Trigger};
    use crate::units::Bytes;

    static RULE: Rule =
        Rule { id: "", title: "Something hurts", doc: "", check: Check::WholePlan(|_| Vec::new()) };

    /// One node of each kind that a symptom can be seen at.
    fn plan() -> Plan {
        let json = include_str!("../../../tests/report/plans/symptoms.json");
        let mut plan = plan::read_json(json).unwrap_or_default().remove(0);
        plan.jit = Some(Jit { functions: 12, total: Some(Ms(431.0)) });
        let name = "RI_ConstraintTrigger_c_1".to_owned();
        let relation = "orders".to_owned();
        plan.triggers = vec![Trigger { name, relation, time: Ms(812.0), calls: 10_000.0, constraint: None }];
        plan
    }

    #[test]
    fn every_symptom_has_a_sentence() {
        let [limit, sort, gather, join, scan, inner, hash, subplan] = std::array::from_fn(NodeId);
        let table = [
            (Symptom::ScanDiscardsRows { scan }, "The Seq Scan on orders o read 240,000 rows to keep 1,000."),
            (
                Symptom::IndexScanDiscardsRows { scan: inner },
                "The Index Only Scan using items_idx on items fetched 50,000 rows to keep 40,000.",
            ),
            (
                Symptom::JoinDiscardsRows { join },
                "The Nested Loop compared 3,040,000 pairs of rows to keep 40,000.",
            ),
            (
                Symptom::InnerSideRepeated { join, scan: inner },
                "The Index Only Scan using items_idx on items ran 1,000 times and read 50,000 rows in all for the Nested Loop.",
            ),
            (
                Symptom::RowsMisestimated { node: scan, estimated: Rows(4.0), actual: Rows(1_000.0) },
                "The Seq Scan on orders o gave 1,000 rows where 4 were expected, 250× more. So the Nested Loop above it ran its inner side 1,000 times.",
            ),
            (
                Symptom::SortSpills { sort, disk: Bytes(25_165_824) },
                "The Sort put 60 rows in order and needed 24 MB on disk for that.",
            ),
            (
                Symptom::HashSpills { hash, batches: 16 },
                "The Hash did not fit in memory and went to disk in 16 batches.",
            ),
            (
                Symptom::SortFeedsLimit { sort, limit },
                "The Sort put 40,000 rows in order, of which the Limit kept 10.",
            ),
            (
                Symptom::BitmapTurnsLossy { scan: hash },
                "The Hash could remember 900 of 1,000 pages only as a whole and had to ask again of every row on them.",
            ),
            (
                Symptom::HeapFetches { scan: inner },
                "The Index Only Scan using items_idx on items had to visit the table 39,000 times, for rows on pages that VACUUM has not marked all-visible.",
            ),
            (
                Symptom::SubplanPerRow { subplan },
                "SubPlan 1 (the Aggregate) ran 10 times, once for each row of the Limit.",
            ),
            (Symptom::OffsetDiscardsRows { limit }, "The Limit had 60 rows made to skip 50 of them."),
            (Symptom::JitOutweighsQuery, "Just-in-time compilation of 12 functions took 431 ms."),
            (
                Symptom::WorkersMissing { gather, planned: 2, launched: 0 },
                "The Gather got 0 of the 2 workers that were planned.",
            ),
            (Symptom::PlanningDominates, "Planning took 2.00 s, running 1.50 s."),
            (
                Symptom::TriggerDominates { trigger: 0 },
                "The trigger RI_ConstraintTrigger_c_1 on orders took 812 ms in 10,000 calls.",
            ),
        ];
        let plan = plan();
        for (symptom, expected) in table {
            let found = Finding::about_statement(&RULE, symptom, Ms(1.0));
            assert_eq!(finding(&plan, &found), expected);
        }
    }

    #[test]
    fn what_was_not_run_is_told_as_the_planner_expects_it() {
        let node = |kind: &str, role: &str, rows: u64, below: &str| {
            let relation = if kind == "Seq Scan" { r#""Relation Name": "t","# } else { "" };
            format!(
                r#"{{"Node Type": "{kind}", "Parent Relationship": "{role}", {relation} "Startup Cost": 0,
                    "Total Cost": 9, "Plan Rows": {rows}, "Plan Width": 4, "Plans": [{below}]}}"#
            )
        };
        let (outer, inner) = (node("Seq Scan", "Outer", 1_000, ""), node("Seq Scan", "Inner", 5, ""));
        let table = [
            (
                node("Nested Loop", "", 9, &format!("{outer}, {inner}")),
                Symptom::InnerSideRepeated { join: NodeId(0), scan: NodeId(2) },
                "By the planner's estimate: The Seq Scan on t would run 1,000 times for the Nested Loop.",
            ),
            (
                node("Nested Loop", "", 9, &format!("{outer}, {}", node("Memoize", "Inner", 5, &inner))),
                Symptom::InnerSideRepeated { join: NodeId(0), scan: NodeId(3) },
                "By the planner's estimate: The Seq Scan on t would run up to 1,000 times for the Nested Loop.",
            ),
            (
                node("Seq Scan", "", 9, &node("Aggregate", "SubPlan", 1, "")),
                Symptom::SubplanPerRow { subplan: NodeId(1) },
                "By the planner's estimate: The Aggregate would run once for each row of the Seq Scan on t.",
            ),
        ];
        for (json, symptom, expected) in table {
            let plan = plan::read_json(&format!(r#"[{{"Plan": {json}}}]"#)).expect("a plan").remove(0);
            assert_eq!(finding(&plan, &Finding::about_statement(&RULE, symptom, Ms(0.0))), expected);
        }
    }

    #[test]
    fn ids_that_the_plan_does_not_have_are_not_fatal() {
        let found = Finding::about_statement(&RULE, Symptom::ScanDiscardsRows { scan: NodeId(99) }, Ms(1.0));
        assert_eq!(finding(&plan(), &found), "Something hurts.");
    }

    #[test]
    fn a_wrong_estimate_is_counted_from_one_row_up() {
        assert_eq!(off(Rows(1.0), Rows(0.0)), None);
        assert_eq!(off(Rows(1.0), Rows(0.25)), None);
        assert_eq!(off(Rows(1.0), Rows(50.0)), Some(Factor(50.0)));
        assert_eq!(off(Rows(50.0), Rows(0.0)), Some(Factor(50.0)));
    }
}
