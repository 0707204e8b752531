//! A GIN index, for what is inside of arrays, of jsonb and of documents.

use crate::query::name::quote;
use crate::query::{Expr, Names};
use crate::remedy::access::Access;
use crate::remedy::existing::Standing;
use crate::remedy::place::{self, Wish};
use crate::remedy::question::{Question, bare_operator, is_text};
use crate::remedy::{Case, Key, Method, Proposal, Treatment, beside};

/// `gin-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "gin-index",
    title: "A GIN index over what arrays, jsonb and documents hold",
    doc: "`tags @> '{red}'`, `data @> '{\"kind\": \"error\"}'` and `to_tsvector('english', body) @@ query` ask for parts of a \
          value. A GIN index has an entry for each part, with the rows that have it (manual, \"GIN Indexes\"). Of jsonb \
          there are two operator classes: `jsonb_path_ops` holds paths to values and is smaller, the default holds keys and \
          values by themselves and answers `?`, `?|` and `?&`, too (manual, \"jsonb Indexing\"); where both answer, both are \
          tried. With the extension btree_gin, columns that equal a value go into the same index.\n\n\
          An expression must be IMMUTABLE: `to_tsvector(body)` asks for a setting, `to_tsvector('english', body)` does not.\n\n\
          Its price: a row that is written adds an entry for each of its parts. With `fastupdate`, which is the default, they \
          are first put on a list that every search reads to its end, until it outgrows gin_pending_list_limit or VACUUM \
          comes by (manual, \"GIN Fast Update Technique\").\n\n\
          Silent, with the reason, when most rows are kept, when an index that answers the same is there already, and for \
          `'red' = ANY (tags)`, which no index answers: `tags @> ARRAY['red']` asks the same.",
    propose,
};

/// Operators of `array_ops` (manual, "Built-in GIN Operator Classes").
const OF_ARRAYS: [&str; 4] = ["@>", "<@", "&&", "="];

/// Operators of both of jsonb's classes.
const OF_PATHS: [&str; 3] = ["@>", "@?", "@@"];

/// Operators of jsonb's default class alone.
const OF_KEYS: [&str; 3] = ["?", "?|", "?&"];

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in place::worth_a_look(case) {
        let found = candidates(case, &access);
        let Some(found) = found else { continue };
        let remedy = |wish: Wish| wish.remedy(&TREATMENT, &access, vec![access.node.id]);
        proposal.settle(found.map(|wishes| wishes.into_iter().map(remedy).collect()), access.node.id);
    }
    proposal
}

/// One thing that is asked, as keys of which each answers it; the best argued first.
struct Part {
    question: Question,
    keys: Vec<Key>,
}

/// What could be built, or why not; `None` where nothing of the kind is asked.
fn candidates(case: &Case, access: &Access) -> Option<Result<Vec<Wish>, String>> {
    let mut reasons = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    for question in Question::all(access) {
        reasons.extend(parsed(&question));
        match part(case, access, question) {
            Some(Ok(part)) if !parts.iter().any(|known| known.keys == part.keys) => parts.push(part),
            Some(Err(reason)) => reasons.push(reason),
            _ => {}
        }
    }
    if parts.is_empty() {
        reasons.extend(access.terms.iter().find_map(|term| searched_by_any(access, term)));
        return reasons.into_iter().next().map(Err);
    }
    Some(match place::keeps_most(access) {
        Some(reason) => Err(reason),
        None => Ok(wishes(case, access, &parts)),
    })
}

/// The keys of which each answers a question; or why no index can hold it. `None` where it is not GIN's.
pub(super) fn keys(access: &Access, question: &Question) -> Option<Result<Vec<Key>, String>> {
    let classes = classes(question)?;
    let classed = |key: Key| {
        let one = |class: Option<&str>| match class {
            Some(class) => key.clone().with_opclass(class),
            None => key.clone(),
        };
        classes.into_iter().map(one).collect()
    };
    Some(question.key(access)?.map(classed))
}

/// How GIN answers a question; why not, where an index is there or none can be made; `None` where that is not GIN's.
fn part(case: &Case, access: &Access, question: Question) -> Option<Result<Part, String>> {
    let keys = match keys(access, &question)? {
        Ok(keys) => keys,
        Err(reason) => return Some(Err(reason)),
    };
    let standings = keys.iter().map(|key| place::stands(access.root, Method::Gin, std::slice::from_ref(key)));
    let standings: Vec<Standing> = standings.collect();
    let told = standings.iter().find_map(|standing| place::taken(case, access, standing, &question.told));
    let free = |standing: &Standing| matches!(standing, Standing::Free { .. });
    let left: Vec<Key> =
        keys.into_iter().zip(&standings).filter(|(_, s)| free(s)).map(|(key, _)| key).collect();
    match told {
        // Of jsonb's two classes the other one may be worth it where the index found rows that did not pass.
        Some(reason) if left.is_empty() || !finds_too_many(access) => Some(Err(reason)),
        _ => Some(Ok(Part { question, keys: left })),
    }
}

fn finds_too_many(access: &Access) -> bool {
    let kept = access.node.rows_out().map_or(0.0, |rows| rows.0);
    access.node.removed_by_recheck().0 > kept
}

/// The operator classes that answer, the best argued first; `None` is the type's default.
fn classes(question: &Question) -> Option<Vec<Option<&'static str>>> {
    let op = question.op.as_str();
    let empty = question.constant().is_some_and(|text| matches!(text, "{}" | "[]"));
    match question.kind.as_str() {
        "jsonb" if op == "@>" && empty => None,
        "jsonb" if OF_PATHS.contains(&op) => Some(vec![Some("jsonb_path_ops"), None]),
        "jsonb" if OF_KEYS.contains(&op) => Some(vec![None]),
        "tsvector" if op == "@@" => Some(vec![None]),
        // What is equal is found by a B-tree, unless the arrays are too large for it: `btree-index` proposes that.
        _ if question.is_of_array() && OF_ARRAYS.contains(&op) && !(empty && op != "=") => Some(vec![None]),
        _ => None,
    }
}

/// `body @@ query` of a text, which is parsed anew for each row by whatever configuration is set.
fn parsed(question: &Question) -> Option<String> {
    let text = question.op == "@@" && is_text(&question.kind);
    text.then(|| {
        let value = question.value.sql(Names::Bare);
        format!(
            "`{}` parses each text by the setting default_text_search_config, so that no index answers it: with the \
             configuration named, `to_tsvector('english', {value}) @@ …` could be answered by one",
            question.told
        )
    })
}

fn wishes(case: &Case, access: &Access, parts: &[Part]) -> Vec<Wish> {
    let mut wishes: Vec<Wish> = Vec::new();
    let one = |keys: Vec<Key>, extension: Option<&str>, why: String| Wish {
        method: Method::Gin,
        keys,
        extension: extension.map(str::to_owned),
        why,
    };
    if let [_, _, ..] = parts {
        let keys: Vec<Key> = parts.iter().filter_map(|part| part.keys.first().cloned()).collect();
        let all: Vec<String> = parts.iter().map(finds).collect();
        wishes.push(one(keys, None, format!("it finds rows by {} at once", all.join(" and by "))));
    }
    for part in parts {
        let found = finds(part);
        for key in &part.keys {
            let class = match (key.opclass.is_some(), part.keys.len() > 1) {
                (true, _) => ", by hashes of paths to values: small, and for containment and jsonpath alone",
                (false, true) => ", by keys and values",
                (false, false) => "",
            };
            wishes.push(one(vec![key.clone()], None, format!("it finds rows by {found}{class}")));
        }
    }
    let both = parts
        .first()
        .and_then(|part| beside::with(case, access, Method::Gin, part.keys.first()?, &finds(part), None));
    place::add_beside(&mut wishes, both);
    wishes
}

/// By what such a part finds rows.
fn finds(part: &Part) -> String {
    let value = &part.question.value;
    let columns: Vec<String> = value.columns().into_iter().map(|(_, name)| quote(name)).collect();
    match (part.question.kind.as_str(), value) {
        ("tsvector", _) => format!("the words of {}", columns.join(" and ")),
        ("jsonb", Expr::Compare { op, left, right }) => {
            format!("what is in {} {op} {}", left.sql(Names::Bare), right.sql(Names::Bare))
        }
        ("jsonb", _) => format!("what is in {}", value.sql(Names::Bare)),
        _ => format!("the elements of {}", value.sql(Names::Bare)),
    }
}

/// `'red' = ANY (tags)`: no operator of an index's, and how to ask the same so that one answers.
fn searched_by_any(access: &Access, term: &Expr) -> Option<String> {
    let Expr::AnyAll { op, left, list, all: false } = term else { return None };
    let Expr::Column { name, table } = list.as_ref() else { return None };
    let ours = access.is_ours(table.as_deref()) && !access.mentions_us(left) && bare_operator(op) == "=";
    let array = access.table.column(name).is_some_and(|column| column.base_type.ends_with("[]"));
    (ours && array).then(|| {
        let (column, value) = (list.sql(Names::Bare), left.sql(Names::Qualified));
        format!(
            "no index answers `{}`; `{column} @> ARRAY[{value}]` asks the same, and a GIN index on {column} answers it",
            term.sql(Names::Bare)
        )
    })
}

#[cfg(test)]
#[path = "tests/gin_index.rs"]
mod tests;
