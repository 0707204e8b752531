//! So many tables that not every order of joining them was looked at, and an order in which rows pile up.

use super::rows_misestimated::may_stop_early;
use crate::diagnose::shape::{hands_on, maker, on_the_way, user};
use crate::diagnose::words::{out, rows};
use crate::diagnose::{Check, Finding, Rule};
use crate::plan::{Node, Plan};
use crate::units::{Factor, Ms, Rows};

/// `join-search-cut-off`.
pub static RULE: Rule = Rule {
    id: "join-search-cut-off",
    title: "Not every order of the joins was looked at",
    doc: "The planner tries every order of joining tables only up to a number of them. Tables that are written with \
          `JOIN` beyond `join_collapse_limit` (8) are joined in parts, in the order in which they are written; \
          subqueries in `FROM` are merged up to `from_collapse_limit` (8) tables; and from `geqo_threshold` (12) \
          tables on a genetic search tries some orders by chance (manual, \"Other Planner Options\"). Where a join in \
          the middle makes many more rows than come out in the end, an order that begins with what keeps few rows \
          may not have been looked at.\n\n\
          Example: ten tables, `Hash Join (actual … rows=20 …)` above `Hash Join (actual … rows=200000 …)`.\n\n\
          Silent for as many tables as are searched in full, by the `Settings` of the plan, or else by the defaults; \
          and unless a join below makes ten rows, and a thousand in all, for each one that comes out.",
    check: Check::EachNode(check),
};

/// An order of magnitude: what a bad order costs. Below it, another order gains less than the longer search may take.
const PILED_UP: Factor = Factor(10.0);

/// Fewer are made in a fraction of a millisecond.
const ENOUGH_ROWS: Rows = Rows(1000.0);

/// The defaults (manual, "Other Planner Options").
const JOIN_COLLAPSE_LIMIT: u64 = 8;
const GEQO_THRESHOLD: u64 = 12;

fn check(plan: &Plan, top: &Node) -> Option<Finding> {
    if !top.operator.is_join() || user(plan, top).is_some_and(|above| above.operator.is_join()) {
        return None;
    }
    let mut tree = Tree::default();
    tree.take(plan, top);
    let limits = limits(plan, tree.tables)?;
    let given = top.rows_out()?;
    let most = tree.joins.iter().filter_map(|join| Some((join, join.rows_out()?)));
    let (piled, made) = most.max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    if made.0 < ENOUGH_ROWS.0 || made.0 < PILED_UP.0 * given.0.max(1.0) || may_stop_early(plan, piled) {
        return None;
    }
    let did = format!(
        "is the last of the joins of {} tables, {limits}; on the way the {} made {}, of which {} came out",
        tree.tables,
        piled.label(),
        rows(made),
        out(top)
    );
    let more = tree.tables + 1;
    let finding = Finding::at(&RULE, top, did)
        .at_others_cost()
        .stake(tree.time)
        .with("tables joined", tree.tables)
        .with("most rows on the way", made)
        .with("rows in the end", given)
        .next(format!(
            "SET LOCAL join_collapse_limit = {more}, from_collapse_limit = {more} and geqo_threshold = {more} may find \
             a better order, for a longer planning; or write first the joins that keep few rows."
        ));
    Some(finding)
}

/// The joins that stand one on another, and what they join.
#[derive(Default)]
struct Tree<'a> {
    tables: u64,
    joins: Vec<&'a Node>,
    time: Ms,
}

impl<'a> Tree<'a> {
    fn take(&mut self, plan: &'a Plan, join: &'a Node) {
        self.joins.push(join);
        self.time += join.exclusive();
        for input in plan.inputs(join) {
            self.time += on_the_way(plan, input).iter().map(|n| n.exclusive()).sum();
            let made_by = maker(plan, input);
            if made_by.operator.is_join() {
                self.take(plan, made_by);
            } else if !hands_on(made_by) {
                self.tables += 1;
            }
        }
    }
}

/// Which limit so many tables are beyond.
fn limits(plan: &Plan, tables: u64) -> Option<String> {
    let number = |name: &str, usual: u64| match plan.setting(name) {
        Some(text) => text.parse().unwrap_or(usual),
        None => usual,
    };
    let (collapse, geqo) =
        (number("join_collapse_limit", JOIN_COLLAPSE_LIMIT), number("geqo_threshold", GEQO_THRESHOLD));
    let genetic = tables >= geqo && plan.setting("geqo") != Some("off");
    match (tables > collapse, genetic) {
        (true, _) => Some(format!("more than join_collapse_limit ({collapse})")),
        (false, true) => Some(format!("not fewer than geqo_threshold ({geqo})")),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    /// A chain of joins of so many tables: `made` rows come out of the lowest and `given` of the others.
    fn chain(tables: usize, made: f64, given: f64) -> String {
        let scan = |role: &str| {
            format!(
                r#"{{"Node Type": "Seq Scan", "Parent Relationship": "{role}", "Actual Total Time": 1.0,
                     "Actual Rows": 50, "Actual Loops": 1}}"#
            )
        };
        (1..tables).fold(scan("Outer"), |below, join| {
            let rows = if join == 1 { made } else { given };
            format!(
                r#"{{"Node Type": "Hash Join", "Parent Relationship": "Outer", "Actual Total Time": 90.0,
                     "Actual Rows": {rows}, "Actual Loops": 1, "Plans": [{below}, {{"Node Type": "Hash",
                     "Parent Relationship": "Inner", "Actual Total Time": 2.0, "Actual Rows": 50,
                     "Actual Loops": 1, "Plans": [{}]}}]}}"#,
                scan("Outer")
            )
        })
    }

    #[test]
    fn many_tables_and_rows_on_the_way() {
        let table = [
            (9, 5000.0, 50.0, &[][..], true),
            (8, 5000.0, 50.0, &[], false),
            (9, 5000.0, 600.0, &[], false),
            (9, 900.0, 5.0, &[], false),
            (9, 0.0, 0.0, &[], false),
            (9, 5000.0, 50.0, &[("join_collapse_limit", "20")], false),
            (13, 5000.0, 50.0, &[("join_collapse_limit", "20")], true),
            (13, 5000.0, 50.0, &[("join_collapse_limit", "20"), ("geqo", "off")], false),
            (3, 5000.0, 50.0, &[("join_collapse_limit", "1")], true),
        ];
        for (tables, made, given, settings, expected) in table {
            let mut plan = plan(&chain(tables, made, given));
            plan.settings = settings.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{tables} {made} {settings:?}");
        }
    }
}
