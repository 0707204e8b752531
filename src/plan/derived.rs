//! Small facts that follow from what a node and its neighbours say.

use serde_json::Value;

use super::node::{ConditionKind, Node, Role};
use super::operator::Operator;
use super::{Plan, Worker};
use crate::units::{Bytes, Factor, Ms, Rows};

/// How often a Memoize had the answer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cache {
    /// `Cache Hits`.
    pub hits: f64,
    /// `Cache Misses`.
    pub misses: f64,
    /// `Cache Evictions` and `Cache Overflows`: answers for which there was no room.
    pub forgotten: f64,
}

impl Node {
    /// What EXPLAIN's text format prints of it: `Index Scan using orders_pkey on orders o`.
    pub fn label(&self) -> String {
        let mut label = self.title();
        if let Some(index) = &self.index {
            // A bitmap index scan reads the index alone, so EXPLAIN says `on` of it (explain.c, ExplainNode).
            let word = if self.relation.is_some() { "using" } else { "on" };
            label += &format!(" {word} {index}");
        }
        let source = self.relation.as_ref().map(|r| &r.name).or(self.cte.as_ref()).or(self.function.as_ref());
        match (source, self.alias()) {
            (Some(source), Some(alias)) if alias != source => label += &format!(" on {source} {alias}"),
            (Some(source), _) => label += &format!(" on {source}"),
            (None, Some(alias)) => label += &format!(" on {alias}"),
            (None, None) => {}
        }
        label
    }

    /// Rows that a scan looked at, kept or not, over all loops and processes.
    pub fn rows_read(&self) -> Option<Rows> {
        Some(self.rows_out()? + self.removed_by_filter() + self.removed_by_recheck())
    }

    /// Whether a scan goes straight to its rows (by index or by row address), rather than through all of them.
    pub fn looks_up(&self) -> bool {
        self.operator == Operator::BitmapHeapScan
            || self.condition(ConditionKind::IndexCond).is_some()
            || self.condition(ConditionKind::TidCond).is_some()
    }

    /// What a sort wrote to disk, over the leader and its workers.
    pub fn sorted_on_disk(&self) -> Bytes {
        let leader = self.sort.as_ref().filter(|sort| sort.on_disk).map_or(0, |sort| sort.space.0);
        let workers = self.workers.iter().filter_map(|Worker { sort_disk, .. }| *sort_disk);
        Bytes(workers.fold(leader + self.sorted_on_disk_in_groups(), |sum, disk| sum.saturating_add(disk.0)))
    }

    /// What the largest group of an incremental sort wrote to disk.
    fn sorted_on_disk_in_groups(&self) -> u64 {
        // XML names groups and spaces by their kind alone; there the method tells of the disk (explain.c,
        // `show_incremental_sort_group_info`; tuplesort.c, `tuplesort_method_name`).
        const GROUPS: [&str; 3] = ["Full-sort Groups", "Pre-sorted Groups", "Incremental Sort Groups"];
        let external = |group: &Value| {
            let methods = group["Sort Methods Used"].as_array();
            methods.is_some_and(|used| {
                used.iter().any(|m| m.as_str().is_some_and(|m| m.starts_with("external")))
            })
        };
        let space = |group: &Value| match group.get("Sort Space") {
            Some(space) if external(group) => space["Peak Sort Space Used"].as_u64(),
            _ => group["Sort Space Disk"]["Peak Sort Space Used"].as_u64(),
        };
        let groups = self.extra.iter().filter(|(key, _)| GROUPS.contains(&key.as_ref()));
        groups.filter_map(|(_, group)| space(group)).max().unwrap_or(0).saturating_mul(1024)
    }

    /// In how many batches a hash table was worked through, by the process that needed most: more than one
    /// means that it went to disk.
    pub fn hash_batches(&self) -> u64 {
        let join = self.hash.map_or(0, |hash| hash.batches);
        let aggregate = self.hash_aggregate.map_or(0, |aggregate| aggregate.batches);
        let workers = self.workers.iter().filter_map(|worker| worker.hash_batches);
        workers.fold(join.max(aggregate), u64::max)
    }

    /// A number that PostgreSQL said under a key that has no field of its own: `Index Searches`.
    pub fn said(&self, key: &str) -> Option<f64> {
        let (_, value) = self.extra.iter().find(|(known, _)| known == key)?;
        value
            .as_f64()
            .or_else(|| value.as_str()?.trim().parse().ok())
            .filter(|number: &f64| number.is_finite())
    }

    /// What it said under such a key, whatever it is.
    pub fn said_of(&self, key: &str) -> Option<&Value> {
        self.extra.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// How often a Memoize had the answer, over the leader and its workers; `None` when it says nothing of it.
    pub fn cache(&self) -> Option<Cache> {
        let leader = Cache {
            hits: self.said("Cache Hits").unwrap_or_default(),
            misses: self.said("Cache Misses").unwrap_or_default(),
            forgotten: ["Cache Evictions", "Cache Overflows"]
                .map(|key| self.said(key).unwrap_or_default())
                .iter()
                .sum(),
        };
        let all = self.workers.iter().filter_map(|worker| worker.cache).fold(leader, |sum, one| Cache {
            hits: sum.hits + one.hits,
            misses: sum.misses + one.misses,
            forgotten: sum.forgotten + one.forgotten,
        });
        (all.misses > 0.0).then_some(all)
    }

    /// Whether a sort or a hash table did not fit into its memory.
    pub fn spilled(&self) -> bool {
        self.sorted_on_disk().0 > 0 || self.hash_batches() > 1
    }
}

impl Plan {
    /// Whether it holds times: it was run, and not with TIMING OFF.
    pub fn is_timed(&self) -> bool {
        self.nodes.first().is_some_and(|root| root.own.is_some())
    }

    /// Pages that were looked at while planning (13 and later, with BUFFERS); `None` for none.
    pub fn planning_pages(&self) -> Option<u64> {
        let (_, planning) = self.extra.iter().find(|(key, _)| key == "Planning")?;
        let blocks = ["Shared Hit Blocks", "Shared Read Blocks"].map(|key| planning[key].as_u64());
        Some(blocks.into_iter().flatten().fold(0, u64::saturating_add)).filter(|pages| *pages > 0)
    }

    /// The node and all that it draws rows from, in print order: its subtree without InitPlans and SubPlans.
    pub fn sources<'a>(&'a self, node: &Node) -> impl Iterator<Item = &'a Node> {
        let top = node.id;
        let mut apart = None;
        self.subtree(node).iter().filter(move |n| {
            if apart.is_some_and(|depth| n.depth > depth) {
                return false;
            }
            apart = (n.id != top && n.is_apart()).then_some(n.depth);
            apart.is_none()
        })
    }

    /// What a nested loop's inner side costs beyond being run once: each node's own time after its first run.
    /// What a Materialize or a Memoize spares is thus not counted.
    pub fn repeated(&self, join: &Node) -> Ms {
        let Some(inner) = self.child(join, Role::Inner) else { return Ms(0.0) };
        let again = self.subtree(inner).iter().filter(|n| n.loops() > join.loops());
        again.map(|n| n.exclusive() * (1.0 - join.loops() / n.loops())).sum()
    }

    /// What a node adds by itself to a figure that EXPLAIN prints with those of the nodes below.
    pub fn added(&self, node: &Node, figure: impl Fn(&Node) -> f64) -> f64 {
        (figure(node) - self.children(node).map(&figure).sum::<f64>()).max(0.0)
    }

    /// The nodes that hand their rows to this one: its children without InitPlans and SubPlans.
    pub fn inputs<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Node> {
        self.children(node).filter(|child| !child.is_apart())
    }
}

/// How far an estimate is off, either way; `None` when there is nothing to speak of. The planner never
/// expects less than one row (costsize.c, `clamp_row_est`), so that less than one row counts as one.
pub fn off_by(estimated: Rows, actual: Rows) -> Option<Factor> {
    let (estimated, actual) = (estimated.0.max(1.0), actual.0.max(1.0));
    let factor = (actual / estimated).max(estimated / actual);
    (factor > 1.0 && factor.is_finite()).then_some(Factor(factor))
}

impl Node {
    /// Whether the node above asks it for a value, rather than for its rows: an InitPlan or a SubPlan.
    pub fn is_apart(&self) -> bool {
        matches!(self.role, Role::InitPlan | Role::SubPlan)
    }

    /// Whether it is a `WITH` that writes: `CTE x` above an Insert, Update, Delete or Merge.
    pub(super) fn is_writing_cte(&self) -> bool {
        let cte = self.subplan_name.as_deref().is_some_and(|name| name.starts_with("CTE "));
        cte && self.operator == Operator::ModifyTable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_estimate_is_counted_from_one_row_up() {
        assert_eq!(off_by(Rows(1.0), Rows(0.0)), None);
        assert_eq!(off_by(Rows(1.0), Rows(0.25)), None);
        assert_eq!(off_by(Rows(1.0), Rows(50.0)), Some(Factor(50.0)));
        assert_eq!(off_by(Rows(50.0), Rows(0.0)), Some(Factor(50.0)));
    }
}
