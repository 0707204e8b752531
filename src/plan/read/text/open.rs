//! A node whose lines are still being read.

use serde_json::{Map, Value};

use crate::plan::node::NodeId;
use crate::plan::operator::Operator;

/// A node that is open.
pub(super) struct Node {
    pub(super) id: NodeId,
    pub(super) column: usize,
    pub(super) operator: Operator,
    pub(super) inputs: usize,
    pub(super) buffers: bool,
    pub(super) workers: Vec<Worker>,
    pub(super) targets: Vec<Value>,
}

pub(super) struct Worker {
    pub(super) indent: usize,
    pub(super) keys: Map<String, Value>,
}

impl Node {
    pub(super) fn new(id: NodeId, column: usize, operator: Operator) -> Self {
        Self { id, column, operator, inputs: 0, buffers: false, workers: Vec::new(), targets: Vec::new() }
    }

    /// What the next node below is to this one (explain.c, `ExplainNode`, in the order in which it prints).
    pub(super) fn role(&mut self, label: Option<&str>) -> Option<&'static str> {
        if let Some(label) = label {
            return Some(if label.starts_with("SubPlan ") { "SubPlan" } else { "InitPlan" });
        }
        self.inputs += 1;
        Some(match self.operator {
            Operator::Append | Operator::MergeAppend | Operator::BitmapAnd | Operator::BitmapOr => "Member",
            Operator::SubqueryScan => "Subquery",
            Operator::CustomScan => return None,
            _ if self.inputs == 1 => "Outer",
            _ => "Inner",
        })
    }
}
