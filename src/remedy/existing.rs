//! What the indexes that are already there make of a new one.

use crate::catalog::{Index, IndexKey, Table};

use super::Replaced;
use super::index::Key;

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
    let same =
        |index: &&Index| index.method == "btree" && index.predicate.is_none() && answers(index, keys, free);
    if let Some(index) = table.indexes.iter().filter(|i| i.valid).find(same) {
        return Standing::Served { by: index.name.clone() };
    }
    if let Some(index) = table.indexes.iter().find(same) {
        return Standing::Invalid { by: index.name.clone() };
    }
    let superfluous = table.indexes.iter().filter(|index| is_prefix(index, keys));
    let replaces = superfluous.map(|i| Replaced { name: i.name.clone(), bytes: i.bytes }).collect();
    Standing::Free { replaces }
}

/// Whether `index` begins with these keys: the free ones in any order, then the others in theirs, all of them
/// forward or all backward, since a B-tree is read both ways. Or whether the free ones find a single row by it.
fn answers(index: &Index, keys: &[Key], free: usize) -> bool {
    let compared = |key: &IndexKey| keys.iter().take(free).any(|wish| serves(key, wish));
    if index.unique && index.keys.iter().all(compared) {
        return true;
    }
    if index.keys.len() < keys.len() {
        return false;
    }
    let (free, ordered) = keys.split_at(free);
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

fn serves(have: &IndexKey, key: &Key) -> bool {
    have.column.is_some()
        && have.column.as_deref() == key.column()
        && have.default_opclass
        && have.default_collation
}

/// Whether an index of `keys` does all that `index` does, so that `index` is superfluous beside it.
fn is_prefix(index: &Index, keys: &[Key]) -> bool {
    let shorter = index.keys.len() < keys.len() && index.include.is_empty();
    let plain = index.is_plain_btree() && !index.unique && !index.constraint;
    let same = |(have, key): (&IndexKey, &Key)| {
        serves(have, key) && (have.descending, have.nulls_first) == (key.descending, key.nulls_first)
    };
    plain && shorter && index.keys.iter().zip(keys).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Bytes;

    /// `a, b desc` as keys of an index, or of a wish.
    fn keys(text: &str) -> Vec<Key> {
        let key = |text: &str| match text.trim().split_once(' ') {
            Some((column, _)) => Key { descending: true, nulls_first: true, ..Key::ascending(column) },
            None => Key::ascending(text.trim()),
        };
        text.split(',').map(key).collect()
    }

    fn index(text: &str) -> Index {
        let key = |key: Key| IndexKey {
            expression: key.sql(),
            column: key.column().map(str::to_owned),
            descending: key.descending,
            nulls_first: key.nulls_first,
            default_opclass: true,
            default_collation: true,
            ..IndexKey::default()
        };
        Index {
            name: text.into(),
            method: "btree".into(),
            keys: keys(text).into_iter().map(key).collect(),
            valid: true,
            ..Index::default()
        }
    }

    fn with(change: impl Fn(&mut Index)) -> impl Fn(&str) -> Index {
        move |text| {
            let mut index = index(text);
            change(&mut index);
            index
        }
    }

    #[test]
    fn what_is_there_is_not_suggested_again() {
        let free = |replaces: &[&str]| Standing::Free {
            replaces: replaces.iter().map(|r| Replaced { name: (*r).to_owned(), bytes: Bytes(0) }).collect(),
        };
        let served = |by: &str| Standing::Served { by: by.into() };
        // the existing index, the wish, how many of its keys may stand in any order → what stands there
        let table: &[(Index, &str, usize, Standing)] = &[
            (index("a"), "a", 1, served("a")),
            (index("a, b"), "a", 1, served("a, b")),
            (index("b, a"), "a, b", 2, served("b, a")),
            (index("b, a"), "a, b", 1, free(&[])),
            (index("a"), "a, b", 2, free(&["a"])),
            (index("a, b"), "a, b desc", 1, served("a, b")),
            (index("a, b, c desc"), "a, b, c", 1, free(&[])),
            (index("a, b desc, c"), "a, b, c desc", 1, served("a, b desc, c")),
            (with(|i| i.valid = false)("a"), "a", 1, Standing::Invalid { by: "a".into() }),
            (with(|i| i.predicate = Some("(b > 0)".into()))("a"), "a", 1, free(&[])),
            (with(|i| i.unique = true)("a"), "a, b", 2, served("a")),
            (with(|i| i.unique = true)("b"), "a, b", 1, free(&[])),
            (with(|i| i.unique = true)("a, c"), "a, b", 2, free(&[])),
            (with(|i| i.constraint = true)("a"), "a, b", 2, free(&[])),
            (with(|i| i.include = vec!["c".into()])("a"), "a, b", 2, free(&[])),
            (with(|i| i.keys[0].default_opclass = false)("a"), "a", 1, free(&[])),
            (with(|i| i.keys[0].column = None)("a"), "a", 1, free(&[])),
            (with(|i| i.method = "hash".into())("a"), "a", 1, free(&[])),
        ];
        for (existing, wish, any_order, expected) in table {
            let table = Table { indexes: vec![existing.clone()], ..Table::default() };
            assert_eq!(standing(&table, &keys(wish), *any_order), *expected, "{existing:?} beside {wish}");
        }
    }
}
