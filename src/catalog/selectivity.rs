//! What part of a table's rows a comparison keeps, as far as `pg_stats` tells.
//!
//! The same reasoning as the planner's (manual, "Row Estimation Examples"), for putting columns in order and for
//! arguing; whether an index helps is decided by trying it.

use super::{Column, Table};
use crate::units::Share;

impl Table {
    /// The part of the rows in which `column` equals one of `values`; the average over its values when they are
    /// not known. `None` in `values` stands for NULL. `None` when nothing is known of the column.
    pub fn equal(&self, column: &str, values: &[Option<String>]) -> Option<Share> {
        let column = self.column(column)?;
        if values.is_empty() {
            return column.average(self.rows);
        }
        values
            .iter()
            .map(|value| column.one(value.as_deref(), self.rows))
            .sum::<Option<f64>>()
            .map(|s| Share(s.min(1.0)))
    }

    /// The part of the rows in which `column` lies between two bounds; an absent bound is open or unknown.
    pub fn between(&self, column: &str, bounds: &(Option<String>, Option<String>)) -> Option<Share> {
        let statistics = self.column(column)?.statistics.as_ref()?;
        let (low, high) = (bounds.0.as_deref(), bounds.1.as_deref());
        if low.is_none() && high.is_none() {
            return None;
        }
        let inside = |value: &str| {
            let above = low.is_none_or(|low| compare(value, low).is_ge());
            above && high.is_none_or(|high| compare(value, high).is_le())
        };
        let common: f64 =
            statistics.most_common.iter().filter(|(value, _)| inside(value)).map(|(_, part)| part).sum();
        let in_common: f64 = statistics.most_common.iter().map(|(_, part)| part).sum();
        let rest = (1.0 - statistics.null_frac - in_common).max(0.0);
        let bounds = &statistics.histogram;
        let steps = bounds.iter().filter(|value| inside(value)).count() as f64;
        let histogram = if bounds.is_empty() { 0.0 } else { rest * (steps / bounds.len() as f64).min(1.0) };
        Some(Share((common + histogram).min(1.0)))
    }
}

impl Column {
    fn average(&self, rows: f64) -> Option<Share> {
        let statistics = self.statistics.as_ref()?;
        Some(Share((1.0 - statistics.null_frac) / statistics.distinct(rows)))
    }

    fn one(&self, value: Option<&str>, rows: f64) -> Option<f64> {
        let statistics = self.statistics.as_ref()?;
        let Some(value) = value else { return Some(statistics.null_frac) };
        if let Some((_, part)) = statistics.most_common.iter().find(|(common, _)| common == value) {
            return Some(*part);
        }
        let in_common: f64 = statistics.most_common.iter().map(|(_, part)| part).sum();
        let others = (statistics.distinct(rows) - statistics.most_common.len() as f64).max(1.0);
        Some((1.0 - statistics.null_frac - in_common).max(0.0) / others)
    }
}

/// Numbers as numbers; everything else as text, which is right for dates and timestamps in ISO style and close
/// enough for text, whose collation is not known here.
fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Column, ColumnStatistics, Table};

    fn table() -> Table {
        let statistics = |most_common: &[(&str, f64)], n_distinct, histogram: &[&str]| {
            Some(ColumnStatistics {
                n_distinct,
                most_common: most_common.iter().map(|(v, f)| ((*v).to_owned(), *f)).collect(),
                histogram: histogram.iter().map(|v| (*v).to_owned()).collect(),
                ..ColumnStatistics::default()
            })
        };
        let column = |name: &str, statistics| Column {
            name: name.into(),
            btree: true,
            statistics,
            ..Column::default()
        };
        Table {
            rows: 1000.0,
            columns: vec![
                column("status", statistics(&[("paid", 0.9), ("open", 0.06)], 6.0, &[])),
                column("id", statistics(&[], -1.0, &["1", "250", "500", "750", "1000"])),
                column("unknown", None),
            ],
            ..Table::default()
        }
    }

    #[test]
    fn parts_of_a_table_follow_from_its_statistics() {
        let values = |values: &[&str]| values.iter().map(|v| Some((*v).to_owned())).collect::<Vec<_>>();
        let bounds = |low: &str, high: &str| {
            let bound = |b: &str| (!b.is_empty()).then(|| b.to_owned());
            (bound(low), bound(high))
        };
        let table = table();
        let near =
            |share: Option<crate::units::Share>, expected: f64| (share.unwrap().0 - expected).abs() < 1e-9;
        assert!(near(table.equal("status", &values(&["paid"])), 0.9));
        assert!(near(table.equal("status", &values(&["lost"])), 0.01), "4 % over four other values");
        assert!(near(table.equal("status", &values(&["paid", "open"])), 0.96));
        assert!(near(table.equal("status", &[]), 1.0 / 6.0));
        assert!(near(table.equal("id", &values(&["7"])), 0.001));
        assert!(near(table.between("id", &bounds("500", "")), 0.6));
        assert!(near(table.between("id", &bounds("", "100")), 0.2));
        assert!(table.equal("unknown", &[]).is_none());
    }
}
