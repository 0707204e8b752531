//! What is found in a plan, and what may be left in it: lists of its own, so that the code under test is not asked.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use advisor::plan::Plan;
use advisor::query::Expr;

/// `pg_proc` and `pg_type`, as PostgreSQL has them.
static CATALOG: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let functions = include_str!("../../src/anonymize/names/functions.txt").lines();
    functions.chain(include_str!("../../src/anonymize/names/types.txt").lines()).collect()
});

/// `pg_get_keywords()` of 15 and 18, and EXPLAIN's own words, in lower case.
static VOCABULARY: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let lists = [include_str!("keywords.txt"), include_str!("explain.txt")];
    lists.into_iter().flat_map(str::split_ascii_whitespace).collect()
});

/// The words of a text: letters, digits and underscores, with a letter in front.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    // Escapes of JSON and XML are no words.
    let plain = text.replace("\\n", " ").replace("\\t", " ").replace("\\\"", " ");
    let plain = plain.replace("&lt;", " ").replace("&gt;", " ").replace("&amp;", " ");
    let words: Vec<String> = plain
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

/// Whether the word is PostgreSQL's.
pub fn is_own(word: &str) -> bool {
    let lower = word.to_lowercase();
    CATALOG.contains(word) || VOCABULARY.contains(lower.as_str()) || is_numbered(word, &["col", "e", "_"])
}

/// Whether the word is one that the tool puts in.
pub fn is_replacement(word: &str) -> bool {
    const STEMS: [&str; 17] = [
        "t", "s", "idx", "cte", "a", "c", "f", "type", "coll", "trg", "con", "Node", "Key", "n", "v", "pat",
        "set",
    ];
    // A partition keeps its small number, `t1_2`; a larger one is replaced as all numbers are, by one from 1001 up.
    let counter =
        |digits: &str| digits.parse().is_ok_and(|n: u64| (1..2_000).contains(&n)) && !digits.starts_with('0');
    match word.split_once('_') {
        Some((stem, digits)) => is_numbered(stem, &STEMS) && counter(digits),
        None => is_numbered(word, &STEMS),
    }
}

fn is_numbered(word: &str, stems: &[&str]) -> bool {
    let number = |stem: &&str| word.strip_prefix(*stem).map(|rest| rest.to_owned());
    stems.iter().filter_map(number).any(|rest| !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit()))
}

/// Names that PostgreSQL gives, and that every server has.
const GIVEN: [&str; 14] = [
    "",
    "ctid",
    "tableoid",
    "oid",
    "excluded",
    "*VALUES*",
    "unnamed_join",
    "unnamed_subquery",
    "ANY_subquery",
    "?column?",
    "xmin",
    "pg_catalog",
    "old",
    "new",
];

fn is_given(name: &str) -> bool {
    GIVEN.contains(&name) || name.starts_with("*SELECT* ")
}

/// Every name that stands in a plan by itself.
pub fn names_of(plan: &Plan) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for node in &plan.nodes {
        let relation = node.relation.iter();
        let of_relation = relation.flat_map(|r| [Some(r.name.clone()), r.schema.clone(), r.alias.clone()]);
        let function = node.function.clone().filter(|name| !CATALOG.contains(name.as_str()));
        let cte = node.subplan_name.as_deref().and_then(|name| name.strip_prefix("CTE ")).map(str::to_owned);
        let own = [node.index.clone(), node.cte.clone(), function, node.alias.clone(), cte];
        names.extend(of_relation.chain(own).flatten());
    }
    for trigger in &plan.triggers {
        names.extend(
            [Some(trigger.name.clone()), trigger.constraint.clone(), Some(trigger.relation.clone())]
                .into_iter()
                .flatten(),
        );
    }
    names.retain(|name| !is_given(name));
    names
}

/// Columns and literals in expressions that are no replacements.
pub fn leaks(plan: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    for node in &plan.nodes {
        let conditions = node.conditions.iter().map(|condition| &condition.text);
        for text in conditions.chain(&node.group_key).chain(&node.output) {
            let Some(parsed) = Expr::parse(text) else { continue };
            for (table, column) in parsed.columns() {
                let names = table.into_iter().chain([column]);
                found.extend(
                    names
                        .filter(|name| !is_replacement(name) && !is_given(name) && *name != "*")
                        .map(str::to_owned),
                );
            }
            parsed.visit(&mut |one| {
                if let Expr::Literal { text, .. } = one
                    && !is_value(text)
                {
                    found.push(text.clone());
                }
            });
        }
    }
    found
}

/// A string or a number that the tool puts in, with wildcards around it perhaps, or an array of them.
fn is_value(text: &str) -> bool {
    let inner = text.trim_matches(['{', '}', '%', '_', '^']);
    let number =
        |text: &str| text.trim_start_matches('-').parse::<f64>().is_ok_and(|number| number >= 1001.0);
    matches!(text, "true" | "false")
        || inner.split(',').all(|one| {
            let one = one.trim_matches(['%', '_']);
            one.is_empty() || one == "\"\"" || one == "NULL" || is_replacement(one) || number(one)
        })
}

/// What an expression is made of: the shape of its tree.
pub fn structure(text: &str) -> String {
    let Some(parsed) = Expr::parse(text) else { return "none".to_owned() };
    let mut told = String::new();
    parsed.visit(&mut |one| {
        told += match one {
            Expr::Literal { .. } => "literal ",
            Expr::Null { .. } => "null ",
            Expr::Compare { op, .. } => op,
            Expr::Call { .. } => "call ",
            Expr::Array(items) => {
                ["array of none ", "array of 1 ", "array of 2 ", "array of more "][items.len().min(3)]
            }
            _ => ". ",
        };
    });
    format!("{told}{} columns", parsed.columns().len())
}
