//! What a node asks of its table: which columns are compared, joined and sorted by.

use crate::catalog::{Catalog, Table};
use crate::plan::{ConditionKind, Node, Operator, Plan, Role};
use crate::query::{Expr, SortKey};
use crate::units::{Rows, Share};

use super::index::Key;

/// One node's access to a table, taken apart.
#[derive(Debug, Clone)]
pub struct Access<'a> {
    /// The node that reads the table.
    pub node: &'a Node,
    /// The table that is read: a partition, where it is one.
    pub table: &'a Table,
    /// The table that an index is created on: the topmost partitioned one.
    pub root: &'a Table,
    /// Columns that are compared for equality with something known before the row is read.
    pub equalities: Vec<Equality>,
    /// Columns that are compared by `<`, `<=`, `>`, `>=`.
    pub ranges: Vec<Range>,
    /// Columns that a join above compares for equality with the other side's.
    pub join_columns: Vec<String>,
    /// Conditions that no B-tree column answers, in PostgreSQL's words.
    pub unanswerable: Vec<String>,
    /// The order that is made of this table's rows above.
    pub order: Option<Order<'a>>,
}

/// `column = something`, `column IS NULL`, `column IN (…)`, or a boolean column by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Equality {
    /// The column.
    pub column: String,
    /// The constants it may equal; empty when they are not constants; `None` in it stands for NULL.
    pub values: Vec<Option<String>>,
    /// Whether several values are asked for: a B-tree then yields no order across them.
    pub list: bool,
}

impl Equality {
    /// Whether the rows that pass stand in the order of the index's following columns. Several values are several
    /// places of the index; and of `IS NULL` the planner does not see that it is one place (measured on 15 and 18).
    pub fn keeps_order(&self) -> bool {
        !self.list && self.values != [None]
    }
}

/// `column < bound` and the like.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The column.
    pub column: String,
    /// Lower and upper bound, where they are constants.
    pub bounds: (Option<String>, Option<String>),
}

/// An order that is asked of one table's rows.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    /// The node that sorts.
    pub sort: &'a Node,
    /// By what.
    pub keys: Vec<Key>,
    /// How many rows the LIMIT above lets through, if there is one.
    pub limit: Option<Rows>,
}

impl<'a> Access<'a> {
    /// Every access to a table that the catalog knows, in print order.
    pub fn all(plan: &'a Plan, catalog: &'a Catalog) -> Vec<Self> {
        plan.nodes.iter().filter_map(|node| Self::of(plan, node, catalog)).collect()
    }

    fn of(plan: &'a Plan, node: &'a Node, catalog: &'a Catalog) -> Option<Self> {
        if !node.operator.reads_table() {
            return None;
        }
        let table = catalog.table(node.relation.as_ref()?)?;
        let mut access = Self {
            node,
            table,
            root: catalog.root(table),
            equalities: Vec::new(),
            ranges: Vec::new(),
            join_columns: Vec::new(),
            unanswerable: Vec::new(),
            order: None,
        };
        for kind in [ConditionKind::IndexCond, ConditionKind::RecheckCond, ConditionKind::Filter] {
            let condition = node.condition(kind).map(|text| (text, Expr::parse(text)));
            match condition {
                Some((_, Some(expr))) => expr.terms().into_iter().for_each(|term| access.take(term)),
                Some((text, None)) => access.unanswerable.push(text.to_owned()),
                None => {}
            }
        }
        access.join_columns = access.joined_by(plan);
        access.order = access.ordered_by(plan);
        Some(access)
    }

    /// The part of the rows read that was kept; `None` when that was not measured.
    pub fn kept(&self) -> Option<Share> {
        let kept = self.node.rows_out().filter(|_| self.node.ran())?;
        Some(kept.share_of(kept + self.node.removed_by_filter() + self.node.removed_by_recheck()))
    }

    fn take(&mut self, term: &Expr) {
        if let Some(equality) = self.equality(term) {
            if !self.equalities.iter().any(|e| e.column == equality.column) {
                self.equalities.push(equality);
            }
        } else if let Some((column, op, bound)) = self.range(term) {
            self.take_range(column, &op, bound);
        } else {
            self.unanswerable.push(term.sql(crate::query::Names::Qualified));
        }
    }

    fn take_range(&mut self, column: String, op: &str, bound: Option<String>) {
        let place = self.ranges.iter().position(|r| r.column == column).unwrap_or_else(|| {
            self.ranges.push(Range { column, bounds: (None, None) });
            self.ranges.len() - 1
        });
        let bounds = &mut self.ranges[place].bounds;
        match op {
            ">" | ">=" => bounds.0 = bound,
            _ => bounds.1 = bound,
        }
    }

    fn equality(&self, term: &Expr) -> Option<Equality> {
        let one = |column: String, value: Option<Option<String>>| Equality {
            column,
            values: value.into_iter().collect(),
            list: false,
        };
        match term {
            Expr::Compare { op, left, right } if op == "=" => {
                let (column, other) = self.column_and_other(left, right)?.0;
                Some(one(column, constant(other)))
            }
            Expr::AnyAll { op, left, list, all: false } if op == "=" && !self.mentions_us(list) => {
                let values = list.elements().unwrap_or_default();
                Some(Equality { column: self.column(left)?, values, list: true })
            }
            Expr::Or(terms) => self.one_of(terms),
            Expr::IsNull { arg, negated: false } => Some(one(self.column(arg)?, Some(None))),
            Expr::Column { .. } => Some(one(self.column(term)?, Some(Some("t".to_owned())))),
            Expr::Not(arg) if matches!(**arg, Expr::Column { .. }) => {
                Some(one(self.column(arg)?, Some(Some("f".to_owned()))))
            }
            _ => None,
        }
    }

    /// `a = 1 OR a = 2`: a list in other words, of which a bitmap is made or, since 18, an array.
    fn one_of(&self, terms: &[Expr]) -> Option<Equality> {
        let equalities = terms.iter().map(|term| self.equality(term)).collect::<Option<Vec<_>>>()?;
        let mut each = equalities.into_iter();
        let first = each.next()?;
        each.try_fold(Equality { list: true, ..first }, |mut all, one| {
            // A value that is not known must not make the others look like all there is.
            let unknown = all.values.is_empty() || one.values.is_empty();
            all.values = if unknown { Vec::new() } else { [all.values, one.values].concat() };
            (all.column == one.column).then_some(all)
        })
    }

    fn range(&self, term: &Expr) -> Option<(String, String, Option<String>)> {
        let Expr::Compare { op, left, right } = term else { return None };
        let flipped = match op.as_str() {
            "<" => ">",
            "<=" => ">=",
            ">" => "<",
            ">=" => "<=",
            _ => return None,
        };
        let ((column, other), swapped) = self.column_and_other(left, right)?;
        let op = if swapped { flipped } else { op };
        Some((column, op.to_owned(), constant(other).flatten()))
    }

    /// Our column, what it is compared with, and whether it stood on the right.
    fn column_and_other<'e>(&self, left: &'e Expr, right: &'e Expr) -> Option<((String, &'e Expr), bool)> {
        match (self.column(left), self.column(right)) {
            (Some(column), _) if !self.mentions_us(right) => Some(((column, right), false)),
            (_, Some(column)) if !self.mentions_us(left) => Some(((column, left), true)),
            _ => None,
        }
    }

    /// The column of ours that an index would serve here, if its type has a B-tree order.
    fn column(&self, expr: &Expr) -> Option<String> {
        let relabelled = |_: Option<&str>, name: &str| {
            self.table.column(name).is_some_and(|c| c.type_name.starts_with("character varying"))
        };
        let (table, name) = expr.bare_column(relabelled)?;
        let column = self.table.column(name).filter(|column| self.is_ours(table) && column.btree)?;
        Some(column.name.clone())
    }

    pub(super) fn mentions_us(&self, expr: &Expr) -> bool {
        expr.columns().iter().any(|(table, _)| self.is_ours(*table))
    }

    /// Whether a column so qualified is one of this node's rows. Above an Append, plans name the columns of a
    /// partition (`o_1`) as those of the partitioned table (`o`).
    pub(super) fn is_ours(&self, table: Option<&str>) -> bool {
        let alias = self.node.alias().unwrap_or_default();
        let parent = alias.rsplit_once('_').filter(|(_, number)| number.bytes().all(|b| b.is_ascii_digit()));
        let parent = parent.filter(|_| self.table.partition_root.is_some()).map(|(parent, _)| parent);
        table.is_none_or(|table| table == alias || Some(table) == parent)
    }

    /// Our columns that the joins above compare for equality with other tables' columns.
    fn joined_by(&self, plan: &Plan) -> Vec<String> {
        let mut columns = Vec::new();
        for above in plan.ancestors(self.node).take_while(|n| passes_rows(n)).filter(|n| n.operator.is_join())
        {
            for kind in [ConditionKind::HashCond, ConditionKind::MergeCond, ConditionKind::JoinFilter] {
                let Some(expr) = above.condition(kind).and_then(Expr::parse) else { continue };
                for term in expr.terms() {
                    let Expr::Compare { op, left, right } = term else { continue };
                    let Some(((column, other), _)) = self.column_and_other(left, right) else { continue };
                    if op == "=" && !other.columns().is_empty() && !columns.contains(&column) {
                        columns.push(column);
                    }
                }
            }
        }
        columns
    }

    /// The nearest sort above whose keys are all ours, while nothing between changes what is sorted.
    fn ordered_by(&self, plan: &'a Plan) -> Option<Order<'a>> {
        let mut below = self.node;
        let mut above = plan.parent(self.node);
        while let Some(node) = above {
            match node.operator {
                Operator::Sort | Operator::IncrementalSort => {
                    let keys =
                        node.sort_key.iter().map(|key| self.sort_key(key)).collect::<Option<Vec<_>>>()?;
                    return Some(Order { sort: node, keys, limit: limit_above(plan, node) });
                }
                // The order of a nested loop's outer side survives it; each partition keeps its own order, which
                // a Merge Append merges.
                Operator::NestedLoop if below.role == Role::Outer => {}
                // Once the outer side comes in order, a hash join can become a nested loop that keeps it.
                Operator::HashJoin if below.role == Role::Outer => {}
                Operator::Gather | Operator::GatherMerge | Operator::Append | Operator::MergeAppend => {}
                Operator::Result | Operator::SubqueryScan | Operator::LockRows => {}
                Operator::Aggregate => return self.extreme(node),
                _ => return None,
            }
            below = node;
            above = plan.parent(node);
        }
        None
    }

    /// `min(column)` or `max(column)` by itself is the first row of an order (manual, "Indexes and ORDER BY" and
    /// planagg.c); NULLs, which it leaves out, come last or first.
    fn extreme(&self, aggregate: &'a Node) -> Option<Order<'a>> {
        let [output] = aggregate.output.as_slice() else { return None };
        let call = Expr::parse(output.trim_start_matches("PARTIAL "))?;
        let Expr::Call { name, args, text: None } = &call else { return None };
        let [arg] = args.as_slice() else { return None };
        let whole = aggregate.group_key.is_empty() && ["min", "max"].contains(&name.as_str());
        let key = Key::ascending(self.column(arg).filter(|_| whole)?);
        Some(Order { sort: aggregate, keys: vec![key], limit: Some(Rows(1.0)) })
    }

    fn sort_key(&self, text: &str) -> Option<Key> {
        let key = SortKey::parse(text)?;
        if key.collation.is_some() || key.using.is_some() {
            return None;
        }
        let column = self.column(&key.expr)?;
        Some(Key { descending: key.descending, nulls_first: key.nulls_first, ..Key::ascending(column) })
    }
}

/// A constant's value; `Some(None)` for NULL, `None` for what is known only when the statement runs.
fn constant(expr: &Expr) -> Option<Option<String>> {
    match expr {
        Expr::Literal { text, .. } => Some(Some(text.clone())),
        Expr::Null { .. } => Some(None),
        Expr::Cast { arg, .. } => constant(arg),
        _ => None,
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

pub(super) fn limit_above(plan: &Plan, sort: &Node) -> Option<Rows> {
    let passes = |n: &&Node| {
        matches!(
            n.operator,
            Operator::GatherMerge | Operator::Result | Operator::SubqueryScan | Operator::LockRows
        )
    };
    let limit = plan.ancestors(sort).find(|n| !passes(n)).filter(|n| n.operator == Operator::Limit)?;
    limit.actual.map(|a| a.rows).or(limit.estimate.map(|e| e.rows))
}
