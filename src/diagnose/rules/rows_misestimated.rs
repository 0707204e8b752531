//! The node where an estimate goes wrong, when that led to something slow.

pub(super) mod cause;
mod story;

use cause::Cause;

use crate::catalog::Catalog;
use crate::diagnose::{Check, Claim, Finding, Rule, Symptom};
use crate::plan::{ConditionKind, Node, Operator, Plan, Role};
use crate::units::{Factor, Ms, Rows};

/// `rows-misestimated`.
pub static RULE: Rule = Rule {
    id: "rows-misestimated",
    title: "Far more or fewer rows came than the planner expected",
    doc: "The planner chooses joins, sorts and hash tables by the number of rows that it expects. Where it is wrong \
          by an order of magnitude, it chooses for another query than the one that runs: it repeats the inner side \
          of a nested loop a thousand times that was to run once, gives a sort or a hash table too little memory, \
          or reads a whole table to join a handful of rows.\n\n\
          Named is the node where the error starts; those above it that merely inherit it are not. Why the planner \
          may have been wrong is said where the conditions show it: several columns that it takes for independent of \
          each other, an expression that it has no statistics of. Where the reason is certain, a rule of its own tells \
          all that with the reason: `never-analyzed`, `statistics-stale`, `row-count-outdated`, `default-selectivity`, \
          `value-beyond-mcv`, `columns-correlated`, `generic-plan`. An error inside of a CTE is followed to the CTE's \
          readers. Fresh statistics, a larger statistics target, or extended statistics on columns that depend on \
          each other can mend it.\n\n\
          Example: `Seq Scan on customer (… rows=1 …) (actual … rows=100 loops=1) Filter: (city = … AND country = \
          …)` as the outer side of a nested loop.\n\n\
          Silent while the error did no harm: no join, sort or hash table above that would be chosen otherwise. \
          Silent about rows that failed to come because nobody asked for them: below a LIMIT, a semi join, a merge \
          join that ended early.",
    check: Check::WithCatalog(|plan, catalog| because(&RULE, plan, catalog, Option::is_none)),
};

/// The choice between looking rows up and reading all of them turns on a factor of about 4 to 10
/// (`random_page_cost` is 4, and a lookup visits an index page besides); a smaller error rarely turns it.
const FAR_OFF: Factor = Factor(10.0);

/// Whatever is done with fewer rows than this is done in an instant, by any plan.
const ENOUGH_ROWS: Rows = Rows(100.0);

/// The misestimates of a plan whose certain cause, or the lack of one, is what this rule tells of.
pub(super) fn because(
    rule: &'static Rule,
    plan: &Plan,
    catalog: &Catalog,
    told: fn(&Option<Cause>) -> bool,
) -> Vec<Finding> {
    plan.nodes.iter().filter_map(|node| check(rule, plan, catalog, node, told)).collect()
}

fn check(
    rule: &'static Rule,
    plan: &Plan,
    catalog: &Catalog,
    node: &Node,
    told: fn(&Option<Cause>) -> bool,
) -> Option<Finding> {
    let error = error(node).filter(|_| decides_rows(node))?;
    let (estimated, actual) = (node.estimate?.rows, node.actual?.rows);
    let own = unexplained(plan, node, error);
    if own.abs() < FAR_OFF.0.ln() || estimated.0.max(actual.0) * node.loops() < ENOUGH_ROWS.0 {
        return None;
    }
    let excused = if own < 0.0 { may_stop_early(plan, node) } else { is_rewound(plan, node) };
    let harm = led_to(plan, node, error);
    if excused || harm.is_empty() {
        return None;
    }
    let cause = Some(cause::of(plan, catalog, node)).filter(told)?;
    let stake = harm.iter().map(|(_, time)| *time).sum::<Ms>().min(plan.root().inclusive());
    let titles: Vec<String> = harm.iter().map(|(above, _)| above.title()).collect();
    let mut finding = Finding::at(rule, node, "")
        .stake(stake)
        .symptom(Symptom::RowsMisestimated { node: node.id, estimated, actual })
        .with("rows expected", estimated)
        .with("rows that came", actual)
        .with("off by", Factor(error.abs().exp()));
    finding.claim = Claim { did: story::tell(plan, node, cause.as_ref(), &harm, stake), ..Claim::default() };
    if let Some(condition) = asked(node) {
        finding = finding.with("condition", condition);
    }
    finding.next = cause.as_ref().map(Cause::next);
    Some(finding.with("led to", titles.join(", ")))
}

/// The natural logarithm of actual rows over expected, both of one loop: positive when too many came. The
/// planner never expects fewer than one (`clamp_row_est`), and before 18 less than half a row is printed as 0.
fn error(node: &Node) -> Option<f64> {
    let (estimated, actual) = (node.estimate?.rows, node.actual.filter(|_| node.ran())?.rows);
    Some((actual.0.max(1.0) / estimated.0.max(1.0)).ln()).filter(|error| error.is_finite())
}

/// The nodes at which the number of rows is guessed, rather than handed on. `BitmapAnd` and `BitmapOr` always
/// say 0 (manual, "Using EXPLAIN", caveats); a bitmap's rows are told by its heap scan.
fn decides_rows(node: &Node) -> bool {
    use Operator::{
        Aggregate, CteScan, ForeignScan, FunctionScan, Group, ProjectSet, SetOp, SubqueryScan, Unique,
    };
    let filters = node.condition(ConditionKind::Filter).is_some();
    node.operator.is_join()
        || node.operator.reads_table()
        || matches!(
            node.operator,
            ForeignScan | FunctionScan | ProjectSet | Aggregate | Group | Unique | SetOp
        )
        || (filters && matches!(node.operator, SubqueryScan | CteScan))
}

/// The part of the error that the inputs' errors do not account for, under the kindest account.
fn unexplained(plan: &Plan, node: &Node, own: f64) -> f64 {
    let bitmap = node.operator == Operator::BitmapHeapScan;
    let inputs: Vec<f64> =
        plan.inputs(node).chain(cte(plan, node)).filter(|_| !bitmap).filter_map(error).collect();
    let accounts = inputs.iter().copied().chain([0.0, inputs.iter().sum()]);
    accounts.map(|account| own - account).min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(own)
}

/// The top of the CTE that a CTE Scan reads.
fn cte<'a>(plan: &'a Plan, node: &Node) -> Option<&'a Node> {
    let name = format!("CTE {}", node.cte.as_deref()?);
    plan.nodes.iter().find(|n| n.role == Role::InitPlan && n.subplan_name.as_ref() == Some(&name))
}

/// Whether a node above may have stopped asking before this one had given all its rows.
pub(super) fn may_stop_early(plan: &Plan, node: &Node) -> bool {
    let mut below = node;
    for above in plan.ancestors(node) {
        if below.is_apart() {
            return true;
        }
        let hashed = matches!(above.strategy.as_deref(), Some("Hashed" | "Plain"));
        match above.operator {
            Operator::Sort | Operator::Hash | Operator::ModifyTable => return false,
            Operator::Aggregate | Operator::SetOp if hashed => return false,
            Operator::Limit if was_filled(above) => return true,
            Operator::MergeJoin => return true,
            Operator::NestedLoop if below.role == Role::Inner && stops_at_first(above) => return true,
            Operator::HashJoin if below.role == Role::Outer && gave_none(plan.child(above, Role::Inner)) => {
                return true;
            }
            _ => below = above,
        }
    }
    false
}

/// A limit that gave fewer rows than expected was not what ended its input.
fn was_filled(limit: &Node) -> bool {
    let short = error(limit).is_some_and(|error| error < 0.0);
    !(short && limit.loops() == 1.0)
}

fn stops_at_first(join: &Node) -> bool {
    join.inner_unique || matches!(join.join_type.as_deref(), Some("Semi" | "Anti"))
}

fn gave_none(side: Option<&Node>) -> bool {
    side.and_then(Node::rows_out).is_none_or(|rows| rows.0 == 0.0)
}

/// Whether a merge join reads it again for equal keys: the rows are then counted again
/// (manual, "Using EXPLAIN", caveats).
fn is_rewound(plan: &Plan, node: &Node) -> bool {
    let merge = plan.parent(node).filter(|above| above.operator == Operator::MergeJoin);
    merge.is_some() && node.role == Role::Inner
}

/// The nodes that would be another, or have more memory, with the right estimate; and what they cost.
fn led_to<'a>(plan: &'a Plan, node: &'a Node, error_here: f64) -> Vec<(&'a Node, Ms)> {
    let mut harm = Vec::new();
    if error_here > 0.0 && node.spilled() {
        harm.push((node, node.exclusive()));
    }
    let mut starts = vec![node];
    let mut next = 0;
    while let Some(start) = starts.get(next).copied() {
        let top = climb(plan, start, error_here, &mut harm);
        // Rows that a CTE has too many of, each of its readers has.
        let readers = readers(plan, top).filter(|_| error_here > 0.0);
        starts.extend(readers.filter(|reader| !starts.iter().any(|n| n.id == reader.id)).collect::<Vec<_>>());
        next += 1;
    }
    harm
}

/// Goes up from here while the error is inherited; returns the last node that has it.
fn climb<'a>(plan: &'a Plan, node: &'a Node, error_here: f64, harm: &mut Vec<(&'a Node, Ms)>) -> &'a Node {
    let mut below = node;
    for above in plan.ancestors(node) {
        if below.is_apart() || !inherits(below, error_here) {
            break;
        }
        let too_many = error_here > 0.0;
        let time = if too_many { repeated_or_spilled(plan, above) } else { read_for_few(plan, above, below) };
        let known = harm.iter().any(|(n, _)| n.id == above.id);
        harm.extend(time.filter(|_| !known).map(|time| (above, time)));
        below = above;
    }
    below
}

fn inherits(node: &Node, error_here: f64) -> bool {
    error(node).is_some_and(|e| e * error_here.signum() >= FAR_OFF.0.ln())
}

/// The scans that read this CTE, when it is the top of one.
fn readers<'a>(plan: &'a Plan, top: &'a Node) -> impl Iterator<Item = &'a Node> {
    let name = top.subplan_name.as_deref().and_then(|name| name.strip_prefix("CTE "));
    let reads =
        move |n: &&Node| n.operator == Operator::CteScan && name.is_some() && n.cte.as_deref() == name;
    plan.nodes.iter().filter(reads)
}

fn repeated_or_spilled(plan: &Plan, above: &Node) -> Option<Ms> {
    if above.operator == Operator::NestedLoop {
        let inner = plan.child(above, Role::Inner)?;
        return (inner.loops() > above.loops()).then(|| plan.repeated(above));
    }
    above.spilled().then(|| above.exclusive())
}

/// The other side of a hash or merge join, when looking up its partners for the rows that came would have
/// read far fewer rows.
fn read_for_few(plan: &Plan, join: &Node, side: &Node) -> Option<Ms> {
    if !matches!(join.operator, Operator::HashJoin | Operator::MergeJoin) {
        return None;
    }
    let other = plan.inputs(join).find(|input| input.id != side.id)?;
    let few = other.rows_out()?.0 >= FAR_OFF.0 * side.rows_out()?.0.max(1.0);
    few.then(|| join.exclusive() + other.inclusive())
}

fn asked(node: &Node) -> Option<String> {
    use ConditionKind::{Filter, HashCond, IndexCond, JoinFilter, MergeCond, RecheckCond};
    let kinds = [IndexCond, RecheckCond, Filter, HashCond, MergeCond, JoinFilter];
    let mut texts: Vec<&str> = kinds.iter().filter_map(|kind| node.condition(*kind)).collect();
    texts.extend(node.group_key.iter().map(String::as_str));
    Some(texts.join(", ")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
