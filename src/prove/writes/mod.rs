//! What an index costs those who write to its table.
//!
//! The table itself is not written to: that would fire its triggers, meet its constraints, leave dead rows and need
//! `--allow-writes`. Two copies of some of its rows are made, in a transaction of its own that is rolled back: the lock
//! of the build is gone by then, and this one takes no more than a reader's.

mod copies;
mod sizes;

use std::time::Instant;

use super::spent::WRITERS;
use super::{Laboratory, Proof, Subject, Verdict, build};
use crate::catalog::Activity;
use crate::db::{Refusal, RefusalKind, Session, Trial, Written};
use crate::remedy::Remedy;
use crate::units::{Ms, Share};
use sizes::Scale;

/// What an index costs its table's writers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WriteCost {
    /// On how many rows it was tried.
    pub rows: u64,
    /// What it adds to each INSERT.
    pub insert: Option<Cost>,
    /// What it adds to each UPDATE that changes one of its columns.
    pub update: Option<UpdateCost>,
    /// What is really written to the table, all partitions together.
    pub activity: Option<Activity>,
}

/// What is added to the writing of one row.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// The median of the differences; `None` where chance alone could make them.
    pub time: Option<Ms>,
    /// Bytes of WAL, on average; `None` where the server does not tell.
    pub wal: Option<f64>,
}

/// What is added to an UPDATE.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UpdateCost {
    /// The column that was changed.
    pub column: String,
    /// By how much it is dearer.
    pub cost: Cost,
    /// How many of the updates were HOT; `None` where the server does not count.
    pub hot: Option<Hot>,
}

/// The share of updates that need no new entry in any index (README.HOT).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hot {
    /// Without the index.
    pub before: Share,
    /// With it.
    pub after: Share,
}

/// A copy whose updates were HOT for at least this part has HOT updates to lose, and one below it has lost them.
const HALF: f64 = 0.5;

/// Fewer pairs than this tell nothing: the chance of seven equal signs is 1 in 128.
const FEWEST_PAIRS: usize = 7;

/// Differences that chance alone would make more often than this are noise, as everywhere in this laboratory.
const CHANCE: f64 = 0.01;

/// What was counted for less than a minute is no rate.
const SOME_TIME: f64 = 60.0;

impl Hot {
    /// Whether updates stop being HOT.
    pub fn is_lost(self) -> bool {
        self.before.0 >= HALF && self.after.0 < HALF
    }

    /// Whether there were any, and they stay.
    pub fn is_kept(self) -> bool {
        self.before.0 >= HALF && self.after.0 >= HALF
    }
}

impl WriteCost {
    /// How many rows are inserted in a minute; `None` where nobody knows since when they are counted.
    pub fn inserts_per_minute(&self) -> Option<f64> {
        self.per_minute(|activity| activity.inserted)
    }

    /// How many rows are updated in a minute.
    pub fn updates_per_minute(&self) -> Option<f64> {
        self.per_minute(|activity| activity.updated)
    }

    fn per_minute(&self, count: fn(&Activity) -> u64) -> Option<f64> {
        let activity = self.activity?;
        let minutes = activity.seconds.filter(|seconds| *seconds >= SOME_TIME)? / 60.0;
        Some(count(&activity) as f64 / minutes)
    }
}

/// Measures what each proven suggestion costs writers, and notes it with the proof; or notes why it could not be
/// measured. The trials of the indexes have ended, and their locks are gone.
pub(super) async fn of(lab: &Laboratory<'_>, subject: &Subject<'_>, suggestions: &mut [Proof]) {
    let proven: Vec<&mut Proof> =
        suggestions.iter_mut().filter(|proof| proof.verdict == Verdict::Proven).collect();
    if proven.is_empty() {
        return;
    }
    if !Scale::of(lab.limits.effort).is_worth_it(subject) {
        let why = "`--effort quick` leaves no time for it";
        return proven.into_iter().for_each(|proof| proof.notes.push(unmeasured(why)));
    }
    let mut session = match build::open(lab).await {
        Ok(session) => session,
        Err(failure) => {
            return proven.into_iter().for_each(|proof| proof.notes.push(unmeasured(&failure.why)));
        }
    };
    for proof in proven {
        match measure(lab, &mut session, &proof.remedy).await {
            Ok(cost) => {
                let tables = proof.remedy.tables();
                let activity = tables.first().and_then(|table| subject.catalog.named(table)?.activity);
                proof.writes = Some(WriteCost { activity, ..cost });
            }
            Err(Why(why)) => proof.notes.push(unmeasured(&why)),
        }
    }
    session.close().await;
}

fn unmeasured(why: &str) -> String {
    format!("what it costs writers was not measured: {why}")
}

async fn measure(lab: &Laboratory<'_>, session: &mut Session, remedy: &Remedy) -> Result<WriteCost, Why> {
    let start = Instant::now();
    let trial = Trial::begin(session, true).await?;
    let tried = copies::experiment(&trial, remedy, Scale::of(lab.limits.effort), start).await;
    // Dropped or refused, the server rolls back all the same.
    let _ = trial.end().await;
    lab.spent.note(WRITERS, remedy.name(), start.elapsed());
    tried
}

/// Why there is no measurement.
struct Why(String);

impl From<Refusal> for Why {
    fn from(refusal: Refusal) -> Self {
        Self(match refusal.kind {
            RefusalKind::Cancelled | RefusalKind::TimedOut => "it would take too long".to_owned(),
            RefusalKind::LockTimeout => "other sessions lock the table".to_owned(),
            _ => refusal.message,
        })
    }
}

/// The same rows, written to the copy without the index and to the one with it.
type Pair = (Written, Written);

/// What pairs of so many rows each tell. `after` is what was done later for all of them, per row. With `images`, those
/// are the index's own, and none is left out.
fn cost(pairs: &[Pair], rows: f64, after: Written, images: bool) -> Option<Cost> {
    if pairs.len() < FEWEST_PAIRS || rows <= 0.0 {
        return None;
    }
    let longer: Vec<f64> = pairs.iter().map(|(without, with)| (with.time - without.time).0 / rows).collect();
    let time = Ms(median(&longer)) + after.time;
    let sure = chance(&longer) <= CHANCE || after.time.0 > 0.0;
    Some(Cost { time: (sure && time.0 > 0.0).then_some(time), wal: wal(pairs, rows, images, after.wal) })
}

/// The mean, since what is rare and large (a page that is split) is part of it. A pair that holds images of whole pages
/// is left out where there are others: a checkpoint has passed, and each page that is touched for the first time is
/// written whole, by whoever comes first (manual, `full_page_writes`).
fn wal(pairs: &[Pair], rows: f64, images: bool, after: Option<f64>) -> Option<f64> {
    let plain: Vec<&Pair> = pairs.iter().filter(|(a, b)| images || a.images + b.images == 0.0).collect();
    let counted = if plain.is_empty() { pairs.iter().collect() } else { plain };
    let more: Option<f64> = counted.iter().map(|(without, with)| Some(with.wal? - without.wal?)).sum();
    Some((more? / counted.len() as f64 / rows + after.unwrap_or_default()).max(0.0))
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match (sorted.get(half), half.checked_sub(1).and_then(|at| sorted.get(at))) {
        (Some(high), Some(low)) if sorted.len().is_multiple_of(2) => (low + high) / 2.0,
        (Some(middle), _) => *middle,
        _ => 0.0,
    }
}

/// The chance that at least so many differences would be above zero if each were as likely below: the exact sign test,
/// which a few batches that were held up do not disturb.
fn chance(differences: &[f64]) -> f64 {
    let n = differences.len();
    let above = differences.iter().filter(|difference| **difference > 0.0).count();
    let mut ways = 1.0;
    let mut sum = 0.0;
    for k in 0..=n {
        if k >= above {
            sum += ways;
        }
        ways *= (n - k) as f64 / (k + 1) as f64;
    }
    sum / 2_f64.powi(i32::try_from(n).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(without: (f64, f64, f64), with: (f64, f64, f64)) -> Pair {
        let written = |(ms, wal, images)| Written { time: Ms(ms), rows: 100.0, wal: Some(wal), images };
        (written(without), written(with))
    }

    #[test]
    fn a_chance_is_that_of_a_coin() {
        for (above, below, expected) in
            [(5, 0, 1.0 / 32.0), (0, 5, 1.0), (4, 1, 6.0 / 32.0), (12, 0, 1.0 / 4096.0), (0, 0, 1.0)]
        {
            let mut differences = vec![1.0; above];
            differences.extend(vec![-1.0; below]);
            assert!((chance(&differences) - expected).abs() < 1e-12, "{above} of {}", above + below);
        }
        assert!(chance(&[vec![1.0; 19], vec![-1.0; 5]].concat()) < CHANCE);
        assert!(chance(&[vec![1.0; 17], vec![-1.0; 7]].concat()) > CHANCE);
    }

    #[test]
    fn what_is_added_is_told_from_noise() {
        let dearer = pair((0.3, 20_000.0, 0.0), (0.7, 26_400.0, 0.0));
        let held_up = pair((0.3, 20_000.0, 0.0), (9.0, 26_400.0, 0.0));
        let cheaper = pair((0.6, 20_000.0, 0.0), (0.3, 26_400.0, 0.0));
        let split = pair((0.3, 20_000.0, 0.0), (0.7, 30_400.0, 0.0));
        let checkpoint = pair((0.3, 20_000.0, 0.0), (0.7, 266_400.0, 30.0));
        let table: [(&str, Vec<Pair>, Option<f64>, f64); 5] = [
            ("clear", vec![dearer; 12], Some(0.004), 64.0),
            ("one batch was held up", [vec![dearer; 11], vec![held_up]].concat(), Some(0.004), 64.0),
            ("as often cheaper", [vec![dearer; 6], vec![cheaper; 6]].concat(), None, 64.0),
            ("pages are split now and then", [vec![dearer; 11], vec![split]].concat(), Some(0.004), 67.333),
            ("a checkpoint passed", [vec![dearer; 11], vec![checkpoint]].concat(), Some(0.004), 64.0),
        ];
        for (case, pairs, time, wal) in table {
            let cost = cost(&pairs, 100.0, Written::default(), false).unwrap();
            assert_eq!(cost.time.map(|ms| (ms.0 * 1e6).round() / 1e6), time, "{case}");
            assert!((cost.wal.unwrap() - wal).abs() < 0.01, "{case}: {cost:?}");
        }
        assert_eq!(cost(&[dearer; 6], 100.0, Written::default(), false), None, "too few");
        let old = Written { wal: None, ..dearer.0 };
        let cost = cost(&[(old, old); 12], 100.0, Written::default(), false).unwrap();
        assert_eq!(cost, Cost::default(), "neither time nor WAL: before 13, and no difference");
    }

    #[test]
    fn what_is_put_off_is_counted_in() {
        let later = Written { time: Ms(0.01), wal: Some(40.0), ..Written::default() };
        let now = pair((0.3, 20_000.0, 0.0), (0.4, 22_000.0, 0.0));
        let cost = cost(&[now; 12], 100.0, later, true).unwrap();
        assert_eq!(cost.time.map(|ms| (ms.0 * 1e6).round() / 1e6), Some(0.011));
        assert_eq!(cost.wal, Some(60.0));
    }

    #[test]
    fn hot_is_lost_or_kept_or_was_never_there() {
        for (before, after, lost, kept) in
            [(1.0, 0.0, true, false), (0.98, 0.97, false, true), (0.0, 0.0, false, false)]
        {
            let hot = Hot { before: Share(before), after: Share(after) };
            assert_eq!((hot.is_lost(), hot.is_kept()), (lost, kept), "{hot:?}");
        }
    }
}
