use super::super::testing::{findings, plan};
use super::*;

/// A node that expected `estimated` rows and gave `actual`, of `operator`, in `role`, with what else it says.
fn node(operator: &str, role: &str, estimated: f64, actual: f64, said: &str, below: &[String]) -> String {
    let loops = if said.contains("Actual Loops") { "" } else { r#""Actual Loops": 1,"# };
    let plans = if below.is_empty() { String::new() } else { format!(r#", "Plans": [{}]"#, below.join(",")) };
    format!(
        r#"{{"Node Type": "{operator}", "Parent Relationship": "{role}", {said} {loops}
             "Plan Rows": {estimated}, "Actual Rows": {actual}, "Actual Total Time": 10.0{plans}}}"#
    )
}

fn scan(role: &str, estimated: f64, actual: f64) -> String {
    node("Seq Scan", role, estimated, actual, "", &[])
}

const REPEATED: &str = r#""Actual Loops": 500,"#;

/// What the nodes are that are found, by place in the plan.
fn origins(text: &str) -> Vec<usize> {
    findings(&RULE, &plan(text)).iter().filter_map(|finding| finding.node).map(|id| id.0).collect()
}

#[test]
fn only_where_it_starts_and_only_with_harm() {
    let inner = |loops: &str| node("Index Scan", "Inner", 1.0, 1.0, loops, &[]);
    let nested = |estimated, actual, outer: String, inner: String| {
        node("Nested Loop", "Outer", estimated, actual, r#""Join Type": "Inner","#, &[outer, inner])
    };
    let hash_join = |outer: String, rows: String| {
        let hash = node("Hash", "Inner", 1.0, 1.0, "", &[rows]);
        node("Hash Join", "Outer", 9.0, 9.0, "", &[outer, hash])
    };
    let table = [
        ("too many outer rows", nested(5.0, 500.0, scan("Outer", 5.0, 500.0), inner(REPEATED)), vec![1]),
        (
            "the error is inherited",
            {
                let first = nested(5.0, 500.0, scan("Outer", 5.0, 500.0), inner(REPEATED));
                nested(5.0, 500.0, first, inner(REPEATED))
            },
            vec![2],
        ),
        ("no join above", scan("Outer", 5.0, 500.0), vec![]),
        ("a factor of nine", nested(5.0, 45.0, scan("Outer", 50.0, 450.0), inner(REPEATED)), vec![]),
        ("a few rows", nested(1.0, 50.0, scan("Outer", 1.0, 50.0), inner(REPEATED)), vec![]),
        ("a hash join does not mind", hash_join(scan("Outer", 5.0, 500.0), scan("Outer", 1.0, 1.0)), vec![]),
        ("never executed", nested(5.0, 0.0, scan("Outer", 5.0, 0.0), inner(r#""Actual Loops": 0,"#)), vec![]),
    ];
    for (what, text, expected) in table {
        assert_eq!(origins(&text), expected, "{what}");
    }
}

#[test]
fn rows_that_nobody_asked_for() {
    let few = || node("Hash", "Inner", 5000.0, 2.0, "", &[scan("Outer", 5000.0, 2.0)]);
    let join = |said: &str, operator: &str, inner: String| {
        node(operator, "Outer", 9.0, 9.0, said, &[scan("Outer", 9000.0, 9000.0), inner])
    };
    let limit = |rows: f64, below: String| node("Limit", "Outer", 50.0, rows, "", &[below]);
    let merge = || join("", "Merge Join", scan("Inner", 5000.0, 2.0));
    let table = [
        ("a hash table of far fewer rows", join("", "Hash Join", few()), vec![3]),
        (
            "the same below a limit: the hash table is read to the end",
            limit(50.0, join("", "Hash Join", few())),
            vec![4],
        ),
        ("a merge join may end early", merge(), vec![]),
    ];
    for (what, text, expected) in table {
        assert_eq!(origins(&text), expected, "{what}");
    }
}

#[test]
fn spills_are_harm() {
    let spilled = r#""Sort Method": "external merge", "Sort Space Used": 900, "Sort Space Type": "Disk","#;
    let sort = |said: &str| node("Sort", "Outer", 5.0, 500.0, said, &[scan("Outer", 5.0, 500.0)]);
    assert_eq!(origins(&sort(spilled)), [1]);
    assert_eq!(origins(&sort("")), Vec::<usize>::new());
    let groups = r#""Strategy": "Hashed", "HashAgg Batches": 5, "Disk Usage": 900,"#;
    let aggregate = node("Aggregate", "Outer", 200.0, 90_000.0, groups, &[scan("Outer", 90_000.0, 90_000.0)]);
    assert_eq!(origins(&aggregate), [0], "too many groups");
}

#[test]
fn the_stake_is_what_it_led_to() {
    let inner = node("Index Scan", "Inner", 1.0, 1.0, REPEATED, &[]).replace("10.0", "0.01");
    let outer = scan("Outer", 5.0, 500.0).replace("10.0", "3.0");
    let join = node("Nested Loop", "Outer", 5.0, 500.0, "", &[outer, inner]);
    let found = findings(&RULE, &plan(&join));
    assert_eq!(found.iter().map(|finding| format!("{:.2}", finding.stake.0)).collect::<Vec<_>>(), ["4.99"]);
}

#[test]
fn a_cte_misleads_its_readers() {
    let with = |reader: &str| {
        let cte = node("Seq Scan", "InitPlan", 5.0, 500.0, r#""Subplan Name": "CTE x","#, &[]);
        let scan = node("CTE Scan", "Outer", 5.0, 500.0, &format!(r#""CTE Name": "{reader}","#), &[]);
        let inner = node("Seq Scan", "Inner", 1.0, 1.0, REPEATED, &[]);
        node("Nested Loop", "Outer", 5.0, 500.0, r#""Join Type": "Inner","#, &[cte, scan, inner])
    };
    assert_eq!(origins(&with("x")), [1], "at the CTE's own node, not at its reader");
    assert_eq!(origins(&with("y")), Vec::<usize>::new(), "another CTE's reader");
}
