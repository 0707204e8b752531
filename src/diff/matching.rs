//! Which node of one plan is which of the other.
//!
//! Nodes are matched in passes, from what is certain to what is likely: the same job in the same subplan, then the
//! same job anywhere, then jobs that have less and less in common. What is left unmatched appeared or disappeared.
//! Every pass is symmetric: seen from the other side, the same nodes are matched.

use std::collections::{HashMap, HashSet};

use super::shape::{Job, Kind, Shape, unnumbered};
use crate::plan::{NodeId, Plan};

/// What of two jobs must be equal.
type Key = fn(&Job) -> Vec<String>;

/// The passes by equality.
const PASSES: &[Key] = &[
    |job| [vec![job.scope.clone()], all(job)].concat(),
    all,
    // A parallel aggregate has two parts, of which the last is the aggregate; the alias of a partition is numbered
    // among those that are read.
    |job| match job.part.as_str() {
        "Partial" => Vec::new(),
        _ => [vec![job.object.clone(), unnumbered(&job.alias).to_owned()], job.keys.clone(), below(job)]
            .concat(),
    },
    |job| match job.kind {
        Kind::Scan | Kind::Write | Kind::Bitmap => vec![job.object.clone()],
        Kind::Join => Vec::new(),
        _ => [vec![job.part.clone()], below(job)].concat(),
    },
    |job| match job.kind {
        Kind::Sort | Kind::Aggregate if !job.keys.is_empty() => {
            [vec![job.part.clone()], job.keys.clone()].concat()
        }
        _ => Vec::new(),
    },
];

fn all(job: &Job) -> Vec<String> {
    let own = vec![job.object.clone(), job.alias.clone(), job.part.clone()];
    [own, job.keys.clone(), vec![String::new()], below(job)].concat()
}

fn below(job: &Job) -> Vec<String> {
    job.below.iter().cloned().collect()
}

/// The pairs of nodes that do the same.
pub(super) fn matches(before: &Plan, left: &Shape, after: &Plan, right: &Shape) -> Vec<(NodeId, NodeId)> {
    let mut matcher = Matcher {
        left,
        right,
        free_left: before.nodes.iter().map(|node| node.id).collect(),
        free_right: after.nodes.iter().map(|node| node.id).collect(),
        found: Vec::new(),
    };
    for key in PASSES {
        matcher.by_equality(*key);
    }
    matcher.by_overlap();
    matcher.by_being_the_only_one();
    matcher.found
}

struct Matcher<'a> {
    left: &'a Shape,
    right: &'a Shape,
    free_left: Vec<NodeId>,
    free_right: Vec<NodeId>,
    found: Vec<(NodeId, NodeId)>,
}

impl Matcher<'_> {
    /// Matches what is equal by this key, the first with the first and so on; an empty key matches nothing.
    fn by_equality(&mut self, key: Key) {
        let mut waiting: HashMap<(Kind, Vec<String>), Vec<NodeId>> = HashMap::new();
        for id in self.free_right.iter().rev() {
            let job = &self.right.0[id.0];
            waiting.entry((job.kind, key(job))).or_default().push(*id);
        }
        let mut found = Vec::new();
        for id in &self.free_left {
            let job = &self.left.0[id.0];
            let key = key(job);
            if key.is_empty() {
                continue;
            }
            if let Some(partner) = waiting.get_mut(&(job.kind, key)).and_then(Vec::pop) {
                found.push((*id, partner));
            }
        }
        self.take(found);
    }

    /// Matches joins and what else stands above several tables with the one that has most of them in common.
    fn by_overlap(&mut self) {
        let mut candidates: Vec<(f64, NodeId, NodeId)> = Vec::new();
        for left in &self.free_left {
            let job = &self.left.0[left.0];
            let partners = self.free_right.iter().map(|right| (right, &self.right.0[right.0]));
            let alike = partners.filter(|(_, other)| other.kind == job.kind && other.part == job.part);
            let scored = alike.map(|(right, other)| (overlap(job, other), *left, *right));
            candidates.extend(scored.filter(|(score, ..)| *score > 0.0));
        }
        // The last two make it the same from both sides: what is still equal then shares no node.
        let order = |(_, left, right): &(f64, NodeId, NodeId)| (left.0 + right.0, left.0.abs_diff(right.0));
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then(order(a).cmp(&order(b))));
        let (mut lefts, mut rights) = (HashSet::new(), HashSet::new());
        let mut found = Vec::new();
        for (_, left, right) in candidates {
            if !lefts.contains(&left) && !rights.contains(&right) {
                lefts.insert(left);
                rights.insert(right);
                found.push((left, right));
            }
        }
        self.take(found);
    }

    /// Matches what is the last of its kind on both sides, such as the aggregate above a CTE that was inlined.
    fn by_being_the_only_one(&mut self) {
        let only = |free: &[NodeId], shape: &Shape| {
            let mut of_kind: HashMap<(Kind, String), Vec<NodeId>> = HashMap::new();
            for id in free {
                let job = &shape.0[id.0];
                of_kind.entry((job.kind, job.part.clone())).or_default().push(*id);
            }
            of_kind.retain(|(kind, _), nodes| nodes.len() == 1 && !is_of_one_object(*kind));
            of_kind
        };
        let (left, right) = (only(&self.free_left, self.left), only(&self.free_right, self.right));
        let both = left.iter().filter_map(|(key, one)| Some((*one.first()?, *right.get(key)?.first()?)));
        let found = both.collect();
        self.take(found);
    }

    fn take(&mut self, found: Vec<(NodeId, NodeId)>) {
        let (lefts, rights): (HashSet<NodeId>, HashSet<NodeId>) = found.iter().copied().unzip();
        self.free_left.retain(|id| !lefts.contains(id));
        self.free_right.retain(|id| !rights.contains(id));
        self.found.extend(found);
    }
}

/// Whether it stands for what it reads or writes, so that another object means another node.
fn is_of_one_object(kind: Kind) -> bool {
    matches!(kind, Kind::Scan | Kind::Write | Kind::Bitmap)
}

/// How much of what two nodes draw from is the same: 1 is all. Scans are not alike because of it.
fn overlap(left: &Job, right: &Job) -> f64 {
    if is_of_one_object(left.kind) {
        return 0.0;
    }
    let both = left.below.intersection(&right.below).count();
    let either = left.below.union(&right.below).count();
    if either == 0 { 0.0 } else { both as f64 / either as f64 }
}
