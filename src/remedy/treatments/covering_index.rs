//! A B-tree that carries what else is read, so that the table need not be.

use crate::catalog::SYSTEM_COLUMNS;
use crate::plan::{Node, Operator, Plan};
use crate::query::{Expr, SortKey};
use crate::remedy::access::Access;
use crate::remedy::candidate::{Candidate, is_of_columns, remedies};
use crate::remedy::nearest::Nearest;
use crate::remedy::wishes::{Wish, listed, obstacle, wishes, worth_a_look};
use crate::remedy::{Case, Key, Proposal, Treatment};
use crate::units::Share;

/// `covering-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "covering-index",
    title: "A B-tree that carries what else is read",
    doc: "Where an index has every column that a node reads, the table is not read at all, as far as its pages are known to be \
          visible to everybody (manual, \"Index-Only Scans and Covering Indexes\"). The keys are those that a B-tree would have; \
          the other columns are carried by INCLUDE, when they are few and narrow. Where every row is read, an index that is much \
          narrower than the table is read in its place.\n\n\
          Silent when the columns are many or wide (each row's copy is written with each row, and a value that does not fit on a \
          third of a page fails the write), when less than half of the table is known to be visible (VACUUM comes first), and \
          when rows are locked or changed.",
    propose,
};

/// Each carried column is written once more with each row: more than these are most of a common table.
const COLUMNS: usize = 4;

/// The bytes that are carried for each row: with the key and its header, about as much as a narrow table's row.
const BYTES: u32 = 64;

/// A value of more than 2704 bytes fails the write (manual, "B-Tree Indexes": a third of a page). A column whose known values
/// all stay below a tenth of that will hardly come to it.
const LONGEST: usize = 270;

/// An index-only scan looks into the table for each row on a page that VACUUM has not seen: below this, most rows.
const VISIBLE: Share = Share(0.5);

/// To read every row, the index must be so much smaller than the table that a scan in the index's order, which reads pages one by
/// one, is worth it.
const NARROWER: f64 = 3.0;

/// A B-tree's entry has 8 bytes of header, a pointer of 4, and is aligned (manual, "B-Tree Indexes", itup.h); a third of each
/// page is empty after a while.
const ENTRY: f64 = 16.0;

/// Alternatives whose keys are carried further.
const ALTERNATIVES: usize = 2;

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for access in worth_a_look(case) {
        if obstacle(&access).is_none() && is_visible(&access) {
            let (remedies, _) = remedies(case, &access, &TREATMENT, candidates(case, &access));
            proposal.remedies.extend(remedies);
        }
    }
    proposal
}

fn candidates(case: &Case, access: &Access) -> Vec<Candidate> {
    let Some(needed) = needed(case.plan, access).filter(|needed| !needed.is_empty()) else {
        return Vec::new();
    };
    let mut wishes = wishes(case, &access.of_columns());
    wishes.retain(|wish| is_of_columns(&wish.keys));
    wishes.truncate(ALTERNATIVES);
    // What no B-tree answers, and what is nearest, is read by other indexes, in few rows.
    if wishes.is_empty() && access.unanswerable.is_empty() && Nearest::of(case.plan, access).is_none() {
        wishes.extend(whole(case.plan, access, &needed));
    }
    wishes.into_iter().filter_map(|wish| covering(access, wish, &needed)).collect()
}

/// The wish with what else is needed, where that is little.
fn covering(access: &Access, wish: Wish, needed: &[String]) -> Option<Candidate> {
    let keyed = |column: &&String| wish.keys.iter().any(|key| key.column() == Some(column.as_str()));
    let carried: Vec<String> = needed.iter().filter(|column| !keyed(column)).cloned().collect();
    let wide = carried.iter().map(|column| width(access, column)).collect::<Option<Vec<u32>>>()?;
    if carried.len() > COLUMNS || wide.into_iter().sum::<u32>() > BYTES {
        return None;
    }
    let mut candidate = Candidate::btree(access, wish);
    candidate.why = match carried.as_slice() {
        [] => candidate.why,
        carried => format!(
            "{}; with {} it has all that is read, and the table is left alone",
            candidate.why,
            listed(carried)
        ),
    };
    candidate.index = candidate.index.including(carried);
    Some(candidate)
}

/// For a node that reads every row: the columns that it needs, in place of the table.
fn whole(plan: &Plan, access: &Access, needed: &[String]) -> Option<Wish> {
    let bytes = needed.iter().map(|column| width(access, column)).sum::<Option<u32>>()?;
    let row = access.root.bytes.0 as f64 / access.root.rows.max(1.0);
    if row < NARROWER * (f64::from(bytes) + ENTRY) {
        return None;
    }
    let compared = access.equalities.iter().map(|equality| &equality.value);
    let mut compared = compared.chain(access.ranges.iter().map(|range| &range.value));
    let keys: Vec<Key> = match compared.find(|value| value.column().is_some()) {
        Some(value) => vec![Key::of(value.clone())],
        None => grouped(plan, access).or_else(|| Some(vec![Key::ascending(needed.first()?)]))?,
    };
    let why = format!(
        "it reads {} of {}'s {} columns, and an index of no more is much smaller than the table",
        needed.len(),
        access.root.name,
        access.table.columns.len()
    );
    Some(Wish { keys, free: 0, why })
}

/// The columns that the nearest aggregate above groups by, if all of them are ours.
fn grouped(plan: &Plan, access: &Access) -> Option<Vec<Key>> {
    let aggregate = plan.ancestors(access.node).find(|node| node.operator == Operator::Aggregate)?;
    let key = |text: &String| access.column(&Expr::parse(text)?).map(Key::ascending);
    let keys = aggregate.group_key.iter().map(key).collect::<Option<Vec<Key>>>()?;
    (!keys.is_empty()).then_some(keys)
}

/// How wide a column is; `None` where it may be too wide to be carried.
fn width(access: &Access, column: &str) -> Option<u32> {
    let column = access.table.column(column)?;
    let statistics = column.statistics.as_ref()?;
    let common = statistics.most_common.iter().map(|(value, _)| value.len());
    let longest = common.chain(statistics.histogram.iter().map(String::len)).max().unwrap_or(0);
    (longest <= LONGEST).then_some(statistics.avg_width)
}

fn is_visible(access: &Access) -> bool {
    let root = access.root;
    root.pages > 0 && root.all_visible_pages as f64 / root.pages as f64 >= VISIBLE.0
}

/// The columns of the table that the node reads: those of its conditions, and those that it passes on. `None` where it needs the
/// row itself.
fn needed(plan: &Plan, access: &Access) -> Option<Vec<String>> {
    let node = access.node;
    if node.output.is_empty() {
        return None;
    }
    let mut found = Vec::new();
    let conditions = node.conditions.iter().map(|condition| condition.text.as_str());
    conditions
        .chain(node.sort_key.iter().map(String::as_str))
        .try_for_each(|text| note(access, text, &mut found))?;
    if !is_whole_row(access) {
        node.output.iter().try_for_each(|text| note(access, text, &mut found))?;
        return Some(found);
    }
    // A scan passes all columns on where that costs nothing (`use_physical_tlist`): what is needed is read above.
    let above: Vec<&Node> = plan.ancestors(node).collect();
    above.first()?;
    let others = plan.nodes.iter().filter(|other| other.id != node.id);
    for text in others.flat_map(Node::expressions) {
        // What is no expression names no column: a sort's method, an index's name.
        note_if_any(access, text, &mut found)?;
    }
    Some(found)
}

/// Whether the node's output is the table's columns one by one.
fn is_whole_row(access: &Access) -> bool {
    let columns = &access.table.columns;
    let output = &access.node.output;
    let same = |(text, column): (&String, &crate::catalog::Column)| matches!(Expr::parse(text), Some(Expr::Column { name, .. }) if name == column.name);
    output.len() == columns.len() && output.iter().zip(columns).all(same)
}

/// Notes the columns in an expression; `None` where it cannot be read, or takes the row itself.
fn note(access: &Access, text: &str, found: &mut Vec<String>) -> Option<()> {
    let expr = Expr::parse(text).or_else(|| SortKey::parse(text).map(|key| key.expr))?;
    add(access, &expr, found)
}

fn note_if_any(access: &Access, text: &str, found: &mut Vec<String>) -> Option<()> {
    match Expr::parse(text).or_else(|| SortKey::parse(text).map(|key| key.expr)) {
        Some(expr) => add(access, &expr, found),
        None => Some(()),
    }
}

fn add(access: &Access, expr: &Expr, found: &mut Vec<String>) -> Option<()> {
    for (_, name) in expr.columns().into_iter().filter(|(table, _)| access.is_ours(*table)) {
        if name == "*" || SYSTEM_COLUMNS.contains(&name) {
            return None;
        }
        if access.table.column(name).is_some() && !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Table;
    use crate::remedy::jobs_testing::{by, jobs, proposed, scan, top};

    #[test]
    fn few_narrow_columns_are_carried() {
        let outputs: [(&str, &str, &[&str]); 7] = [
            ("j.id", "(j.tenant = 5)", &["jobs (tenant) INCLUDE (id);"]),
            ("j.id, lower((j.email)::text)", "(j.tenant = 5)", &["jobs (tenant) INCLUDE (id, email);"]),
            ("j.tenant", "((j.tenant = 5) AND (j.code = 'x'::bpchar))", &["jobs (code, tenant);"]),
            ("j.payload", "(j.tenant = 5)", &[]),
            ("j.id, j.ctid", "(j.tenant = 5)", &[]),
            ("j.*", "(j.tenant = 5)", &[]),
            ("j.id, j.state, j.created_at, j.run_at, j.done", "(j.tenant = 5)", &[]),
        ];
        for (output, filter, expected) in outputs {
            let proposal = proposed(&scan(output, filter, 9), vec![jobs()], Vec::new(), None);
            let found = by(&TREATMENT, &proposal);
            let found: Vec<String> = found.into_iter().filter(|sql| sql.contains("INCLUDE")).collect();
            let expected: Vec<&&str> = expected.iter().filter(|sql| sql.contains("INCLUDE")).collect();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{output}");
        }
        let unseen = Table { all_visible_pages: 100, ..jobs() };
        let plan = scan("j.id", "(j.tenant = 5)", 9);
        assert_eq!(by(&TREATMENT, &proposed(&plan, vec![unseen], Vec::new(), None)), [""; 0]);
    }

    #[test]
    fn what_is_nearest_is_not_read_from_it() {
        for (key, expected) in [("((j.tenant % 7))", 1), ("((j.tenant <-> 5))", 0)] {
            let plan = top("j.tenant", "", 400_000, key);
            let found = by(&TREATMENT, &proposed(&plan, vec![jobs()], Vec::new(), None));
            assert_eq!(found.len(), expected, "{key}: {found:?}");
        }
    }

    /// A scan that passes all columns on, of which the aggregate above needs one.
    #[test]
    fn what_is_grouped_is_read_in_place_of_the_table() {
        let table = jobs();
        let all: Vec<String> = table.columns.iter().map(|column| format!("j.{}", column.name)).collect();
        let plan = format!(
            "HashAggregate  (cost=27000.00..27010.00 rows=1000 width=12) (actual time=500.0..500.2 rows=1000 loops=1)\n  \
             Output: tenant, count(*)\n  Group Key: j.tenant\n  \
             ->  Seq Scan on public.jobs j  (cost=0.00..25000.00 rows=400000 width=4) (actual time=0.0..300.0 rows=400000 loops=1)\n        \
             Output: {}\nPlanning Time: 0.1 ms\nExecution Time: 500.4 ms\n",
            all.join(", ")
        );
        assert_eq!(by(&TREATMENT, &proposed(&plan, vec![table], Vec::new(), None)), ["jobs (tenant);"]);
    }
}
