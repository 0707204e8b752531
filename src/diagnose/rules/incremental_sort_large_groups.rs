//! An incremental sort whose groups are so large that it is hardly less than a full one.

use crate::diagnose::shape::index_keys;
use crate::diagnose::words::rows;
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Operator, Plan};
use crate::units::{Rows, Share, count};

/// `incremental-sort-large-groups`.
pub static RULE: Rule = Rule {
    id: "incremental-sort-large-groups",
    title: "An incremental sort has to sort large groups",
    doc: "Rows that come in the order of the first sort keys are sorted group by group: fast, in little memory, and the \
          first rows come early, while the groups are small. The planner guesses their number from the distinct values \
          of the presorted keys (`cost_incremental_sort` in costsize.c). With a few groups that hold most of the rows, \
          each is sorted almost as long as all rows together would be, and must be complete before its first row \
          comes. An index that also holds the remaining sort keys needs no sort.\n\n\
          Example: `Incremental Sort  Sort Key: status, total  Presorted Key: status … Full-sort Groups: 2 … \
          Pre-sorted Groups: 2`, of 200,000 rows.\n\n\
          Silent when the groups spare a quarter of the comparisons or more, when a group was sorted on disk \
          (`sort-spills` says that), when a LIMIT ended it (`sort-feeds-limit`), and below ten thousand rows.",
    check: Check::EachNode(check),
};

/// Sorting n rows takes n × log n comparisons, sorting them in groups of m rows n × log m (`cost_tuplesort`). At three
/// quarters of the comparisons, the groups no longer pay for the overhead of finding them.
const HARDLY_LESS: Share = Share(0.75);

/// Fewer are sorted in two or three milliseconds.
const ENOUGH_ROWS: Rows = Rows(10_000.0);

fn check(plan: &Plan, sort: &Node) -> Option<Finding> {
    let input = plan.inputs(sort).next().filter(|_| sort.operator == Operator::IncrementalSort)?;
    let (sorted, given) = (input.rows_out()?, sort.rows_out()?);
    let groups = groups(sort).filter(|_| sort.loops() == 1.0)?;
    let size = Rows(sorted.0 / groups);
    let comparisons = Share(size.0.log2() / sorted.0.max(2.0).log2());
    let to_the_end = given.0 >= sorted.0;
    if sorted.0 < ENOUGH_ROWS.0 || comparisons.0 < HARDLY_LESS.0 || sort.spilled() || !to_the_end {
        return None;
    }
    let did = format!(
        "sorted {} in {} of {} on average, which spares little",
        rows(sorted),
        count(groups, "group", "groups"),
        rows(size)
    );
    let finding = Finding::at(&RULE, sort, did)
        .with("rows sorted", sorted)
        .with("groups", groups as u64)
        .with("presorted by", sort.presorted_key.join(", "))
        .next(format!(
            "An index on ({}) may give the rows in this order without a sort; SET LOCAL enable_incremental_sort = off \
             shows what one full sort takes.",
            index_keys(sort)
        ));
    Some(finding)
}

/// How many times it sorted. Small groups are sorted several at once ("full-sort"), large ones each by itself
/// ("pre-sorted"), after their first rows have been through a full sort (nodeIncrementalSort.c).
fn groups(sort: &Node) -> Option<f64> {
    let number = |key: &str| sort.said_of(key).and_then(|said| said["Group Count"].as_f64());
    let (full, presorted) = (number("Full-sort Groups")?, number("Pre-sorted Groups").unwrap_or_default());
    Some(full.max(presorted)).filter(|groups| *groups >= 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    #[test]
    fn a_few_large_groups() {
        let table = [
            (100_000.0, 100_000.0, 2, 2, "quicksort", true),
            (100_000.0, 100_000.0, 17, 17, "quicksort", true),
            (100_000.0, 100_000.0, 18, 18, "quicksort", false), // three quarters of the comparisons
            (100_000.0, 100_000.0, 3000, 0, "quicksort", false), // small ones
            (100_000.0, 100_000.0, 2, 2, "external merge", false), // told as a spill
            (100_000.0, 10.0, 1, 1, "quicksort", false),        // a LIMIT
            (9000.0, 9000.0, 1, 1, "quicksort", false),
        ];
        for (sorted, given, full, presorted, method, expected) in table {
            let space = if method == "quicksort" { "Memory" } else { "Disk" };
            let plan = plan(&format!(
                r#"{{"Node Type": "Incremental Sort", "Sort Key": ["o.status", "o.total DESC"],
                     "Actual Total Time": 90.0, "Actual Rows": {given}, "Actual Loops": 1,
                     "Full-sort Groups": {{"Group Count": {full}}},
                     "Pre-sorted Groups": {{"Group Count": {presorted}, "Sort Methods Used": ["{method}"],
                       "Sort Space {space}": {{"Average Sort Space Used": 90, "Peak Sort Space Used": 99}}}},
                     "Plans": [{{"Node Type": "Index Scan", "Parent Relationship": "Outer",
                       "Actual Total Time": 20.0, "Actual Rows": {sorted}, "Actual Loops": 1}}]}}"#
            ));
            let found = findings(&RULE, &plan);
            assert_eq!(found.len(), usize::from(expected), "{sorted} {given} {full} {method}");
            let next =
                |finding: &Finding| finding.next.as_ref().is_some_and(|n| n.contains("(status, total DESC)"));
            assert!(found.iter().all(next));
        }
    }
}
