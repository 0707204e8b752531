//! Many rows sorted to make a few groups, which a hash table could hold.

use crate::diagnose::shape::{distinct_by, maker, on_the_way};
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan, off_by};
use crate::units::{Bytes, Rows, Share};

/// `group-by-sorting`.
pub static RULE: Rule = Rule {
    id: "group-by-sorting",
    title: "Many rows are sorted to make a few groups",
    doc: "Groups can be made in a hash table, which holds one entry a group, or by sorting all rows, so that those of a \
          group stand together; `DISTINCT` likewise. With few groups the hash table is small and needs no sort. The planner sorts when it \
          expects so many groups that they would not fit into `work_mem` × `hash_mem_multiplier`, when \
          `enable_hashagg` is off, or when an aggregate asks for order.\n\n\
          Example: `GroupAggregate (… rows=17529 …) (actual … rows=91 …) -> Sort (actual … rows=200000 …)`.\n\n\
          Silent when a tenth as many groups as rows came out, or more; below ten thousand rows; when the groups would \
          not fit into `work_mem`; with DISTINCT or ORDER BY inside of an aggregate, and grouping sets, which need \
          the order; and without VERBOSE, whose `Output` alone shows that.",
    check: Check::EachNode(check),
};

/// With ten rows a group, hashing them touches an entry that is there already nine times in ten.
const A_FEW: Share = Share(0.10);

/// Fewer are sorted in a millisecond or two.
const ENOUGH_ROWS: Rows = Rows(10_000.0);

/// What an entry takes beside its values: header, bucket and transition states (`hash_agg_entry_size` in nodeAgg.c
/// reckons with some 100 bytes and more for what aggregates allocate).
const ENTRY_OVERHEAD: u64 = 200;

/// `work_mem` unless the plan's settings say otherwise (manual, "Resource Consumption").
const WORK_MEM: Bytes = Bytes(4 << 20);

fn check(plan: &Plan, groups: &Node) -> Option<Finding> {
    let distinct = groups.operator == Operator::Unique && distinct_by(plan, groups).is_some();
    let sorted = groups.operator == Operator::Aggregate && groups.strategy.as_deref() == Some("Sorted");
    let input = plan.inputs(groups).next().filter(|_| distinct || sorted)?;
    let way = on_the_way(plan, input);
    let sort = way.iter().find(|node| node.operator == Operator::Sort && node.ran())?;
    let (sorted, made) = (maker(plan, input).rows_out()?, groups.rows_out()?);
    let few = sorted.0 >= ENOUGH_ROWS.0 && made.share_of(sorted).0 < A_FEW.0;
    if !few || !(distinct || can_be_hashed(groups, sort)) || !would_fit(plan, groups, made) {
        return None;
    }
    let did = format!("had {} sorted to make {made} groups", rows(sorted));
    let finding = Finding::at(&RULE, groups, did)
        .by(groups, sort.exclusive() + groups.exclusive())
        .stake(sort.exclusive())
        .with("rows sorted", sorted)
        .with("groups", made);
    Some(finding.next(cure(plan, groups, made)))
}

fn cure(plan: &Plan, groups: &Node, made: Rows) -> String {
    if plan.setting("enable_hashagg") == Some("off") {
        return "enable_hashagg is off: RESET it, so that the groups can be hashed.".to_owned();
    }
    let expected = groups.estimate.map(|estimate| estimate.rows).unwrap_or(made);
    match off_by(expected, made) {
        Some(off) if expected.0 > made.0 => format!(
            "The planner expected {expected} groups, {off} more: CREATE STATISTICS (ndistinct) on the columns, or on the expression, \
             that is grouped by may lead it to hash them."
        ),
        _ => "A larger work_mem for this statement may lead the planner to hash them.".to_owned(),
    }
}

/// Nothing in it asks for the order. A sort by more than the groups' keys serves an aggregate (16 and later).
fn can_be_hashed(groups: &Node, sort: &Node) -> bool {
    let ordered = ["DISTINCT ", " ORDER BY ", "WITHIN GROUP"];
    let asks = |text: &String| ordered.iter().any(|word| text.contains(word));
    let plain = groups.partial_mode.is_none() && groups.said_of("Grouping Sets").is_none();
    plain
        && !groups.output.is_empty()
        && !groups.output.iter().any(asks)
        && sort.sort_key.len() <= groups.group_key.len()
}

fn would_fit(plan: &Plan, groups: &Node, made: Rows) -> bool {
    let limit = plan.setting("work_mem").and_then(|text| Bytes::parse(text).ok()).unwrap_or(WORK_MEM);
    let width = groups.estimate.map_or(0, |estimate| estimate.width);
    made.0 * (width + ENTRY_OVERHEAD) as f64 <= limit.0 as f64
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn distinct_by_sorting() {
        let plan = plan(
            r#"{"Node Type": "Unique", "Output": ["o.kind"], "Actual Total Time": 90.0, "Actual Rows": 9,
                "Actual Loops": 1, "Plans": [{"Node Type": "Sort", "Sort Key": ["o.kind"],
                "Parent Relationship": "Outer", "Actual Total Time": 80.0, "Actual Rows": 10000,
                "Actual Loops": 1, "Plans": [{"Node Type": "Seq Scan", "Parent Relationship": "Outer",
                "Actual Total Time": 20.0, "Actual Rows": 10000, "Actual Loops": 1}]}]}"#,
        );
        assert_eq!(findings(&RULE, &plan).iter().map(|finding| finding.stake.0).collect::<Vec<_>>(), [60.0]);
    }

    #[test]
    fn a_few_groups() {
        let output = r#""Output": ["o.kind", "sum(o.total)"]"#;
        let distinct = r#""Output": ["o.kind", "count(DISTINCT o.total)"]"#;
        let keys = r#""Sort Key": ["o.kind"]"#;
        let table = [
            (output, keys, 100_000.0, 9000.0, "4MB", true),
            (output, keys, 100_000.0, 10_000.0, "4MB", false), // ten rows a group
            (output, keys, 9000.0, 90.0, "4MB", false),
            (output, keys, 100_000.0, 9000.0, "1MB", false), // they would not fit
            (distinct, keys, 100_000.0, 9000.0, "4MB", false),
            (output, r#""Sort Key": ["o.kind", "o.total"]"#, 100_000.0, 9000.0, "4MB", false),
            (r#""Alias": "o""#, keys, 100_000.0, 9000.0, "4MB", false), // not VERBOSE
            (output, keys, 0.0, 0.0, "4MB", false),
        ];
        for (said, keys, sorted, made, work_mem, expected) in table {
            let mut plan = plan(&format!(
                r#"{{"Node Type": "Aggregate", "Strategy": "Sorted", "Group Key": ["o.kind"], {said},
                     "Actual Total Time": 90.0, "Actual Rows": {made}, "Plan Rows": 90000, "Plan Width": 12,
                     "Actual Loops": 1, "Plans": [{{"Node Type": "Sort", {keys}, "Parent Relationship": "Outer",
                     "Actual Total Time": 80.0, "Actual Rows": {sorted}, "Actual Loops": 1, "Plans": [
                       {{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Actual Total Time": 20.0,
                         "Actual Rows": {sorted}, "Actual Loops": 1}}]}}]}}"#
            ));
            plan.settings = vec![("work_mem".to_owned(), work_mem.to_owned())];
            assert_eq!(
                findings(&RULE, &plan).len(),
                usize::from(expected),
                "{said} {sorted} {made} {work_mem}"
            );
        }
    }
}
