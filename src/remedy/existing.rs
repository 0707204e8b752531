//! What the indexes that are already there make of a new one.

use crate::catalog::{Index, IndexKey, Table};
use crate::query::{Expr, Names};

use super::Replaced;
use super::index::{IndexSpec, Key, KeyValue, Method};

/// What already stands in a new index's place.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// Nothing: these existing indexes (maybe none) are prefixes of it, and it would replace them.
    Free {
        /// They.
        replaces: Vec<Replaced>,
    },
    /// An index that answers the same is there already.
    Served {
        /// Its name.
        by: String,
    },
    /// An index that would answer the same is there, but it is not valid: its build was broken off.
    Invalid {
        /// Its name.
        by: String,
    },
}

/// What the table's indexes make of a B-tree over `keys`, of which the first `free` may stand in any order
/// (they are compared for equality).
pub fn standing(table: &Table, keys: &[Key], free: usize) -> Standing {
    standing_of(table, &IndexSpec::on(table, keys.to_vec()), free)
}

/// What the table's indexes make of this one, of whose keys the first `free` may stand in any order.
pub fn standing_of(table: &Table, wish: &IndexSpec, free: usize) -> Standing {
    let same = |index: &&Index| {
        index.method == wish.method.name()
            && holds_the_rows(index, wish)
            && carries(index, wish)
            && answers(index, wish, free)
    };
    if let Some(index) = table.indexes.iter().filter(|i| i.valid).find(same) {
        return Standing::Served { by: index.name.clone() };
    }
    if let Some(index) = table.indexes.iter().find(same) {
        return Standing::Invalid { by: index.name.clone() };
    }
    let superfluous = table.indexes.iter().filter(|index| is_superfluous_beside(index, wish));
    let replaces = superfluous.map(|i| Replaced { name: i.name.clone(), bytes: i.bytes }).collect();
    Standing::Free { replaces }
}

/// Whether the index holds every row that the new one would: it has no WHERE, or none of whose terms the new one's lacks.
fn holds_the_rows(index: &Index, wish: &IndexSpec) -> bool {
    match (&index.predicate, &wish.predicate) {
        (None, None) => true,
        // An index over all rows is no small one.
        (None, Some(_)) | (Some(_), None) => false,
        (Some(theirs), Some(ours)) => {
            let ours = terms(ours);
            terms(theirs).iter().all(|term| ours.contains(term))
        }
    }
}

/// Whether what the new index carries is in this one, too.
fn carries(index: &Index, wish: &IndexSpec) -> bool {
    let has = |column: &String| {
        index.include.contains(column) || index.keys.iter().any(|key| key.column.as_ref() == Some(column))
    };
    wish.include.iter().all(has)
}

/// Whether `index` begins with these keys: the free ones in any order, then the others in theirs, all of them
/// forward or all backward, since a B-tree is read both ways. Or whether the free ones find a single row by it.
fn answers(index: &Index, wish: &IndexSpec, free: usize) -> bool {
    let keys = wish.keys.as_slice();
    let compared = |key: &IndexKey| keys.iter().take(free).any(|wish| serves(key, wish));
    let single = index.unique && index.keys.iter().all(compared);
    if single && wish.include.is_empty() {
        return true;
    }
    if index.keys.len() < keys.len() {
        return false;
    }
    if wish.method == Method::Gin || wish.method == Method::Brin {
        // Their keys have no order among each other (manual, "Multicolumn Indexes").
        return keys.iter().all(|key| index.keys.iter().any(|have| serves(have, key)));
    }
    let (free, ordered) = keys.split_at(free.min(keys.len()));
    let leading = &index.keys[..free.len()];
    let all_there = free.iter().all(|key| leading.iter().any(|have| serves(have, key)));
    let following = &index.keys[free.len()..keys.len()];
    let in_order = |backward: bool| {
        let turned = |key: &Key| (key.descending != backward, key.nulls_first != backward);
        let same = |(have, key): (&IndexKey, &Key)| {
            serves(have, key) && (have.descending, have.nulls_first) == turned(key)
        };
        following.iter().zip(ordered).all(same)
    };
    all_there && (in_order(false) || in_order(true))
}

/// Whether a key is of the same column or expression, and compares it alike.
fn serves(have: &IndexKey, key: &Key) -> bool {
    let same = match &key.value {
        KeyValue::Column(column) => have.column.as_ref() == Some(column),
        KeyValue::Expression(sql) => have.column.is_none() && normal(&have.expression) == normal(sql),
    };
    let class = match &key.opclass {
        None => have.default_opclass,
        // `text` and `varchar` are of one family, and their classes are the same under two names.
        Some(class) => {
            // An extension's is written with its schema.
            let bare = |name: &str| name.rsplit('.').next().unwrap_or(name).trim_matches('"').to_owned();
            let family = |name: &str| bare(name).replace("varchar_pattern_ops", "text_pattern_ops");
            family(&have.opclass) == family(class)
        }
    };
    let collation = match &key.collation {
        None => have.default_collation,
        Some(collation) => have.collation.as_ref() == Some(collation),
    };
    same && class && collation
}

/// An expression in one way of writing: without what people leave out and EXPLAIN or the catalogs print.
fn normal(sql: &str) -> String {
    Expr::parse(sql).map_or_else(|| sql.to_owned(), |expr| written(expr).sql(Names::Bare))
}

fn terms(predicate: &str) -> Vec<String> {
    let Some(expr) = Expr::parse(predicate) else { return vec![predicate.to_owned()] };
    expr.terms().into_iter().map(|term| written(term.clone()).sql(Names::Bare)).collect()
}

/// Without casts to `text` of columns and of constants: which of them are written depends on who writes. A `COLLATE` is told
/// by the key, not by these.
fn written(expr: Expr) -> Expr {
    let each = |items: Vec<Expr>| items.into_iter().map(written).collect();
    let boxed = |item: Box<Expr>| Box::new(written(*item));
    match expr {
        Expr::Cast { arg, type_name } => match *arg {
            column @ Expr::Column { .. } if type_name == "text" => column,
            other => Expr::Cast { arg: Box::new(written(other)), type_name },
        },
        Expr::Literal { text, .. } => Expr::Literal { text, type_name: None },
        Expr::Compare { op, left, right } => Expr::Compare { op, left: boxed(left), right: boxed(right) },
        Expr::Call { name, args, text: None } => Expr::Call { name, args: each(args), text: None },
        Expr::AnyAll { op, left, list, all } => {
            Expr::AnyAll { op, left: boxed(left), list: boxed(list), all }
        }
        Expr::And(items) => Expr::And(each(items)),
        Expr::Or(items) => Expr::Or(each(items)),
        Expr::Not(arg) => Expr::Not(boxed(arg)),
        Expr::IsNull { arg, negated } => Expr::IsNull { arg: boxed(arg), negated },
        other => other,
    }
}

/// Whether the new index does all that `index` does, so that `index` is superfluous beside it.
fn is_superfluous_beside(index: &Index, wish: &IndexSpec) -> bool {
    let plain = index.method == "btree" && wish.method == Method::BTree && index.valid;
    let bound = index.unique || index.constraint;
    let rows = match (&index.predicate, &wish.predicate) {
        (None, None) => true,
        (Some(theirs), Some(ours)) => normal(theirs) == normal(ours),
        _ => false,
    };
    let is_kept = |column: &String| {
        wish.include.contains(column) || wish.keys.iter().any(|key| key.column() == Some(column))
    };
    let shorter = index.keys.len() < wish.keys.len()
        || index.keys.len() == wish.keys.len() && index.include.len() < wish.include.len();
    let same = |(have, key): (&IndexKey, &Key)| {
        serves(have, key) && (have.descending, have.nulls_first) == (key.descending, key.nulls_first)
    };
    plain
        && !bound
        && rows
        && shorter
        && index.include.iter().all(is_kept)
        && index.keys.iter().zip(&wish.keys).all(same)
}

#[cfg(test)]
mod tests;
