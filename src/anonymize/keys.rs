//! EXPLAIN's keys: what may stand under each of them. What is not listed is not trusted.

use super::expression::{expression, statement, subplan_name};
use super::names::{Kind, Names};
use super::vocabulary;
use crate::query::name::unquote;
use crate::query::{TokenKind, tokens};

/// What a value is by its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Figures, and words of closed lists.
    Figures,
    /// A name.
    Name(Kind),
    /// A function that is read like a table.
    Function,
    /// Deparsed by PostgreSQL.
    Expression,
    /// Written by somebody, or sent to another server.
    Statement,
    /// A node type.
    NodeType,
    /// `CTE x`, `SubPlan 1`, `InitPlan 1 (returns $0)`.
    Subplan,
    /// The value of the setting of this name.
    Setting,
    /// A number that stands for the statement.
    Identifier,
    /// Anything.
    Unknown,
}

/// Objects and lists whose own keys are EXPLAIN's (explain.c, `ExplainOpenGroup`).
const GROUPS: &[&str] = &[
    "",
    "explain",
    "Query",
    "QUERY PLAN",
    "Plan",
    "Plans",
    "Workers",
    "Worker",
    "Triggers",
    "Trigger",
    "JIT",
    "Options",
    "Timing",
    "Settings",
    "Planning",
    "Serialization",
    "Full-sort Groups",
    "Pre-sorted Groups",
    "Sort Methods Used",
    "Incremental Sort Groups",
    "Sort Space",
    "Sort Space Memory",
    "Sort Space Disk",
    "Grouping Sets",
    "Grouping Set",
    "Group Keys",
    "Hash Keys",
    "Target Tables",
    "Target Table",
    "Item",
];

/// Keys of figures, beside those that [`of_figures`] tells by their ends.
const FIGURES: &[&str] = &[
    "Parent Relationship",
    "Parallel Aware",
    "Async Capable",
    "Single Copy",
    "Inner Unique",
    "Disabled",
    "Strategy",
    "Partial Mode",
    "Join Type",
    "Operation",
    "Command",
    "Scan Direction",
    "Startup Cost",
    "Total Cost",
    "Plan Rows",
    "Plan Width",
    "Actual Startup Time",
    "Actual Total Time",
    "Actual Rows",
    "Actual Loops",
    "Heap Fetches",
    "Index Searches",
    "Workers Planned",
    "Workers Launched",
    "Worker Number",
    "Sort Method",
    "Sort Methods Used",
    "Sort Space Type",
    "Sort Space Used",
    "Hash Buckets",
    "Original Hash Buckets",
    "Hash Batches",
    "Original Hash Batches",
    "HashAgg Batches",
    "Planned Partitions",
    "Peak Memory Usage",
    "Disk Usage",
    "Memory Used",
    "Memory Allocated",
    "Cache Mode",
    "Cache Hits",
    "Cache Misses",
    "Cache Evictions",
    "Cache Overflows",
    "Subplans Removed",
    "Tuples Inserted",
    "Tuples Updated",
    "Tuples Deleted",
    "Tuples Skipped",
    "Conflicting Tuples",
    "Conflict Resolution",
    "WAL Records",
    "WAL FPI",
    "WAL Bytes",
    "WAL Buffers Full",
    "WAL FPI Bytes",
    "I/O Read Time",
    "I/O Write Time",
    "Shared I/O Read Time",
    "Shared I/O Write Time",
    "Local I/O Read Time",
    "Local I/O Write Time",
    "Temp I/O Read Time",
    "Temp I/O Write Time",
    "Planning Time",
    "Execution Time",
    "Total Runtime",
    "Time",
    "Calls",
    "Functions",
    "Inlining",
    "Optimization",
    "Expressions",
    "Deforming",
    "Generation",
    "Deform",
    "Emission",
    "Total",
    "Output Volume",
    "Format",
    "Group Count",
    "Average Sort Space Used",
    "Peak Sort Space Used",
    "Storage",
    "Maximum Storage",
    "Estimated Capacity",
    "Estimated Distinct Lookup Keys",
    "Estimated Lookups",
    "Estimated Hit Percent",
    "Async Append",
    "Disabled Nodes",
    "Parallel Safe",
    "Plan Node ID",
    // Text packs several keys into these.
    "Buffers",
    "I/O Timings",
    "WAL",
    "Heap Blocks",
    "Tuples",
    "Buckets",
    "Batches",
    "Hits",
    "Memory",
    "Timing",
    "Options",
    "Full-sort Groups",
    "Pre-sorted Groups",
    "Serialization",
    "Planning",
    "JIT",
    "Plan",
];

/// Keys of expressions.
const EXPRESSIONS: &[&str] = &[
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
    "Output",
    "Sort Key",
    "Presorted Key",
    "Group Key",
    "Group Keys",
    "Hash Key",
    "Hash Keys",
    "Grouping Sets",
    "Cache Key",
    "Params Evaluated",
    "Function Call",
    "Table Function Call",
    "Conflict Filter",
    "Sampling Parameters",
    "Repeatable Seed",
    "Window",
    "Query Parameters",
    "Sampling Method",
    "Sampling",
];

/// What may stand under a key that has these above it, the outermost first.
pub(super) fn class(above: &[&str], key: &str) -> Class {
    if above.last() == Some(&"Settings") {
        return Class::Setting;
    }
    if !above.iter().all(|group| GROUPS.contains(group)) {
        return Class::Unknown;
    }
    match key {
        "Node Type" => Class::NodeType,
        "Relation Name" | "Relation" => Class::Name(Kind::Table),
        "Schema" => Class::Name(Kind::Schema),
        "Alias" => Class::Name(Kind::Alias),
        "Index Name" | "Conflict Arbiter Indexes" => Class::Name(Kind::Index),
        "CTE Name" => Class::Name(Kind::Cte),
        "Trigger Name" => Class::Name(Kind::Trigger),
        "Constraint Name" => Class::Name(Kind::Constraint),
        "Tuplestore Name" => Class::Name(Kind::Other),
        "Custom Plan Provider" => Class::Name(Kind::Node),
        "Function Name" | "Table Function Name" => Class::Function,
        "Subplan Name" => Class::Subplan,
        "Query Text" | "Remote SQL" | "Relations" => Class::Statement,
        "Query Identifier" => Class::Identifier,
        _ if EXPRESSIONS.contains(&key) => Class::Expression,
        _ if FIGURES.contains(&key) || of_figures(key) => Class::Figures,
        _ => Class::Unknown,
    }
}

/// `Shared Hit Blocks`, `Exact Heap Blocks`, `Rows Removed by Filter`.
fn of_figures(key: &str) -> bool {
    let words = |text: &str| vocabulary::is_figures(text);
    let removed = ["Filter", "Join Filter", "Index Recheck", "Conflict Filter"];
    match key.strip_prefix("Rows Removed by ") {
        Some(what) => removed.contains(&what),
        None => {
            let blocks = key.strip_suffix(" Blocks").or(key.strip_suffix(" Heap Blocks"));
            blocks.is_some_and(words)
                || key.ends_with(" Heap Blocks")
                    && ["Exact", "Lossy"].contains(&key.split(' ').next().unwrap_or_default())
        }
    }
}

/// Whether EXPLAIN has this key here.
pub(super) fn is_known(above: &[&str], key: &str) -> bool {
    class(above, key) != Class::Unknown
        || (GROUPS.contains(&key) && above.iter().all(|group| GROUPS.contains(group)))
}

/// The key as it is written: another one when EXPLAIN does not have it.
pub(super) fn key(names: &mut Names, above: &[&str], key: &str) -> String {
    let known = match above.last() {
        Some(&"Settings") => vocabulary::is_setting(key),
        _ => is_known(above, key),
    };
    if known || key.is_empty() { key.to_owned() } else { names.name(Kind::Key, key) }
}

/// The text that stands for a text under this key.
pub(super) fn text(names: &mut Names, above: &[&str], key: &str, text: &str) -> String {
    match class(above, key) {
        Class::Figures if vocabulary::is_figures(text) => text.to_owned(),
        Class::Figures | Class::Unknown => names.value(text),
        Class::Name(kind) => names.name(kind, text),
        Class::Function if vocabulary::is_function(text) || matches!(text, "xmltable" | "json_table") => {
            text.to_owned()
        }
        Class::Function => names.name(Kind::Function, text),
        Class::Expression if key == "Sampling Method" => match text {
            "system" | "bernoulli" => text.to_owned(),
            other => names.name(Kind::Function, other),
        },
        Class::Expression => expression(names, text),
        Class::Statement => statement(names, text),
        Class::NodeType if vocabulary::is_node_type(text) => text.to_owned(),
        Class::NodeType => names.name(Kind::Node, text),
        Class::Subplan => subplan(names, text),
        Class::Setting => setting(names, key, text),
        Class::Identifier => names.number(text),
    }
}

/// What stands for a number, a truth value or the like under this key.
pub(super) fn bare(names: &mut Names, above: &[&str], key: &str, bare: &str) -> String {
    let number = bare.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    match class(above, key) {
        Class::Figures => bare.to_owned(),
        _ if number && bare.parse::<f64>().is_ok() => names.number(bare),
        _ if matches!(bare, "true" | "false" | "null") => bare.to_owned(),
        _ => "null".to_owned(),
    }
}

/// `CTE x`, `SubPlan 1`, `InitPlan 1 (returns $0)`.
pub(super) fn subplan(names: &mut Names, text: &str) -> String {
    let (kind, name) = text.split_once(' ').unwrap_or((text, ""));
    let (name, returns) = match name.find(" (returns ") {
        Some(at) if kind != "CTE" => name.split_at(at),
        _ => (name, ""),
    };
    let plain = |c: char| c.is_ascii_digit() || "$, ()".contains(c);
    let returns = match returns.strip_prefix(" (returns ") {
        Some(parameters) if parameters.chars().all(plain) => returns,
        _ => "",
    };
    match kind {
        "CTE" => format!("CTE {}", names.name(Kind::Cte, name)),
        "SubPlan" | "InitPlan" => format!("{kind} {}{returns}", subplan_name(names, name)),
        _ => names.name(Kind::Other, text),
    }
}

/// Numbers with units and words of closed lists stay; `search_path` is a list of names, and anything else a string.
fn setting(names: &mut Names, key: &str, value: &str) -> String {
    const WORDS: [&str; 12] = [
        "on",
        "off",
        "auto",
        "partition",
        "regress",
        "force_generic_plan",
        "force_custom_plan",
        "true",
        "false",
        "yes",
        "no",
        "",
    ];
    const UNITS: [&str; 11] = ["", "B", "kB", "MB", "GB", "TB", "us", "ms", "s", "min", "h"];
    if key == "search_path" {
        return path(names, value);
    }
    let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let measured = digits.parse::<f64>().is_ok() && UNITS.contains(&value[digits.len()..].trim());
    let known = vocabulary::is_setting(key);
    if known && (measured || WORDS.contains(&value)) { value.to_owned() } else { names.value(value) }
}

fn path(names: &mut Names, path: &str) -> String {
    let mut told = String::new();
    for token in tokens(path) {
        match token.kind {
            TokenKind::Word | TokenKind::QuotedName => {
                let name = unquote(token.text);
                let new = names.name(Kind::Schema, &name);
                told += if new == name { token.text } else { &new };
            }
            _ if token.punct(",") || token.kind == TokenKind::Space => told += token.text,
            _ => {}
        }
    }
    told
}
