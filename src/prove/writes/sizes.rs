//! How many rows are copied and written.

use std::time::Instant;

use crate::db::Facts;
use crate::prove::{Effort, Subject};
use crate::units::{Bytes, Ms};

/// How much may be written for one remedy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// Rows that both copies hold before anything is measured.
    pub fill: u64,
    /// Rows of one statement. A short one is seldom held up by what else the machine does: of 100 rows it takes less
    /// than a millisecond.
    pub batch: u64,
    /// Statements that count, each in both copies.
    pub pairs: u64,
    /// The sample's size at the most.
    pub bytes: Bytes,
    /// After this no further pair is begun beyond the fewest, and no statement may take longer.
    pub time: Ms,
}

/// Enough for the sign test to tell a clear difference, though one of twelve pairs is held up.
const QUICK: Scale = Scale { fill: 19_025, batch: 75, pairs: 12, bytes: Bytes(2 << 20), time: Ms(300.0) };

/// `--effort quick` is to end within five runs of the statement: one is seen, two or three are measured.
const PART_OF_A_RUN: f64 = 0.25;

/// An index of 100,000 entries leaves the processor's fastest caches, as those of most tables do: an entry costs 1.5 times
/// as much as in one of 10,000 (measured on 15).
const NORMAL: Scale =
    Scale { fill: 100_000, batch: 200, pairs: 24, bytes: Bytes(16 << 20), time: Ms(1_500.0) };

/// Entries get dearer with an index's size, by the memory that is touched: as large a copy as nobody minds for once.
const THOROUGH: Scale =
    Scale { fill: 400_000, batch: 200, pairs: 60, bytes: Bytes(64 << 20), time: Ms(6_000.0) };

/// A statement of fewer rows is begun and ended rather than written.
const FEWEST_ROWS: u64 = 20;

/// One row of so many is written when it counts: the pages of a fresh B-tree have room for a tenth more. Beyond that,
/// many are split at once, which no table in use sees.
const FEW_OF: u64 = 15;

/// Pages of a sample hold more rows, or fewer: so much more is asked for.
const MORE: f64 = 1.2;

/// Rows of a page, where nobody ever counted.
const ROWS_OF_A_PAGE: f64 = 50.0;

/// So many rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sizes {
    pub fill: u64,
    pub batch: u64,
    pub pairs: u64,
}

impl Scale {
    /// What this effort is worth.
    pub fn of(effort: Effort) -> Self {
        match effort {
            Effort::Quick => QUICK,
            Effort::Normal => NORMAL,
            Effort::Thorough => THOROUGH,
        }
    }

    /// Whether a statement takes so long that nobody minds this as well: what is quick is quick as a whole.
    pub fn is_worth_it(self, subject: &Subject<'_>) -> bool {
        self != QUICK || self.time <= subject.plan.total() * PART_OF_A_RUN
    }

    /// Whether this part of the time is over.
    pub fn is_over(self, start: Instant, part: f64) -> bool {
        start.elapsed().as_secs_f64() * 1000.0 > self.time.0 * part
    }

    /// How many rows to take of a table, and the part of its pages they are on, in percent; `None` is all of them.
    pub fn sample(self, facts: &Facts) -> (u64, Option<f64>) {
        let rows = if facts.rows > 0.0 { facts.rows } else { facts.pages as f64 * ROWS_OF_A_PAGE };
        let width = (facts.bytes.0 as f64 / rows.max(1.0)).max(1.0);
        let wanted = self.fill + self.batch * (self.pairs + 1);
        let rows_wanted = (self.bytes.0 as f64 / width).min(wanted as f64);
        let percent = rows_wanted * MORE / rows.max(1.0) * 100.0;
        (rows_wanted as u64, (percent < 100.0).then_some(percent))
    }

    /// How that many rows are shared out: nearly all of them fill the copies, and half at least. `None` where they are
    /// too few.
    pub fn share_out(self, rows: u64) -> Option<Sizes> {
        let batches = self.pairs + 1;
        let batch = self.batch.min((rows / batches / FEW_OF).max(FEWEST_ROWS)).min(rows / batches / 2);
        let fill = rows.saturating_sub(batch * (self.pairs + 1));
        (batch >= FEWEST_ROWS).then_some(Sizes { fill, batch, pairs: self.pairs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(rows: f64, pages: u64) -> Facts {
        Facts {
            schema: String::new(),
            table: String::new(),
            access_method: String::new(),
            fillfactor: None,
            rows,
            pages,
            bytes: Bytes::of_pages(pages),
            may_create: true,
            may_read: true,
            may_make_temporary: true,
            filtered: false,
            event_trigger: None,
            published: false,
            wal: true,
            columns: Vec::new(),
            indexes: Vec::new(),
        }
    }

    #[test]
    fn a_sample_is_bounded_by_rows_and_by_bytes() {
        let table = [
            ("all of a small table", facts(5_000.0, 50), (20_000, None)),
            ("a part of a large one", facts(2_000_000.0, 10_000), (20_000, Some(1.2))),
            ("rows of a page each", facts(10_000.0, 10_000), (256, Some(3.072))),
            ("never counted", facts(-1.0, 10_000), (12_800, Some(3.072))),
            ("empty", facts(0.0, 0), (20_000, None)),
        ];
        for (case, facts, (rows, percent)) in table {
            let (sampled, part) = QUICK.sample(&facts);
            assert_eq!(sampled, rows, "{case}");
            assert_eq!(part.map(|p| (p * 1e3).round() / 1e3), percent, "{case}");
        }
    }

    #[test]
    fn rows_are_shared_out() {
        let table = [
            (20_000, Some(Sizes { fill: 19_025, batch: 75, pairs: 12 })),
            (7_800, Some(Sizes { fill: 7_280, batch: 40, pairs: 12 })),
            (3_000, Some(Sizes { fill: 2_740, batch: 20, pairs: 12 })),
            (520, Some(Sizes { fill: 260, batch: 20, pairs: 12 })),
            (500, None),
            (0, None),
        ];
        for (rows, sizes) in table {
            assert_eq!(QUICK.share_out(rows), sizes, "{rows}");
        }
    }
}
