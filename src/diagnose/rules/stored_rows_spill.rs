//! Rows that were stored on their way and did not fit into memory.

use crate::diagnose::words::{out, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan, Role};
use crate::units::Bytes;

/// `stored-rows-spill`.
pub static RULE: Rule = Rule {
    id: "stored-rows-spill",
    title: "Stored rows go to disk",
    doc: "A Materialize, a CTE with several readers, a window function that looks back, a set-returning function and a \
          recursion store rows to read them again. What exceeds `work_mem` goes to a temporary file, and, once it is \
          there, all of it is read from there (tuplestore.c).\n\n\
          Example: `Function Scan on generate_series … temp read=1710 written=1710`, or, from PostgreSQL 18 on, \
          `Storage: Disk  Maximum Storage: 13680kB`.\n\n\
          Silent when they stayed in memory; without BUFFERS before PostgreSQL 18, when nothing tells; and when an \
          InitPlan wrote temporary files too, which are counted at whoever asked for it.",
    check: Check::EachNode(check),
};

fn check(plan: &Plan, store: &Node) -> Option<Finding> {
    use Operator::{CteScan, FunctionScan, Materialize, RecursiveUnion, TableFunctionScan, WindowAgg};
    let stores = matches!(
        store.operator,
        CteScan | FunctionScan | Materialize | RecursiveUnion | TableFunctionScan | WindowAgg
    );
    let disk = said(store).or_else(|| counted(plan, store)).filter(|_| stores && store.ran())?;
    let did = format!("stored its rows on disk, {disk} of them, and gave {}", rows(out(store)));
    let finding = Finding::at(&RULE, store, did).with("on disk", disk).with("rows given", out(store)).next(
        "A larger work_mem for this statement may hold them; fewer columns or rows stored need less of it.",
    );
    Some(finding)
}

/// What PostgreSQL 18 says of it.
fn said(store: &Node) -> Option<Bytes> {
    let on_disk = store.said_of("Storage")?.as_str() == Some("Disk");
    let kilobytes = store.said("Maximum Storage").filter(|_| on_disk)?;
    Some(Bytes((kilobytes * 1024.0) as u64))
}

/// The temporary pages that it wrote itself. A CTE's are counted at its readers, beside what the CTE's own nodes wrote.
fn counted(plan: &Plan, store: &Node) -> Option<Bytes> {
    let written = |node: &Node| node.buffers.map_or(0, |buffers| buffers.temp_written);
    if store.said_of("Storage").is_some() {
        return None;
    }
    let others = plan.nodes.iter().filter(|node| node.role == Role::InitPlan && cte_of(node).is_none());
    if others.map(written).sum::<u64>() > 0 {
        return None;
    }
    let mut below: u64 = plan.children(store).map(written).sum();
    if let Some(name) = store.cte.as_deref() {
        let first = plan
            .nodes
            .iter()
            .find(|node| node.operator == Operator::CteScan && node.cte.as_deref() == Some(name));
        if first.map(|node| node.id) == Some(store.id) {
            below += plan.nodes.iter().filter(|node| cte_of(node) == Some(name)).map(written).sum::<u64>();
        }
    }
    let own = written(store).saturating_sub(below);
    (own > 0).then(|| Bytes::of_pages(own))
}

fn cte_of(node: &Node) -> Option<&str> {
    node.subplan_name.as_deref()?.strip_prefix("CTE ").filter(|_| node.role == Role::InitPlan)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn on_disk(operator: &str, said: &str, below: u64) -> Option<String> {
        let plan = plan(&format!(
            r#"{{"Node Type": "{operator}", {said}, "Actual Total Time": 90.0, "Actual Rows": 9, "Actual Loops": 1,
                 "Plans": [{{"Node Type": "Sort", "Parent Relationship": "Outer", "Temp Written Blocks": {below},
                 "Actual Total Time": 50.0, "Actual Rows": 9, "Actual Loops": 1}}]}}"#
        ));
        findings(&RULE, &plan).first().map(|finding| finding.evidence[0].value.to_string())
    }

    #[test]
    fn what_it_wrote_itself() {
        let table = [
            ("Materialize", r#""Temp Written Blocks": 30"#, 20, Some("80 kB")),
            ("Materialize", r#""Temp Written Blocks": 20"#, 20, None), // the sort below
            ("WindowAgg", r#""Storage": "Disk", "Maximum Storage": 700"#, 0, Some("700 kB")),
            ("WindowAgg", r#""Storage": "Memory", "Maximum Storage": 700"#, 0, None),
            ("WindowAgg", r#""Strategy": "none""#, 0, None),
            ("Sort", r#""Temp Written Blocks": 30"#, 20, None), // told as sort-spills
        ];
        for (operator, said, below, expected) in table {
            assert_eq!(on_disk(operator, said, below).as_deref(), expected, "{operator} {said}");
        }
    }

    #[test]
    fn of_a_cte_at_its_first_reader() {
        let scan = |written: u64| {
            format!(
                r#"{{"Node Type": "CTE Scan", "CTE Name": "x", "Parent Relationship": "Member", "Actual Rows": 9,
                     "Temp Written Blocks": {written}, "Actual Total Time": 9.0, "Actual Loops": 1}}"#
            )
        };
        let plan = plan(&format!(
            r#"{{"Node Type": "Append", "Actual Total Time": 90.0, "Actual Rows": 9, "Actual Loops": 1, "Plans": [
                 {{"Node Type": "Sort", "Parent Relationship": "InitPlan", "Subplan Name": "CTE x",
                   "Temp Written Blocks": 20, "Actual Total Time": 5.0, "Actual Rows": 9, "Actual Loops": 1}},
                 {}, {}]}}"#,
            scan(30),
            scan(0)
        ));
        let found: Vec<String> =
            findings(&RULE, &plan).iter().map(|f| f.evidence[0].value.to_string()).collect();
        assert_eq!(found, ["80 kB"]);
    }
}
