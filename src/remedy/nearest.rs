//! `ORDER BY place <-> point '(1,2)' LIMIT 10`: the nearest neighbours, which an index can give first.

use crate::plan::{Node, Operator, Plan};
use crate::query::SortKey;

use super::access::{Access, limit_above};
use super::question::Question;
use crate::units::Rows;

/// The distance that the rows of a node are sorted by, under a limit.
pub struct Nearest<'a> {
    /// The node that sorts.
    pub sort: &'a Node,
    /// The value of the row, and what it is compared with.
    pub question: Question,
    /// How many rows the limit lets through.
    limit: Rows,
}

/// Operators by which an index can give rows in order (manual, "Built-in GiST Operator Classes", "pg_trgm").
const DISTANCES: [&str; 5] = ["<->", "<<->", "<->>", "<<<->", "<->>>"];

impl<'a> Nearest<'a> {
    /// The sort above this access, where nothing in between makes other rows of its rows.
    pub fn of(plan: &'a Plan, access: &Access<'a>) -> Option<Self> {
        let mut above = plan.ancestors(access.node);
        let sort = above.find(|node| !passes(node)).filter(|node| is_sort(node))?;
        let key = SortKey::parse(sort.sort_key.first()?)?;
        let question = Question::of(access, &key.expr)?;
        let limit = limit_above(plan, sort)?;
        (!key.descending && DISTANCES.contains(&question.op.as_str())).then_some(Self {
            sort,
            question,
            limit,
        })
    }
}

impl Nearest<'_> {
    /// When reading ends.
    pub fn ending(&self) -> String {
        match self.limit {
            Rows(1.0) => "so that reading ends after the first row".to_owned(),
            limit => format!("so that reading ends after {limit} rows"),
        }
    }
}

fn is_sort(node: &Node) -> bool {
    matches!(node.operator, Operator::Sort | Operator::IncrementalSort)
}

fn passes(node: &Node) -> bool {
    use Operator::{Append, Gather, GatherMerge, MergeAppend, Result};
    matches!(node.operator, Gather | GatherMerge | Append | MergeAppend | Result)
}
