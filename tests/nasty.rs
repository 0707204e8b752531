//! Plans as they come: every file of tests/nasty, and what is read from it.

#[path = "nasty/table.rs"]
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use advisor::plan::{ConditionKind, Plan, Reading, Role, read};

use self::table::TABLE;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nasty")
}

fn text(file: &str) -> String {
    fs::read_to_string(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn reading(file: &str) -> Reading {
    read(&text(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn one(file: &str) -> Plan {
    reading(file).plans.remove(0)
}

/// Nodes and root of each plan, then the notes; or the error.
fn told(file: &str) -> String {
    match read(&text(file)) {
        Ok(Reading { plans, notes }) => {
            let plans: Vec<String> =
                plans.iter().map(|plan| format!("{} {}", plan.nodes.len(), plan.root().label())).collect();
            plans.into_iter().chain(notes).collect::<Vec<_>>().join("; ")
        }
        Err(error) => error.what().to_owned(),
    }
}

#[test]
fn every_file_is_read_or_refused() {
    for (file, expected) in TABLE {
        assert_eq!(told(file), *expected, "{file}");
    }
    let mut files: Vec<String> = fs::read_dir(folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with(".sh") && name != "table.rs")
        .collect();
    files.sort();
    let mut listed: Vec<&str> = TABLE.iter().map(|(file, _)| *file).collect();
    listed.sort_unstable();
    assert_eq!(files, listed);
}

/// What stays the same however often a statement is explained, and whatever its plan went through.
fn tree(plan: &Plan) -> Vec<String> {
    let line = |node: &advisor::plan::Node| {
        format!("{} {} {:?} {:?} {:?}", node.depth, node.label(), node.role, node.conditions, node.group_key)
    };
    plan.nodes.iter().map(line).collect()
}

#[test]
fn the_same_tree_whatever_it_went_through() {
    let plain = one("01-frame.txt");
    let costs = |plan: &Plan| plan.nodes.iter().map(|node| node.estimate).collect::<Vec<_>>();
    let same = TABLE.iter().filter(|(_, told)| told.starts_with("7 Limit"));
    let mut count = 0;
    for (file, _) in same {
        for plan in reading(file).plans {
            assert_eq!(tree(&plan), tree(&plain), "{file}");
            if !file.contains("costs-off") {
                assert_eq!(costs(&plan), costs(&plain), "{file}");
            }
            if !file.starts_with("18") {
                assert!(plan.planning.is_some() && plan.execution.is_some() && plan.is_timed(), "{file}");
                let pages = plan.root().buffers.expect("pages");
                // The planner's own pages stand below the tree, and are no node's.
                assert!((70..90).contains(&pages.shared()), "{file}: {pages:?}");
                assert_eq!(plan.nodes.iter().filter(|node| node.buffers.is_some()).count(), 7, "{file}");
            }
            count += 1;
        }
    }
    assert!(count > 50);
}

#[test]
fn logs_tell_the_query() {
    let expected = "select c.relname, 'it''s \"Plan\": {' as \"odd name\" /* two\nlines */ from pg_class c join \
                    pg_attribute a on a.attrelid = c.oid where c.relname <> E'new\\nline' and c.relname = 'pg_class' limit 3;";
    let logs = TABLE.iter().filter(|(file, told)| told.starts_with("4 Limit") && !file.starts_with("12-cut"));
    let logs: Vec<&str> = logs.map(|(file, _)| *file).collect();
    assert_eq!(logs.len(), 16, "{logs:?}");
    for file in logs {
        let plan = one(file);
        assert_eq!(plan.query_text.as_deref(), Some(expected), "{file}");
        assert_eq!(tree(&plan), tree(&one("11-stderr-json.txt")), "{file}");
    }
    assert_eq!(one("15-parameters.txt").query_text.as_deref(), Some("select * from t where a = $1"));
    assert_eq!(one("15-parameters.txt").query_id, Some(-4_604_287_731_372_067_730));
    let condition = one("15-parameters.txt").root().condition(ConditionKind::IndexCond).map(str::to_owned);
    assert_eq!(condition.as_deref(), Some("(a = 'two\nlines, and \"Plan\": {'::text)"));
}

#[test]
fn fractions_of_rows() {
    let plan = one("19-fractional.json");
    let rows: Vec<Option<f64>> = plan.nodes.iter().map(|node| node.rows_out().map(|rows| rows.0)).collect();
    assert_eq!(rows, [Some(10.0), Some(20.0), Some(10.0), Some(5.0)]);
    assert_eq!(
        one("30-huge-rows.json").root().rows_out().map(|rows| rows.0),
        Some(18_446_744_073_709_551_616.0)
    );
}

/// What no clock measures does not reach the arithmetic.
#[test]
fn measures_are_finite_and_not_below_zero() {
    let plan = one("30-impossible.json");
    let fits = |number: f64| number.is_finite() && number >= 0.0;
    for node in &plan.nodes {
        let (actual, own) = (node.actual.expect("measures"), node.own.expect("times"));
        assert!(
            fits(actual.rows.0) && fits(actual.loops) && actual.total.is_none_or(|time| fits(time.0)),
            "{node:?}"
        );
        assert!(
            [own.inclusive, own.exclusive, own.work, own.bound].iter().all(|time| fits(time.0)),
            "{own:?}"
        );
    }
    let estimate = plan.root().estimate.expect("an estimate");
    assert!(
        estimate.startup_cost == 0.0 && estimate.rows.0 == 0.0 && fits(estimate.total_cost),
        "{estimate:?}"
    );
    assert_eq!(plan.planning.map(|time| time.0), Some(0.0));
}

#[test]
fn lines_of_18_and_names_of_19() {
    let plan = one("20-eighteen.txt");
    let said = |at: usize, key: &str| {
        let extra = plan.nodes[at].extra.iter().find(|(name, _)| name == key);
        extra.map(|(_, value)| value.to_string()).unwrap_or_default()
    };
    assert_eq!(said(0, "Window"), "\"w1 AS (PARTITION BY b ORDER BY a ROWS UNBOUNDED PRECEDING)\"");
    assert_eq!(plan.root().condition(ConditionKind::RunCondition), Some("(row_number() OVER w1 <= 2)"));
    assert_eq!((said(0, "Storage"), said(0, "Maximum Storage")), ("\"Memory\"".to_owned(), "17".to_owned()));
    assert_eq!((said(1, "Disabled"), said(2, "Index Searches")), ("true".to_owned(), "5".to_owned()));

    let plan = one("24-names-of-19.txt");
    let apart: Vec<(Role, Option<&str>)> =
        plan.nodes.iter().map(|node| (node.role, node.subplan_name.as_deref())).collect();
    assert_eq!(
        apart,
        [
            (Role::Root, None),
            (Role::InitPlan, Some("InitPlan minmax_1")),
            (Role::Outer, None),
            (Role::InitPlan, Some("InitPlan expr_1")),
            (Role::SubPlan, Some("SubPlan any_1")),
        ]
    );
    assert_eq!(
        plan.nodes[4].actual.map(|actual| (actual.loops, actual.total.map(|t| t.0))),
        Some((0.0, Some(0.0)))
    );
}

#[test]
fn planning_has_its_own_pages_and_the_query_its_own_braces() {
    let plan = one("23-planning-buffers.txt");
    let pages_of_the_last = plan.nodes.last().and_then(|node| node.buffers).map(|b| b.shared());
    assert_eq!(pages_of_the_last, Some(0), "planning's are not the last node's");
    assert_eq!((plan.root().buffers.map(|b| b.shared()), plan.planning_pages()), (Some(7), Some(132)));
    let query = one("14-query-text.json").query_text.expect("a statement");
    assert!(
        query.starts_with("select '\"Plan\": {'") && query.ends_with("\"Node Type\": \"Sort\""),
        "{query}"
    );
}

#[test]
fn workers_triggers_and_jit() {
    let plan = one("25-workers.txt");
    let sort = &plan.nodes[1];
    let workers: Vec<_> = sort
        .workers
        .iter()
        .map(|w| (w.number, w.actual.map(|a| a.loops), w.sort_disk.map(|b| b.0)))
        .collect();
    assert_eq!(workers, [(0, None, Some(40 * 1024)), (1, Some(1.0), None)]);
    assert_eq!((sort.buffers, plan.nodes[2].workers.len()), (None, 1));

    let plan = one("27-triggers.txt");
    let triggers: Vec<_> = plan
        .triggers
        .iter()
        .map(|t| (t.name.as_str(), t.constraint.as_deref(), t.relation.as_str(), t.time.0, t.calls))
        .collect();
    assert_eq!(
        triggers,
        [
            ("RI_ConstraintTrigger_a_16400", Some("items_order_fk"), "orders", 106.121, 500.0),
            ("", Some("notes_order_fk"), "orders", 6.582, 500.0),
            ("audit_on_delete", None, "orders", 1.5, 500.0),
        ]
    );
    assert_eq!(
        plan.nodes.iter().map(|node| node.ran()).collect::<Vec<_>>(),
        [true, true, true, false, false]
    );

    let jit = one("26-jit.txt").jit.expect("a JIT block");
    assert_eq!((jit.functions, jit.total.map(|time| time.0)), (3, Some(13.578)));
    let plan = one("22-serialization.txt");
    assert_eq!(plan.serialization.map(|time| time.0), Some(20.114));
    assert_eq!(plan.root().buffers.map(|pages| pages.shared_hit), Some(1031));
}

#[test]
fn names_and_literals_that_look_like_plans() {
    let plan = one("30-names.txt");
    let names: Vec<_> = plan
        .nodes
        .iter()
        .filter_map(|node| node.relation.as_ref())
        .map(|r| (r.name.as_str(), r.alias.as_deref()))
        .collect();
    assert_eq!(
        names,
        [
            ("a -> b (cost=1..2 rows=3 width=4)", Some("a -> b (cost=1..2 rows=3 width=4)")),
            ("two\nlines", Some("say \"hi\"")),
        ]
    );
    assert_eq!(
        plan.nodes[0].condition(ConditionKind::JoinFilter),
        Some(
            "((\"a -> b (cost=1..2 rows=3 width=4)\".id = \"it's\".id) AND (\"it's\".note ~~ '%\n  ->  Seq Scan on \
             nothing  (cost=0.00..1.00 rows=1 width=4)%'::text))"
        )
    );
    let plan = one("30-remote-sql.txt");
    let sql = plan.root().extra.iter().find(|(key, _)| key == "Remote SQL").expect("the remote SQL");
    assert!(
        sql.1
            .as_str()
            .is_some_and(|sql| sql.starts_with("SELECT r1.x, r2.y->'k'") && sql.ends_with("::jsonb)))"))
    );
    let plan = one("28-update-partitioned.txt");
    let targets = plan.root().extra.iter().find(|(key, _)| key == "Target Tables").expect("the tables");
    assert_eq!(targets.1[1]["Relation Name"], "ta -> 2");
    let plan = one("30-citus.json");
    let query =
        plan.root().extra.iter().find(|(key, _)| key == "Distributed Query").expect("what Citus says");
    assert_eq!(query.1["Job"]["Tasks"][0]["Remote Plan"][0][0]["Plan"]["Relation Name"], "t_102008");
}

#[test]
fn a_thousand_levels_in_every_format() {
    let levels = 1000;
    let json = format!(
        "[{{\"Plan\": {}{{\"Node Type\": \"Result\"}}{}}}]",
        "{\"Node Type\": \"Limit\", \"Plans\": [".repeat(levels),
        "]}".repeat(levels)
    );
    let xml = format!(
        "<explain><Query>{}<Plan><Node-Type>Result</Node-Type></Plan>{}</Query></explain>",
        "<Plan><Node-Type>Limit</Node-Type><Plans>".repeat(levels),
        "</Plans></Plan>".repeat(levels)
    );
    let mut yaml = String::from("- Plan: \n    Node Type: \"Limit\"\n");
    let mut text = String::from("Limit  (cost=0.00..1.00 rows=1 width=4)\n");
    for level in 1..=levels {
        let name = if level == levels { "Result" } else { "Limit" };
        let indent = " ".repeat(4 * level);
        yaml += &format!("{indent}Plans: \n{indent}  - Node Type: \"{name}\"\n");
        text += &format!("{}->  {name}  (cost=0.00..1.00 rows=1 width=4)\n", " ".repeat(6 * level - 4));
    }
    for (format, text) in [("JSON", json), ("XML", xml), ("YAML", yaml), ("text", text)] {
        let Reading { plans, notes } = read(&text).unwrap_or_else(|error| panic!("{format}: {error}"));
        let deepest = plans[0].nodes.iter().map(|node| node.depth).max();
        assert_eq!((plans[0].nodes.len(), deepest, notes), (levels + 1, Some(levels), vec![]), "{format}");
    }
}

/// A sequence of numbers that looks random and is the same every time.
fn numbers(mut seed: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below.max(1)
    }
}

/// Whatever is done to a plan, it is read or refused with a place.
#[test]
fn damage_is_no_panic() {
    let mut random = numbers(7);
    for (file, _) in TABLE {
        let whole = text(file);
        let lines: Vec<&str> = whole.lines().collect();
        for round in 0..60 {
            let damaged = match round % 4 {
                0 => whole.chars().take(random(whole.chars().count())).collect::<String>(),
                1 => whole.chars().skip(random(whole.chars().count())).collect(),
                2 => {
                    let without = random(lines.len());
                    let kept = lines.iter().enumerate().filter(|(at, _)| *at != without);
                    kept.map(|(_, line)| format!("{line}\n")).collect()
                }
                _ => {
                    let marks = [
                        '"', '\'', '(', ')', '{', '}', '[', ']', ':', ',', '-', '>', '<', '\n', '\t', ' ',
                        'é',
                    ];
                    let at = random(whole.chars().count());
                    let mark = marks[random(marks.len())];
                    whole.chars().enumerate().map(|(i, c)| if i == at { mark } else { c }).collect()
                }
            };
            match read(&damaged) {
                Ok(Reading { plans, .. }) => {
                    assert!(plans.iter().all(|plan| !plan.nodes.is_empty()), "{file}")
                }
                Err(error) => {
                    assert!(
                        error.what().to_lowercase().contains("plan") && error.advice().is_some(),
                        "{file}: {error}"
                    )
                }
            }
        }
    }
}
