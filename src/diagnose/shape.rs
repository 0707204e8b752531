//! What several rules ask of a plan's shape: who stands on which side of a join, of whom a condition speaks, what only
//! hands its input on.

use std::collections::BTreeSet;

use crate::plan::{ConditionKind, Node, Operator, Plan, Role};
use crate::query::{Expr, Names, SortKey};

/// The two sides of a join, the driving one first.
pub fn sides<'a>(plan: &'a Plan, join: &'a Node) -> Option<(&'a Node, &'a Node)> {
    let sides = plan.child(join, Role::Outer).zip(plan.child(join, Role::Inner));
    sides.filter(|_| join.operator.is_join())
}

/// The side of an outer join that is kept, and the one that is filled up with NULLs.
pub fn kept_and_filled<'a>(plan: &'a Plan, join: &'a Node) -> Option<(&'a Node, &'a Node)> {
    let (outer, inner) = sides(plan, join)?;
    match join.join_type.as_deref() {
        Some("Left") => Some((outer, inner)),
        Some("Right") => Some((inner, outer)),
        _ => None,
    }
}

/// The names under which expressions speak of this subtree's rows. Those above a partitioned table speak of it by its
/// own name, which no node bears: its partitions are numbered (`o_1`, `o_2`; `set_rtable_names` in ruleutils.c).
pub fn names<'a>(plan: &'a Plan, node: &Node) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for below in plan.subtree(node) {
        let Some(name) = below.alias() else { continue };
        names.insert(name);
        let number = name.rsplit_once('_').filter(|(_, number)| number.bytes().all(|b| b.is_ascii_digit()));
        names.extend(number.filter(|_| below.role == Role::Member).map(|(stem, _)| stem));
    }
    names
}

/// The tables that an expression speaks of; `None` when it does not say, or asks a subplan.
pub fn speaks_of(expr: &Expr) -> Option<BTreeSet<&str>> {
    let mut said = true;
    expr.visit(&mut |part| said &= !matches!(part, Expr::SubPlan { .. } | Expr::Param(_)));
    let tables: Option<BTreeSet<&str>> = expr.columns().into_iter().map(|(table, _)| table).collect();
    tables.filter(|_| said)
}

/// Whether all columns of an expression are of these tables, and there are some.
pub fn is_of(expr: &Expr, names: &BTreeSet<&str>) -> bool {
    speaks_of(expr).is_some_and(|tables| !tables.is_empty() && tables.is_subset(names))
}

/// The condition of this kind, when there is one that can be read.
pub fn asked(node: &Node, kind: ConditionKind) -> Option<Expr> {
    node.condition(kind).and_then(Expr::parse)
}

/// A node that hands on the rows of its input, all of them, in another order or from another place.
pub fn hands_on(node: &Node) -> bool {
    use Operator::{Gather, GatherMerge, Hash, IncrementalSort, Materialize, Memoize, Sort};
    matches!(node.operator, Gather | GatherMerge | Hash | IncrementalSort | Materialize | Memoize | Sort)
}

/// The node that makes the rows which `node` only hands on: itself, if it does more.
pub fn maker<'a>(plan: &'a Plan, node: &'a Node) -> &'a Node {
    let input = plan.inputs(node).next().filter(|_| hands_on(node));
    input.map_or(node, |input| maker(plan, input))
}

/// The nodes between `node` and the one that makes its rows, `node` first.
pub fn on_the_way<'a>(plan: &'a Plan, node: &'a Node) -> Vec<&'a Node> {
    let steps = std::iter::successors(Some(node), |n| plan.inputs(n).next());
    steps.take_while(|n| hands_on(n)).collect()
}

/// The node that uses the rows of this one; those that only hand them on are passed over.
pub fn user<'a>(plan: &'a Plan, node: &'a Node) -> Option<&'a Node> {
    plan.ancestors(node).find(|above| !hands_on(above))
}

/// By what a node makes distinct, when it does nothing else: `DISTINCT`, `UNION`, a `GROUP BY` without aggregates. Only
/// VERBOSE's `Output` shows whether there are aggregates, or other columns (`DISTINCT ON`).
pub fn distinct_by(plan: &Plan, node: &Node) -> Option<Vec<Expr>> {
    let keys = match node.operator {
        Operator::Aggregate | Operator::Group => node.group_key.iter().map(|key| Expr::parse(key)).collect(),
        Operator::Unique => {
            let sort = plan.inputs(node).find(|input| !input.sort_key.is_empty())?;
            sort.sort_key.iter().map(|key| Some(SortKey::parse(key)?.expr)).collect::<Option<Vec<Expr>>>()
        }
        _ => None,
    }?;
    let filtered = node.condition(ConditionKind::Filter).is_some() || node.partial_mode.is_some();
    let listed: BTreeSet<String> = keys.iter().map(bare).collect();
    let given = node.output.iter().map(|text| Some(bare(&Expr::parse(text)?)));
    let given: BTreeSet<String> = given.collect::<Option<_>>()?;
    (!filtered && !given.is_empty() && given.is_subset(&listed)).then_some(keys)
}

/// An expression by itself: what names its columns' tables is left out, since below the top a plan may leave it out.
fn bare(expr: &Expr) -> String {
    expr.sql(Names::Bare)
}

/// The sort keys as an index has them: without their table.
pub fn index_keys(sort: &Node) -> String {
    let key = |text: &String| {
        let key = SortKey::parse(text)?;
        Some(format!("{}{}", key.expr.sql(Names::Bare), if key.descending { " DESC" } else { "" }))
    };
    let keys: Option<Vec<String>> = sort.sort_key.iter().map(key).collect();
    keys.unwrap_or_else(|| sort.sort_key.clone()).join(", ")
}

/// How a node asks one of its subplans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// Whether the subplan is run once and its result hashed.
    pub hashed: bool,
    /// Whether `NOT` stands before it.
    pub negated: bool,
    /// Whether it is surely compared with the outer row's values (`IN`, `= ANY`), as PostgreSQL 17 and later say.
    pub compared: bool,
}

/// How `parent` asks this subplan, where its conditions or its output show it.
pub fn ask(parent: &Node, subplan: &Node) -> Option<Ask> {
    let name = subplan.subplan_name.as_deref().filter(|_| subplan.role == Role::SubPlan)?;
    let texts = parent.expressions().filter(|text| text.contains(name));
    texts.filter_map(Expr::parse).find_map(|expr| ask_in(&expr, name, false))
}

fn ask_in(expr: &Expr, wanted: &str, negated: bool) -> Option<Ask> {
    match expr {
        Expr::SubPlan { name, hashed, .. } if name == wanted => {
            Some(Ask { hashed: *hashed, negated, compared: false })
        }
        Expr::AnyAll { list, .. } => ask_in(list, wanted, negated).map(|ask| Ask { compared: true, ..ask }),
        Expr::Not(arg) => ask_in(arg, wanted, true),
        other => other.children().into_iter().find_map(|child| ask_in(child, wanted, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rules::testing::plan;
    use super::*;

    #[test]
    fn a_subplan_is_asked_in_several_words() {
        let table = [
            ("(NOT (hashed SubPlan 1))", Some((true, true, false))),
            ("(NOT (ANY (a.id = (hashed SubPlan 1).col1)))", Some((true, true, true))),
            ("(NOT (ANY (a.id = (SubPlan 1).col1)))", Some((false, true, true))),
            ("((a.x > 1) AND (NOT (SubPlan 1)))", Some((false, true, false))),
            ("((hashed SubPlan 1) OR (a.x > 1))", Some((true, false, false))),
            ("(a.total > (SubPlan 1))", Some((false, false, false))),
            ("(hashed SubPlan 12)", None),
        ];
        for (filter, expected) in table {
            let plan = plan(&format!(
                r#"{{"Node Type": "Seq Scan", "Filter": "{filter}", "Plans": [{{"Node Type": "Seq Scan",
                     "Parent Relationship": "SubPlan", "Subplan Name": "SubPlan 1"}}]}}"#
            ));
            let found = ask(plan.root(), &plan.nodes[1]);
            assert_eq!(found.map(|ask| (ask.hashed, ask.negated, ask.compared)), expected, "{filter}");
        }
    }

    #[test]
    fn distinct_and_nothing_else() {
        let node = |operator: &str, said: &str| {
            let plan = plan(&format!(
                r#"{{"Node Type": "{operator}", {said}, "Plans": [{{"Node Type": "Sort",
                     "Parent Relationship": "Outer", "Sort Key": ["o.a", "o.b DESC"]}}]}}"#
            ));
            distinct_by(&plan, plan.root()).map(|keys| keys.len())
        };
        assert_eq!(node("Aggregate", r#""Group Key": ["o.a"], "Output": ["o.a"]"#), Some(1));
        assert_eq!(node("Aggregate", r#""Group Key": ["o.a"], "Output": ["o.a", "count(*)"]"#), None);
        assert_eq!(node("Aggregate", r#""Group Key": ["o.a"]"#), None, "not VERBOSE");
        assert_eq!(node("Unique", r#""Output": ["o.b", "o.a"]"#), Some(2));
        assert_eq!(node("Unique", r#""Output": ["o.a", "o.b", "o.c"]"#), None, "DISTINCT ON");
        assert_eq!(node("Limit", r#""Output": ["o.a"]"#), None);
    }
}
