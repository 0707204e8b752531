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

/// Whether the other query returns the same rows: why it does not do, otherwise; what is to be known, if it does.
pub(super) async fn compare(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    other: &str,
) -> Result<Result<Vec<String>, Verdict>, Refusal> {
    if subject.writes {
        let why = "the rows of a statement that writes are not compared";
        return Ok(Err(Verdict::NotPossible(why.to_owned())));
    }
    let named: Vec<String> = [subject.sql, other].into_iter().flat_map(query::called).collect();
    let mut volatile: Vec<String> =
        named.iter().filter(|name| VOLATILE.contains(&name.as_str())).cloned().collect();
    volatile.extend(db::volatile_functions(lab.session, &named).await?);
    if let Some(name) = volatile.first() {
        let why = format!("the rows cannot be compared: {name}() returns something else each time");
        return Ok(Err(Verdict::NotPossible(why)));
    }
    // What a view calls is in no text.
    let plan = db::explain(lab.session, other, Depth::Estimate).await?;
    let write = plan.writes().then(|| "a write".to_owned());
    if let Some(does) = effects::of(&plan, &[]).beyond_rollback.or(write) {
        return Ok(Err(Verdict::NotPossible(format!("the query does more than return rows: {does}"))));
    }
    let trial = Trial::begin(lab.session, false).await?;
    let columns = (trial.columns(subject.sql).await, trial.columns(other).await);
    let rows = trial.rows(subject.sql, other).await;
    trial.end().await?;
    let (columns, [original, rewritten]) = ((columns.0?, columns.1?), rows?);
    if columns.0.len() != columns.1.len() {
        let [one, other] = [&columns.0, &columns.1].map(|all| count(all.len() as f64, "column", "columns"));
        return Ok(Err(Verdict::NoGain(format!(
            "it does not return the same columns: {one} against {other}"
        ))));
    }
    Ok(match unlike(&original, &rewritten, is_open(subject.sql) || is_open(other)) {
        Some(verdict) => Err(verdict),
        None => Ok(renamed(&columns.0, &columns.1).into_iter().chain(order(subject.sql, other)).collect()),
    })
}

/// A word on columns whose values read the same, under another name or of another type.
fn renamed(original: &[String], other: &[String]) -> Option<String> {
    let differs = |(one, two): (&String, &String)| (one != two).then(|| format!("{one} is {two}"));
    let all: Vec<String> = original.iter().zip(other).filter_map(differs).collect();
    let first = all.first()?;
    let more = match all.len() {
        1 => String::new(),
        several => format!(", and {} more", several - 1),
    };
    Some(format!("the rows read the same, but columns have other names or types: {first}{more}"))
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
fn order(original: &str, other: &str) -> Option<String> {
    let asked = query::order(original)?;
    match query::order(other) {
        None => Some(
            "the rows are the same, but the rewritten query does not say in which order they come".to_owned(),
        ),
        Some(order) if order != asked => Some(format!(
            "the rows are the same, but the queries order them by something else, {asked} and {order}: whether they come \
             in the same order was not compared"
        )),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_an_order_that_differ_are_told() {
        let columns = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let told = |one: &[&str], two: &[&str]| renamed(&columns(one), &columns(two));
        assert_eq!(told(&["id int4"], &["id int4"]), None);
        let all = told(&["id int4", "n int8"], &["x int4", "n numeric"]);
        assert_eq!(
            all.as_deref(),
            Some(
                "the rows read the same, but columns have other names or types: id int4 is x int4, and 1 more"
            )
        );
        for (one, two, said) in [
            ("select a from t", "select a from t order by a", None),
            ("select a from t order by a", "select A from t ORDER BY A", None),
            ("select a from t order by a", "select a from t", Some("does not say in which order")),
            ("select a from t order by a", "select a from t order by a desc", Some("a and a desc")),
        ] {
            let told = order(one, two);
            assert_eq!(told.is_some(), said.is_some(), "{two}: {told:?}");
            assert!(told.zip(said).is_none_or(|(told, said)| told.contains(said)), "{two}");
        }
    }

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
