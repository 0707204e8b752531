//! Whether another query returns the same rows.

use super::{Laboratory, Subject, Verdict, effects};
use crate::db::{self, Depth, Refusal, Rows, Trial};
use crate::query;
use crate::units::{Rows as Count, count};

/// Functions of PostgreSQL's own that return something else each time (`pg_proc.provolatile`), as far as queries call
/// them for their value.
const VOLATILE: [&str; 9] = [
    "clock_timestamp",
    "gen_random_uuid",
    "nextval",
    "random",
    "random_normal",
    "timeofday",
    "txid_current",
    "uuidv4",
    "uuidv7",
];

/// Why the other query does not do; nothing, where it returns the same rows.
pub(super) async fn compare(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    other: &str,
) -> Result<Option<Verdict>, Refusal> {
    if subject.writes {
        let why = "the rows of a statement that writes are not compared";
        return Ok(Some(Verdict::NotPossible(why.to_owned())));
    }
    let named: Vec<String> = [subject.sql, other].into_iter().flat_map(query::called).collect();
    let mut volatile: Vec<String> =
        named.iter().filter(|name| VOLATILE.contains(&name.as_str())).cloned().collect();
    volatile.extend(db::volatile_functions(lab.session, &named).await?);
    if let Some(name) = volatile.first() {
        let why = format!("the rows cannot be compared: {name}() returns something else each time");
        return Ok(Some(Verdict::NotPossible(why)));
    }
    // What a view calls is in no text.
    let plan = db::explain(lab.session, other, Depth::Estimate).await?;
    let write = plan.writes().then(|| "a write".to_owned());
    if let Some(does) = effects::of(&plan, &[]).beyond_rollback.or(write) {
        return Ok(Some(Verdict::NotPossible(format!("the query does more than return rows: {does}"))));
    }
    let trial = Trial::begin(lab.session, false).await?;
    let rows = trial.rows(subject.sql, other).await;
    trial.end().await?;
    let [original, rewritten] = rows?;
    Ok(unlike(&original, &rewritten, is_open(subject.sql) || is_open(other)))
}

/// Whether the rows differ; where which rows are returned is left open, that tells nothing.
fn unlike(original: &Rows, rewritten: &Rows, open: bool) -> Option<Verdict> {
    if original == rewritten {
        return None;
    }
    let told = |rows: &Rows| Count(rows.count as f64).to_string();
    Some(if original.count != rewritten.count {
        let (one, other) = (told(original), told(rewritten));
        Verdict::NoGain(format!("it does not return the same rows: {one} against {other}"))
    } else if open {
        let why = "the rows cannot be compared: they differ, and with LIMIT, DISTINCT ON or TABLESAMPLE it may be open which \
                   are returned";
        Verdict::NotPossible(why.to_owned())
    } else {
        let count = count(original.count as f64, "row", "rows");
        Verdict::NoGain(format!("it does not return the same rows: {count} each, but with other values"))
    })
}

/// Whether it may be open which rows a query returns.
fn is_open(sql: &str) -> bool {
    query::mentions(sql, &["LIMIT", "FETCH", "TABLESAMPLE", "DISTINCT"])
}

/// A word on the order, which is not compared.
pub(super) fn order(original: &str, other: &str) -> Option<String> {
    let lost = query::orders(original) && !query::orders(other);
    lost.then(|| {
        "the rows are the same, but the rewritten query does not say in which order they come".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_differ_are_no_gain_and_rows_that_are_left_open_are_not_compared() {
        let rows = |count, digest: &str| Rows { count, digest: digest.into() };
        let table = [
            (rows(5, "1"), rows(5, "1"), true, None),
            (
                rows(1204, "1"),
                rows(1207, "2"),
                false,
                Some("it does not return the same rows: 1,204 against 1,207"),
            ),
            (rows(10, "1"), rows(11, "2"), true, Some("it does not return the same rows: 10 against 11")),
            (
                rows(1, "1"),
                rows(1, "2"),
                false,
                Some("it does not return the same rows: 1 row each, but with other values"),
            ),
            (rows(10, "1"), rows(10, "2"), true, Some("the rows cannot be compared")),
        ];
        for (one, other, open, expected) in table {
            let verdict = unlike(&one, &other, open);
            let why = verdict.as_ref().and_then(Verdict::why);
            assert_eq!(why.is_some(), expected.is_some());
            assert!(why.zip(expected).is_none_or(|(why, expected)| why.starts_with(expected)), "{why:?}");
        }
    }
}
