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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Table;
    use crate::remedy::jobs_testing::{by, function, index, jobs, proposed, scan, top};

    fn functions() -> Vec<crate::catalog::Function> {
        let stable = crate::catalog::Function {
            volatility: "s".into(),
            ..function("date_trunc", &["text", "timestamp with time zone"])
        };
        vec![
            function("lower", &["text"]),
            stable,
            function("date_trunc", &["text", "timestamp without time zone"]),
        ]
    }

    #[test]
    fn expressions_are_searched_and_sorted_by_like_columns() {
        let filters: [(&str, &[&str]); 8] = [
            ("(lower((j.email)::text) = 'x'::text)", &["jobs (lower(email));"]),
            ("((j.payload ->> 'id'::text) = 'x'::text)", &["jobs ((payload ->> 'id'));"]),
            ("(((j.payload ->> 'n'::text))::integer > 5)", &["jobs ((((payload ->> 'n'))::integer));"]),
            ("((j.run_at)::date = '2024-03-01'::date)", &["jobs (((run_at)::date));"]),
            ("((j.tenant * 2) > 100)", &["jobs ((tenant * 2));"]),
            (
                "((date_trunc('day'::text, j.run_at) = '2024-03-01 00:00:00'::timestamp without time zone) AND (j.tenant = 5))",
                &["jobs (tenant, date_trunc('day', run_at));"],
            ),
            ("(j.tenant = 5)", &[]),
            ("((j.payload -> 'point'::text) IS NOT NULL)", &[]),
        ];
        for (filter, expected) in filters {
            let proposal = proposed(&scan("j.*", filter, 9), vec![jobs()], functions(), None);
            assert_eq!(by(&TREATMENT, &proposal), expected, "{filter}");
        }
        let plan = top("j.id", "", 400_000, "(lower((j.email)::text)) DESC");
        assert_eq!(
            by(&TREATMENT, &proposed(&plan, vec![jobs()], functions(), None)),
            ["jobs (lower(email));"]
        );
    }

    #[test]
    fn what_no_index_can_hold_is_said() {
        for (filter, words) in [
            (
                "((j.created_at)::date = '2024-03-01'::date)",
                "`(j.created_at)::date` depends on the session's time zone",
            ),
            (
                "(date_trunc('day'::text, j.created_at) = '2024-03-01 00:00:00+00'::timestamp with time zone)",
                "depends on the session's time zone",
            ),
            (
                "(score(j.url) = 'X'::text)",
                "whether `score(j.url)` is the same at all times is not known here",
            ),
        ] {
            let proposal = proposed(&scan("j.*", filter, 9), vec![jobs()], functions(), None);
            assert_eq!(by(&TREATMENT, &proposal), [""; 0], "{filter}");
            let reason = proposal.silences.first().map(|s| s.reason.as_str()).unwrap_or_default();
            assert!(reason.contains(words), "{filter}: {reason}");
        }
    }

    #[test]
    fn an_index_on_the_expression_is_known_however_it_is_written() {
        let table = Table { indexes: vec![index("jobs_lower", &["lower(email::text)"])], ..jobs() };
        let plan = scan("j.*", "(lower((j.email)::text) = 'x'::text)", 9);
        let proposal = proposed(&plan, vec![table], functions(), None);
        assert_eq!(by(&TREATMENT, &proposal), [""; 0]);
        assert!(proposal.silences[0].reason.contains("`jobs_lower` already has these columns"));
    }
}
