//! What a node asks of its table: what is compared, joined and sorted by, columns and expressions over them.

mod order;
mod terms;

pub(super) use order::limit_above;

use crate::catalog::{Catalog, Table};
use crate::plan::{ConditionKind, Node, Plan};
use crate::query::{Expr, Names};
use crate::units::{Rows, Share};

use super::index::{Key, KeyValue};
use super::{immutable, plain, types};

/// One node's access to a table, taken apart.
#[derive(Debug, Clone)]
pub struct Access<'a> {
    /// The node that reads the table.
    pub node: &'a Node,
    /// The table that is read: a partition, where it is one.
    pub table: &'a Table,
    /// The table that an index is created on: the topmost partitioned one.
    pub root: &'a Table,
    /// Every term of the node's conditions, in order.
    pub terms: Vec<Expr>,
    /// What is compared for equality with something known before the row is read.
    pub equalities: Vec<Equality>,
    /// What is compared by `<`, `<=`, `>`, `>=`.
    pub ranges: Vec<Range>,
    /// What a join above compares for equality with the other side's.
    pub joined: Vec<KeyValue>,
    /// Conditions that no B-tree key answers, in PostgreSQL's words.
    pub unanswerable: Vec<String>,
    /// Why expressions that are compared cannot stand in an index.
    pub refused: Vec<String>,
    /// The order that is made of this table's rows above.
    pub order: Option<Order<'a>>,
    catalog: &'a Catalog,
}

/// `column = something`, `column IS NULL`, `column IN (…)`, or a boolean column by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Equality {
    /// The column, or the expression.
    pub value: KeyValue,
    /// The constants it may equal; empty when they are not constants; `None` in it stands for NULL.
    pub values: Vec<Option<String>>,
    /// Whether several values are asked for: a B-tree then yields no order across them.
    pub list: bool,
}

/// `column < bound` and the like.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The column, or the expression.
    pub value: KeyValue,
    /// What is compared where the first is equal: `ROW(a, b) > ROW(1, 2)`.
    pub then: Vec<KeyValue>,
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
    /// Whether that is all; otherwise other tables' columns follow.
    pub whole: bool,
    /// How many rows the LIMIT above lets through, if there is one.
    pub limit: Option<Rows>,
}

/// What the planner assumes of an expression without statistics: 200 different values (`DEFAULT_NUM_DISTINCT`, selfuncs.h).
const UNKNOWN_VALUE: Share = Share(0.005);

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
            terms: Vec::new(),
            equalities: Vec::new(),
            ranges: Vec::new(),
            joined: Vec::new(),
            unanswerable: Vec::new(),
            refused: Vec::new(),
            order: None,
            catalog,
        };
        for kind in [ConditionKind::IndexCond, ConditionKind::RecheckCond, ConditionKind::Filter] {
            let condition = node.condition(kind).map(|text| (text, Expr::parse(text)));
            match condition {
                Some((_, Some(expr))) => expr.terms().into_iter().for_each(|term| access.take(term)),
                Some((text, None)) => access.unanswerable.push(text.to_owned()),
                None => {}
            }
        }
        access.joined = access.joined_by(plan);
        access.order = access.ordered_by(plan);
        Some(access)
    }

    /// The part of the rows read that was kept; `None` when that was not measured.
    pub fn kept(&self) -> Option<Share> {
        let kept = self.node.rows_out().filter(|_| self.node.ran())?;
        Some(kept.share_of(kept + self.node.removed_by_filter() + self.node.removed_by_recheck()))
    }

    /// The part of the table's rows that pass this equality; `None` when nothing is known.
    pub fn equal(&self, equality: &Equality) -> Option<Share> {
        match &equality.value {
            KeyValue::Column(column) => self.table.equal(column, &equality.values),
            KeyValue::Expression(_) => {
                let values = equality.values.len().max(1) as f64;
                Some(Share((UNKNOWN_VALUE.0 * values).min(1.0)))
            }
        }
    }

    /// The part of the table's rows that lie in this range; `None` when nothing is known.
    pub fn between(&self, range: &Range) -> Option<Share> {
        self.table.between(range.value.column()?, &range.bounds)
    }

    /// The same, as if only columns could be searched by.
    #[must_use]
    pub fn of_columns(&self) -> Self {
        let mut access = self.clone();
        access.equalities.retain(|equality| equality.value.column().is_some());
        access.ranges.retain(|range| range.all().all(|value| value.column().is_some()));
        access.joined.retain(|value| value.column().is_some());
        let plain = |order: &Order| order.keys.iter().all(|key| key.column().is_some());
        access.order = access.order.filter(plain);
        access
    }

    /// Whether it searches, joins or sorts by an expression.
    pub fn has_expressions(&self) -> bool {
        let compared = self.equalities.iter().map(|equality| &equality.value);
        let ranges = self.ranges.iter().flat_map(Range::all);
        let sorted = self.order.iter().flat_map(|order| &order.keys).map(|key| &key.value);
        compared.chain(ranges).chain(&self.joined).chain(sorted).any(|value| value.column().is_none())
    }

    /// What an index would serve here: a column whose type has a B-tree order, or an expression over columns of this table
    /// that an index may hold.
    pub fn value(&self, expr: &Expr) -> Option<KeyValue> {
        if let Some(column) = self.column(expr) {
            return Some(KeyValue::Column(column));
        }
        let type_name = self.judge(expr)?.ok()?;
        let ordered = type_name.is_none_or(|name| !types::is_unordered(&name));
        ordered.then(|| KeyValue::Expression(plain::expression(expr, self.table)))
    }

    /// Whether an index may hold this expression; `None` where it is not one over columns of this table alone.
    pub fn judge(&self, expr: &Expr) -> Option<Result<Option<String>, String>> {
        let columns = expr.columns();
        let ours =
            |(table, name): &(Option<&str>, &str)| self.is_ours(*table) && self.table.column(name).is_some();
        // A COLLATE that the plan does not print leaves a cast behind that says nothing.
        let bare = matches!(expr, Expr::Column { .. }) || self.is_collated(expr);
        if bare || columns.is_empty() || !columns.iter().all(ours) {
            return None;
        }
        Some(immutable::check(expr, self.table, self.catalog))
    }

    /// Whether this is a column of type `text` under a cast to `text`: what EXPLAIN leaves of a COLLATE.
    pub fn is_collated(&self, expr: &Expr) -> bool {
        let Expr::Cast { arg, type_name } = expr else { return false };
        let Expr::Column { name, .. } = &**arg else { return false };
        let text = |name: &str| self.table.column(name).is_some_and(|column| column.type_name == "text");
        type_name == "text" && text(name)
    }

    /// The column of ours that an index would serve here, if its type has a B-tree order.
    pub fn column(&self, expr: &Expr) -> Option<String> {
        let relabelled =
            |_: Option<&str>, name: &str| self.table.column(name).is_some_and(types::is_relabelled);
        let (table, name) = expr.bare_column(relabelled)?;
        let column = self.table.column(name).filter(|column| self.is_ours(table) && column.btree)?;
        Some(column.name.clone())
    }

    /// Whether the expression reads this node's rows.
    pub fn mentions_us(&self, expr: &Expr) -> bool {
        expr.columns().iter().any(|(table, _)| self.is_ours(*table))
    }

    /// Whether a column so qualified is one of this node's rows. Above an Append, plans name the columns of a
    /// partition (`o_1`) as those of the partitioned table (`o`).
    pub fn is_ours(&self, table: Option<&str>) -> bool {
        let alias = self.node.alias().unwrap_or_default();
        let parent = alias.rsplit_once('_').filter(|(_, number)| number.bytes().all(|b| b.is_ascii_digit()));
        let parent = parent.filter(|_| self.table.partition_root.is_some()).map(|(parent, _)| parent);
        table.is_none_or(|table| table == alias || Some(table) == parent)
    }

    fn take(&mut self, term: &Expr) {
        if self.terms.contains(term) {
            return;
        }
        self.terms.push(term.clone());
        if let Some(equality) = self.equality(term) {
            if !self.equalities.iter().any(|e| e.value == equality.value) {
                self.equalities.push(equality);
            }
        } else if !self.take_range(term) {
            self.refused.extend(self.refusals(term));
            self.unanswerable.push(term.sql(Names::Qualified));
        }
    }
}

impl Equality {
    /// Whether the rows that pass stand in the order of the index's following columns. Several values are several
    /// places of the index; and of `IS NULL` the planner does not see that it is one place (measured on 15 and 18).
    pub fn keeps_order(&self) -> bool {
        !self.list && self.values != [None]
    }
}

impl Range {
    /// Everything that is compared, in order.
    pub fn all(&self) -> impl Iterator<Item = &KeyValue> {
        std::iter::once(&self.value).chain(&self.then)
    }
}
