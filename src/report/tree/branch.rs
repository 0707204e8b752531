//! The branches of the tree: what stands left of each node.

use crate::plan::{Node, Plan};

/// Three columns a level are the easiest to read, as long as they take no more than this part of the terminal.
const WIDE: usize = 8;

/// Two columns a level, up to this part; beyond it one, and the deepest levels lose their left end.
const NARROW: usize = 4;

/// The branch on which a node sits.
pub(in crate::report) fn at(plan: &Plan, node: &Node, columns: usize) -> String {
    let branch = match (node.parent, is_last(plan, node)) {
        (None, _) => String::new(),
        (_, true) => trunk(plan, node) + "└─ ",
        (_, false) => trunk(plan, node) + "├─ ",
    };
    squeezed(plan, &branch, columns)
}

/// What stands left of a node's further lines: the branches that go on past it, and its own.
pub(in crate::report) fn below(plan: &Plan, node: &Node, columns: usize) -> String {
    let past = match (node.parent, is_last(plan, node)) {
        (None, _) => "",
        (_, true) => "   ",
        (_, false) => "│  ",
    };
    let own = if node.children.is_empty() { "   " } else { "│  " };
    squeezed(plan, &format!("{}{past}{own}", trunk(plan, node)), columns)
}

/// The lines of a node's ancestors that go on past it.
fn trunk(plan: &Plan, node: &Node) -> String {
    let mut above: Vec<&Node> = plan.ancestors(node).filter(|n| n.parent.is_some()).collect();
    above.reverse();
    above.into_iter().map(|n| if is_last(plan, n) { "   " } else { "│  " }).collect()
}

/// Whether the node is its parent's last child.
fn is_last(plan: &Plan, node: &Node) -> bool {
    plan.parent(node).is_none_or(|above| above.children.last() == Some(&node.id))
}

/// Makes deep plans fit.
fn squeezed(plan: &Plan, branch: &str, columns: usize) -> String {
    let depth = plan.nodes.iter().map(|node| node.depth).max().unwrap_or(0);
    if depth * 3 <= columns / WIDE {
        return branch.to_owned();
    }
    let level: &[usize] = if depth * 2 <= columns / NARROW { &[0, 2] } else { &[0] };
    let kept = branch.chars().enumerate().filter(|(i, _)| level.contains(&(i % 3)));
    let narrow: Vec<char> = kept.map(|(_, c)| c).collect();
    narrow[narrow.len().saturating_sub(columns / NARROW)..].iter().collect()
}
