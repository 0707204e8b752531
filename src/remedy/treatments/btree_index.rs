//! A B-tree index over the columns that a node compares, joins and sorts by.

use crate::remedy::access::Access;
use crate::remedy::candidate::{Candidate, is_of_columns, remedies};
use crate::remedy::wishes::{obstacle, too_much, wishes, worth_a_look};
use crate::remedy::{Case, Proposal, Silence, Treatment};

/// `btree-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "btree-index",
    title: "A B-tree index over what is compared, joined and sorted by",
    doc: "Columns compared for equality come first, the most selective first unless an existing index can be \
          extended by keeping its order; then either the order that is asked for, or one range (or a comparison of \
          rows): behind a range a B-tree's order is lost (manual, \"Multicolumn Indexes\", \"Indexes and ORDER BY\"). \
          Order or range is argued from statistics: with a LIMIT, whichever reads fewer rows. An order is asked for by a \
          sort, for ORDER BY, DISTINCT, groups, windows or a merge join, by `min` and `max`, and by groups under a LIMIT. \
          Alternatives are tried beside each other, and the best one is kept: with fewer equalities, with another range, \
          with the other columns that are compared behind the order.\n\n\
          Silent, with the reason, when most rows are kept, the table is small, nothing can be searched by, an index \
          that answers the same is there already, or the statement is already fast.",
    propose,
};

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in worth_a_look(case) {
        let node = access.node.id;
        match candidates(case, &access) {
            Ok(remedies) => proposal.remedies.extend(remedies),
            Err(reason) => proposal.silences.extend(reason.map(|reason| Silence { node, reason })),
        }
    }
    proposal
}

/// The remedies; or why there is none, where no other treatment of the family has more to say.
fn candidates(case: &Case, access: &Access) -> Result<Vec<crate::remedy::Remedy>, Option<String>> {
    if let Some(reason) = obstacle(access) {
        return Err(Some(reason));
    }
    let plain = access.of_columns();
    let wishes = wishes(case, &plain).into_iter().filter(|wish| is_of_columns(&wish.keys));
    let candidates: Vec<Candidate> = wishes.map(|wish| Candidate::btree(access, wish)).collect();
    let nothing = candidates.is_empty();
    let (remedies, reasons) = remedies(case, access, &TREATMENT, candidates);
    match reasons.into_iter().next() {
        _ if nothing && !access.has_expressions() => Err(Some(nothing_to_search_by(access))),
        _ if nothing => Err(None),
        Some(reason) if remedies.is_empty() => Err(Some(reason)),
        _ => Ok(remedies),
    }
}

fn nothing_to_search_by(access: &Access) -> String {
    match (too_much(access), access.refused.first(), access.unanswerable.first()) {
        _ if access.node.conditions.is_empty() => {
            "it reads every row, and no condition narrows them down".to_owned()
        }
        (Some(kept), ..) => {
            format!("it keeps {kept} of the rows that it reads, and an index would visit most pages too")
        }
        (None, Some(refused), _) => refused.clone(),
        (None, None, Some(condition)) => format!("no B-tree column answers `{condition}`"),
        (None, None, None) => "its conditions narrow the rows down too little".to_owned(),
    }
}
