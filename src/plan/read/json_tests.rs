use super::read_json as read;
use crate::plan::{ConditionKind, Node, Operator, Plan, Role};
use crate::units::Ms;

fn one(text: &str) -> Plan {
    let mut plans = read(text).unwrap_or_else(|error| panic!("{text}\n{error}"));
    assert_eq!(plans.len(), 1, "{text}");
    plans.remove(0)
}

fn root(node: &str) -> Node {
    one(&format!(r#"[{{"Plan": {node}}}]"#)).nodes.remove(0)
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let deep = format!(r#"[{{"Plan": {{"New": {}"#, "[".repeat(1000));
    let table: &[(&str, &str)] = &[
        ("", "line 1, column 1: expected more, found nothing"),
        ("   \n ", "line 2, column 2: expected more, found nothing"),
        ("[]", "the JSON holds no `Plan`"),
        ("{}", "the JSON holds no `Plan`"),
        ("[{}]", "the JSON holds no `Plan`"),
        (r#"[{"Execution Time": 1}]"#, "the JSON holds no `Plan`"),
        (
            "Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)",
            "line 1, column 1: expected a value, found `Seq Scan on t",
        ),
        ("3 ", "line 1, column 1: expected an array of plans, or one object with a `Plan`, found `3`"),
        ("null ", "line 1, column 1: expected an array of plans"),
        (r#"["Plan"]"#, "line 1, column 2: expected an object with a `Plan`, found `\"Plan\"]`"),
        ("[\n  {\n    \"Plan\": {\n      \"Node Type\": \"Seq", "line 4, column 24: expected more"),
        (r#"[{"Plan": {"Node Type": "Seq Scan"}}"#, "line 1, column 37: expected more"),
        (
            r#"[{"Plan": {"Node Type": "Seq Scan"}}] (1 row)"#,
            "line 1, column 39: expected the end, found `(1 row)`",
        ),
        (r#"[{"Plan": {"Node Type" "Seq Scan"}}]"#, "line 1, column 24: expected `:`"),
        (r#"[{"Plan": {"Node Type": "Seq Scan" "#, "line 1, column 36: expected more"),
        (r#"[{"Plan": {"A": 1 "B": 2}}]"#, "line 1, column 19: expected `,` or `}`"),
        (r#"[{"Plan": {"A": [1 2]}}]"#, "line 1, column 20: expected `,` or `]`"),
        (r#"[{"Plan": {"A": 1,}}]"#, "line 1, column 19: expected a key in quotes, found `}}]`"),
        (r#"[{"Plan": {"A": "\x"}}]"#, "expected an escape that JSON knows"),
        (r#"[{"Plan": {"A": "\u12g4"}}]"#, "expected four hexadecimal digits"),
        (r#"[{"Plan": []}]"#, "line 1, column 11: expected a plan node, found `[]}]`"),
        (r#"[{"Plan": 1}]"#, "line 1, column 11: expected a plan node"),
        (r#"[{"Plan": {"Plans": {}}}]"#, "line 1, column 21: expected a list of plan nodes, found `{}}}]`"),
        (r#"[{"Plan": {"Plans": 3}}]"#, "line 1, column 21: expected a list of plan nodes"),
        (r#"[{"Plan": {"Plans": [3]}}]"#, "line 1, column 22: expected a plan node"),
        (r#"[{"Plan": {"Node Type": []}}]"#, "expected text"),
        (r#"[{"Plan": {"Plan Rows": "many"}}]"#, "line 1, column 25: expected a number, found `\"many\""),
        (r#"[{"Plan": {"Plan Rows": "NaN"}}]"#, "expected a number"),
        (r#"[{"Plan": {"Plan Rows": []}}]"#, "expected a number"),
        (r#"[{"Plan": {"Workers": 2}}]"#, "expected a list of workers"),
        (&deep, "expected a value that is not nested so deeply"),
    ];
    for (text, expected) in table {
        let shown = text.get(..60).unwrap_or(text);
        let error = read(text).map(|plans| plans.len()).expect_err(shown);
        assert!(error.what().contains(expected), "{shown}\n is: {}\n not: {expected}", error.what());
        assert!(error.advice().is_some_and(|hint| hint.contains("FORMAT JSON")), "{shown}: {error}");
    }
}

#[test]
fn what_is_not_known_is_kept() {
    let node = root(
        r#"{"Node Type": "Quantum Scan", "Parent Relationship": "Cousin", "Disabled": false,
            "Storage": "Memory", "Index Searches": 3, "Spin": {"Up": [1, 2]}}"#,
    );
    assert_eq!(node.operator, Operator::Other("Quantum Scan".to_owned()));
    assert_eq!((node.title().as_str(), node.role), ("Quantum Scan", Role::Root));
    let keys: Vec<&str> = node.extra.iter().map(|(key, _)| key.as_ref()).collect();
    assert_eq!(keys, ["Disabled", "Storage", "Index Searches", "Spin"]);
}

#[test]
fn numbers_as_they_come() {
    let rows = |rows: &str| {
        let node = root(&format!(r#"{{"Plan Rows": {rows}, "Actual Rows": {rows}, "Actual Loops": 4}}"#));
        (node.estimate.map(|e| e.rows.0), node.rows_out().map(|rows| rows.0))
    };
    let table = [
        ("12", (Some(12.0), Some(48.0))),
        (r#""12""#, (Some(12.0), Some(48.0))),
        (r#"" 12.5 ""#, (Some(12.5), Some(50.0))),
        ("0.25", (Some(0.25), Some(1.0))),
        ("0", (Some(0.0), Some(0.0))),
        ("1e3", (Some(1000.0), Some(4000.0))),
        ("9007199254740993", (Some(9_007_199_254_740_992.0), Some(36_028_797_018_963_968.0))),
        ("18446744073709551616", (Some(1.8446744073709552e19), Some(7.378697629483821e19))),
    ];
    for (text, expected) in table {
        assert_eq!(rows(text), expected, "{text}");
    }
}

#[test]
fn whatever_stands_around_the_plan() {
    let table = [
        ("a byte order mark", "\u{feff}[{\"Plan\": {\"Node Type\": \"Result\"}}]"),
        ("CRLF", "[\r\n  {\r\n    \"Plan\": {\"Node Type\": \"Result\"}\r\n  }\r\n]\r\n"),
        (
            "an object, as auto_explain logs it",
            r#"{"Query Text": "select 1", "Plan": {"Node Type": "Result"}}"#,
        ),
        (
            "a query that looks like a plan",
            r#"{"Query Text": "{\"Plan\": {", "Plan": {"Node Type": "Result"}}"#,
        ),
        ("a part without a plan", r#"[{"Query Parameters": "$1 = '1'"}, {"Plan": {"Node Type": "Result"}}]"#),
        (
            "keys of no interest",
            r#"[{"Plan": {"Node Type": "Result"}, "Planning": {"Memory": [1]}, "New": null}]"#,
        ),
    ];
    for (what, text) in table {
        assert_eq!(one(text).root().operator, Operator::Result, "{what}");
    }
}

#[test]
fn auto_explain_tells_the_query() {
    let plan =
        one(r#"{"Query Text": "select 1;", "Query Identifier": -42, "Plan": {"Node Type": "Result"}}"#);
    assert_eq!((plan.query_text.as_deref(), plan.query_id), (Some("select 1;"), Some(-42)));
}

#[test]
fn several_statements() {
    let plans =
        read(r#"[{"Plan": {"Node Type": "Result"}}, {"Plan": {"Node Type": "Limit"}, "Planning Time": 2}]"#);
    let plans = plans.expect("two plans");
    let told: Vec<(&Operator, Option<Ms>)> = plans.iter().map(|p| (&p.root().operator, p.planning)).collect();
    assert_eq!(told, [(&Operator::Result, None), (&Operator::Limit, Some(Ms(2.0)))]);
}

#[test]
fn nodes_stand_in_print_order() {
    let plan = one(r#"[{"Plan": {"Node Type": "Append", "Plans": [
               {"Node Type": "Limit", "Parent Relationship": "Member", "Plans": [
                 {"Node Type": "Sort", "Parent Relationship": "Outer"}]},
               {"Node Type": "Seq Scan", "Parent Relationship": "Member", "Plans": []},
               {"Node Type": "Result", "Parent Relationship": "InitPlan", "Subplan Name": "InitPlan 1"}]}}]"#);
    let told: Vec<_> =
        plan.nodes.iter().map(|n| (n.operator.name(), n.parent.map(|id| id.0), n.depth)).collect();
    let expected = [
        ("Append", None, 0),
        ("Limit", Some(0), 1),
        ("Sort", Some(1), 2),
        ("Seq Scan", Some(0), 1),
        ("Result", Some(0), 1),
    ];
    assert_eq!(told, expected);
    let sources: Vec<&str> = plan.sources(plan.root()).map(|n| n.operator.name()).collect();
    assert_eq!(sources, ["Append", "Limit", "Sort", "Seq Scan"], "an InitPlan gives no rows");
}

#[test]
fn half_measured_plans() {
    let with = |said: &str| one(&format!(r#"[{{"Plan": {{"Node Type": "Seq Scan"{said}}}}}]"#));
    //           said                                            measured, timed
    let table = [
        ("", false, false),
        (r#", "Actual Rows": 5, "Actual Loops": 1"#, true, false),
        (r#", "Actual Rows": 5, "Actual Loops": 1, "Actual Total Time": 2.5"#, true, true),
        (r#", "Actual Rows": 0, "Actual Loops": 0, "Actual Total Time": 0.0"#, true, true),
        (r#", "Actual Total Time": 2.5"#, false, false),
    ];
    for (said, measured, timed) in table {
        let plan = with(said);
        assert_eq!((plan.is_measured(), plan.is_timed()), (measured, timed), "{said}");
        assert!(
            crate::diagnose::diagnose(&plan, &Default::default(), &Default::default()).is_empty(),
            "{said}"
        );
    }
}

#[test]
fn conditions_that_are_lists() {
    let node =
        root(r#"{"TID Cond": ["(ctid = '(0,1)'::tid)", "(ctid < '(9,1)'::tid)"], "Filter": "(a = 1)"}"#);
    let tid = node.condition(ConditionKind::TidCond);
    assert_eq!(tid, Some("(ctid = '(0,1)'::tid) AND (ctid < '(9,1)'::tid)"));
    assert_eq!(node.condition(ConditionKind::Filter), Some("(a = 1)"));
}

#[test]
fn workers_with_keys_missing() {
    let node = root(
        r#"{"Node Type": "Sort", "Workers": [{"Worker Number": 1}, {"Worker Number": 0, "Actual Loops": 1,
            "Actual Rows": 7, "Sort Space Used": 8, "Sort Space Type": "Disk"}, {}, 5]}"#,
    );
    let told: Vec<_> = node
        .workers
        .iter()
        .map(|w| (w.number, w.actual.map(|a| a.rows.0), w.sort_disk.map(|b| b.0)))
        .collect();
    assert_eq!(told, [(1, None, None), (0, Some(7.0), Some(8192)), (0, None, None), (0, None, None)]);
}

#[test]
fn as_deep_as_one_likes() {
    let depth = 10_000;
    let text = format!(
        r#"[{{"Plan": {}{{"Node Type": "Result"}}{}}}]"#,
        r#"{"Node Type": "Limit", "Plans": ["#.repeat(depth),
        "]}".repeat(depth)
    );
    let plan = one(&text);
    assert_eq!((plan.nodes.len(), plan.nodes.last().map(|n| n.depth)), (depth + 1, Some(depth)));
}

#[test]
fn what_postgresql_wrote_although_it_is_no_json() {
    let plan = one(
        r#"[{"Plan": {"Node Type": "Append", "Plans": ["Subplans Removed": 1, {"Node Type": "Seq Scan"}]}}]"#,
    );
    assert_eq!(plan.root().extra, [("Subplans Removed".into(), 1.into())]);
    assert_eq!(plan.nodes.len(), 2);
}

#[test]
fn strings_as_they_come() {
    let table = [
        (r#""a\nb\t\"\\\/c""#, "a\nb\t\"\\/c"),
        (r#""\u00e9\ud83d\ude00""#, "é😀"),
        (r#""\ud83d!""#, "\u{fffd}!"),
        ("\"a raw\nnewline\"", "a raw\nnewline"),
        (r#""""#, ""),
    ];
    for (json, expected) in table {
        let node = root(&format!(r#"{{"Filter": {json}}}"#));
        assert_eq!(node.condition(ConditionKind::Filter), Some(expected), "{json}");
    }
}

#[test]
fn a_column_of_a_result() {
    let plan = one(r#"[{"QUERY PLAN": [{"Plan": {"Node Type": "Result"}, "Execution Time": 1.5}]}]"#);
    assert_eq!((plan.nodes.len(), plan.execution), (1, Some(Ms(1.5))));
}
