//! What stands above an access: the joins that look its rows up, and the order that is made of them.

use super::{Access, Order};
use crate::plan::{ConditionKind, Node, Operator, Plan, Role};
use crate::query::{Expr, SortKey};
use crate::remedy::index::{Key, KeyValue};
use crate::units::Rows;

impl<'a> Access<'a> {
    /// What of ours the joins above compare for equality with other tables' columns.
    pub(super) fn joined_by(&self, plan: &Plan) -> Vec<KeyValue> {
        let mut found = Vec::new();
        for above in plan.ancestors(self.node).take_while(|n| passes_rows(n)).filter(|n| n.operator.is_join())
        {
            for kind in [ConditionKind::HashCond, ConditionKind::MergeCond, ConditionKind::JoinFilter] {
                let Some(expr) = above.condition(kind).and_then(Expr::parse) else { continue };
                for term in expr.terms() {
                    let Expr::Compare { op, left, right } = term else { continue };
                    let Some(((value, other), _)) = self.value_and_other(left, right) else { continue };
                    if op == "=" && !other.columns().is_empty() && !found.contains(&value) {
                        found.push(value);
                    }
                }
            }
        }
        found
    }

    /// What of the other access's rows a join above both compares with this value of ours.
    pub fn partner(&self, plan: &Plan, ours: &KeyValue, other: &Access) -> Option<KeyValue> {
        let joins = plan.ancestors(self.node).take_while(|n| passes_rows(n)).filter(|n| n.operator.is_join());
        let kinds = [ConditionKind::HashCond, ConditionKind::MergeCond, ConditionKind::JoinFilter];
        let conditions = joins.flat_map(|join| kinds.map(|kind| join.condition(kind)));
        let parsed: Vec<Expr> = conditions.flatten().filter_map(Expr::parse).collect();
        parsed.iter().flat_map(Expr::terms).find_map(|term| {
            let Expr::Compare { op, left, right } = term else { return None };
            let ((value, theirs), _) = self.value_and_other(left, right)?;
            let same = op == "=" && value == *ours && other.mentions_us(theirs);
            other.value(theirs).filter(|_| same)
        })
    }

    /// The nearest sort above whose first keys are ours, while nothing between changes what is sorted.
    pub(super) fn ordered_by(&self, plan: &'a Plan) -> Option<Order<'a>> {
        let mut below = self.node;
        let mut above = plan.parent(self.node);
        while let Some(node) = above {
            match node.operator {
                Operator::Sort | Operator::IncrementalSort => return self.sorted(plan, node),
                // The order of a nested loop's outer side survives it; each partition keeps its own order, which
                // a Merge Append merges.
                Operator::NestedLoop if below.role == Role::Outer => {}
                // Once the outer side comes in order, a hash join can become a nested loop that keeps it.
                Operator::HashJoin if below.role == Role::Outer => {}
                Operator::Gather | Operator::GatherMerge | Operator::Append | Operator::MergeAppend => {}
                Operator::Result | Operator::SubqueryScan | Operator::LockRows => {}
                Operator::Aggregate => return self.extreme(node).or_else(|| self.grouped(plan, node)),
                _ => return None,
            }
            below = node;
            above = plan.parent(node);
        }
        None
    }

    /// Rows that come in the order of the first keys are sorted in small groups (Incremental Sort, 13 and later), of which a
    /// LIMIT needs only the first ones.
    fn sorted(&self, plan: &Plan, sort: &'a Node) -> Option<Order<'a>> {
        let keys: Vec<Key> = sort.sort_key.iter().map_while(|key| self.sort_key(key)).collect();
        let whole = keys.len() == sort.sort_key.len();
        let limit = limit_above(plan, sort);
        (!keys.is_empty() && (whole || limit.is_some())).then_some(Order { sort, keys, whole, limit })
    }

    /// `min(column)` or `max(column)` by itself is the first row of an order (manual, "Indexes and ORDER BY" and
    /// planagg.c); NULLs, which it leaves out, come last or first.
    fn extreme(&self, aggregate: &'a Node) -> Option<Order<'a>> {
        let [output] = aggregate.output.as_slice() else { return None };
        let call = Expr::parse(output.trim_start_matches("PARTIAL "))?;
        let Expr::Call { name, args, text: None } = &call else { return None };
        let [arg] = args.as_slice() else { return None };
        let whole = aggregate.group_key.is_empty() && ["min", "max"].contains(&name.as_str());
        let key = Key::of(self.value(arg).filter(|_| whole)?);
        Some(Order { sort: aggregate, keys: vec![key], whole: true, limit: Some(Rows(1.0)) })
    }

    /// Groups that are hashed must all be made before the first comes out; in an index's order they come one by one, and a
    /// LIMIT ends that.
    fn grouped(&self, plan: &Plan, aggregate: &'a Node) -> Option<Order<'a>> {
        let hashed = aggregate.strategy.as_deref() == Some("Hashed") && aggregate.partial_mode.is_none();
        let limit = limit_above(plan, aggregate).filter(|_| hashed)?;
        let key = |text: &String| self.value(&Expr::parse(text)?).map(Key::of);
        let keys = aggregate.group_key.iter().map(key).collect::<Option<Vec<_>>>()?;
        (!keys.is_empty()).then_some(Order { sort: aggregate, keys, whole: true, limit: Some(limit) })
    }

    fn sort_key(&self, text: &str) -> Option<Key> {
        let key = SortKey::parse(text)?;
        if key.using.is_some() {
            return None;
        }
        // What is sorted under another collation may be printed as `((url)::text) COLLATE "C"`.
        let expr = match &key.expr {
            Expr::Cast { arg, .. } if key.collation.is_some() && self.is_collated(&key.expr) => arg,
            expr => expr,
        };
        let value = self.value(expr)?;
        let own = value.column().and_then(|column| self.table.column(column)?.collation.as_deref());
        let collation = key.collation.filter(|collation| Some(collation.as_str()) != own);
        Some(Key { collation, descending: key.descending, nulls_first: key.nulls_first, ..Key::of(value) })
    }
}

/// Whether rows of a table below still are rows of that table above this node.
fn passes_rows(node: &Node) -> bool {
    node.operator.is_join()
        || matches!(
            node.operator,
            Operator::Hash
                | Operator::Materialize
                | Operator::Memoize
                | Operator::Sort
                | Operator::IncrementalSort
                | Operator::Gather
                | Operator::GatherMerge
                | Operator::Append
                | Operator::MergeAppend
                | Operator::Result
        )
}

pub(in crate::remedy) fn limit_above(plan: &Plan, sort: &Node) -> Option<Rows> {
    let passes = |n: &&Node| {
        matches!(
            n.operator,
            Operator::GatherMerge | Operator::Result | Operator::SubqueryScan | Operator::LockRows
        )
    };
    let limit = plan.ancestors(sort).find(|n| !passes(n)).filter(|n| n.operator == Operator::Limit)?;
    limit.actual.map(|a| a.rows).or(limit.estimate.map(|e| e.rows))
}
