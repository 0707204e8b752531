//! What the readers of all formats feed: keys and values in, plans out. It keeps its own stack, so that
//! a plan may be nested as deeply as it likes.

use serde_json::{Map, Value};

use super::given::Given;
use super::keys::{self, Said};
use super::statement;
use crate::plan::node::{Node, NodeId};
use crate::plan::{Plan, own};

/// How deep a value that is not a node may be nested: far more than PostgreSQL's ever are, and little enough for
/// `serde_json::Value` to be dropped on a small stack (it recurses).
const DEEPEST_VALUE: usize = 500;

/// Most plans have no more, so that none of their nodes, which are large, is moved again.
const NODES_OF_A_PLAN: usize = 8;

/// Most maps that are values tell of pages: ten kinds of them.
const KEYS_OF_A_MAP: usize = 10;

/// What was expected instead.
pub(super) type Expected = &'static str;

/// Takes a plan apart into its keys, whatever wrote them.
#[derive(Default)]
pub(super) struct Builder {
    plans: Vec<Plan>,
    plan: Plan,
    open: Vec<Open>,
    /// How many of `open`, at its end, are maps and lists.
    values: usize,
}

enum Open {
    Statements,
    Statement,
    Node(NodeId, Said),
    Nodes(NodeId),
    Map(String, Map<String, Value>),
    List(String, Vec<Value>),
    Settings,
}

impl Builder {
    /// An object begins, under this key (empty in a list and at the top).
    pub(super) fn open_map(&mut self, key: &str) -> Result<(), Expected> {
        match self.open.last() {
            None | Some(Open::Statements) => {
                self.plan = Plan::default();
                self.open.push(Open::Statement);
            }
            Some(Open::Statement) if key == "Plan" && self.plan.nodes.is_empty() => self.open_node(None),
            Some(Open::Nodes(parent)) => self.open_node(Some(*parent)),
            Some(Open::Node(..)) if key == "Plans" => return Err("a list of plan nodes"),
            Some(Open::Statement) if key == "Settings" => self.open.push(Open::Settings),
            _ => return self.open_value(Open::Map(key.to_owned(), Map::with_capacity(KEYS_OF_A_MAP))),
        }
        Ok(())
    }

    /// A list begins, under this key.
    pub(super) fn open_list(&mut self, key: &str) -> Result<(), Expected> {
        match self.open.last() {
            None | Some(Open::Statements) => self.open.push(Open::Statements),
            // Drivers print a result's only column under its name.
            Some(Open::Statement) if key == "QUERY PLAN" => self.open.push(Open::Statements),
            Some(Open::Statement) if key == "Plan" => return Err("a plan node"),
            Some(Open::Nodes(_)) => return Err("a plan node"),
            Some(Open::Node(id, _)) if key == "Plans" => self.open.push(Open::Nodes(*id)),
            _ => return self.open_value(Open::List(key.to_owned(), Vec::new())),
        }
        Ok(())
    }

    fn open_value(&mut self, value: Open) -> Result<(), Expected> {
        if self.values >= DEEPEST_VALUE {
            return Err("a value that is not nested so deeply");
        }
        self.values += 1;
        self.open.push(value);
        Ok(())
    }

    /// A node begins; it stands in the arena before its children, so that ids follow print order.
    pub(super) fn open_node(&mut self, parent: Option<NodeId>) {
        let id = NodeId(self.plan.nodes.len());
        // Its neighbours are said as much of.
        let extra = Vec::with_capacity(self.plan.nodes.last().map_or(0, |before| before.extra.len()));
        let above = parent.and_then(|parent| self.plan.nodes.get_mut(parent.0));
        let depth = above.map_or(0, |above| {
            above.children.push(id);
            above.depth + 1
        });
        if id.0 == 0 {
            self.plan.nodes.reserve(NODES_OF_A_PLAN);
        }
        self.plan.nodes.push(Node { id, parent, depth, extra, ..Node::default() });
        self.open.push(Open::Node(id, Said::default()));
    }

    /// The innermost object or list ends.
    pub(super) fn close(&mut self) -> Result<(), Expected> {
        match self.open.pop() {
            Some(Open::Node(id, said)) => {
                if let Some(node) = self.plan.nodes.get_mut(id.0) {
                    said.settle(node);
                }
            }
            Some(Open::Statement) => self.finish(),
            Some(Open::Map(key, map)) => {
                self.values -= 1;
                return self.give(&key, Given::Tree(Value::Object(map)));
            }
            Some(Open::List(key, items)) => {
                self.values -= 1;
                return self.give(&key, Given::Tree(Value::Array(items)));
            }
            Some(Open::Statements | Open::Nodes(_) | Open::Settings) | None => {}
        }
        Ok(())
    }

    fn finish(&mut self) {
        let mut plan = std::mem::take(&mut self.plan);
        if !plan.nodes.is_empty() {
            own::compute(&mut plan);
            self.plans.push(plan);
        }
    }

    /// A value, under this key.
    pub(super) fn give(&mut self, key: &str, given: Given) -> Result<(), Expected> {
        let (last, rest) = match self.open.split_last_mut() {
            Some((last, rest)) => (last, rest),
            None => return Err("an array of plans, or one object with a `Plan`"),
        };
        match last {
            Open::Statements => Err("an object with a `Plan`"),
            Open::Statement => statement::put(&mut self.plan, key, given),
            Open::Node(id, said) => put(&mut self.plan, *id, said, key, given),
            // PostgreSQL once wrote `"Plans": ["Subplans Removed": 1, {…}]`: it is the parent's.
            Open::Nodes(_) => match rest.last_mut() {
                Some(Open::Node(id, said)) if !key.is_empty() => put(&mut self.plan, *id, said, key, given),
                _ => Err("a plan node"),
            },
            Open::Map(_, map) => {
                map.insert(key.to_owned(), given.value());
                Ok(())
            }
            Open::List(_, items) => {
                items.push(given.value());
                Ok(())
            }
            Open::Settings => {
                self.plan.settings.push((key.to_owned(), given.text()));
                Ok(())
            }
        }
    }

    /// Whether values in a list may carry a key, as in PostgreSQL's own invalid JSON.
    pub(super) fn in_nodes(&self) -> bool {
        matches!(self.open.last(), Some(Open::Nodes(_)))
    }

    /// The statement's first node.
    pub(super) fn root(&self) -> Option<&Node> {
        self.plan.nodes.first()
    }

    /// Closes what is open, also when the text ended too early, and hands the plans over.
    pub(super) fn end(mut self) -> Vec<Plan> {
        while !self.open.is_empty() {
            // What a cut-off value was to become does not matter any more.
            let _ = self.close();
        }
        self.plans
    }
}

fn put(plan: &mut Plan, id: NodeId, said: &mut Said, key: &str, given: Given) -> Result<(), Expected> {
    match plan.nodes.get_mut(id.0) {
        Some(node) => keys::put(node, said, key, given),
        None => Ok(()),
    }
}
