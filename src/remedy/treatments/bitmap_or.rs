//! An index for each alternative of an OR, used together.

use super::{gin_index, gist_index, trigram_index};
use crate::query::Expr;
use crate::remedy::access::Access;
use crate::remedy::existing::{Standing, standing};
use crate::remedy::place;
use crate::remedy::question::{Question, bare_operator};
use crate::remedy::{Action, Case, IndexSpec, Key, Method, Proposal, Remedy, Replaced, Treatment};

/// `bitmap-or`.
pub static TREATMENT: Treatment = Treatment {
    id: "bitmap-or",
    title: "An index for each alternative of an OR",
    doc: "`a = 1 OR b = 2` is true of rows that lie together in no index. With an index for each alternative PostgreSQL \
          notes the rows of each and puts them together (`BitmapOr`; manual, \"Combining Multiple Indexes\"); as long as one \
          alternative has none, the whole table is read. So the indexes are one remedy: they are built, measured and undone \
          together, and those that are there already are left out. Alternatives that only GIN answers (`name LIKE '%x%' OR \
          email LIKE '%x%'`) share one index of several columns, which is searched once for each. What is compared for \
          equality beside the OR may lead each of the indexes.\n\n\
          Its price: each row that is written adds to each of the indexes.\n\n\
          Silent, with the reason, when an index answers none of the alternatives, when each has its index already, and when \
          most rows are kept. Silent of an OR of one column, which is a list, and of one in a join's condition.",
    propose,
};

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in place::worth_a_look(case) {
        for term in &access.terms {
            let Expr::Or(alternatives) = term else { continue };
            if let Some(found) = candidates(case, &access, alternatives) {
                proposal.settle(found, access.node.id);
            }
        }
    }
    proposal
}

/// What finds the rows of one alternative.
#[derive(Debug, Clone, PartialEq)]
struct Arm {
    method: Method,
    keys: Vec<Key>,
    /// How many of the keys, from the left, may stand in any order.
    free: usize,
    extension: Option<String>,
}

/// What could be built for an OR, or why not; `None` where it is not one of several columns of this table.
fn candidates(case: &Case, access: &Access, alternatives: &[Expr]) -> Option<Result<Vec<Remedy>, String>> {
    let mut arms: Vec<Arm> = Vec::new();
    for alternative in alternatives {
        match arm(case, access, alternative) {
            Some(Ok(arm)) => add(&mut arms, arm),
            Some(Err(reason)) => return Some(Err(reason)),
            None => {
                let told = alternative.sql(crate::query::Names::Bare);
                let ours = !alternative.columns().is_empty() && arms_of_others(case, access, alternatives);
                return ours.then(|| Err(format!(
                    "no index finds the rows of `{told}`, so that the whole table is read for the other alternatives, too"
                )));
            }
        }
    }
    // Alternatives of one column are a list; of several together (`a = 1 AND b = 2 OR a = 3 AND b = 4`) they share one index.
    if arms.len() < 2 && !arms.iter().any(|arm| arm.method == Method::BTree && arm.keys.len() > 1) {
        return None;
    }
    if let Some(reason) = place::keeps_most(access) {
        return Some(Err(reason));
    }
    let leading = equalities(access);
    let led = (!leading.is_empty()).then(|| {
        let lead = |arm: &Arm| match arm.method {
            Method::BTree => Arm {
                keys: leading
                    .iter()
                    .filter(|key| !arm.keys.contains(key))
                    .chain(&arm.keys)
                    .cloned()
                    .collect(),
                free: arm.free + leading.len(),
                ..arm.clone()
            },
            _ => arm.clone(),
        };
        arms.iter().map(lead).collect::<Vec<Arm>>()
    });
    let remedies: Vec<Remedy> =
        [led, Some(arms)].into_iter().flatten().filter_map(|arms| remedy(access, shared(arms))).collect();
    Some(match remedies.is_empty() {
        true => Err(format!(
            "each alternative of its OR has an index already, and the planner preferred {}",
            access.node.label()
        )),
        false => Ok(remedies),
    })
}

/// Alternatives that ask for the same keys share an index: of those, fewer may stand in any order where one asks for a range.
fn add(arms: &mut Vec<Arm>, arm: Arm) {
    match arms.iter_mut().find(|known| known.method == arm.method && known.keys == arm.keys) {
        Some(known) => known.free = known.free.min(arm.free),
        None => arms.push(arm),
    }
}

/// Whether another alternative could be found by an index.
fn arms_of_others(case: &Case, access: &Access, alternatives: &[Expr]) -> bool {
    alternatives.iter().any(|alternative| matches!(arm(case, access, alternative), Some(Ok(_))))
}

/// By what an index finds the rows of an alternative: what it must equal first, else parts and overlaps, else a range.
fn arm(case: &Case, access: &Access, alternative: &Expr) -> Option<Result<Arm, String>> {
    let terms: Vec<Expr> = alternative.terms().into_iter().cloned().collect();
    let mut keys = equal_keys(access, &terms);
    let free = keys.len();
    let ranges = terms.iter().filter_map(|term| ranged(access, term));
    let range = ranges.into_iter().find(|key| !keys.contains(key));
    let btree = |keys: Vec<Key>| Arm { method: Method::BTree, keys, free, extension: None };
    if free > 0 {
        keys.extend(range);
        return Some(Ok(btree(keys)));
    }
    let mut refused = None;
    for question in terms.iter().filter_map(|term| Question::of(access, term)) {
        match inside(case, access, question) {
            Some(Ok(arm)) => return Some(Ok(arm)),
            Some(Err(reason)) => refused = Some(Err(reason)),
            None => {}
        }
    }
    range.map(|key| Ok(btree(vec![key]))).or(refused)
}

/// By GIN or GiST.
fn inside(case: &Case, access: &Access, question: Question) -> Option<Result<Arm, String>> {
    let arm = |method, key, extension| Arm { method, keys: vec![key], free: 1, extension };
    if let Some(key) = trigram_index::searched(access, &question) {
        let key = match key {
            Ok(key) => key,
            Err(reason) => return Some(Err(reason)),
        };
        let known = question.constant();
        if known.is_some_and(|pattern| !trigram_index::has_trigram(&question.op, pattern)) {
            return None;
        }
        return Some(trigram_index::classed(case, "gin_trgm_ops", &question.told).map(|class| {
            let key = key.with_opclass(class.name.clone().unwrap_or_default());
            arm(Method::Gin, key, class.extension.map(str::to_owned))
        }));
    }
    if let Some(key) = gist_index::key(access, &question) {
        return Some(Ok(arm(Method::Gist, key, None)));
    }
    match gin_index::keys(access, &question)? {
        Ok(keys) => keys.into_iter().next().map(|key| Ok(arm(Method::Gin, key, None))),
        Err(reason) => Some(Err(reason)),
    }
}

/// Columns and expressions that must equal something.
fn equal_keys(access: &Access, terms: &[Expr]) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for equality in terms.iter().filter_map(|term| access.equality(term)) {
        let key = Key::of(equality.value);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// The column or expression that a B-tree finds by a range.
fn ranged(access: &Access, term: &Expr) -> Option<Key> {
    let Expr::Compare { op, left, right } = term else { return None };
    let value = match (access.mentions_us(left), access.mentions_us(right)) {
        (true, false) => left,
        (false, true) => right,
        _ => return None,
    };
    ["<", "<=", ">", ">="].contains(&bare_operator(op)).then(|| access.value(value).map(Key::of))?
}

/// Columns that must equal one value beside the OR.
fn equalities(access: &Access) -> Vec<Key> {
    let one = access.equalities.iter().filter(|equality| !equality.list);
    one.filter_map(|equality| Some(Key::ascending(equality.value.column()?))).collect()
}

/// Alternatives of GIN's in one index of several columns.
fn shared(arms: Vec<Arm>) -> Vec<Arm> {
    let (gin, mut others): (Vec<Arm>, Vec<Arm>) = arms.into_iter().partition(|arm| arm.method == Method::Gin);
    let joined = gin.into_iter().reduce(|mut all, arm| {
        all.keys.extend(arm.keys);
        all.extension = all.extension.or(arm.extension);
        all
    });
    others.extend(joined);
    others
}

/// The indexes that are not there yet.
fn remedy(access: &Access, arms: Vec<Arm>) -> Option<Remedy> {
    let mut actions: Vec<Action> = Vec::new();
    let mut replaces: Vec<Replaced> = Vec::new();
    let of = arms.len();
    for arm in arms {
        let standing = match arm.method {
            Method::BTree => standing(access.root, &arm.keys, arm.free),
            method => place::stands(access.root, method, &arm.keys),
        };
        let Standing::Free { replaces: these } = standing else { continue };
        replaces.extend(these);
        let index = IndexSpec::by(arm.method, access.root, arm.keys).needing(arm.extension.as_deref());
        actions.push(Action::CreateIndex(index));
    }
    let why = match (of, actions.len()) {
        (_, 0) => return None,
        (1, _) => {
            "it is searched once for each alternative of the OR, and a BitmapOr puts together what is found"
                .to_owned()
        }
        (of, new) if new < of => {
            "with the indexes that are there already, a BitmapOr puts together what each alternative finds"
                .to_owned()
        }
        _ => "each finds the rows of one alternative, and a BitmapOr puts them together".to_owned(),
    };
    Some(Remedy { treatment: &TREATMENT, actions, nodes: vec![access.node.id], why, replaces })
}

#[cfg(test)]
#[path = "tests/bitmap_or.rs"]
mod tests;
