//! An index of trigrams, for patterns that do not say how a text begins, and for likeness.

use crate::plan::NodeId;
use crate::remedy::access::Access;
use crate::remedy::nearest::Nearest;
use crate::remedy::pattern::{fixed_beginning, like_has_trigram, regex_has_trigram};
use crate::remedy::place::{self, Class, Wish};
use crate::remedy::question::{Question, is_text};
use crate::remedy::{Case, Key, Method, Proposal, Remedy, Treatment, beside};

/// `trigram-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "trigram-index",
    title: "An index of trigrams, for patterns and likeness",
    doc: "`LIKE '%smith%'`, `ILIKE`, `~` and `~*` leave open how the text begins, so that no B-tree answers. The extension \
          pg_trgm takes texts apart into runs of three letters: a GIN index of these finds the rows that have all of the \
          pattern's, and the likeness operators `%`, `<%` and `%>`, too. For `ORDER BY name <-> 'smith' LIMIT 10` it is a GiST \
          index, which gives the most alike first (manual, \"pg_trgm\").\n\n\
          Where the server has the extension and the database does not, CREATE EXTENSION comes first: it is tried in the same \
          transaction, which is rolled back, as far as the role may (manual, \"CREATE EXTENSION\": pg_trgm is trusted, so that \
          CREATE on the database is enough).\n\n\
          Its price: a row that is written adds an entry for each trigram of its text, a text of 100 letters about a hundred; \
          and the index is often as large as the texts.\n\n\
          Silent, with the reason, when the pattern has no trigram for sure (`LIKE '%ab%'`), when the server does not have \
          pg_trgm, when most rows are kept, and when such an index is there already. A pattern whose first three letters are \
          known is left to a B-tree.",
    propose,
};

/// The extension.
const EXTENSION: &str = "pg_trgm";

/// Operators of `gin_trgm_ops` and `gist_trgm_ops` that compare with a pattern, and with a text.
const PATTERNS: [&str; 4] = ["~~", "~~*", "~", "~*"];
const LIKENESS: [&str; 5] = ["%", "<%", "%>", "<<%", "%>>"];

/// A text whose first letters are known is found by a B-tree, as soon as they are a trigram's.
const ENOUGH: usize = 3;

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in place::worth_a_look(case) {
        let node = access.node.id;
        if let Some(nearest) = Nearest::of(case.plan, &access).filter(|n| is_text(&n.question.kind)) {
            let nodes = vec![node, nearest.sort.id];
            proposal.settle(remedies(&access, alike(case, &access, &nearest), &nodes), node);
        }
        for question in Question::all(&access) {
            if let Some(found) = candidates(case, &access, &question) {
                proposal.settle(remedies(&access, found, &[node]), node);
            }
        }
    }
    proposal
}

fn remedies(
    access: &Access,
    found: Result<Vec<Wish>, String>,
    nodes: &[NodeId],
) -> Result<Vec<Remedy>, String> {
    let remedy = |wish: Wish| wish.remedy(&TREATMENT, access, nodes.to_vec());
    found.map(|wishes| wishes.into_iter().map(remedy).collect())
}

/// What could be built for a question; why not, where it is one that trigrams answer.
fn candidates(case: &Case, access: &Access, question: &Question) -> Option<Result<Vec<Wish>, String>> {
    let key = match searched(access, question)? {
        Ok(key) => key,
        Err(reason) => return Some(Err(reason)),
    };
    if let Some(pattern) = question.constant()
        && !has_trigram(&question.op, pattern)
    {
        return Some(Err(format!(
            "`{}` has no three letters in a row, so that no index of trigrams can narrow the rows down",
            question.told
        )));
    }
    if let Some(reason) = place::keeps_most(access) {
        return Some(Err(reason));
    }
    Some(classed(case, "gin_trgm_ops", &question.told).and_then(|class| {
        let key = key.with_opclass(class.name.clone().unwrap_or_default());
        let standing = place::stands(access.root, Method::Gin, std::slice::from_ref(&key));
        match place::taken(case, access, &standing, &question.told) {
            Some(reason) => Err(reason),
            None => Ok(wishes(case, access, question, key, &class)),
        }
    }))
}

/// The key, where it is a question of trigrams; or why no index can hold it.
pub fn searched(access: &Access, question: &Question) -> Option<Result<Key, String>> {
    let op = question.op.as_str();
    let pattern = PATTERNS.contains(&op);
    let begins = question.constant().is_some_and(|pattern| match op {
        "~~" => fixed_beginning(pattern) >= ENOUGH,
        "~" => pattern
            .strip_prefix('^')
            // With alternatives, what is known of the beginning is little of what is asked, or nothing.
            .filter(|rest| !rest.contains('|'))
            .is_some_and(|rest| rest.chars().take_while(|c| c.is_alphanumeric()).count() > ENOUGH),
        _ => false,
    });
    let asked = (pattern && !begins) || LIKENESS.contains(&op);
    if asked && is_text(&question.kind) { question.key(access) } else { None }
}

/// The operator class of trigrams, or why there is none.
pub fn classed<'c>(case: &Case, class: &str, condition: &str) -> Result<Class<'c>, String> {
    place::class_of(case.catalog, EXTENSION, class).ok_or_else(|| {
        format!("an index of trigrams would answer `{condition}`, but the server does not have the extension {EXTENSION}")
    })
}

/// Whether an index of trigrams can narrow the rows down for it. Likeness is asked of the trigrams themselves.
pub fn has_trigram(op: &str, pattern: &str) -> bool {
    match op {
        "~~" | "~~*" => like_has_trigram(pattern),
        "~" | "~*" => regex_has_trigram(pattern),
        _ => pattern.chars().any(char::is_alphanumeric),
    }
}

fn wishes(case: &Case, access: &Access, question: &Question, key: Key, class: &Class) -> Vec<Wish> {
    let value = key.value.told();
    let alone = Wish {
        method: Method::Gin,
        keys: vec![key.clone()],
        extension: class.extension.map(str::to_owned),
        why: match LIKENESS.contains(&question.op.as_str()) {
            true => {
                format!("it finds rows by the trigrams that {value} has in common with what is looked for")
            }
            false => format!("it finds rows by the trigrams of {value}, wherever they stand"),
        },
    };
    let found = format!("the trigrams of {value}");
    let both = beside::with(case, access, Method::Gin, &key, &found, class.extension);
    let mut wishes = vec![alone];
    place::add_beside(&mut wishes, both);
    wishes
}

/// The most alike first.
fn alike(case: &Case, access: &Access, nearest: &Nearest) -> Result<Vec<Wish>, String> {
    let question = &nearest.question;
    let class = classed(case, "gist_trgm_ops", &question.told)?;
    let Some(key) = question.key(access) else { return Ok(Vec::new()) };
    let key = key?.with_opclass(class.name.clone().unwrap_or_default());
    let standing = place::stands(access.root, Method::Gist, std::slice::from_ref(&key));
    if let Some(reason) = place::taken(case, access, &standing, &question.told) {
        return Err(reason);
    }
    let why =
        format!("it yields the rows whose {} is most alike first, {}", key.value.told(), nearest.ending());
    let extension = class.extension.map(str::to_owned);
    Ok(vec![Wish { method: Method::Gist, keys: vec![key], extension, why }])
}

#[cfg(test)]
#[path = "tests/trigram_index.rs"]
mod tests;
