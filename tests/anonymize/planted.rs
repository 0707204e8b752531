//! A secret in every place of a plan that can hold one, in every form that SQL and the formats have for it.

use advisor::anonymize::anonymize;
use advisor::query::name::quote;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// No word of PostgreSQL's, nor of the tool's, has this in it.
const SECRET: &str = "zqx";

/// A number that nothing else in the plan is.
const NUMBER: &str = "731846";

/// What is hard on whoever looks for the end of a name or of a literal.
const TAILS: [&str; 32] = [
    "",
    "_id",
    " name",
    "'",
    "''",
    "\"",
    "\\",
    "\n",
    "\t",
    "\r\n",
    "$$",
    "$1",
    "$a$",
    "--",
    "/*",
    "*/",
    "::text",
    "->",
    ": ",
    ":",
    "{",
    "}",
    ",",
    "<b>",
    "&amp;",
    "é",
    "☃",
    "%",
    " (cost=1.00..2.00 rows=1 width=4)",
    "[",
    ")",
    "\u{a0}",
];

/// Keys of names, and of words from closed lists.
const NAMES: [&str; 13] = [
    "Relation Name",
    "Schema",
    "Alias",
    "Index Name",
    "CTE Name",
    "Function Name",
    "Table Function Name",
    "Tuplestore Name",
    "Custom Plan Provider",
    "Sampling Method",
    "Strategy",
    "Sort Method",
    "Cache Mode",
];

/// Keys of expressions.
const CONDITIONS: [&str; 16] = [
    "Filter",
    "Index Cond",
    "Recheck Cond",
    "Join Filter",
    "Hash Cond",
    "Merge Cond",
    "Order By",
    "One-Time Filter",
    "TID Cond",
    "Run Condition",
    "Cache Key",
    "Function Call",
    "Table Function Call",
    "Conflict Filter",
    "Window",
    "Repeatable Seed",
];

/// Keys of lists of expressions.
const LISTS: [&str; 6] =
    ["Output", "Sort Key", "Presorted Key", "Group Key", "Params Evaluated", "Sampling Parameters"];

/// A secret, and what stands around it.
fn secret() -> impl Strategy<Value = String> {
    let tail = || proptest::sample::select(TAILS.to_vec());
    (tail(), tail()).prop_map(|(before, after)| format!("{before}{SECRET}{after}"))
}

/// A literal that says this, in one of the forms of SQL.
fn literal(text: &str, form: usize) -> String {
    let plain = text.replace('\'', "''");
    match form % 6 {
        0 => format!("'{plain}'::text"),
        1 => format!("E'{}'::text", plain.replace('\\', "\\\\")),
        2 if !text.contains("$q") && !text.ends_with('$') => format!("$q${text}$q$"),
        3 if !text.contains('\\') => format!("U&'{plain}'"),
        4 => format!("'{{\"{}\",NULL}}'::text[]", plain.replace('\\', "\\\\").replace('"', "\\\"")),
        _ => format!("'%{plain}%'::character varying(20)"),
    }
}

/// What a plan says of secrets.
#[derive(Debug, Clone)]
struct Planted {
    names: Vec<String>,
    literals: Vec<String>,
}

fn planted() -> impl Strategy<Value = Planted> {
    let names = proptest::collection::vec(secret(), 8);
    let literals = proptest::collection::vec((secret(), 0..6_usize), 4);
    (names, literals).prop_map(|(names, literals)| Planted {
        names,
        literals: literals.iter().map(|(text, form)| literal(text, *form)).collect(),
    })
}

impl Planted {
    fn name(&self, at: usize) -> &str {
        &self.names[at % self.names.len()]
    }

    fn quoted(&self, at: usize) -> String {
        quote(self.name(at))
    }

    fn literal(&self, at: usize) -> &str {
        &self.literals[at % self.literals.len()]
    }

    /// A condition with everything in it.
    fn condition(&self, at: usize) -> String {
        format!(
            "(({a}.{b} = {l}) AND ({f}({c}, {NUMBER}, {m}) > {NUMBER}.25) AND ({b} ~~ {l}) AND (data ->> {m} = ANY ({l})) \
             AND ({s}.{f}({b}::{s}.{t}) COLLATE {c} IS NOT NULL) AND (({b})[{NUMBER}] OPERATOR({s}.=) {m}))",
            a = self.quoted(at),
            b = self.quoted(at + 1),
            c = self.quoted(at + 2),
            f = self.quoted(at + 3),
            s = self.quoted(at + 4),
            t = self.quoted(at + 5),
            l = self.literal(at),
            m = self.literal(at + 1),
        )
    }

    /// A statement as somebody writes it.
    fn statement(&self) -> String {
        let comment = self.name(0).replace("*/", "").replace("/*", "").replace(['\n', '\r'], " ");
        format!(
            "/* {comment} */ WITH {w} AS (SELECT {c} AS position, count(*) {d} FROM {s}.{t} {a} WHERE {condition}) -- {comment}\n\
             INSERT INTO {t} ({c}, {d}) SELECT DISTINCT ON ({c}) * FROM {w} ORDER BY {c} DESC NULLS LAST LIMIT {NUMBER} \
             ON CONFLICT ({c}) DO UPDATE SET {c} = excluded.{c}, {d} = CAST({l} AS {s}.{t})",
            w = self.quoted(1),
            c = self.quoted(2),
            d = self.quoted(3),
            s = self.quoted(4),
            t = self.quoted(5),
            a = self.quoted(6),
            l = self.literal(0),
            condition = self.condition(2),
        )
    }

    fn node(&self) -> Value {
        let mut node = Map::new();
        let mut say = |key: &str, value: Value| drop(node.insert(key.to_owned(), value));
        say("Node Type", json!("Foreign Scan"));
        say("Parallel Aware", json!(false));
        NAMES.iter().enumerate().for_each(|(at, key)| say(key, json!(self.name(at))));
        CONDITIONS.iter().enumerate().for_each(|(at, key)| say(key, json!(self.condition(at))));
        LISTS.iter().enumerate().for_each(|(at, key)| say(key, json!([self.condition(at), self.quoted(at)])));
        say("Subplan Name", json!(format!("CTE {}", self.name(2))));
        say("Conflict Arbiter Indexes", json!([self.name(1), self.name(2)]));
        say("Grouping Sets", json!([{"Hash Keys": [[self.condition(0)], [self.quoted(1)]]}]));
        say("Remote SQL", json!(self.statement()));
        let [a, b, c] = [0, 1, 2].map(|at| self.quoted(at));
        say("Relations", json!(format!("({a}.{b}) INNER JOIN ({c})")));
        say("Foreign File", json!(format!("/home/{SECRET}/{}", self.name(0))));
        say("Tenant Number", json!(731_846));
        let inner = json!([self.name(0), 731_846, {"deep": self.name(1)}]);
        say("Zqx Key", json!({"Zqx Inner": inner, "Node Type": self.name(2)}));
        Value::Object(node)
    }

    fn json(&self) -> Value {
        let path = format!("{}, public", self.quoted(0));
        let parameters = format!("$1 = {}, $2 = NULL", literal(self.name(3), 0));
        let [a, b, c] = [0, 1, 2].map(|at| self.name(at));
        json!([{
            "Query Text": self.statement(),
            "Query Parameters": parameters,
            "Query Identifier": 731_846,
            "Plan": self.node(),
            "Settings": {"search_path": path, "zqx.tenant": "731846", "work_mem": b},
            "Triggers": [{"Trigger Name": a, "Constraint Name": b, "Relation": c, "Time": 1.5, "Calls": 1}],
        }])
    }

    /// The same in text; names and literals may go on over lines.
    fn text(&self) -> String {
        let mut text = format!(
            "Index Scan using {} on {}.{} {}  (cost=0.00..1.00 rows=1 width=4) (actual time=0.010..0.020 rows=1 loops=1)\n",
            self.quoted(0),
            self.quoted(1),
            self.quoted(2),
            self.quoted(3)
        );
        for (at, key) in ["Output", "Index Cond", "Filter", "Sort Key", "Function Call", "Cache Key"]
            .into_iter()
            .enumerate()
        {
            text += &format!("  {key}: {}\n", self.condition(at));
        }
        let on_one_line = |text: &str| text.replace(['\n', '\r'], " ");
        text += &format!(
            "  Remote SQL: SELECT {} FROM {} WHERE {}\n",
            self.quoted(1),
            self.quoted(2),
            self.condition(3)
        );
        text += &format!(
            "  Foreign File: {}\n",
            on_one_line(&format!("/home/{SECRET}").replace(['\'', '"'], ""))
        );
        text += &format!("  Sort Method: {SECRET}  Memory: 25kB\n  some words of {SECRET}\n");
        text += &format!("  Worker 0:  Sort Method: {SECRET}  Memory: 25kB\n");
        text += &format!(
            "  CTE {}\n    ->  Seq Scan on {}  (cost=0.00..1.00 rows=1 width=4)\n",
            self.quoted(4),
            self.quoted(5)
        );
        let value = on_one_line(self.name(1)).replace('\'', "''").replace('"', "");
        text += &format!("Settings: search_path = '{value}', {SECRET}.name = '{NUMBER}'\n");
        text += &format!(
            "Trigger {SECRET}_trigger for constraint {SECRET} on {SECRET}_table: time=1.000 calls=1\n"
        );
        text += "Execution Time: 0.030 ms\n";
        text
    }
}

/// The secret, or the number, in what came out.
fn found(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let at = lower.find(SECRET).or_else(|| lower.find(NUMBER))?;
    Some(lower.chars().skip(at.saturating_sub(60)).take(120).collect())
}

fn clean(format: &str, text: &str) -> Result<(), TestCaseError> {
    let anonymized = match anonymize(text) {
        Ok(anonymized) => anonymized,
        // What a reader cannot read is refused as a whole, which leaks nothing.
        Err(error) => {
            prop_assert!(format == "text", "{format}: {error}\n{text}");
            return Ok(());
        }
    };
    prop_assert_eq!(found(&anonymized.text), None, "{}: {}\n{}", format, text, anonymized.text);
    let notes = anonymized.notes.join(" ");
    prop_assert_eq!(found(&notes), None);
    Ok(())
}

/// As EXPLAIN writes YAML: strings as in JSON.
fn yaml(value: &Value, indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::Object(_) | Value::Array(_) => {
                        *out += &format!("{margin}{key}: \n");
                        yaml(value, indent + 2, out);
                    }
                    scalar => *out += &format!("{margin}{key}: {scalar}\n"),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Object(_) | Value::Array(_) => {
                        let mut inner = String::new();
                        yaml(item, indent + 2, &mut inner);
                        *out += &format!("{margin}- {}", inner.trim_start());
                    }
                    scalar => *out += &format!("{margin}- {scalar}\n"),
                }
            }
        }
        scalar => *out += &format!("{margin}{scalar}\n"),
    }
}

/// As EXPLAIN writes XML: whatever a tag may not hold is a dash in it.
fn xml(name: &str, value: &Value, out: &mut String) {
    let tag: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    let escaped = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#x0d;")
    };
    *out += &format!("<{tag}>");
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| xml(key, value, out)),
        Value::Array(items) => {
            let member = match name {
                "Triggers" => "Trigger",
                _ => "Item",
            };
            items.iter().for_each(|item| xml(member, item, out));
        }
        Value::String(text) => *out += &escaped(text),
        other => *out += &other.to_string(),
    }
    *out += &format!("</{tag}>\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_secret_is_left(planted in planted()) {
        let json = planted.json();
        clean("JSON", &json.to_string())?;
        clean("JSON", &serde_json::to_string_pretty(&json).expect("JSON"))?;
        let mut document = String::new();
        yaml(&json, 0, &mut document);
        clean("YAML", &document)?;
        let mut document = String::from("<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n");
        json.as_array().expect("statements").iter().for_each(|query| xml("Query", query, &mut document));
        document += "</explain>\n";
        clean("XML", &document)?;
        clean("text", &planted.text())?;
    }
}

#[test]
fn most_plans_in_text_are_read() {
    let planted = Planted {
        names: ["zqx", "zqx name", "Zqx", "zqx\"", "zqx.b"].map(str::to_owned).to_vec(),
        literals: ["'zqx'::text", "E'zqx\\\\n'::text"].map(str::to_owned).to_vec(),
    };
    let anonymized = anonymize(&planted.text()).expect("a plan");
    assert_eq!(found(&anonymized.text), None, "{}", anonymized.text);
    assert!(anonymized.text.contains("idx1 on s1.t1"), "{}", anonymized.text);
    assert!(anonymized.text.contains("Execution Time: 0.030 ms"), "{}", anonymized.text);
}
