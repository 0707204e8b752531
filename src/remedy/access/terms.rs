//! A condition's terms, as an index could answer them.

use super::{Access, Equality, Range};
use crate::query::Expr;
use crate::remedy::immutable;
use crate::remedy::index::KeyValue;

impl Access<'_> {
    /// Takes a comparison by `<` and the like; whether it was one.
    pub(super) fn take_range(&mut self, term: &Expr) -> bool {
        let Some((values, op, bound)) = self.range(term) else { return false };
        let mut values = values.into_iter();
        let Some(value) = values.next() else { return false };
        let then: Vec<KeyValue> = values.collect();
        let place =
            self.ranges.iter().position(|r| r.value == value && r.then == then).unwrap_or_else(|| {
                self.ranges.push(Range { value, then, bounds: (None, None) });
                self.ranges.len() - 1
            });
        let bounds = &mut self.ranges[place].bounds;
        match op {
            ">" | ">=" => bounds.0 = bound,
            _ => bounds.1 = bound,
        }
        true
    }

    /// The equality that a term is, if it is one.
    pub fn equality(&self, term: &Expr) -> Option<Equality> {
        let one = |value: KeyValue, constant: Option<Option<String>>| Equality {
            value,
            values: constant.into_iter().collect(),
            list: false,
        };
        match term {
            Expr::Compare { op, left, right } if op == "=" => {
                let (value, other) = self.value_and_other(left, right)?.0;
                Some(one(value, constant(other)))
            }
            Expr::AnyAll { op, left, list, all: false } if op == "=" && self.is_known_before(list) => {
                let values = list.elements().unwrap_or_default();
                Some(Equality { value: self.value(left)?, values, list: true })
            }
            Expr::Or(terms) => self.one_of(terms),
            Expr::IsNull { arg, negated: false } => Some(one(self.value(arg)?, Some(None))),
            Expr::Column { .. } => Some(one(self.value(term)?, Some(Some("t".to_owned())))),
            Expr::Not(arg) if matches!(**arg, Expr::Column { .. }) => {
                Some(one(self.value(arg)?, Some(Some("f".to_owned()))))
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
            (all.value == one.value).then_some(all)
        })
    }

    /// What is compared, by which operator, and the bound where it is a constant. Rows are compared column by column, as the
    /// keys of an index are (manual, "Row and Array Comparisons").
    fn range<'e>(&self, term: &'e Expr) -> Option<(Vec<KeyValue>, &'e str, Option<String>)> {
        let Expr::Compare { op, left, right } = term else { return None };
        let flipped = match op.as_str() {
            "<" => ">",
            "<=" => ">=",
            ">" => "<",
            ">=" => "<=",
            _ => return None,
        };
        if let (Expr::Row(ours), Expr::Row(others)) = (&**left, &**right) {
            let values = ours.iter().map(|item| self.value(item)).collect::<Option<Vec<_>>>()?;
            let known = others.iter().all(|other| self.is_known_before(other));
            return known.then(|| (values, op.as_str(), others.first().and_then(constant).flatten()));
        }
        let ((value, other), swapped) = self.value_and_other(left, right)?;
        Some((vec![value], if swapped { flipped } else { op.as_str() }, constant(other).flatten()))
    }

    /// What of ours is compared, what it is compared with, and whether it stood on the right.
    pub(super) fn value_and_other<'e>(
        &self,
        left: &'e Expr,
        right: &'e Expr,
    ) -> Option<((KeyValue, &'e Expr), bool)> {
        // Under a COLLATE of the statement's, an index in the column's own collation does not count.
        if [left, right].iter().any(|side| matches!(side, Expr::Collate { .. })) {
            return None;
        }
        if self.is_known_before(right) && self.mentions_us(left) {
            return Some(((self.value(left)?, right), false));
        }
        if self.is_known_before(left) && self.mentions_us(right) {
            return Some(((self.value(right)?, left), true));
        }
        None
    }

    /// Whether it has one value before a row is read.
    fn is_known_before(&self, expr: &Expr) -> bool {
        !self.mentions_us(expr) && !immutable::is_volatile(expr, self.catalog)
    }

    /// Why the expressions in a term that nothing answers cannot stand in an index.
    pub(super) fn refusals(&self, term: &Expr) -> Vec<String> {
        let (Expr::Compare { op, left, right } | Expr::AnyAll { op, left, list: right, .. }) = term else {
            return Vec::new();
        };
        if !["=", "<", "<=", ">", ">="].contains(&op.as_str()) {
            return Vec::new();
        }
        let sides = [(left, right), (right, left)];
        let ours = sides.into_iter().filter(|(_, other)| self.is_known_before(other));
        ours.filter_map(|(side, _)| self.judge(side)?.err()).collect()
    }
}

/// A constant's value; `Some(None)` for NULL, `None` for what is known only when the statement runs.
pub(super) fn constant(expr: &Expr) -> Option<Option<String>> {
    match expr {
        Expr::Literal { text, .. } => Some(Some(text.clone())),
        Expr::Null { .. } => Some(None),
        Expr::Cast { arg, .. } => constant(arg),
        _ => None,
    }
}
