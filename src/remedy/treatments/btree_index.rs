//! A B-tree index over the columns that a node compares, joins and sorts by.

use crate::plan::Operator;
use crate::remedy::access::Access;
use crate::remedy::candidate::{Candidate, is_of_columns, remedies};
use crate::remedy::wishes::{Wish, forward, obstacle, too_much, wishes, worth_a_look};
use crate::remedy::{Case, Key, NO_COLUMN, Proposal, Remedy, Silence, Treatment};

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
            Ok(remedies) => {
                proposal.remedies.extend(remedies);
                proposal.remedies.extend(merging(case, &access));
            }
            Err(reason) => proposal.silences.extend(reason.map(|reason| Silence { node, reason })),
        }
    }
    proposal
}

/// The first rows of a join in the order of what joins it: with an index on either side, both are read from their beginnings
/// only (manual, "Planner/Optimizer": merge join). One of the two alone leaves the other side to be sorted.
fn merging(case: &Case, access: &Access) -> Option<Remedy> {
    let order = access.order.as_ref()?;
    let merged = case.plan.parent(order.sort).is_some_and(|above| above.operator == Operator::MergeJoin);
    if !merged && order.limit.is_none() {
        return None;
    }
    let [key] = order.keys.as_slice() else { return None };
    let all = Access::all(case.plan, case.catalog);
    // Of two sides that are sorted, the first speaks for both.
    let speaks = |other: &&Access| {
        if merged { other.node.id > access.node.id } else { other.node.id != access.node.id }
    };
    let others = all.iter().filter(speaks).filter(|other| obstacle(other).is_none());
    let (other, value) =
        others.filter_map(|other| Some((other, access.partner(case.plan, &key.value, other)?))).next()?;
    let same = Key { value, ..key.clone() };
    let wish = |key: Key, why: &str| Wish { keys: forward(vec![key]), free: 0, why: why.to_owned() };
    let why = format!(
        "both sides of the join come in the order of {} and {}, so that reading ends after a few rows of each",
        key.value.told(),
        same.value.told()
    );
    let one = Candidate::btree(access, wish(key.clone(), &why)).remedy(case, access, &TREATMENT).ok()?;
    let two = Candidate::btree(other, wish(same, &why)).remedy(case, other, &TREATMENT).ok()?;
    Some(Remedy {
        actions: [one.actions, two.actions].concat(),
        nodes: [one.nodes, two.nodes].concat(),
        replaces: [one.replaces, two.replaces].concat(),
        ..one
    })
}

/// The remedies; or why there is none, where no other treatment of the family has more to say.
fn candidates(case: &Case, access: &Access) -> Result<Vec<Remedy>, Option<String>> {
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
        (None, None, Some(condition)) => format!("{NO_COLUMN} `{condition}`"),
        (None, None, None) => "its conditions narrow the rows down too little".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Table;
    use crate::remedy::jobs_testing::{by, index, jobs, proposed, scan, table, top};

    #[test]
    fn keys_follow_from_conditions_and_order() {
        let rows = "(ROW(j.tenant, j.id) > ROW(5, 100))";
        let cases: [(String, &[&str]); 6] = [
            (scan("j.*", rows, 900), &["jobs (tenant, id);"]),
            (top("j.*", rows, 9000, "j.tenant, j.id"), &["jobs (tenant, id);"]),
            (top("j.*", rows, 9000, "j.tenant DESC, j.id DESC"), &["jobs (tenant, id);"]),
            (
                top(
                    "j.*",
                    "((j.tenant = 5) AND (j.run_at > '2024-01-01 00:00:00'::timestamp without time zone))",
                    90,
                    "j.id",
                ),
                &[
                    "jobs (tenant, run_at);",
                    "jobs (tenant, id);",
                    "jobs (tenant, id, run_at);",
                    "jobs (tenant);",
                ],
            ),
            (
                top("j.*", "(j.state = ANY ('{queued,failed}'::text[]))", 9000, "j.run_at DESC NULLS LAST"),
                &["jobs (run_at DESC NULLS LAST);", "jobs (state);", "jobs (run_at DESC NULLS LAST, state);"],
            ),
            (top("j.*", "", 400_000, r#"j.url COLLATE "C""#), &[r#"jobs (url COLLATE "C");"#]),
        ];
        for (plan, expected) in cases {
            let proposal = proposed(&plan, vec![jobs()], Vec::new(), None);
            assert_eq!(by(&TREATMENT, &proposal), expected, "{plan}");
        }
    }

    const MERGED: &str = "\
Limit  (cost=30000.00..30001.00 rows=20 width=16) (actual time=900.0..900.1 rows=20 loops=1)
  Output: j.run_at, l.at
  ->  Merge Join  (cost=30000.00..90000.00 rows=400000 width=16) (actual time=900.0..900.1 rows=20 loops=1)
        Output: j.run_at, l.at
        Merge Cond: (j.run_at = l.at)
        ->  Sort  (cost=15000.00..16000.00 rows=400000 width=8) (actual time=450.0..450.1 rows=20 loops=1)
              Output: j.run_at
              Sort Key: j.run_at
              ->  Seq Scan on public.jobs j  (cost=0.00..9000.00 rows=400000 width=8) (actual time=0.0..200.0 rows=400000 loops=1)
                    Output: j.run_at
        ->  Sort  (cost=15000.00..16000.00 rows=400000 width=8) (actual time=450.0..450.1 rows=20 loops=1)
              Output: l.at
              Sort Key: l.at
              ->  Seq Scan on public.log l  (cost=0.00..9000.00 rows=400000 width=8) (actual time=0.0..200.0 rows=400000 loops=1)
                    Output: l.at
Planning Time: 0.1 ms
Execution Time: 900.4 ms
";

    #[test]
    fn both_sides_of_a_merge_join_come_in_its_order() {
        let log = table("log", &["at | timestamp without time zone | -1"]);
        let proposal = proposed(MERGED, vec![jobs(), log], Vec::new(), None);
        assert_eq!(by(&TREATMENT, &proposal), ["jobs (run_at);", "jobs (run_at);", "log (at);", "log (at);"]);
        assert_eq!(proposal.remedies.iter().filter(|remedy| remedy.actions.len() == 2).count(), 1);
    }

    #[test]
    fn what_is_there_already_is_the_reason_for_silence() {
        let there = Table { indexes: vec![index("jobs_tenant", &["tenant"])], ..jobs() };
        let proposal = proposed(&scan("j.*", "(j.tenant = 5)", 9), vec![there], Vec::new(), None);
        assert_eq!(by(&TREATMENT, &proposal), [""; 0]);
        let reason = "`jobs_tenant` already has these columns, and the planner preferred Seq Scan on jobs j";
        assert_eq!(proposal.silences[0].reason, reason);
    }
}
