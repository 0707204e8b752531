//! The nearest of many, found by computing the distance of all.

use super::sort_feeds_limit;
use crate::catalog::Catalog;
use crate::diagnose::conditions::{column_names, table_name};
use crate::diagnose::words::{none_or, out, rows};
use crate::diagnose::{Check, Finding, Rule, Symptom};
use crate::plan::{Node, Operator, Plan};
use crate::query::{Expr, Names, SortKey};

/// `nearest-by-sort`.
pub static RULE: Rule = Rule {
    id: "nearest-by-sort",
    title: "The distance of all rows is computed for the nearest few",
    doc: "`ORDER BY place <-> point '(1,2)' LIMIT 10` asks for the nearest neighbours. Without an index that knows \
          distances, the distance of every row is computed and sorted by. A GiST index gives the nearest rows first and \
          stops (manual, \"Indexes and ORDER BY\", \"GiST Indexes\"): of points and boxes, of PostGIS geometries, of texts by \
          trigrams (pg_trgm), and of numbers and dates (btree_gist). Vectors have HNSW and IVFFlat indexes (pgvector), which \
          give nearly the nearest.\n\n\
          Example: `Limit (… rows=10) -> Sort  Sort Key: ((place <-> '(50,50)'::point)) -> Seq Scan on shop (… \
          rows=100000)`.\n\n\
          Silent where the order is by a distance of two columns, or the limit keeps more than a tenth of what is sorted, \
          or fewer rows are sorted than the descent of an index is worth.",
    check: Check::EachNodeWithCatalog(check),
};

/// Operators of distance: of shapes and texts, and of vectors by cosine, inner product, taxicab, Hamming and Jaccard
/// (manual, "Geometric Functions and Operators", "pg_trgm"; pgvector, "Querying").
const DISTANCES: [&str; 10] = ["<->", "<=>", "<#>", "<+>", "<~>", "<%>", "<<->", "<->>", "<<<->", "<->>>"];

fn check(plan: &Plan, catalog: &Catalog, sort: &Node) -> Option<Finding> {
    let distance = distance(sort)?;
    let few = sort_feeds_limit::few(plan, sort)?;
    let (of_row, key) = (distance.of_row, distance.key.sql(Names::Bare));
    let done = if plan.is_measured() { "computed" } else { "would compute" };
    let did =
        format!("{done} {key} of {}, of which the Limit kept {}", rows(few.sorted), none_or(out(few.limit)));
    let finding = Finding::at(&RULE, sort, did)
        .symptom(Symptom::SortFeedsLimit { sort: sort.id, limit: few.limit.id })
        .stake(few.time)
        .with("rows sorted", few.sorted)
        .with("rows kept", few.kept)
        .with("distance", key);
    let scan = plan.inputs(sort).next().filter(|n| n.operator == Operator::SeqScan);
    let table = scan.and_then(|scan| table_name(catalog, scan)).map(|name| name.sql());
    let index = match (table, distance.is_core) {
        (Some(table), true) => format!("CREATE INDEX ON {table} USING gist ({})", column_names(&of_row)),
        (Some(table), false) => {
            format!("CREATE INDEX ON {table} USING hnsw ({} …), of pgvector", column_names(&of_row))
        }
        (None, _) => "an index of the method gist, or of pgvector hnsw".to_owned(),
    };
    Some(finding.next(format!("An index that gives rows by distance may stop after the first few: {index}.")))
}

/// Whether a sort is by distance, which no B-tree knows.
pub(super) fn is_by_distance(sort: &Node) -> bool {
    distance(sort).is_some()
}

struct Distance {
    key: Expr,
    of_row: Expr,
    /// Of an operator that is PostgreSQL's own or of an extension with GiST; the others are pgvector's.
    is_core: bool,
}

/// The first key, when it is a distance from something known.
fn distance(sort: &Node) -> Option<Distance> {
    let key = SortKey::parse(sort.sort_key.first()?).filter(|key| !key.descending)?.expr;
    let Expr::Compare { op, left, right } = &key else { return None };
    let of_row = match (left.is_constant(), right.is_constant()) {
        (false, true) => left.as_ref().clone(),
        (true, false) => right.as_ref().clone(),
        _ => return None,
    };
    let is_core = op.contains("->");
    DISTANCES.contains(&op.as_str()).then_some(Distance { key, of_row, is_core })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, plan};
    use super::*;

    fn sorted(key: &str, kept: f64) -> Plan {
        plan(&format!(
            r#"{{"Node Type": "Limit", "Actual Total Time": 30.0, "Actual Rows": {kept}, "Actual Loops": 1, "Plans": [
                 {{"Node Type": "Sort", "Parent Relationship": "Outer", "Sort Key": ["{key}"], "Actual Total Time": 30.0,
                   "Actual Rows": {kept}, "Actual Loops": 1, "Plans": [{{"Node Type": "Seq Scan",
                   "Parent Relationship": "Outer", "Relation Name": "shop", "Actual Total Time": 20.0,
                   "Actual Rows": 5000, "Actual Loops": 1}}]}}]}}"#
        ))
    }

    #[test]
    fn by_distance() {
        let table = [
            ("((place <-> '(50,50)'::point))", 10.0, true),
            ("(('(50,50)'::point <-> place))", 10.0, true),
            ("((embedding <=> '[1,2]'::vector))", 10.0, true),
            ("((place <-> '(50,50)'::point)) DESC", 10.0, false), // the farthest
            ("((place <-> home))", 10.0, false),
            ("((place <-> '(50,50)'::point))", 501.0, false),
            ("total", 10.0, false),
        ];
        for (key, kept, expected) in table {
            let plan = sorted(key, kept);
            assert_eq!(findings(&RULE, &plan).len(), usize::from(expected), "{key} {kept}");
            let other = !is_by_distance(plan.node(crate::plan::NodeId(1))) && kept < 500.0;
            assert_eq!(
                findings(&sort_feeds_limit::RULE, &plan).len(),
                usize::from(other),
                "{key}, the other rule"
            );
        }
    }
}
