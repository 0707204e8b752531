//! A B-tree index over an expression that a node compares, joins or sorts by.

use crate::remedy::candidate::{Candidate, is_of_columns, remedies};
use crate::remedy::wishes::{obstacle, too_much, wishes, worth_a_look};
use crate::remedy::{Case, Proposal, Silence, Treatment};

/// `expression-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "expression-index",
    title: "A B-tree index over an expression",
    doc: "A condition on `lower(email)`, `profile ->> 'id'`, `placed_at::date` or `total * 2` is no condition on the column, and \
          no index on the column answers it; an index on the expression does, and ANALYZE then keeps statistics of it \
          (manual, \"Indexes on Expressions\"). It is written as the statement writes it, since the planner looks for the same \
          expression. Equalities, ranges and orders stand as in other B-trees, beside columns.\n\n\
          Silent, with the reason, when something in the expression is not immutable: what depends on the session's time zone or \
          on a setting can be in no index. Also when what is immutable is not known: of functions, the database tells.",
    propose,
};

/// An expression has no statistics before it has an index: more than so many alternatives could not be told apart.
const ALTERNATIVES: usize = 4;

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in worth_a_look(case) {
        if obstacle(&access).is_some() || !access.has_expressions() {
            continue;
        }
        let wishes = wishes(case, &access).into_iter().filter(|wish| !is_of_columns(&wish.keys));
        let candidates: Vec<Candidate> =
            wishes.take(ALTERNATIVES).map(|wish| Candidate::btree(&access, wish)).collect();
        let (remedies, reasons) = remedies(case, &access, &TREATMENT, candidates);
        if remedies.is_empty() {
            let kept = too_much(&access).map(|kept| {
                format!("it keeps {kept} of the rows that it reads, and an index would visit most pages too")
            });
            let reason = reasons.into_iter().next().or(kept);
            proposal.silences.extend(reason.map(|reason| Silence { node: access.node.id, reason }));
        }
        proposal.remedies.extend(remedies);
    }
    proposal
}
