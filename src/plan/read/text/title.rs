//! A node's line: its title and its figures, told under JSON's keys (explain.c, `ExplainNode`).

use std::borrow::Cow;

use super::scan::{find_unquoted, identifier, unquoted};
use crate::plan::operator::Operator;

/// What a title says: keys and values.
pub(super) type Facts<'a> = Vec<(&'static str, Cow<'a, str>)>;

/// Where the figures of a node's line begin: `(cost=…`, `(actual …` or `(never executed)`.
pub(super) fn figures_at(line: &str) -> Option<usize> {
    let begins =
        |rest: &str| ["cost=", "actual ", "never executed)"].iter().any(|word| rest.starts_with(word));
    unquoted(line, b'(').find(|&at| {
        let (before, rest) = line.split_at_checked(at).unwrap_or_default();
        before.ends_with([' ', '\t']) && rest.strip_prefix('(').is_some_and(begins)
    })
}

/// The keys of a title such as `Parallel Index Scan Backward using i on s.t a`.
pub(super) fn facts(title: &str) -> Facts<'_> {
    let mut facts = Facts::new();
    let mut rest = title.trim_ascii();
    for (prefix, key, value) in [
        ("Parallel ", "Parallel Aware", "true"),
        ("Async ", "Async Capable", "true"),
        ("Partial ", "Partial Mode", "Partial"),
        ("Finalize ", "Partial Mode", "Finalize"),
    ] {
        if let Some(after) = rest.strip_prefix(prefix) {
            facts.push((key, value.into()));
            rest = after;
        }
    }
    let (head, index, target) = split(rest);
    let operator = head_facts(head, &mut facts);
    if let Some((index, _)) = index.and_then(identifier) {
        facts.push(("Index Name", index));
    }
    if let Some(target) = target {
        target_facts(&operator, target, &mut facts);
    }
    facts
}

/// Whether this is the title of a node type that we know, with nothing but names after it.
pub(super) fn is_known(title: &str) -> bool {
    let facts = facts(title);
    let operator =
        facts.iter().find(|(key, _)| *key == "Node Type").map(|(_, name)| Operator::from_name(name));
    operator.is_some_and(|operator| !matches!(operator, Operator::Other(_)))
}

/// `head using index on target`, where the last two may be missing.
fn split(title: &str) -> (&str, Option<&str>, Option<&str>) {
    let (head, target) = cut_at(title, " on ");
    let (head, index) = cut_at(head, " using ");
    (head, index, target)
}

fn cut_at<'a>(text: &'a str, word: &str) -> (&'a str, Option<&'a str>) {
    match find_unquoted(text, word) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + word.len()..)),
        None => (text, None),
    }
}

/// The node type and what else the words before the names say.
fn head_facts<'a>(head: &'a str, facts: &mut Facts<'a>) -> Operator {
    let mut say = |key, value: &'a str| facts.push((key, value.into()));
    let forward = head.strip_suffix(" Backward");
    let name = forward.unwrap_or(head);
    let operator = match name {
        "Aggregate" | "GroupAggregate" | "HashAggregate" | "MixedAggregate" => {
            let strategy = match name {
                "GroupAggregate" => "Sorted",
                "HashAggregate" => "Hashed",
                "MixedAggregate" => "Mixed",
                _ => "Plain",
            };
            say("Strategy", strategy);
            Operator::Aggregate
        }
        "Insert" | "Update" | "Delete" | "Merge" => {
            say("Operation", name);
            Operator::ModifyTable
        }
        "Foreign Insert" | "Foreign Update" | "Foreign Delete" | "Foreign Scan" => {
            let operation = name.trim_start_matches("Foreign ");
            say("Operation", if operation == "Scan" { "Select" } else { operation });
            Operator::ForeignScan
        }
        _ => compound(name, &mut say),
    };
    if matches!(operator, Operator::IndexScan | Operator::IndexOnlyScan) {
        say("Scan Direction", if forward.is_some() { "Backward" } else { "Forward" });
    }
    facts.push(("Node Type", operator.name().to_owned().into()));
    operator
}

/// Joins with their type, set operations with their command, custom scans with their provider.
fn compound<'a>(name: &'a str, say: &mut impl FnMut(&'static str, &'a str)) -> Operator {
    let set_operation = [("HashSetOp ", "Hashed"), ("SetOp ", "Sorted"), ("MergeSetOp ", "Sorted")];
    for (prefix, strategy) in set_operation {
        if let Some(command) = name.strip_prefix(prefix) {
            say("Strategy", strategy);
            say("Command", command);
            return Operator::SetOp;
        }
    }
    if let Some(provider) = name.strip_prefix("Custom Scan (").and_then(|rest| rest.strip_suffix(')')) {
        say("Custom Plan Provider", provider);
        return Operator::CustomScan;
    }
    for (stem, join) in
        [("Nested Loop", Operator::NestedLoop), ("Merge", Operator::MergeJoin), ("Hash", Operator::HashJoin)]
    {
        let kind = match name.strip_prefix(stem) {
            Some("") if stem == "Nested Loop" => "Inner",
            Some(" Join") => "Inner",
            Some(rest) => rest.trim_ascii_start().strip_suffix(" Join").unwrap_or_default(),
            None => continue,
        };
        if matches!(kind, "Inner" | "Left" | "Full" | "Right" | "Semi" | "Anti" | "Right Semi" | "Right Anti")
        {
            say("Join Type", kind);
            return join;
        }
    }
    Operator::from_name(name)
}

/// The names behind `on`.
fn target_facts<'a>(operator: &Operator, target: &'a str, facts: &mut Facts<'a>) {
    let Some((mut name, mut rest)) = identifier(target) else { return };
    if let Some((second, after)) = rest.strip_prefix('.').and_then(identifier) {
        facts.push(("Schema", std::mem::replace(&mut name, second)));
        rest = after;
    }
    if *operator == Operator::BitmapIndexScan {
        facts.push(("Index Name", name));
        return;
    }
    let alias = rest.strip_prefix(' ').and_then(identifier).map_or_else(|| name.clone(), |(alias, _)| alias);
    let key = match operator {
        Operator::CteScan | Operator::WorkTableScan => Some("CTE Name"),
        Operator::FunctionScan => Some("Function Name"),
        Operator::TableFunctionScan => Some("Table Function Name"),
        Operator::NamedTuplestoreScan => Some("Tuplestore Name"),
        Operator::SubqueryScan | Operator::ValuesScan | Operator::Result => None,
        _ => Some("Relation Name"),
    };
    if let Some(key) = key {
        facts.push((key, name));
    }
    facts.push(("Alias", alias));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(title: &str) -> String {
        let facts = facts(title);
        facts.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn titles() {
        for (title, expected) in [
            ("Limit", "Node Type=Limit"),
            ("Seq Scan on t", "Node Type=Seq Scan, Relation Name=t, Alias=t"),
            (
                "Parallel Index Scan Backward using \"I 1\" on s.\"T\" a",
                "Parallel Aware=true, Scan Direction=Backward, Node Type=Index Scan, Index Name=I 1, Schema=s, Relation Name=T, Alias=a",
            ),
            ("Bitmap Index Scan on big_a", "Node Type=Bitmap Index Scan, Index Name=big_a"),
            ("Nested Loop", "Join Type=Inner, Node Type=Nested Loop"),
            ("Nested Loop Left Join", "Join Type=Left, Node Type=Nested Loop"),
            (
                "Parallel Hash Right Semi Join",
                "Parallel Aware=true, Join Type=Right Semi, Node Type=Hash Join",
            ),
            ("Merge Join", "Join Type=Inner, Node Type=Merge Join"),
            ("Hash", "Node Type=Hash"),
            ("Merge Append", "Node Type=Merge Append"),
            ("Merge on t", "Operation=Merge, Node Type=ModifyTable, Relation Name=t, Alias=t"),
            ("Partial HashAggregate", "Partial Mode=Partial, Strategy=Hashed, Node Type=Aggregate"),
            ("HashSetOp Except All", "Strategy=Hashed, Command=Except All, Node Type=SetOp"),
            ("CTE Scan on x x_1", "Node Type=CTE Scan, CTE Name=x, Alias=x_1"),
            ("Subquery Scan on \"*SELECT* 1\"", "Node Type=Subquery Scan, Alias=*SELECT* 1"),
            ("Custom Scan (Citus Adaptive)", "Custom Plan Provider=Citus Adaptive, Node Type=Custom Scan"),
            (
                "Seq Scan on \"a on b -> c\"",
                "Node Type=Seq Scan, Relation Name=a on b -> c, Alias=a on b -> c",
            ),
            ("Quantum Scan on t", "Node Type=Quantum Scan, Relation Name=t, Alias=t"),
        ] {
            assert_eq!(told(title), expected, "{title}");
        }
    }

    #[test]
    fn figures_stand_outside_of_names() {
        assert_eq!(figures_at("Seq Scan on \" (cost=\"  (cost=0.00..1.00 rows=1 width=4)"), Some(23));
        assert_eq!(figures_at("Limit (actual rows=1 loops=1)"), Some(6));
        assert_eq!(figures_at("Filter: f(cost=1)"), None);
    }
}
