//! What each node of a plan does: the key by which it is found again in another plan.

use std::collections::BTreeSet;

use crate::plan::{Node, Operator, Plan, Role};
use crate::query;

/// What a node does, apart from how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Job {
    /// The kind of work: two nodes with different ones are never matched.
    pub kind: Kind,
    /// What it works on: a table, a CTE, a function, an index.
    pub object: String,
    /// By which alias.
    pub alias: String,
    /// The keys of a sort or of an aggregate, literals and qualifiers apart.
    pub keys: Vec<String>,
    /// Whether it is a part of a parallel aggregate: `Partial`, `Finalize`.
    pub part: String,
    /// Every table that its rows come from.
    pub below: BTreeSet<String>,
    /// The subplan, the InitPlan or the CTE that it belongs to.
    pub scope: String,
}

/// Kinds of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Reads a table, a CTE, a function's rows: whatever names its source.
    Scan,
    /// Reads an index for a bitmap.
    Bitmap,
    Join,
    Sort,
    /// Aggregate or Group.
    Aggregate,
    /// Gather or Gather Merge.
    Gather,
    /// Append or Merge Append.
    Append,
    /// Writes or locks rows of a table.
    Write,
    /// Any other: by its operator's place in [`OTHERS`], or beyond them.
    Other(u64),
}

/// A plan's jobs, node by node.
pub(super) struct Shape(pub Vec<Job>);

impl Shape {
    pub(super) fn of(plan: &Plan) -> Self {
        Self(plan.nodes.iter().map(|node| job(plan, node)).collect())
    }

    pub(super) fn shares_a_table_with(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.objects(), other.objects());
        mine.is_empty() && theirs.is_empty() || !mine.is_disjoint(&theirs)
    }

    /// What is read or written, whatever the aliases are.
    fn objects(&self) -> BTreeSet<&str> {
        let named = self.0.iter().filter(|job| matches!(job.kind, Kind::Scan | Kind::Write));
        named.map(|job| job.object.as_str()).filter(|object| !object.is_empty()).collect()
    }
}

fn job(plan: &Plan, node: &Node) -> Job {
    let kind = kind(node);
    let keys = match kind {
        Kind::Sort => &node.sort_key,
        _ => &node.group_key,
    };
    Job {
        kind,
        object: object(node),
        alias: node.alias().unwrap_or_default().to_owned(),
        keys: keys.iter().map(|key| masked(key)).collect(),
        part: node.partial_mode.clone().unwrap_or_default(),
        below: plan.sources(node).filter_map(source).collect(),
        scope: scope(plan, node),
    }
}

fn kind(node: &Node) -> Kind {
    match &node.operator {
        Operator::NestedLoop | Operator::HashJoin | Operator::MergeJoin => Kind::Join,
        Operator::Sort | Operator::IncrementalSort => Kind::Sort,
        Operator::Aggregate | Operator::Group => Kind::Aggregate,
        Operator::Gather | Operator::GatherMerge => Kind::Gather,
        Operator::Append | Operator::MergeAppend => Kind::Append,
        Operator::ModifyTable => Kind::Write,
        Operator::BitmapIndexScan => Kind::Bitmap,
        // A foreign join has no relation of its own, and is matched by its type.
        other if object(node).is_empty() => Kind::Other(hash(other.name())),
        _ => Kind::Scan,
    }
}

/// FNV-1a: a number for a name, the same in every run.
fn hash(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What a node reads by name.
fn object(node: &Node) -> String {
    let named = node.relation.as_ref().map(|relation| &relation.name).or(node.cte.as_ref());
    let named = named.or(node.function.as_ref()).or(node.index.as_ref()).or(node.alias.as_ref());
    named.cloned().unwrap_or_default()
}

/// The table that a scan brings into its plan: partitions and their numbered aliases count once each.
fn source(node: &Node) -> Option<String> {
    if kind(node) != Kind::Scan || node.operator == Operator::SubqueryScan {
        return None;
    }
    Some(format!("{} {}", object(node), unnumbered(node.alias().unwrap_or_default())))
}

/// `orders` for `orders_12`: PostgreSQL numbers the aliases of partitions, and counts those that it reads only
/// (ruleutils.c, `set_rtable_names`).
pub(super) fn unnumbered(alias: &str) -> &str {
    let stem = alias.trim_end_matches(|c: char| c.is_ascii_digit());
    match stem.strip_suffix('_') {
        Some(name) if stem.len() < alias.len() && !name.is_empty() => name,
        _ => alias,
    }
}

/// The subplan that a node belongs to; its number may differ between two plans, its kind does not.
fn scope(plan: &Plan, node: &Node) -> String {
    let above = std::iter::once(node).chain(plan.ancestors(node));
    let top = above.into_iter().find(|n| matches!(n.role, Role::InitPlan | Role::SubPlan));
    let name = top.and_then(|n| n.subplan_name.as_deref()).unwrap_or_default();
    name.split(" (returns").next().unwrap_or_default().to_owned()
}

/// The tables below a node, by their aliases, in print order.
pub(super) fn tables(plan: &Plan, node: &Node) -> Vec<String> {
    let mut tables: Vec<String> = Vec::new();
    for below in plan.sources(node).filter(|below| source(below).is_some()) {
        let name = below.alias().map_or_else(|| object(below), |alias| unnumbered(alias).to_owned());
        if !tables.contains(&name) {
            tables.push(name);
        }
    }
    tables
}

/// An expression without what may differ between two runs of one statement: literals, parameters, the numbers of
/// subplans, and the qualifiers that only VERBOSE prints.
pub(super) fn masked(text: &str) -> String {
    query::masked(text)
}
