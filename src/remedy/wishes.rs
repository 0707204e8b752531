//! What a B-tree for an access could be made of: which keys, in which order, and why. Shared by the treatments that make an
//! index of it: over columns, over expressions, carrying more, over some of the rows.

use crate::catalog::{IndexKey, TableKind};
use crate::diagnose::Symptom;
use crate::plan::Operator;
use crate::units::{Rows, Share};

use super::Case;
use super::access::{Access, Equality, Order, Range};
use super::index::{Key, KeyValue};

/// An index scan that fetches a larger part of the rows than this visits nearly every page, and in a worse
/// order: with 10 rows a page, three in ten leave one page in 35 untouched.
const KEEPS_MOST: Share = Share(0.3);

/// A table of so many pages is read whole in about the time of two index descents (one page for each of an
/// index's levels, and one of the table).
const SMALL: u64 = 8;

/// Read this often, even a small table adds up.
const OFTEN: f64 = 100.0;

/// Fewer rows than this are joined, or sorted, as quickly as an index is descended: the planner charges a descent about a
/// hundred evaluations of an operator (`btcostestimate`).
const MANY: f64 = 100.0;

/// A column that equals its value in more than half of the rows narrows nothing down, unless an order follows.
const NARROWS: Share = Share(0.5);

/// So many alternatives are worth a look by the planner, the best argued first.
const ALTERNATIVES: usize = 5;

/// What an index's keys would be, and why.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The keys.
    pub keys: Vec<Key>,
    /// How many of the keys, from the left, may stand in any order.
    pub free: usize,
    /// Which condition each key answers, and why in this order.
    pub why: String,
}

/// The accesses that something was found at, and the one that took the longest: nobody should have to ask why nothing is
/// said of it. Where nothing was measured, all.
pub fn worth_a_look<'c>(case: &'c Case) -> Vec<Access<'c>> {
    let mut accesses = Access::all(case.plan, case.catalog);
    let longest = accesses.iter().map(|a| a.node).max_by(|a, b| a.exclusive().0.total_cmp(&b.exclusive().0));
    let longest = longest.map(|node| node.id);
    accesses.retain(|access| {
        let found = case.findings_at(access.node).next().is_some() || feeds_small_result(case, access);
        found || longest == Some(access.node.id) || !case.plan.is_measured()
    });
    accesses
}

/// Why the table of this access gets no index at all.
pub fn obstacle(access: &Access) -> Option<String> {
    let root = access.root;
    if root.kind == TableKind::Foreign {
        return Some(format!("{} is a foreign table: its indexes are on the other server", root.name));
    }
    if root.name.is_of_the_system() {
        return Some(format!("{} is PostgreSQL's own, and gets no index", root.name));
    }
    if root.pages < SMALL && access.node.loops() < OFTEN {
        return Some(format!(
            "{} is small ({}): reading it whole is as fast as an index",
            root.name, root.bytes
        ));
    }
    None
}

/// What could be searched or sorted by, the best argued first.
pub fn wishes(case: &Case, access: &Access) -> Vec<Wish> {
    let equalities = ordered(access, access.equalities.clone());
    let mut wishes = Vec::new();
    wishes.extend(joining(case, access, &equalities));
    let by_order = by_order(access, &equalities);
    let by_range = by_range(access, &equalities, narrowest(access, &equalities));
    match (by_order, by_range) {
        (Some(order), Some(range)) if order_reads_more(access, &equalities) => wishes.extend([range, order]),
        (order, range) => wishes.extend(order.into_iter().chain(range)),
    }
    if !wishes.is_empty() {
        wishes.extend(alternatives(access, &equalities));
    }
    let mut seen: Vec<Vec<Key>> = Vec::new();
    wishes.retain(|wish| {
        let new = !seen.contains(&wish.keys);
        seen.push(wish.keys.clone());
        new
    });
    wishes.truncate(ALTERNATIVES);
    wishes
}

/// Longer and shorter ones: only trying tells what a further key is worth.
fn alternatives(access: &Access, equalities: &[Equality]) -> Vec<Wish> {
    let narrowing: Vec<Equality> = narrowing(access, equalities).into_iter().cloned().collect();
    let mut wishes = Vec::new();
    if let Some(order) = by_order(access, equalities) {
        wishes.extend(and_filters(access, order));
        wishes.extend(by_order(access, &narrowing));
    }
    let other_range =
        |range: &&Range| narrowest(access, equalities).is_none_or(|first| first.value != range.value);
    wishes.extend(access.ranges.iter().find(other_range).and_then(|r| by_range(access, &narrowing, Some(r))));
    wishes.extend(by_range(access, &narrowing, None));
    wishes
}

/// The order, with what is compared besides behind it: the index tells which rows pass before the table is read.
fn and_filters(access: &Access, order: Wish) -> Option<Wish> {
    let has = |value: &&KeyValue| !order.keys.iter().any(|key| key.value == **value);
    let compared = access.equalities.iter().map(|equality| &equality.value);
    let behind: Vec<&KeyValue> =
        compared.chain(access.ranges.iter().map(|range| &range.value)).filter(has).collect();
    if behind.is_empty() {
        return None;
    }
    let told = listed(&behind.iter().map(|value| value.told()).collect::<Vec<_>>());
    let keys = order.keys.iter().cloned().chain(behind.into_iter().cloned().map(Key::of)).collect();
    let why = format!("{}, and tells by {told} which rows pass before it reads them", order.why);
    Some(Wish { keys, free: order.free, why })
}

/// Equalities: those that continue an existing index first, in its order; then the most selective first.
pub fn ordered(access: &Access, mut equalities: Vec<Equality>) -> Vec<Equality> {
    let part = |e: &Equality| access.equal(e).map_or(1.0, |share| share.0);
    equalities.sort_by(|a, b| part(a).total_cmp(&part(b)));
    let is = |key: &IndexKey, e: &Equality| key.column.is_some() && key.column.as_deref() == e.value.column();
    let covered = |keys: &[IndexKey]| keys.iter().all(|key| equalities.iter().any(|e| is(key, e)));
    let extendable =
        access.root.indexes.iter().filter(|i| i.is_plain_btree() && !i.unique && covered(&i.keys));
    let Some(longest) = extendable.max_by_key(|i| i.keys.len()) else { return equalities };
    let place = |e: &Equality| longest.keys.iter().position(|key| is(key, e));
    equalities.sort_by_key(|e| place(e).unwrap_or(usize::MAX));
    equalities
}

/// For the inner side of a loop, or the large side of a hash join: found by the join's columns.
fn joining(case: &Case, access: &Access, equalities: &[Equality]) -> Option<Wish> {
    let wanted = case.findings_at(access.node).any(|finding| {
        matches!(finding.symptom, Some(Symptom::InnerSideRepeated { .. } | Symptom::JoinDiscardsRows { .. }))
    }) || feeds_small_result(case, access);
    if access.joined.is_empty() || !wanted {
        return None;
    }
    let further: Vec<&KeyValue> = narrowing(access, equalities)
        .into_iter()
        .map(|equality| &equality.value)
        .filter(|value| !access.joined.contains(value))
        .collect();
    let told = |values: &[&KeyValue]| listed(&values.iter().map(|value| value.told()).collect::<Vec<_>>());
    let joined: Vec<&KeyValue> = access.joined.iter().collect();
    let mut why = format!("the join looks rows of {} up by {}", access.root.name, told(&joined));
    if !further.is_empty() {
        let verb = if further.len() == 1 { "narrows" } else { "narrow" };
        why += &format!(", and {} {verb} them down further", told(&further));
    }
    let keys: Vec<Key> = joined.into_iter().chain(further).cloned().map(Key::of).collect();
    Some(Wish { free: keys.len(), keys, why })
}

/// Whether a join reads this table once, and few of its rows find a partner.
fn feeds_small_result(case: &Case, access: &Access) -> bool {
    let Some(join) = case.plan.ancestors(access.node).find(|n| n.operator.is_join()) else { return false };
    if access.joined.is_empty() {
        return false;
    }
    match (join.rows_out(), access.node.rows_out()) {
        (Some(out), Some(read)) => read.0 >= MANY && out.share_of(read).0 < KEEPS_MOST.0,
        _ => !case.plan.is_measured(),
    }
}

/// The equalities that are worth a key of their own.
pub fn narrowing<'e>(access: &Access, equalities: &'e [Equality]) -> Vec<&'e Equality> {
    let narrows = |e: &&Equality| access.equal(e).is_none_or(|share| share.0 <= NARROWS.0);
    equalities.iter().filter(narrows).collect()
}

/// The order that is made above, behind what is equal for all rows that are wanted.
pub fn by_order(access: &Access, equalities: &[Equality]) -> Option<Wish> {
    let order = access.order.as_ref()?;
    let equalities: Vec<Equality> = equalities.iter().filter(|e| e.keeps_order()).cloned().collect();
    let known = |key: &&Key| !equalities.iter().any(|e| e.value == key.value);
    let sorted: Vec<Key> = order.keys.iter().filter(known).cloned().collect();
    if sorted.is_empty() || !worth_an_order(order) {
        return None;
    }
    let free = equalities.len();
    let of = listed(&sorted.iter().map(|key| key.value.told()).collect::<Vec<_>>());
    let mut keys: Vec<Key> = equalities.iter().map(|e| Key::of(e.value.clone())).collect();
    keys.extend(forward(sorted));
    let ending = match order.limit {
        Some(Rows(1.0)) if order.whole => {
            format!("in the order of {of}, so that reading ends after the first row")
        }
        Some(limit) if order.whole => {
            format!("in the order of {of}, so that reading ends after {limit} rows")
        }
        Some(limit) => format!("in the order of {of}, so that reading ends soon after {limit} rows"),
        None => format!("in the order of {of}, so that nothing is left to sort"),
    };
    let why = match free {
        0 => format!("it yields rows {ending}"),
        _ => format!("it finds rows by {} and yields them {ending}", told(&equalities)),
    };
    Some(Wish { keys, free, why })
}

/// An order saves the sort, which is much where the rows are many, and with a LIMIT most of the reading.
fn worth_an_order(order: &Order) -> bool {
    let sorted = order.sort.rows_out().or(order.sort.estimate.map(|estimate| estimate.rows));
    order.limit.is_some() || sorted.is_some_and(|rows| rows.0 >= MANY)
}

/// A B-tree is read both ways: keys that are all descending are stored ascending, as people expect them.
pub fn forward(keys: Vec<Key>) -> Vec<Key> {
    let backward = |key: &Key| key.descending && key.nulls_first;
    if !keys.iter().all(backward) {
        return keys;
    }
    keys.into_iter().map(|key| Key { descending: false, nulls_first: false, ..key }).collect()
}

/// The range that keeps the fewest rows. What equals a value needs no range.
fn narrowest<'r>(access: &'r Access, equalities: &[Equality]) -> Option<&'r Range> {
    let other = |range: &&Range| !equalities.iter().any(|e| e.value == range.value);
    let part = |range: &Range| access.between(range).map_or(1.0, |share| share.0);
    access.ranges.iter().filter(other).min_by(|a, b| part(a).total_cmp(&part(b)))
}

/// What is equal, then one range: behind a range, a B-tree narrows nothing down.
pub fn by_range(access: &Access, equalities: &[Equality], range: Option<&Range>) -> Option<Wish> {
    let narrowing = narrowing(access, equalities);
    if narrowing.is_empty() && range.is_none() || keeps_most(access, equalities) {
        return None;
    }
    let mut keys: Vec<Key> = narrowing.iter().map(|e| Key::of(e.value.clone())).collect();
    let free = keys.len();
    let ranged: Vec<&KeyValue> = range.into_iter().flat_map(Range::all).collect();
    let ranged: Vec<&KeyValue> =
        ranged.into_iter().filter(|v| !keys.iter().any(|k| k.value == **v)).collect();
    let of = listed(&ranged.iter().map(|value| value.told()).collect::<Vec<_>>());
    keys.extend(ranged.into_iter().cloned().map(Key::of));
    let found: Vec<Equality> = narrowing.into_iter().cloned().collect();
    let why = match range {
        Some(_) if free > 0 => format!("it finds rows by {}, then the range of {of}", told(&found)),
        Some(_) => format!("it finds the range of {of} without reading the rest"),
        None => format!("it finds rows by {}", told(&found)),
    };
    Some(Wish { keys, free, why: format!("{why}{}", part_kept(access)) })
}

/// Measured, where it was; else by the statistics.
pub fn keeps_most(access: &Access, equalities: &[Equality]) -> bool {
    let measured = access.kept().filter(|_| access.node.operator == Operator::SeqScan);
    measured.or(expected(access, equalities)).is_some_and(|kept| kept.0 > KEEPS_MOST.0)
}

/// The part of the rows that are kept, where it is too large for a search.
pub fn too_much(access: &Access) -> Option<Share> {
    access.kept().filter(|kept| kept.0 > KEEPS_MOST.0)
}

/// The part of the table that the equalities and the narrowest range keep, taken as independent.
fn expected(access: &Access, equalities: &[Equality]) -> Option<Share> {
    Some(Share(equal_part(access, equalities)? * narrowest_part(access)))
}

fn narrowest_part(access: &Access) -> f64 {
    access.ranges.iter().filter_map(|range| access.between(range)).map(|share| share.0).fold(1.0, f64::min)
}

fn equal_part(access: &Access, equalities: &[Equality]) -> Option<f64> {
    equalities.iter().map(|e| access.equal(e).map(|share| share.0)).product()
}

/// With both to choose from: the order reads on until it has LIMIT rows that pass what its equalities do not
/// answer (without a LIMIT, to the end); the search reads all rows that pass everything, and sorts them.
fn order_reads_more(access: &Access, equalities: &[Equality]) -> bool {
    let limit = access.order.as_ref().and_then(|order| order.limit).map_or(f64::INFINITY, |Rows(rows)| rows);
    let (ordered, filtered): (Vec<Equality>, Vec<Equality>) =
        equalities.iter().cloned().partition(Equality::keeps_order);
    let matching = access.root.rows.max(0.0) * equal_part(access, &ordered).unwrap_or(1.0);
    let passing = equal_part(access, &filtered).unwrap_or(1.0) * narrowest_part(access);
    matching * passing < (limit / passing.max(f64::MIN_POSITIVE)).min(matching)
}

fn part_kept(access: &Access) -> String {
    match access.kept() {
        Some(kept) if kept.0 > 0.0 && kept.0 < 1.0 => format!(" ({kept} of what is read now)"),
        _ => String::new(),
    }
}

/// What is compared, as sentences name it.
pub fn told(equalities: &[Equality]) -> String {
    listed(&equalities.iter().map(|e| e.value.told()).collect::<Vec<_>>())
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}
