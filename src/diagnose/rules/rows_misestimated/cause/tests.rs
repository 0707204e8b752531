use super::super::super::testing::{index, plan, table};
use super::*;
use crate::catalog::{Column, ColumnStatistics};

/// 100,000 rows: `kind` has a list of common values, `city` and `country` a hundred values each.
fn known() -> Table {
    let column = |name: &str, n_distinct: f64, most_common: &[(&str, f64)]| Column {
        name: name.into(),
        statistics: Some(ColumnStatistics {
            n_distinct,
            most_common: most_common.iter().map(|(v, f)| ((*v).to_owned(), *f)).collect(),
            ..ColumnStatistics::default()
        }),
        ..Column::default()
    };
    let mut known = table("t", 100_000.0, &[]);
    known.columns = vec![
        column("kind", 1001.0, &[("a", 0.5)]),
        column("city", 100.0, &[]),
        column("country", 100.0, &[]),
        Column { name: "new".into(), ..Column::default() },
    ];
    known
}

/// The certain cause, for a scan of `t` that expected and gave so many rows.
fn cause(table: Table, filter: &str, estimated: f64, actual: f64) -> Option<Cause> {
    let filter = if filter.is_empty() { String::new() } else { format!(r#""Filter": "{filter}","#) };
    let plan = plan(&format!(
        r#"{{"Node Type": "Seq Scan", "Relation Name": "t", {filter} "Plan Rows": {estimated}, "Actual Loops": 1,
             "Actual Rows": {actual}, "Rows Removed by Filter": {}}}"#,
        100_000.0 - actual
    ));
    of(&plan, &Catalog { tables: vec![table], ..Catalog::default() }, plan.root())
}

#[test]
fn only_what_leads_to_the_number() {
    let both = "((city = 'x'::text) AND (country = 'y'::text))";
    // The filter, the estimate, what came, a word of the reason.
    let table = [
        (both, 10.0, 900.0, "multiplies"),
        (both, 10.0, 5000.0, ""), // more than each of them keeps alone
        (both, 40.0, 900.0, ""),  // not their product
        ("((city = 'x'::text) AND (city = 'y'::text))", 10.0, 900.0, ""),
        ("(kind = 'b'::text)", 50.0, 9000.0, "does not hold 'b'"),
        ("(kind = 'a'::text)", 50.0, 50_000.0, ""),   // listed
        ("(kind = 'b'::text)", 500.0, 9000.0, ""),    // not the average
        ("(city = 'x'::text)", 1000.0, 90_000.0, ""), // there is no list
        ("(lower(kind) = 'b'::text)", 500.0, 90_000.0, "0.5 %"),
        ("(lower(kind) > 'b'::text)", 33_333.0, 2.0, "a third"),
        ("(is_new(kind))", 33_333.0, 2.0, "a third"),
        ("(lower(kind) = 'b'::text)", 700.0, 90_000.0, ""), // something is known of it
        ("(kind = $1)", 100.0, 50_000.0, "$1"),
        ("(new = 'x'::text)", 500.0, 50_000.0, ""), // analyzed, but for that column
        ("", 5000.0, 100_000.0, "old count"),
    ];
    for (filter, estimated, actual, expected) in table {
        let why = cause(known(), filter, estimated, actual).map(|cause| cause.why()).unwrap_or_default();
        assert!(why.contains(expected), "{filter} {estimated}: {why}");
        assert_eq!(why.is_empty(), expected.is_empty(), "{filter} {estimated}: {why}");
    }
}

#[test]
fn old_statistics_and_none() {
    let filter = "(new = 'x'::text)";
    // Whether it was analyzed, may be read, and how many rows were written since; a word of the reason.
    let table = [
        (false, true, None, "never analyzed"),
        (false, false, None, ""),
        (true, true, Some(20_000), "20,000 rows"),
        (true, true, Some(19_999), ""),
        (true, true, None, ""),
    ];
    for (analyzed, readable, modified, expected) in table {
        let known = Table { analyzed, readable, modified_since_analyze: modified, ..known() };
        let why = cause(known, filter, 500.0, 50_000.0).map(|cause| cause.why()).unwrap_or_default();
        assert!(why.contains(expected), "{analyzed} {readable} {modified:?}: {why}");
        assert_eq!(why.is_empty(), expected.is_empty(), "{analyzed} {readable} {modified:?}: {why}");
    }
    let mut indexed = known();
    indexed.indexes = vec![index("kind")];
    indexed.indexes.iter_mut().flat_map(|index| &mut index.keys).for_each(|key| key.column = None);
    assert_eq!(
        cause(indexed, "(lower(kind) = 'b'::text)", 500.0, 90_000.0),
        None,
        "an index on an expression"
    );
    let counters_lost = Table { analyzed: false, ..known() };
    assert_eq!(cause(counters_lost, "(city = 'x'::text)", 1000.0, 90_000.0), None, "it has statistics");
}
