//! A BRIN index, for a range of what is stored in its own order.

use crate::catalog::Column;
use crate::remedy::access::{Access, Range};
use crate::remedy::candidate::{Candidate, remedies};
use crate::remedy::existing::{Standing, standing};
use crate::remedy::wishes::{keeps_most, obstacle, worth_a_look};
use crate::remedy::{Case, IndexSpec, Key, Method, Proposal, Treatment, types};
use crate::units::Share;

/// `brin-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "brin-index",
    title: "A BRIN index on what is stored in its own order",
    doc: "Where rows lie in the order of a column, as times of a log do, the least and the greatest value of each run of pages tell \
          which runs a range can be in. Such an index is about a thousandth of a B-tree's size and costs a write next to nothing \
          (manual, \"BRIN Indexes\"). It is tried beside the B-tree, with runs of the default 128 pages and with smaller ones.\n\n\
          Silent where the statistics do not tell of the order (a correlation of 0.9 and more), for small tables, and where most rows \
          are kept.",
    propose,
};

/// Below this, the values of neighbouring pages overlap so much that most runs match.
const IN_ORDER: f64 = 0.9;

/// A range reads whole runs of pages, 128 by default: a table of fewer than 50 of them is better read by a B-tree.
const PAGES: u64 = 50 * 128;

/// Of a table with more pages than these, runs of the default length are fine enough.
const PAGES_OF_A_LARGE_TABLE: u64 = 1_000_000;

/// Runs of so many pages: an index four times as large, still a hundredth of a B-tree, that reads a quarter of what is read in
/// vain at both ends of the range.
const SHORT_RUNS: &str = "pages_per_range = 32";

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in worth_a_look(case) {
        if obstacle(&access).is_none()
            && access.root.pages >= PAGES
            && !keeps_most(&access, &access.equalities)
        {
            let candidates =
                access.ranges.iter().find_map(|range| candidates(&access, range)).unwrap_or_default();
            proposal.remedies.extend(remedies(case, &access, &TREATMENT, candidates).0);
        }
    }
    proposal
}

fn candidates(access: &Access, range: &Range) -> Option<Vec<Candidate>> {
    let column = access.table.column(range.value.column()?)?;
    let correlation = column.statistics.as_ref()?.correlation?.abs();
    if correlation < IN_ORDER || !has_least_and_greatest(column) || !range.then.is_empty() {
        return None;
    }
    let keys = vec![Key::ascending(&column.name)];
    // A B-tree that is there answers the range better.
    if matches!(standing(access.root, &keys, 0), Standing::Served { .. }) {
        return None;
    }
    let index = IndexSpec::by(Method::Brin, access.root, keys);
    let why = format!(
        "rows lie in the order of {} (correlation {}), so that the range is in few runs of pages",
        column.name,
        Share(correlation)
    );
    let whole = Candidate { index, free: 0, why };
    let mut short = whole.clone();
    short.index = short.index.with(SHORT_RUNS);
    let both = if access.root.pages > PAGES_OF_A_LARGE_TABLE { vec![whole] } else { vec![short, whole] };
    Some(both)
}

/// Whether the type has an operator class of minima and maxima (manual, "Built-in Operator Classes" of BRIN).
fn has_least_and_greatest(column: &Column) -> bool {
    let name = types::of(column);
    types::is_number(&name)
        || types::is_local_time(&name)
        || types::is_instant(&name)
        || types::is_string(&name)
        || name == "uuid"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Table;
    use crate::remedy::jobs_testing::{by, jobs, proposed, scan};

    #[test]
    fn a_range_of_what_lies_in_its_order_is_tried_by_brin() {
        let later = "(j.created_at > '2024-06-01 00:00:00+00'::timestamp with time zone)";
        let both: &[&str] =
            &["jobs USING brin (created_at) WITH (pages_per_range = 32);", "jobs USING brin (created_at);"];
        let small = Table { pages: 900, ..jobs() };
        for (table, filter, kept, expected) in [
            (jobs(), later, 900, both),
            (jobs(), later, 300_000, &[]),
            (small, later, 900, &[]),
            (jobs(), "(j.run_at > '2024-06-01 00:00:00'::timestamp without time zone)", 900, &[]),
            (jobs(), "(j.tenant = 5)", 900, &[]),
        ] {
            let proposal = proposed(&scan("j.*", filter, kept), vec![table], Vec::new(), None);
            assert_eq!(by(&TREATMENT, &proposal), expected, "{filter}");
        }
    }
}
