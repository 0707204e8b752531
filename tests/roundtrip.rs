//! Random plans, written in every format, put through something, and read back: the same tree.

use advisor::plan::{Plan, Reading, read};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A node as EXPLAIN knows it; the formats are written from it.
#[derive(Debug, Clone)]
struct Planned {
    scan: bool,
    name: String,
    alias: String,
    literal: String,
    cost: u32,
    rows: u32,
    micros: u32,
    loops: u32,
    below: Vec<Planned>,
}

/// Names and literals that are hard on a reader; names with anything special in them are quoted by EXPLAIN.
fn words() -> impl Strategy<Value = String> {
    let hard = [
        "orders",
        "a -> b",
        "it''s",
        "x (cost=1..2 rows=3 width=4)",
        "ü€",
        "a: b",
        "Filter: x",
        "<&>",
        "[1,{",
        "a, b",
    ];
    proptest::sample::select(hard.to_vec()).prop_map(str::to_owned)
}

fn planned() -> impl Strategy<Value = Planned> {
    let node = |scan| {
        (words(), words(), words(), 0..9_999_999_u32, 0..999_999_u32, 0..9_999_999_u32, 0..99_u32).prop_map(
            move |(name, alias, literal, cost, rows, micros, loops)| Planned {
                scan,
                name,
                alias,
                literal,
                cost,
                rows,
                micros,
                loops,
                below: Vec::new(),
            },
        )
    };
    node(true).prop_recursive(6, 24, 3, move |inner| {
        (node(false), proptest::collection::vec(inner, 1..4))
            .prop_map(|(above, below)| Planned { below, ..above })
    })
}

fn hundredths(n: u32) -> String {
    format!("{}.{:02}", n / 100, n % 100)
}

fn thousandths(n: u32) -> String {
    format!("{}.{:03}", n / 1000, n % 1000)
}

impl Planned {
    fn condition(&self) -> String {
        format!("(note = '{}'::text)", self.literal)
    }

    fn number(text: &str) -> Value {
        serde_json::from_str(text).expect("a number")
    }

    fn json(&self, role: Option<&str>) -> Value {
        let mut map = Map::new();
        let mut say = |key: &str, value: Value| drop(map.insert(key.to_owned(), value));
        say("Node Type", json!(if self.scan { "Seq Scan" } else { "Append" }));
        if let Some(role) = role {
            say("Parent Relationship", json!(role));
        }
        if self.scan {
            say("Relation Name", json!(self.name));
            say("Alias", json!(self.alias));
        }
        say("Startup Cost", Self::number("0.00"));
        say("Total Cost", Self::number(&hundredths(self.cost)));
        say("Plan Rows", json!(self.rows));
        say("Plan Width", json!(4));
        say("Actual Startup Time", json!(0.0));
        say("Actual Total Time", Self::number(&thousandths(if self.loops == 0 { 0 } else { self.micros })));
        say("Actual Rows", json!(if self.loops == 0 { 0 } else { self.rows }));
        say("Actual Loops", json!(self.loops));
        if self.scan {
            say("Filter", json!(self.condition()));
        } else {
            say("Plans", self.below.iter().map(|node| node.json(Some("Member"))).collect());
        }
        Value::Object(map)
    }

    fn yaml(&self, role: Option<&str>, indent: usize, yaml: &mut String) {
        let Value::Object(map) = self.json(role) else { return };
        for (i, (key, value)) in map.iter().enumerate() {
            let margin = if i == 0 { String::new() } else { " ".repeat(indent) };
            if key != "Plans" {
                *yaml += &format!("{margin}{key}: {value}\n");
                continue;
            }
            *yaml += &format!("{margin}Plans: \n");
            for node in &self.below {
                *yaml += &format!("{}- ", " ".repeat(indent + 2));
                node.yaml(Some("Member"), indent + 4, yaml);
            }
        }
    }

    fn xml(&self, role: Option<&str>, xml: &mut String) {
        let Value::Object(map) = self.json(role) else { return };
        *xml += "<Plan>\n";
        for (key, value) in &map {
            let tag = key.replace(' ', "-");
            if key == "Plans" {
                *xml += "<Plans>\n";
                self.below.iter().for_each(|node| node.xml(Some("Member"), xml));
                *xml += "</Plans>\n";
                continue;
            }
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            *xml += &format!("<{tag}>{text}</{tag}>\n");
        }
        *xml += "</Plan>\n";
    }

    fn text(&self, level: usize, text: &mut String) {
        let quoted = |name: &str| if name == "orders" { name.to_owned() } else { format!("\"{name}\"") };
        let arrow = if level == 0 { String::new() } else { format!("{}->  ", " ".repeat(6 * level - 4)) };
        let alias = if self.alias == self.name { String::new() } else { format!(" {}", quoted(&self.alias)) };
        let title = if self.scan {
            format!("Seq Scan on {}{alias}", quoted(&self.name))
        } else {
            "Append".to_owned()
        };
        let cost = format!("(cost=0.00..{} rows={} width=4)", hundredths(self.cost), self.rows);
        let (time, rows, loops) = (thousandths(self.micros), self.rows, self.loops);
        let actual = match self.loops {
            0 => "(never executed)".to_owned(),
            _ => format!("(actual time=0.000..{time} rows={rows} loops={loops})"),
        };
        *text += &format!("{arrow}{title}  {cost} {actual}\n");
        if self.scan {
            *text += &format!("{}Filter: {}\n", " ".repeat(6 * level + 2), self.condition());
        }
        self.below.iter().for_each(|node| node.text(level + 1, text));
    }
}

/// What a plan went through.
#[derive(Debug, Clone, Copy)]
enum Through {
    Nothing,
    Frame(usize, bool),
    Csv,
    PgAdmin,
    Log,
    Syslog,
    Numbers,
    Dos,
    Sql,
    Terminal(usize),
}

fn through() -> impl Strategy<Value = Through> {
    use Through::{Csv, Dos, Frame, Log, Nothing, Numbers, PgAdmin, Sql, Syslog, Terminal};
    let frames = [0, 1, 2].into_iter().flat_map(|border| [false, true].map(|unicode| Frame(border, unicode)));
    let others = [Nothing, Csv, PgAdmin, Log, Syslog, Numbers, Dos, Sql, Terminal(80), Terminal(150)];
    proptest::sample::select(frames.chain(others).collect::<Vec<_>>())
}

fn put_through(plan: &str, through: Through) -> String {
    let each = |line: &dyn Fn(usize, &str) -> String| -> String {
        plan.lines().enumerate().map(|(i, text)| line(i, text) + "\n").collect()
    };
    match through {
        Through::Nothing => plan.to_owned(),
        Through::Frame(border, unicode) => framed(plan, border, unicode),
        Through::Csv => format!("QUERY PLAN\n\"{}\"\n", plan.trim_end().replace('"', "\"\"")),
        Through::PgAdmin => each(&|_, text| format!("\"{}\"", text.replace('"', "\"\""))),
        Through::Log => {
            "2026-05-01 10:00:00.123 UTC [1] LOG:  duration: 1.0 ms  plan:\n".to_owned()
                + &each(&|_, text| format!("\t{text}"))
        }
        Through::Syslog => {
            each(&|i, text| format!("May  1 10:00:00 db1 postgres[7]: [3-{}] #011{text}", i + 2))
        }
        Through::Numbers => each(&|i, text| format!("{:4} | {text}", i + 1)),
        Through::Dos => plan.replace('\n', "\r\n"),
        Through::Terminal(columns) => each(&|_, text| {
            let letters: Vec<char> = text.chars().collect();
            letters.chunks(columns).map(String::from_iter).collect::<Vec<_>>().join("\n")
        }),
        Through::Sql => format!("create index on t (a);\nexplain analyze select 1;\n{plan}\nselect 2;\n"),
    }
}

/// As psql draws it: a value of several lines is one cell, a plan in text has a row a line.
fn framed(plan: &str, border: usize, unicode: bool) -> String {
    let cell = !plan.contains("(cost=0.00..") || plan.contains("Node");
    let lines: Vec<&str> = plan.lines().collect();
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0).max("QUERY PLAN".len());
    let (dash, bar, newline) = if unicode { ("─", "│", "↵") } else { ("-", "|", "+") };
    let edge = |text: &str, mark: &str| {
        let padded = format!("{text}{}", " ".repeat(width - text.chars().count()));
        match border {
            0 => format!("{padded}{mark}"),
            1 => format!(" {padded}{mark}"),
            _ => format!("{bar} {padded}{mark}{bar}"),
        }
    };
    let rule = dash.repeat(width + if border == 0 { 0 } else { 2 });
    let rule = if border == 2 { format!("+{rule}+") } else { rule };
    let mut frame = if border == 2 { format!("{rule}\n") } else { String::new() };
    frame += &format!("{}\n{rule}\n", edge("QUERY PLAN", " "));
    for (i, line) in lines.iter().enumerate() {
        let more = cell && i + 1 < lines.len();
        let text = edge(line, if more { newline } else { " " });
        frame += if border == 2 { &text } else { text.trim_end() };
        frame.push('\n');
    }
    if border == 2 {
        frame += &format!("{rule}\n");
    }
    frame + &format!("({} rows)\n\n", lines.len())
}

/// All that every format tells.
fn told(plan: &Plan) -> Vec<String> {
    let line = |node: &advisor::plan::Node| {
        format!(
            "{} {} {:?} {:?} {:?} {:?} {:?}",
            node.depth,
            node.label(),
            node.role,
            node.relation,
            node.conditions,
            node.estimate,
            node.actual
        )
    };
    plan.nodes.iter().map(line).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_tree_comes_back(plan in planned(), through in through()) {
        // The root of a plan that was run has run.
        let plan = Planned { loops: plan.loops.max(1), ..plan };
        let json = json!([{ "Plan": plan.json(None), "Execution Time": 12.5 }]);
        let expected = read(&json.to_string()).expect("plain JSON").plans.remove(0);
        let mut yaml = String::from("- Plan: \n    ");
        plan.yaml(None, 4, &mut yaml);
        yaml += "  Execution Time: 12.5\n";
        let mut xml = String::from("<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n<Query>\n");
        plan.xml(None, &mut xml);
        xml += "<Execution-Time>12.5</Execution-Time>\n</Query>\n</explain>\n";
        let mut text = String::new();
        plan.text(0, &mut text);
        text += "Execution Time: 12.5 ms\n";
        let json = serde_json::to_string_pretty(&json).expect("JSON") + "\n";
        for written in [json, yaml, xml, text] {
            let given = put_through(&written, through);
            let Reading { plans, notes } = read(&given).unwrap_or_else(|error| panic!("{error}\n{given}"));
            prop_assert_eq!(plans.len(), 1, "{}", given);
            prop_assert_eq!(&notes, &Vec::<String>::new(), "{}", given);
            prop_assert_eq!(told(&plans[0]), told(&expected), "{}", given);
            prop_assert_eq!(plans[0].execution, expected.execution, "{}", given);
        }
    }
}
