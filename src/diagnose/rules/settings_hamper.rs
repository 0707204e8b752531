//! A setting that takes a choice from the planner, where it had to choose.

use super::node_disabled::is_disabled;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::Ms;

/// `settings-hamper`.
pub static RULE: Rule = Rule {
    id: "settings-hamper",
    title: "A setting takes a choice from the planner",
    doc: "`enable_hashjoin = off` and its like are made for finding out why the planner chose as it did, not for \
          running with (manual, \"Planner Method Configuration\"). Left on in a session, a role or the configuration, they \
          decide in every statement. And a `random_page_cost` below `seq_page_cost` says what no storage does (manual, \
          \"Planner Cost Constants\"): the planner then takes indexes for whole tables.\n\n\
          Example: `Settings: enable_hashjoin = 'off'` and a `Merge Join` or a `Nested Loop` in the plan.\n\n\
          Silent unless the plan says so (the option SETTINGS prints what differs from the default), and where no node of the \
          plan stands where another kind might have. Silent where `node-disabled` tells it.",
    check: Check::WholePlan(check),
};

/// A setting that is off, and the nodes that may be in the plan because it is.
const CHOICES: &[(&str, &[Operator])] = &[
    ("enable_seqscan", &[Operator::IndexScan, Operator::IndexOnlyScan, Operator::BitmapHeapScan]),
    ("enable_indexscan", &[Operator::SeqScan, Operator::BitmapHeapScan, Operator::Sort]),
    ("enable_indexonlyscan", &[Operator::SeqScan, Operator::IndexScan, Operator::BitmapHeapScan]),
    ("enable_bitmapscan", &[Operator::SeqScan, Operator::IndexScan]),
    ("enable_nestloop", &[Operator::HashJoin, Operator::MergeJoin]),
    ("enable_hashjoin", &[Operator::NestedLoop, Operator::MergeJoin]),
    ("enable_mergejoin", &[Operator::NestedLoop, Operator::HashJoin]),
    ("enable_hashagg", &[Operator::Group, Operator::Unique, Operator::Sort]),
    ("enable_sort", &[Operator::IndexScan, Operator::IndexOnlyScan, Operator::IncrementalSort]),
    ("enable_incremental_sort", &[Operator::Sort]),
    ("enable_material", &[Operator::NestedLoop]),
    ("enable_memoize", &[Operator::NestedLoop]),
    ("enable_partition_pruning", &[Operator::Append, Operator::MergeAppend]),
];

/// What the planner takes for the cheapest when a page out of order costs less than one in order.
const BY_INDEX: &[Operator] = &[Operator::IndexScan, Operator::IndexOnlyScan, Operator::BitmapHeapScan];

fn check(plan: &Plan) -> Vec<Finding> {
    if plan.nodes.iter().any(|node| is_disabled(plan, node)) {
        return Vec::new();
    }
    switches(plan).into_iter().chain(costs(plan)).collect()
}

/// What is off is told together: several settings may each have left the same node standing.
fn switches(plan: &Plan) -> Option<Finding> {
    let off = CHOICES.iter().filter(|(name, _)| plan.setting(name) == Some("off"));
    let bearing = off.filter(|(_, instead)| plan.nodes.iter().any(|node| instead.contains(&node.operator)));
    let (names, instead): (Vec<&str>, Vec<&[Operator]>) = bearing.copied().unzip();
    let resets: Vec<String> = names.iter().map(|name| format!("RESET {name};")).collect();
    let what = match names.as_slice() {
        [one] => format!("the setting {one} is off"),
        several => format!("the settings {} are off", several.join(", ")),
    };
    hampered(plan, &what, &instead.concat(), &resets.join(" "))
}

/// `seq_page_cost` is 1 where the plan does not say otherwise, `random_page_cost` 4.
fn costs(plan: &Plan) -> Option<Finding> {
    let cost = |name: &str, default: f64| plan.setting(name).map_or(Some(default), |text| text.parse().ok());
    let (random, sequential) = (cost("random_page_cost", 4.0)?, cost("seq_page_cost", 1.0)?);
    let what =
        format!("the setting random_page_cost is {random}, less than seq_page_cost, which is {sequential}");
    (random < sequential).then(|| hampered(plan, &what, BY_INDEX, "SET random_page_cost = 1.1;")).flatten()
}

fn hampered(plan: &Plan, what: &str, instead: &[Operator], sql: &str) -> Option<Finding> {
    let stands = |node: &&Node| instead.contains(&node.operator) && (node.ran() || !plan.is_measured());
    let standing: Vec<&Node> = plan.nodes.iter().filter(stands).collect();
    let first = standing.first()?;
    let time: Ms = standing.iter().map(|node| node.exclusive()).sum();
    let others = match standing.len() {
        1 => String::new(),
        2 => " and one more node".to_owned(),
        many => format!(" and {} more nodes", many - 1),
    };
    let what = format!(
        "{what}, so that the {}{others} may stand where the planner would choose otherwise",
        first.label()
    );
    let finding = Finding::about_statement(&RULE, what, time.min(plan.total()))
        .next(format!("Look at the plan after `{sql}` in this session."))
        .with("nodes of another kind", standing.len() as u64);
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn off_and_something_in_its_stead() {
        let table = [
            ("enable_hashjoin", "off", "Merge Join", 1),
            ("enable_hashjoin", "off", "Sort", 0),
            ("enable_hashjoin", "on", "Merge Join", 0),
            ("random_page_cost", "0.5", "Index Scan", 1),
            ("random_page_cost", "1", "Index Scan", 0),
            ("seq_page_cost", "5", "Index Scan", 1),
            ("random_page_cost", "0.5", "Seq Scan", 0),
            ("random_page_cost", "cheap", "Index Scan", 0),
            ("enable_seqscan", "off", "Index Scan", 1),
        ];
        for (name, value, operator, expected) in table {
            let mut plan = plan(&format!(
                r#"{{"Node Type": "{operator}", "Actual Total Time": 90.0, "Actual Rows": 1, "Actual Loops": 1}}"#
            ));
            plan.settings = vec![(name.to_owned(), value.to_owned())];
            assert_eq!(findings(&RULE, &plan).len(), expected, "{name} = {value}: {operator}");
        }
    }
}
