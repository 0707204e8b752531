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

#[test]
fn indexes_of_every_kind_are_known_again() {
    let table = Table::default();
    let wish = |keys: Vec<Key>| IndexSpec::on(&table, keys);
    let partial = |predicate: &str| wish(keys("a")).only(predicate);
    let there = |predicate: &str| with(|i| i.predicate = Some(predicate.into()))("a");
    let lower = with(|i| {
        i.keys[0].column = None;
        i.keys[0].expression = "lower(email::text)".into();
    })("a");
    let by_bytes = with(|i| {
        i.keys[0].opclass = "varchar_pattern_ops".into();
        i.keys[0].default_opclass = false;
    })("a");
    let in_c = with(|i| {
        i.keys[0].collation = Some("\"C\"".into());
        i.keys[0].default_collation = false;
    })("a");
    let collated = Key { collation: Some("\"C\"".into()), ..Key::ascending("a") };
    let covering = with(|i| i.include = vec!["b".into(), "c".into()])("a");
    let served = |by: &Index| Standing::Served { by: by.name.clone() };
    let replaces = |names: &[&str]| Standing::Free {
        replaces: names.iter().map(|r| Replaced { name: (*r).to_owned(), bytes: Bytes(0) }).collect(),
    };
    let hash = with(|i| i.method = "hash".into())("a");
    // the existing index, the wish → what stands there
    let cases = [
        (lower.clone(), wish(vec![Key::expression("lower(email)")]), served(&lower)),
        (lower, wish(vec![Key::expression("upper(email)")]), replaces(&[])),
        (there("(state = 'x'::text)"), partial("state = 'x'"), served(&there(""))),
        (there("(state = 'x'::text)"), partial("state = 'x' AND b IS NULL"), served(&there(""))),
        (there("((state = 'x'::text) AND (b IS NULL))"), partial("state = 'x'"), replaces(&[])),
        (there("(state = 'y'::text)"), partial("state = 'x'"), replaces(&[])),
        (index("a"), partial("state = 'x'"), replaces(&[])),
        (
            by_bytes.clone(),
            wish(vec![Key::ascending("a").with_opclass("text_pattern_ops")]),
            served(&by_bytes),
        ),
        (by_bytes, wish(keys("a")), replaces(&[])),
        (in_c.clone(), wish(vec![collated.clone()]), served(&in_c)),
        (index("a"), wish(vec![collated]), replaces(&[])),
        (covering.clone(), wish(keys("a")).including(vec!["c".into()]), served(&covering)),
        (index("a"), wish(keys("a")).including(vec!["c".into()]), replaces(&["a"])),
        (index("a, c"), wish(keys("a")).including(vec!["c".into()]), served(&index("a, c"))),
        (hash.clone(), IndexSpec::by(Method::Hash, &table, keys("a")), served(&hash)),
        (hash, wish(keys("a")), replaces(&[])),
    ];
    for (existing, wish, expected) in cases {
        let table = Table { indexes: vec![existing.clone()], ..Table::default() };
        assert_eq!(standing_of(&table, &wish, 1), expected, "{existing:?} beside {wish:?}");
    }
}
