//! A node's own time: the only place that computes it.
//!
//! EXPLAIN prints averages of one loop, counts what lies below as part of each node, charges an InitPlan
//! to whoever first asked for it and a CTE to its readers, and adds the processes of a parallel plan
//! together. Undoing that is this file:
//!
//! 1. *Inclusive* time is time × loops. Under a Gather with per-worker figures, the slowest process is
//!    followed; without them, the sum is divided by the number of processes that took part.
//! 2. What lies under a Gather cannot have cost more wall time than the Gather, less what the leader ran for
//!    the Gather's own output: workers run on while the leader is elsewhere, so the subtree is scaled down.
//! 3. *Exclusive* is inclusive less the children that the node itself ran. An InitPlan is taken from the
//!    Gather that evaluates it, else from the first reader in plan order with room for it, else from its
//!    owner, else from a Gather whose workers ran on meanwhile; a CTE from its scans in plan order, each up
//!    to its own time.
//! 4. Never below zero; rounding to a microsecond per loop is carried along as a bound.

use super::Plan;
use super::node::{Node, NodeId, Own, Role};
use super::operator::Operator;
use crate::units::Ms;

/// EXPLAIN rounds a loop's time to 0.001 ms: half of that, either way.
const ROUNDING: f64 = 0.0005;

/// A reader has room for an InitPlan when its own time is at most this much short of it: clock jitter
/// between the two nodes' own measurements, in ms (measured on 15 and 18 with planted sleeps).
const JITTER: f64 = 0.02;

/// Whose time is followed below a Gather.
#[derive(Clone, Copy, PartialEq)]
enum Process {
    /// No Gather above: there is only one process.
    Only,
    /// The sum over processes, divided by how many took part.
    Average(f64),
    /// The leader: the node's total less its workers'.
    Leader,
    /// The worker of this number.
    Worker(u64),
}

/// Fills `own` in every node; leaves it empty when the plan holds no times.
pub(super) fn compute(plan: &mut Plan) {
    let timed = plan.nodes.iter().any(|n| n.actual.is_some_and(|a| a.total.is_some()));
    if !timed {
        return;
    }
    let mut times = Times::of(plan);
    times.scale_below_gathers(plan);
    times.subtract_children(plan);
    times.settle_init_plans(plan);
    let bounds = bounds(plan);
    for (i, node) in plan.nodes.iter_mut().enumerate() {
        node.own = Some(Own {
            inclusive: Ms(times.inclusive[i]),
            exclusive: Ms(times.exclusive[i].max(0.0)),
            work: Ms(if times.parallel[i] { times.work[i].max(0.0) } else { times.exclusive[i].max(0.0) }),
            bound: Ms(bounds[i]),
        });
    }
}

/// Per node, by its place in the arena, in ms.
struct Times {
    inclusive: Vec<f64>,
    exclusive: Vec<f64>,
    /// Over all processes; only meaningful where `parallel`.
    work: Vec<f64>,
    parallel: Vec<bool>,
}

impl Times {
    fn of(plan: &Plan) -> Self {
        let len = plan.nodes.len();
        let mut times = Self {
            inclusive: vec![0.0; len],
            exclusive: vec![0.0; len],
            work: vec![0.0; len],
            parallel: vec![false; len],
        };
        // The process followed below each node; parents come first, so it is known when it is asked for.
        let mut below = vec![Process::Only; len];
        let mut here = vec![Process::Only; len];
        for (i, node) in plan.nodes.iter().enumerate() {
            here[i] = match node.parent {
                None => Process::Only,
                Some(parent) if is_run_in_place(plan, node) => here[parent.0],
                Some(parent) => below[parent.0],
            };
            times.inclusive[i] = inclusive(node, here[i]);
            times.parallel[i] = here[i] != Process::Only;
            below[i] = if node.operator.is_gather() { followed(plan, node) } else { here[i] };
        }
        times
    }

    fn scale_below_gathers(&mut self, plan: &Plan) {
        let mut scale = vec![1.0; plan.nodes.len()];
        for (i, node) in plan.nodes.iter().enumerate() {
            self.inclusive[i] *= scale[i];
            // The leader alone evaluates the Gather's own SubPlans, for the rows that it hands on.
            let subplans = plan.children(node).filter(|c| c.role == Role::SubPlan);
            let alone = subplans.fold(0.0, |sum, c| sum + self.inclusive[c.id.0] * scale[i]);
            let limit = (self.inclusive[i] - alone).max(0.0);
            for child in plan.children(node) {
                let time = self.inclusive[child.id.0] * scale[i];
                let longer = node.operator.is_gather() && child.role == Role::Outer && time > limit;
                scale[child.id.0] = scale[i] * if longer { limit / time } else { 1.0 };
            }
        }
    }

    fn subtract_children(&mut self, plan: &Plan) {
        for (i, node) in plan.nodes.iter().enumerate() {
            let ran = |c: &&Node| c.role != Role::InitPlan;
            self.exclusive[i] = self.inclusive[i]
                - plan.children(node).filter(ran).fold(0.0, |sum, c| sum + self.inclusive[c.id.0]);
            self.work[i] = total(node) - plan.children(node).filter(ran).fold(0.0, |sum, c| sum + total(c));
        }
    }

    /// Takes the time of every InitPlan and CTE from the node that ran it.
    fn settle_init_plans(&mut self, plan: &Plan) {
        let scans: Vec<&Node> = plan.nodes.iter().filter(|n| n.operator == Operator::CteScan).collect();
        let ends = ends(plan);
        for owner in &plan.nodes {
            for init in plan.children(owner).filter(|c| c.role == Role::InitPlan) {
                // Of an InitPlan in workers (17+), the followed process may have run nothing, and another all.
                let (time, work) = (self.inclusive[init.id.0], total(init));
                if time <= 0.0 && work <= 0.0 {
                    continue;
                }
                match init.subplan_name.as_deref().and_then(|name| name.strip_prefix("CTE ")) {
                    Some(cte) => {
                        // A CTE is known below the node that owns it, and nowhere else.
                        let first = scans.partition_point(|scan| scan.id < owner.id);
                        let after = scans.partition_point(|scan| scan.id.0 < ends[owner.id.0]);
                        self.take_from_scans(&scans[first..after], cte, time, work);
                    }
                    None => {
                        let payer = self.payer(plan, owner, init);
                        self.take(payer, time, work);
                        self.make_up_below(plan, payer);
                    }
                }
            }
        }
    }

    /// What a Gather paid beyond its own time, its workers ran on meanwhile: less of their time was waited for.
    fn make_up_below(&mut self, plan: &Plan, payer: NodeId) {
        let Some(gather) = plan.nodes.get(payer.0).filter(|n| n.operator.is_gather()) else { return };
        let Some(child) = plan.child(gather, Role::Outer) else { return };
        let (short, time) = (-self.exclusive[payer.0], self.inclusive[child.id.0]);
        if short > 0.0 && short <= time {
            for node in plan.subtree(child) {
                self.inclusive[node.id.0] *= (time - short) / time;
                self.exclusive[node.id.0] *= (time - short) / time;
            }
            self.exclusive[payer.0] = 0.0;
        }
    }

    fn take(&mut self, from: NodeId, wall: f64, work: f64) {
        self.exclusive[from.0] -= wall;
        self.work[from.0] -= work;
    }

    fn take_from_scans(&mut self, scans: &[&Node], cte: &str, mut time: f64, mut work: f64) {
        for scan in scans.iter().filter(|scan| scan.cte.as_deref() == Some(cte)) {
            let (wall, busy) = (self.exclusive[scan.id.0].max(0.0), self.work[scan.id.0].max(0.0));
            self.take(scan.id, wall.min(time), busy.min(work));
            time -= wall.min(time);
            work -= busy.min(work);
        }
    }

    /// The node whose time holds that of this InitPlan.
    fn payer(&self, plan: &Plan, owner: &Node, init: &Node) -> NodeId {
        let names = returned_names(init.subplan_name.as_deref().unwrap_or_default());
        let reads = |n: &Node| n.expressions().any(|text| names.iter().any(|name| mentions(text, name)));
        let candidates = in_one_process(plan, owner, init);
        // A Gather evaluates what its workers will read: before 17 it says so in `Params Evaluated`,
        // since 17 only the readers below it show it.
        let evaluates = |n: &Node| {
            n.operator.is_gather() && (evaluated_here(n, &names) || plan.subtree(n)[1..].iter().any(reads))
        };
        let gathers = candidates.iter().copied().filter(|n| n.operator.is_gather());
        let (named, implied): (Vec<&Node>, Vec<&Node>) =
            gathers.clone().filter(|n| evaluates(n)).partition(|n| evaluated_here(n, &names));
        let readers = candidates.iter().copied().filter(|n| reads(n));
        named
            .into_iter()
            .chain(implied)
            .chain(readers)
            .chain([owner])
            .chain(candidates.iter().copied())
            .find(|n| self.has_room(n, init))
            .or_else(|| gathers.clone().filter(|n| reads(n)).chain(gathers).find(|n| self.overlaps(n, init)))
            .map_or(owner.id, |n| n.id)
    }

    fn has_room(&self, node: &Node, init: &Node) -> bool {
        let at = node.id.0;
        self.exclusive[at] + JITTER >= self.inclusive[init.id.0]
            && (!self.parallel[at] || self.work[at] + JITTER >= total(init))
    }

    /// Whether the workers of this Gather may have run on while the leader was busy with this InitPlan, which the
    /// Gather's own output asked for.
    fn overlaps(&self, gather: &Node, init: &Node) -> bool {
        self.inclusive[gather.id.0] + JITTER >= self.inclusive[init.id.0]
    }
}

/// The nodes of the owner's subtree that may have run its InitPlan: those in the same process. What lies below a
/// Gather is handed the value (`nodeGather.c`, `ExecGather`: `initParam`).
fn in_one_process<'a>(plan: &'a Plan, owner: &Node, init: &Node) -> Vec<&'a Node> {
    let inside = plan.subtree(init);
    let inside = inside[0].id.0..inside[0].id.0 + inside.len();
    let subtree = plan.subtree(owner);
    let mut handed = vec![false; subtree.len()];
    for (i, node) in subtree.iter().enumerate().skip(1) {
        let Some(above) = plan.parent(node) else { continue };
        handed[i] =
            handed[above.id.0 - owner.id.0] || (above.operator.is_gather() && !is_run_in_place(plan, node));
    }
    let others = subtree.iter().zip(handed).filter(|(node, handed)| !handed && !inside.contains(&node.id.0));
    others.map(|(node, _)| node).collect()
}

/// Whether it runs in the process of the node above, also when that is a Gather: only a Gather's input runs in
/// its workers.
fn is_run_in_place(plan: &Plan, node: &Node) -> bool {
    let under_gather = plan.parent(node).is_some_and(|above| above.operator.is_gather());
    node.role == Role::InitPlan || (under_gather && node.role != Role::Outer)
}

/// Where the subtree of each node ends.
fn ends(plan: &Plan) -> Vec<usize> {
    let mut ends: Vec<usize> = (1..=plan.nodes.len()).collect();
    for node in plan.nodes.iter().rev() {
        if let Some(parent) = node.parent {
            ends[parent.0] = ends[parent.0].max(ends[node.id.0]);
        }
    }
    ends
}

/// Time over all loops and processes, in ms.
fn total(node: &Node) -> f64 {
    node.actual.and_then(|a| Some(a.total?.0 * a.loops)).unwrap_or(0.0)
}

fn inclusive(node: &Node, process: Process) -> f64 {
    let all = total(node);
    let worker = |number| {
        let ours = node.workers.iter().filter(|w| w.number == number);
        ours.filter_map(|w| w.actual)
            .filter_map(|a| Some(a.total?.0 * a.loops))
            .fold(0.0, |sum, time| sum + time)
    };
    let has_workers = node.workers.iter().any(|w| w.actual.is_some());
    match process {
        Process::Only => all,
        // A bitmap is built once and shared, so its one loop is one process's wall time.
        Process::Average(_) if is_bitmap_input(node) && node.loops() == 1.0 => all,
        Process::Average(processes) => all / processes,
        Process::Worker(number) => worker(number),
        Process::Leader if has_workers => {
            (all - node.workers.iter().map(|w| worker(w.number)).sum::<f64>()).max(0.0)
        }
        Process::Leader => all,
    }
}

fn is_bitmap_input(node: &Node) -> bool {
    matches!(node.operator, Operator::BitmapIndexScan | Operator::BitmapAnd | Operator::BitmapOr)
}

/// Whom to follow below this Gather.
fn followed(plan: &Plan, gather: &Node) -> Process {
    let Some(child) = plan.child(gather, Role::Outer).filter(|c| c.ran()) else { return Process::Only };
    let loops = gather.loops().max(1.0);
    let workers: Vec<(u64, f64)> = child
        .workers
        .iter()
        .filter_map(|w| Some((w.number, w.actual.map(|a| a.total.map_or(0.0, |t| t.0) * a.loops)?)))
        .collect();
    let slowest = workers.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
    match slowest {
        // The workers of a Gather that ran several times are printed for the last time only.
        Some((number, time)) if gather.loops() == 1.0 => {
            let leader = total(child) - workers.iter().map(|w| w.1).sum::<f64>();
            if leader >= time { Process::Leader } else { Process::Worker(number) }
        }
        _ => Process::Average((child.loops() / loops).max(1.0)),
    }
}

/// The names under which other nodes read an InitPlan: `$0` before 17, `InitPlan 1` since.
fn returned_names(subplan_name: &str) -> Vec<String> {
    match subplan_name.split_once("(returns ") {
        Some((_, names)) => names.trim_end_matches(')').split(',').map(|n| n.trim().to_owned()).collect(),
        None if subplan_name.is_empty() => Vec::new(),
        None => vec![subplan_name.to_owned()],
    }
}

/// Whether `text` holds `name` as a whole: `$1` does not stand in `$10`.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let after = text[at + name.len()..].chars().next();
        !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

fn evaluated_here(gather: &Node, names: &[String]) -> bool {
    let params = gather.extra.iter().find(|(key, _)| key == "Params Evaluated");
    let listed = params.and_then(|(_, value)| value.as_array());
    listed.is_some_and(|list| list.iter().filter_map(|v| v.as_str()).any(|v| names.iter().any(|n| n == v)))
}

/// How far rounding can have moved each node's exclusive time: its own rounding and its children's.
fn bounds(plan: &Plan) -> Vec<f64> {
    let own = |n: &Node| ROUNDING * n.loops();
    plan.nodes.iter().map(|n| own(n) + plan.children(n).map(own).sum::<f64>()).collect()
}
