//! A GiST index, for overlap and distance.

use crate::plan::NodeId;
use crate::remedy::access::Access;
use crate::remedy::existing::{Standing, standing};
use crate::remedy::nearest::Nearest;
use crate::remedy::place::{self, Wish};
use crate::remedy::question::{Question, is_text};
use crate::remedy::{Case, Key, Method, Proposal, Remedy, Treatment, beside};

/// `gist-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "gist-index",
    title: "A GiST index for overlap, and for the nearest",
    doc: "`during && '[2024-03-01,2024-03-02)'`, `ip << '10.1.0.0/16'` and `place <@ box '((0,0),(9,9))'` ask what overlaps or \
          lies within. A GiST index keeps bounds of bounds, and leaves out what cannot overlap (manual, \"GiST Indexes\"). For \
          networks it is the class `inet_ops`; `<<` and `<<=` are answered by a B-tree, too, which is tried beside it \
          (`network_subset_support`). For `ORDER BY place <-> point '(1,2)' LIMIT 10` it gives the nearest rows first (manual, \
          \"Indexes and ORDER BY\"). With the extension btree_gist, columns that equal a value go into the same index, \
          and numbers and dates have a distance.\n\n\
          Its price: it takes longer to build than a B-tree, and a row that is written may widen the bounds on its way.\n\n\
          Silent, with the reason, when most rows are kept, and when an index that answers the same is there already.",
    propose,
};

/// Operators of `range_ops` (manual, "Built-in GiST Operator Classes").
const OF_RANGES: [&str; 9] = ["&&", "@>", "<@", "-|-", "<<", ">>", "&<", "&>", "="];

/// Operators of `inet_ops` that say of which network something is.
const OF_NETWORKS: [&str; 5] = ["<<", "<<=", ">>", ">>=", "&&"];

/// Those that a B-tree answers as a range, since 12 (`network_subset_support`).
const WITHIN: [&str; 2] = ["<<", "<<="];

/// Operators of the classes of shapes.
const OF_SHAPES: [&str; 14] =
    ["&&", "@>", "<@", "~=", "<<", ">>", "&<", "&>", "<<|", "|>>", "&<|", "|&>", "<^", ">^"];

/// The shapes that have a class.
const SHAPES: [&str; 4] = ["point", "box", "circle", "polygon"];

/// What btree_gist knows distances of (manual, "btree_gist").
const NUMBERS: [&str; 12] = [
    "smallint",
    "integer",
    "bigint",
    "real",
    "double precision",
    "money",
    "oid",
    "date",
    "interval",
    "time without time zone",
    "timestamp without time zone",
    "timestamp with time zone",
];

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in place::worth_a_look(case) {
        let node = access.node.id;
        let nearest = Nearest::of(case.plan, &access).filter(|nearest| !is_text(&nearest.question.kind));
        if let Some(nearest) = nearest {
            let nodes = vec![node, nearest.sort.id];
            proposal.settle(by_distance(case, &access, &nearest, &nodes), node);
        }
        proposal.settle(within(case, &access), node);
    }
    proposal
}

/// What is asked, and the key that answers it.
struct Part {
    question: Question,
    key: Key,
}

/// The indexes for what overlaps and what lies within; why not, where such a thing is asked.
fn within(case: &Case, access: &Access) -> Result<Vec<Remedy>, String> {
    let mut parts: Vec<Part> = Vec::new();
    let mut reasons = Vec::new();
    for question in Question::all(access) {
        let Some(key) = key(access, &question) else { continue };
        let standing = place::stands(access.root, Method::Gist, std::slice::from_ref(&key));
        match place::taken(case, access, &standing, &question.told) {
            Some(reason) => reasons.push(reason),
            None if parts.iter().any(|part| part.key == key) => {}
            None => parts.push(Part { question, key }),
        }
    }
    match (parts.first(), reasons.pop(), place::keeps_most(access)) {
        (None, Some(reason), _) | (Some(_), _, Some(reason)) => Err(reason),
        _ => Ok(remedies(case, access, &parts)),
    }
}

/// The key of a GiST index that answers a question.
pub(super) fn key(access: &Access, question: &Question) -> Option<Key> {
    let op = question.op.as_str();
    let key = || question.key(access)?.ok();
    match question.kind.as_str() {
        "inet" | "cidr" if OF_NETWORKS.contains(&op) => key().map(|key| key.with_opclass("inet_ops")),
        kind if SHAPES.contains(&kind) && OF_SHAPES.contains(&op) => key(),
        _ if question.is_of_range() && OF_RANGES.contains(&op) => key(),
        _ => None,
    }
}

fn remedies(case: &Case, access: &Access, parts: &[Part]) -> Vec<Remedy> {
    let mut wishes: Vec<Wish> = parts.iter().flat_map(|part| alone(access, part)).collect();
    if parts.len() > 1 {
        let keys = parts.iter().map(|part| part.key.clone()).collect();
        let why = "it finds what all of these conditions ask at once".to_owned();
        wishes.push(Wish { method: Method::Gist, keys, extension: None, why });
    }
    let both = parts
        .first()
        .and_then(|part| beside::with(case, access, Method::Gist, &part.key, &finds(part), None));
    place::add_beside(&mut wishes, both);
    wishes.into_iter().map(|wish| wish.remedy(&TREATMENT, access, vec![access.node.id])).collect()
}

/// The indexes for one thing that is asked.
fn alone(access: &Access, part: &Part) -> Vec<Wish> {
    let Part { question, key } = part;
    let why = format!("it finds rows by {}, without reading the rest", finds(part));
    let mut wishes = vec![Wish { method: Method::Gist, keys: vec![key.clone()], extension: None, why }];
    let network = WITHIN.contains(&question.op.as_str()) && key.opclass.is_some();
    let plain: Vec<Key> = key.column().filter(|_| network).map(Key::ascending).into_iter().collect();
    if !plain.is_empty() && matches!(standing(access.root, &plain, 0), Standing::Free { .. }) {
        let why = format!("the addresses of a network are a range of {}", key.value.told());
        wishes.push(Wish { method: Method::BTree, keys: plain, extension: None, why });
    }
    wishes
}

/// By what such a part finds rows.
fn finds(part: &Part) -> String {
    let value = part.key.value.told();
    match part.question.is_of_range() {
        true => format!("the bounds of {value}"),
        false if part.key.opclass.is_some() => format!("the networks of {value}"),
        false => format!("the place of {value}"),
    }
}

/// The nearest first.
fn by_distance(
    case: &Case,
    access: &Access,
    nearest: &Nearest,
    nodes: &[NodeId],
) -> Result<Vec<Remedy>, String> {
    let question = &nearest.question;
    let numbers = NUMBERS.contains(&question.kind.as_str());
    if !numbers && !SHAPES.contains(&question.kind.as_str()) {
        return Ok(Vec::new());
    }
    let needed = place::needs(case.catalog, beside::extension(Method::Gist));
    let Some(Ok(key)) = question.key(access) else { return Ok(Vec::new()) };
    let Some(extension) = (if numbers { needed } else { Some(None) }) else { return Ok(Vec::new()) };
    let standing = place::stands(access.root, Method::Gist, std::slice::from_ref(&key));
    if let Some(reason) = place::taken(case, access, &standing, &question.told) {
        return Err(reason);
    }
    let why = format!("it yields the rows nearest by {} first, {}", key.value.told(), nearest.ending());
    let wish = |keys: Vec<Key>, extension: Option<&str>, why: String| {
        let wish = Wish { method: Method::Gist, keys, extension: extension.map(str::to_owned), why };
        wish.remedy(&TREATMENT, access, nodes.to_vec())
    };
    let equal = beside::equal(case, access);
    let names: Vec<&str> = equal.iter().filter_map(Key::column).collect();
    let both = needed.filter(|_| !equal.is_empty()).map(|extension| {
        let keys = equal.iter().cloned().chain([key.clone()]).collect();
        wish(keys, extension, format!("it finds rows by {}, and {why} (btree_gist)", names.join(", ")))
    });
    Ok(both.into_iter().chain([wish(vec![key.clone()], extension, why.clone())]).collect())
}

#[cfg(test)]
#[path = "tests/gist_index.rs"]
mod tests;
