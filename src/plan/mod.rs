//! What PostgreSQL said about a statement, and what follows from it: a flat, immutable value.

mod derived;
mod node;
mod operator;
mod own;
mod read;

pub use derived::{Cache, off_by};
pub use node::{
    Actual, Buffers, Condition, ConditionKind, Estimate, HashAggregate, HashTable, Node, NodeId, Own,
    Relation, Removed, Role, Sort, Worker,
};
pub use operator::Operator;
pub use read::{Format, Piece, Reading, holds_plan, pieces, read, read_json};

use std::borrow::Cow;

use serde_json::Value;

use crate::units::Ms;

/// A plan: an arena of nodes in print order, and what EXPLAIN said beside the tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// The nodes, parents before children; never empty in a plan that was read.
    pub nodes: Vec<Node>,
    /// `Planning Time`.
    pub planning: Option<Ms>,
    /// `Execution Time`.
    pub execution: Option<Ms>,
    /// `Triggers` that fired.
    pub triggers: Vec<Trigger>,
    /// `JIT`, when anything was compiled.
    pub jit: Option<Jit>,
    /// `Settings` that differ from their defaults and bear on planning.
    pub settings: Vec<(String, String)>,
    /// `Query Text`, in plans that auto_explain logged.
    pub query_text: Option<String>,
    /// `Query Identifier`.
    pub query_id: Option<i64>,
    /// `Serialization` (17+): the time it took to make text of the result.
    pub serialization: Option<Ms>,
    /// Everything else that PostgreSQL said of the statement, under its own keys, in its own order.
    pub extra: Vec<(Cow<'static, str>, Value)>,
}

/// A trigger's part of the execution.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trigger {
    /// `Trigger Name`.
    pub name: String,
    /// `Constraint Name`, for the triggers of a foreign key.
    pub constraint: Option<String>,
    /// `Relation`: the table that fired it.
    pub relation: String,
    /// `Time`, over all calls; zero with TIMING OFF.
    pub time: Ms,
    /// `Calls`.
    pub calls: f64,
}

/// What just-in-time compilation cost.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Jit {
    /// `Functions` that were compiled.
    pub functions: u64,
    /// `Timing.Total`; `None` with TIMING OFF.
    pub total: Option<Ms>,
}

impl Plan {
    /// The top of the plan.
    pub fn root(&self) -> &Node {
        &self.nodes[0]
    }

    /// The node of this id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The node above.
    pub fn parent(&self, node: &Node) -> Option<&Node> {
        node.parent.map(|id| self.node(id))
    }

    /// The nodes below, in print order.
    pub fn children<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Node> {
        node.children.iter().map(|id| self.node(*id))
    }

    /// The child in this role.
    pub fn child(&self, node: &Node, role: Role) -> Option<&Node> {
        node.children.iter().map(|id| self.node(*id)).find(|child| child.role == role)
    }

    /// The nodes above, nearest first.
    pub fn ancestors<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = &'a Node> {
        std::iter::successors(self.parent(node), |above| self.parent(above))
    }

    /// The node and everything below it, in print order. A subtree is contiguous in the arena.
    pub fn subtree(&self, node: &Node) -> &[Node] {
        let start = node.id.0;
        let after = self.nodes[start + 1..].iter().position(|n| n.depth <= node.depth);
        &self.nodes[start..after.map_or(self.nodes.len(), |n| start + 1 + n)]
    }

    /// Whether it was run (ANALYZE), rather than only planned.
    pub fn is_measured(&self) -> bool {
        self.nodes.first().is_some_and(|root| root.actual.is_some())
    }

    /// What percentages are of: the execution time, or what the nodes took when that was not printed.
    pub fn total(&self) -> Ms {
        self.execution.unwrap_or_else(|| {
            // What nobody reads of a WITH that writes is run when the root has ended (execMain.c,
            // `ExecPostprocessPlan`), and is not in the root's time.
            let root = self.nodes.first().map_or(Ms(0.0), Node::inclusive);
            let all = self.nodes.iter().map(Node::exclusive).sum();
            if self.nodes.iter().any(Node::is_writing_cte) { Ms::max(root, all) } else { root }
        })
    }

    /// Shared pages looked at by the whole statement.
    pub fn pages(&self) -> Option<u64> {
        self.nodes.first()?.buffers.map(|b| b.shared())
    }

    /// Whether it does the same with the same indexes as another: node by node, whatever either took or cost.
    pub fn is_shaped_as(&self, other: &Self) -> bool {
        let relation = |node: &Node| node.relation.as_ref().map(|relation| relation.name.clone());
        let shape = |node: &Node| (node.title(), relation(node), node.index.clone(), node.role);
        self.nodes.iter().map(shape).eq(other.nodes.iter().map(shape))
    }

    /// Whether it reads one of these indexes.
    pub fn uses(&self, indexes: &[String]) -> bool {
        self.nodes.iter().any(|node| node.index.as_ref().is_some_and(|index| indexes.contains(index)))
    }

    /// Whether the statement writes: a `ModifyTable` or a `LockRows` anywhere.
    pub fn writes(&self) -> bool {
        self.nodes.iter().any(|n| matches!(n.operator, Operator::ModifyTable | Operator::LockRows))
    }

    /// A setting that the plan says differs from its default.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
