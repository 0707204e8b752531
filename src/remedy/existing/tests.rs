//! Existing indexes beside wishes for new ones.

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
