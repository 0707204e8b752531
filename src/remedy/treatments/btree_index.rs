//! A B-tree index over what a node compares, joins and sorts by.

use crate::catalog::{TableKind, TableName};
use crate::diagnose::Symptom;
use crate::plan::Operator;
use crate::remedy::access::{Access, Equality, Order};
use crate::remedy::existing::{Standing, standing};
use crate::remedy::{Action, Case, IndexSpec, Key, Proposal, Remedy, Replaced, Silence, Treatment};
use crate::units::{Rows, Share};

/// `btree-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "btree-index",
    title: "A B-tree index over what is compared, joined and sorted by",
    doc: "Columns compared for equality come first, the most selective first unless an existing index can be \
          extended by keeping its order; then either the order that is asked for, or one range: behind a range a \
          B-tree's order is lost (manual, \"Multicolumn Indexes\", \"Indexes and ORDER BY\"). Order or range is \
          argued from statistics: with a LIMIT, whichever reads fewer rows. Alternatives are tried beside each \
          other, and the best one is kept.\n\n\
          Silent, with the reason, when most rows are kept, the table is small, nothing can be searched by, an index \
          that answers the same is there already, or the statement is already fast.",
    propose,
};

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

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    let accesses = Access::all(case.plan, case.catalog);
    // Nobody should have to ask why nothing is said of the access that took the longest.
    let longest = accesses.iter().map(|a| a.node).max_by(|a, b| a.exclusive().0.total_cmp(&b.exclusive().0));
    for access in &accesses {
        let found = case.findings_at(access.node).next().is_some() || feeds_small_result(case, access);
        let is_longest = longest.is_some_and(|node| node.id == access.node.id);
        if !found && !is_longest && case.plan.is_measured() {
            continue;
        }
        match candidates(case, access) {
            Ok(remedies) => proposal.remedies.extend(remedies),
            Err(reason) => proposal.silences.push(Silence { node: access.node.id, reason }),
        }
    }
    proposal
}

/// What an index's keys would be, and why.
struct Wish {
    keys: Vec<Key>,
    /// How many of the keys, from the left, may stand in any order.
    free: usize,
    why: String,
}

fn candidates(case: &Case, access: &Access) -> Result<Vec<Remedy>, String> {
    let root = access.root;
    if root.kind == TableKind::Foreign {
        return Err(format!("{} is a foreign table: its indexes are on the other server", root.name));
    }
    if root.name.is_of_the_system() {
        return Err(format!("{} is PostgreSQL's own, and gets no index", root.name));
    }
    if root.pages < SMALL && access.node.loops() < OFTEN {
        return Err(format!(
            "{} is small ({}): reading it whole is as fast as an index",
            root.name, root.bytes
        ));
    }
    let wishes = wishes(case, access);
    if wishes.is_empty() {
        return Err(nothing_to_search_by(access));
    }
    let mut reasons = Vec::new();
    let mut remedies = Vec::new();
    for wish in wishes {
        match standing(root, &wish.keys, wish.free) {
            Standing::Free { replaces } => remedies.push(remedy(access, wish, replaces)),
            Standing::Served { by } => reasons.push(already_there(case, access, &by)),
            Standing::Invalid { by } => reasons.push(format!(
                "`{by}` has these columns but is invalid, so that queries ignore it: REINDEX INDEX CONCURRENTLY {}",
                TableName { schema: root.name.schema.clone(), name: by.clone() }.sql()
            )),
        }
    }
    match reasons.into_iter().next() {
        Some(reason) if remedies.is_empty() => Err(reason),
        _ => Ok(remedies),
    }
}

fn already_there(case: &Case, access: &Access, index: &str) -> String {
    let below = case.plan.subtree(access.node).iter();
    if below.filter_map(|node| node.index.as_deref()).any(|used| used == index) {
        return format!("`{index}`, which it uses, already has the columns that can be searched by");
    }
    format!("`{index}` already has these columns, and the planner preferred {}", access.node.label())
}

fn nothing_to_search_by(access: &Access) -> String {
    let kept = access.kept().filter(|kept| kept.0 > KEEPS_MOST.0);
    match (kept, access.unanswerable.first()) {
        _ if access.node.conditions.is_empty() => {
            "it reads every row, and no condition narrows them down".to_owned()
        }
        (Some(kept), _) => {
            format!("it keeps {kept} of the rows that it reads, and an index would visit most pages too")
        }
        (None, Some(condition)) => format!("no B-tree column answers `{condition}`"),
        (None, None) => "its conditions narrow the rows down too little".to_owned(),
    }
}

fn wishes(case: &Case, access: &Access) -> Vec<Wish> {
    let equalities = ordered(access, access.equalities.clone());
    let mut wishes = Vec::new();
    if let Some(wish) = joining(case, access, &equalities) {
        wishes.push(wish);
    }
    let by_order = by_order(access, &equalities);
    let by_range = by_range(access, &equalities);
    match (by_order, by_range) {
        (Some(order), Some(range)) if order_reads_more(access, &equalities) => wishes.extend([range, order]),
        (order, range) => wishes.extend(order.into_iter().chain(range)),
    }
    let mut seen: Vec<Vec<Key>> = Vec::new();
    wishes.retain(|wish| {
        let new = !seen.contains(&wish.keys);
        seen.push(wish.keys.clone());
        new
    });
    wishes
}

/// Equality columns: those that continue an existing index first, in its order; then the most selective first.
fn ordered(access: &Access, mut equalities: Vec<Equality>) -> Vec<Equality> {
    let part = |e: &Equality| access.table.equal(&e.column, &e.values).map_or(1.0, |share| share.0);
    equalities.sort_by(|a, b| part(a).total_cmp(&part(b)));
    let covered = |keys: &[crate::catalog::IndexKey]| {
        keys.iter().all(|key| equalities.iter().any(|e| key.column.as_deref() == Some(e.column.as_str())))
    };
    let extendable =
        access.root.indexes.iter().filter(|i| i.is_plain_btree() && !i.unique && covered(&i.keys));
    let Some(longest) = extendable.max_by_key(|i| i.keys.len()) else { return equalities };
    let place =
        |e: &Equality| longest.keys.iter().position(|key| key.column.as_deref() == Some(e.column.as_str()));
    equalities.sort_by_key(|e| place(e).unwrap_or(usize::MAX));
    equalities
}

/// For the inner side of a loop, or the large side of a hash join: found by the join's columns.
fn joining(case: &Case, access: &Access, equalities: &[Equality]) -> Option<Wish> {
    let wanted = case.findings_at(access.node).any(|finding| {
        matches!(finding.symptom, Some(Symptom::InnerSideRepeated { .. } | Symptom::JoinDiscardsRows { .. }))
    }) || feeds_small_result(case, access);
    if access.join_columns.is_empty() || !wanted {
        return None;
    }
    let narrowing = narrowing(access, equalities);
    let mut columns: Vec<&str> = access.join_columns.iter().map(String::as_str).collect();
    columns.extend(
        narrowing.iter().map(|e| e.column.as_str()).filter(|c| !access.join_columns.iter().any(|j| j == c)),
    );
    let joined = listed(&access.join_columns);
    let why = match narrowing.len() {
        0 => format!("the join looks rows of {} up by {joined}", access.root.name),
        _ => format!(
            "the join looks rows of {} up by {joined}, and {} narrows them down further",
            access.root.name,
            listed(&columns[access.join_columns.len()..])
        ),
    };
    let free = columns.len();
    Some(Wish { keys: columns.into_iter().map(Key::ascending).collect(), free, why })
}

/// Whether a join reads this table once, and few of its rows find a partner.
fn feeds_small_result(case: &Case, access: &Access) -> bool {
    let Some(join) = case.plan.ancestors(access.node).find(|n| n.operator.is_join()) else { return false };
    if access.join_columns.is_empty() {
        return false;
    }
    match (join.rows_out(), access.node.rows_out()) {
        (Some(out), Some(read)) => read.0 >= MANY && out.share_of(read).0 < KEEPS_MOST.0,
        _ => !case.plan.is_measured(),
    }
}

/// The equalities that are worth a key of their own.
fn narrowing<'e>(access: &Access, equalities: &'e [Equality]) -> Vec<&'e Equality> {
    let narrows =
        |e: &&Equality| access.table.equal(&e.column, &e.values).is_none_or(|share| share.0 <= NARROWS.0);
    equalities.iter().filter(narrows).collect()
}

fn by_order(access: &Access, equalities: &[Equality]) -> Option<Wish> {
    let order = access.order.as_ref()?;
    let equalities: Vec<Equality> = equalities.iter().filter(|e| e.keeps_order()).cloned().collect();
    let known = |key: &&Key| !equalities.iter().any(|e| Some(e.column.as_str()) == key.column());
    let sorted: Vec<Key> = order.keys.iter().filter(known).cloned().collect();
    if sorted.is_empty() || !worth_an_order(order) {
        return None;
    }
    let (free, order_of) =
        (equalities.len(), listed(&sorted.iter().map(|k| k.value.told()).collect::<Vec<_>>()));
    let mut keys: Vec<Key> = equalities.iter().map(|e| Key::ascending(&e.column)).collect();
    keys.extend(forward(sorted));
    let ending = match order.limit {
        Some(Rows(1.0)) => format!("in the order of {order_of}, so that reading ends after the first row"),
        Some(limit) => format!("in the order of {order_of}, so that reading ends after {limit} rows"),
        None => format!("in the order of {order_of}, so that nothing is left to sort"),
    };
    let why = match free {
        0 => format!("it yields rows {ending}"),
        _ => format!("it finds rows by {} and yields them {ending}", listed_equalities(&equalities)),
    };
    Some(Wish { keys, free, why })
}

/// An order saves the sort, which is much where the rows are many, and with a LIMIT most of the reading.
fn worth_an_order(order: &Order) -> bool {
    let sorted = order.sort.rows_out().or(order.sort.estimate.map(|estimate| estimate.rows));
    order.limit.is_some() || sorted.is_some_and(|rows| rows.0 >= MANY)
}

/// A B-tree is read both ways: keys that are all descending are stored ascending, as people expect them.
fn forward(keys: Vec<Key>) -> Vec<Key> {
    let backward = |key: &Key| key.descending && key.nulls_first;
    if !keys.iter().all(backward) {
        return keys;
    }
    keys.into_iter().map(|key| Key { descending: false, nulls_first: false, ..key }).collect()
}

fn by_range(access: &Access, equalities: &[Equality]) -> Option<Wish> {
    let narrowing = narrowing(access, equalities);
    // A column that equals a value needs no range.
    let other = |r: &&crate::remedy::Range| !equalities.iter().any(|e| e.column == r.column);
    let range = access.ranges.iter().filter(other).min_by(|a, b| {
        let part = |r: &crate::remedy::Range| access.table.between(&r.column, &r.bounds).map_or(1.0, |s| s.0);
        part(a).total_cmp(&part(b))
    });
    if narrowing.is_empty() && range.is_none() || keeps_most(access, equalities) {
        return None;
    }
    let mut keys: Vec<Key> = narrowing.iter().map(|e| Key::ascending(&e.column)).collect();
    let free = keys.len();
    keys.extend(range.map(|r| Key::ascending(&r.column)));
    let found: Vec<Equality> = narrowing.into_iter().cloned().collect();
    let why = match range {
        Some(range) if free > 0 => {
            format!("it finds rows by {}, then the range of {}", listed_equalities(&found), range.column)
        }
        Some(range) => format!("it finds the range of {} without reading the rest", range.column),
        None => format!("it finds rows by {}", listed_equalities(&found)),
    };
    Some(Wish { keys, free, why: format!("{why}{}", part_kept(access)) })
}

/// Measured, where it was; else by the statistics.
fn keeps_most(access: &Access, equalities: &[Equality]) -> bool {
    let measured = access.kept().filter(|_| access.node.operator == Operator::SeqScan);
    measured.or(expected(access, equalities)).is_some_and(|kept| kept.0 > KEEPS_MOST.0)
}

/// The part of the table that the equalities and the narrowest range keep, taken as independent.
fn expected(access: &Access, equalities: &[Equality]) -> Option<Share> {
    Some(Share(equal_part(access, equalities)? * narrowest_range(access)))
}

fn narrowest_range(access: &Access) -> f64 {
    let ranges = access.ranges.iter().filter_map(|r| access.table.between(&r.column, &r.bounds)).map(|s| s.0);
    ranges.fold(1.0, f64::min)
}

fn equal_part(access: &Access, equalities: &[Equality]) -> Option<f64> {
    equalities.iter().map(|e| access.table.equal(&e.column, &e.values).map(|s| s.0)).product()
}

/// With both to choose from: the order reads on until it has LIMIT rows that pass what its equalities do not
/// answer (without a LIMIT, to the end); the search reads all rows that pass everything, and sorts them.
fn order_reads_more(access: &Access, equalities: &[Equality]) -> bool {
    let limit = access.order.as_ref().and_then(|order| order.limit).map_or(f64::INFINITY, |Rows(rows)| rows);
    let (ordered, filtered): (Vec<Equality>, Vec<Equality>) =
        equalities.iter().cloned().partition(Equality::keeps_order);
    let matching = access.root.rows.max(0.0) * equal_part(access, &ordered).unwrap_or(1.0);
    let passing = equal_part(access, &filtered).unwrap_or(1.0) * narrowest_range(access);
    matching * passing < (limit / passing.max(f64::MIN_POSITIVE)).min(matching)
}

fn part_kept(access: &Access) -> String {
    match access.kept() {
        Some(kept) if kept.0 > 0.0 && kept.0 < 1.0 => format!(" ({kept} of what is read now)"),
        _ => String::new(),
    }
}

fn listed_equalities(equalities: &[Equality]) -> String {
    listed(&equalities.iter().map(|e| e.column.clone()).collect::<Vec<_>>())
}

/// `a`, `a and b`, `a, b and c`.
fn listed<S: AsRef<str>>(names: &[S]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

fn remedy(access: &Access, wish: Wish, replaces: Vec<Replaced>) -> Remedy {
    let root = access.root;
    let mut nodes = vec![access.node.id];
    nodes.extend(access.order.as_ref().map(|order| order.sort.id));
    Remedy {
        treatment: &TREATMENT,
        actions: vec![Action::CreateIndex(IndexSpec::on(root, wish.keys))],
        nodes,
        why: wish.why,
        replaces,
    }
}
