//! Plans as they come: every file of tests/nasty, and what is read from it.

use std::fs;
use std::path::{Path, PathBuf};

use advisor::plan::{ConditionKind, Plan, Reading, Role, read};

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

const TABLE: &[(&str, &str)] = &[
    ("01-frame-localized.txt", "7 Limit"),
    ("01-frame.txt", "7 Limit"),
    ("02-border-0-json.txt", "7 Limit"),
    ("02-border-0-text.txt", "7 Limit"),
    ("02-border-1-json.txt", "7 Limit"),
    ("02-border-1-text.txt", "7 Limit"),
    ("02-border-2-json.txt", "7 Limit"),
    ("02-border-2-text.txt", "7 Limit"),
    ("02-double-json.txt", "7 Limit"),
    ("02-double-text.txt", "7 Limit"),
    ("02-old-ascii-0-json.txt", "7 Limit"),
    ("02-old-ascii-0-text.txt", "7 Limit"),
    ("02-old-ascii-1-json.txt", "7 Limit"),
    ("02-old-ascii-1-text.txt", "7 Limit"),
    ("02-old-ascii-2-json.txt", "7 Limit"),
    ("02-old-ascii-2-text.txt", "7 Limit"),
    ("02-unaligned-json.txt", "7 Limit"),
    ("02-unaligned-text.txt", "7 Limit"),
    ("02-unicode-0-json.txt", "7 Limit"),
    ("02-unicode-0-text.txt", "7 Limit"),
    ("02-unicode-1-json.txt", "7 Limit"),
    ("02-unicode-1-text.txt", "7 Limit"),
    ("02-unicode-2-json.txt", "7 Limit"),
    ("02-unicode-2-text.txt", "7 Limit"),
    ("03-plus-xml.txt", "7 Limit"),
    ("03-plus-yaml.txt", "7 Limit"),
    ("03-return-xml.txt", "7 Limit"),
    ("03-return-yaml.txt", "7 Limit"),
    ("04-expanded-0-json.txt", "7 Limit"),
    ("04-expanded-0-text.txt", "7 Limit"),
    ("04-expanded-2-json.txt", "7 Limit"),
    ("04-expanded-2-text.txt", "7 Limit"),
    ("04-expanded-json.txt", "7 Limit"),
    ("04-expanded-text.txt", "7 Limit"),
    ("05-csv-json.txt", "7 Limit"),
    ("05-csv-text.txt", "7 Limit"),
    ("05-pgadmin-json.txt", "7 Limit"),
    ("05-pgadmin.txt", "7 Limit"),
    ("06-dbeaver.txt", "7 Limit"),
    ("07-psql-wrapped-unicode.txt", "7 Limit"),
    ("07-psql-wrapped.txt", "7 Limit"),
    ("07-terminal-100.txt", "7 Limit"),
    ("07-terminal-150.txt", "7 Limit"),
    ("07-terminal-80-bare.txt", "7 Limit"),
    ("07-terminal-80-trimmed.txt", "7 Limit"),
    ("07-terminal-80.txt", "7 Limit"),
    ("08-numbered-bar.txt", "7 Limit"),
    ("08-numbered-cat.txt", "7 Limit"),
    ("09-several.txt", "7 Limit; 7 Limit; 7 Limit"),
    ("10-syslog.txt", "4 Limit"),
    ("10-tabs.txt", "7 Limit"),
    ("11-interleaved.txt", "4 Limit"),
    ("11-stderr-json.txt", "4 Limit"),
    ("11-stderr-text.txt", "4 Limit"),
    ("11-stderr-xml.txt", "4 Limit"),
    ("11-stderr-yaml.txt", "4 Limit"),
    ("12-cut-entry.txt", "4 Limit; the plan is cut off in line 89"),
    ("12-double-timestamps.txt", "4 Limit"),
    ("12-kubernetes.txt", "4 Limit"),
    ("13-csvlog-json.csv", "4 Limit"),
    ("13-csvlog-text.csv", "4 Limit"),
    ("13-csvlog-xml.csv", "4 Limit"),
    ("13-csvlog-yaml.csv", "4 Limit"),
    ("13-jsonlog-json.json", "4 Limit"),
    ("13-jsonlog-text.json", "4 Limit"),
    ("13-jsonlog-xml.json", "4 Limit"),
    ("13-jsonlog-yaml.json", "4 Limit"),
    ("15-parameters.txt", "1 Index Scan using t_pkey on t"),
    (
        "16-truncated.json",
        "3 Limit; the plan is cut off in line 64; the plan is not whole: at least 1 node is missing",
    ),
    (
        "16-truncated.txt",
        "2 Limit; the plan is cut off in line 6; the plan is not whole: at least 1 node is missing",
    ),
    (
        "16-truncated.xml",
        "2 Limit; the plan is cut off in line 47; the plan is not whole: at least 1 node is missing",
    ),
    ("16-truncated.yaml", "3 Limit; the plan is not whole: at least 1 node is missing"),
    ("17-invalid.json", "2 Append"),
    ("18-costs-off.txt", "7 Limit"),
    ("18-costs-off.yaml", "7 Limit"),
    ("18-timing-off-costs-off.txt", "7 Limit"),
    ("18-timing-off-costs-on.txt", "7 Limit"),
    ("19-fractional.json", "4 Nested Loop"),
    ("20-eighteen.txt", "3 WindowAgg"),
    ("21-overexplain.txt", "5 GroupAggregate"),
    ("22-serialization.txt", "1 Seq Scan on big"),
    ("24-names-of-19.txt", "5 Result"),
    ("25-none-launched.txt", "2 Gather"),
    ("25-workers.txt", "3 Gather"),
    ("26-jit.txt", "1 Seq Scan on big"),
    ("27-triggers.txt", "5 Delete on orders"),
    ("28-update-partitioned.txt", "5 Update on ta"),
    ("29-rounding.txt", "2 Limit"),
    ("30-bom.json", "7 Limit"),
    ("30-citus.json", "1 Custom Scan"),
    ("30-citus.txt", "4 Custom Scan"),
    ("30-crlf.txt", "7 Limit"),
    ("30-huge-rows.json", "1 Seq Scan on t"),
    ("30-names.txt", "3 Nested Loop"),
    ("30-nbsp.txt", "7 Limit"),
    ("30-remote-sql.txt", "1 Foreign Scan"),
    (
        "refused-comma.json",
        "the plan cannot be read at line 6, column 7: expected `,` or `}`, found `\"Total Cost\": 1`",
    ),
    (
        "refused-figures.txt",
        "the plan cannot be read at line 2, column 28: expected a number, found `cheap..1.00 rows=1 w`",
    ),
    (
        "refused-frame.txt",
        "the plan cannot be read at line 7, column 22: expected text, found `[\"Result\"]`",
    ),
    (
        "refused-indentation.yaml",
        "the plan cannot be read at line 3, column 7: expected a key that is indented as the one above, found `Total Cost: 1`",
    ),
    (
        "refused-tag.xml",
        "the plan cannot be read at line 4, column 24: expected `</Node-Type>`, found `</Node-Types>`",
    ),
    (
        "refused-unclosed.txt",
        "the plan cannot be read at line 1, column 31: expected `)` after the figures, found nothing",
    ),
];

#[test]
fn every_file_is_read_or_refused() {
    for (file, expected) in TABLE {
        assert_eq!(told(file), *expected, "{file}");
    }
    let mut files: Vec<String> = fs::read_dir(folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with(".sh"))
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
                    assert!(error.what().contains("plan") && error.advice().is_some(), "{file}: {error}")
                }
            }
        }
    }
}
