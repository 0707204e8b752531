//! A hash index, for an equality on what is wide.

use crate::remedy::access::{Access, Equality};
use crate::remedy::candidate::{Candidate, remedies};
use crate::remedy::existing::{Standing, standing};
use crate::remedy::wishes::{obstacle, worth_a_look};
use crate::remedy::{Case, IndexSpec, Key, Method, Proposal, Treatment, types};
use crate::units::Share;

/// `hash-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "hash-index",
    title: "A hash index on what is wide and nearly unique",
    doc: "A hash index stores four bytes for each row, however long the value is, and answers `=` alone (manual, \"Hash Indexes\"). \
          So for an equality on long text, such as a URL, it is tried beside the B-tree, and suggested only where it does as well \
          or better. Of a `uuid`, with its 16 bytes, the B-tree is the smaller one (12 MB against 13, measured on 15).\n\n\
          Silent where a value is in many rows, which a hash index handles badly, and where more than the equality is asked.",
    propose,
};

/// A B-tree entry of such text is twice as wide as a hash index's, which has 8 bytes of header, a pointer and the hash.
const WIDE: u32 = 32;

/// A value in more rows than this fills bucket pages that each search for it, and for others, reads (manual, "Hash Indexes":
/// best for unique or nearly unique data).
const ROWS_OF_A_VALUE: f64 = 4.0;

/// So that a search ends after the bucket.
const FEW: Share = Share(0.0001);

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in worth_a_look(case) {
        let candidate = access.equalities.iter().find_map(|equality| candidate(&access, equality));
        if let Some(candidate) = candidate.filter(|_| obstacle(&access).is_none()) {
            proposal.remedies.extend(remedies(case, &access, &TREATMENT, [candidate]).0);
        }
    }
    proposal
}

fn candidate(access: &Access, equality: &Equality) -> Option<Candidate> {
    let column = access.table.column(equality.value.column()?)?;
    let statistics = column.statistics.as_ref()?;
    let name = types::of(column);
    let wide = types::is_string(&name) && statistics.avg_width >= WIDE;
    let single = !equality.list && equality.values != [None];
    let rows = access.table.rows / statistics.distinct(access.table.rows);
    let part = access.equal(equality)?;
    // NULLs are in no hash index's bucket, but one place of a B-tree.
    if !wide || !single || rows > ROWS_OF_A_VALUE || part.0 > FEW.0 || access.order.is_some() {
        return None;
    }
    let keys = vec![Key::ascending(&column.name)];
    // A B-tree that is there is as good.
    if matches!(standing(access.root, &keys, 1), Standing::Served { .. }) {
        return None;
    }
    let why = format!("it finds rows by the hash of {}, four bytes of each value", column.name);
    Some(Candidate { index: IndexSpec::by(Method::Hash, access.root, keys), free: 1, why })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Table;
    use crate::remedy::jobs_testing::{by, index, jobs, proposed, scan};

    #[test]
    fn an_equality_on_long_text_is_tried_by_hash() {
        let filters: [(&str, &[&str]); 5] = [
            ("(j.url = 'x'::text)", &["jobs USING hash (url);"]),
            ("(j.url = ANY ('{a,b}'::text[]))", &[]),
            ("(j.url > 'x'::text)", &[]),
            ("(j.tenant = 5)", &[]),
            ("((j.email)::text = 'x'::text)", &[]),
        ];
        for (filter, expected) in filters {
            let proposal = proposed(&scan("j.*", filter, 9), vec![jobs()], Vec::new(), None);
            assert_eq!(by(&TREATMENT, &proposal), expected, "{filter}");
        }
        let there = Table { indexes: vec![index("jobs_url", &["url"])], ..jobs() };
        let plan = scan("j.*", "(j.url = 'x'::text)", 9);
        assert_eq!(by(&TREATMENT, &proposed(&plan, vec![there], Vec::new(), None)), [""; 0]);
    }
}
