//! Runs of one statement on two sides, without a remedy and with it: each run watched, each side warmed up.

use std::time::Instant;

use super::effort::FEWEST;
use super::measure::Bench;
use super::watch::{Wait, named};
use super::{Effort, Sample};
use crate::db::{Depth, Refusal};
use crate::plan::Plan;
use crate::units::{Ms, Share};

/// A session does some things at the first run of a statement only, in a few milliseconds: a run that is longer than
/// this does not show it, and need not be thrown away for it.
const SHORT: Ms = Ms(50.0);

/// Reads from disk that fall by less from run to run will not fall any further: the table does not fit in the cache,
/// or PostgreSQL reads it through a small ring of pages (manual, "Resource Consumption", shared_buffers;
/// bufmgr's README, "Buffer Ring Replacement Strategy").
const STILL_FALLING: Share = Share(0.1);

/// Two pairs whose four runs lie as close together as this are no gain, and others wait for the lock meanwhile.
const AS_ONE: Share = Share(0.03);

/// Three runs that each take so many times as long as any on the other side are no chance: no noise makes a statement of
/// [`LONG`] take four times as long, three times in turn with runs that it leaves alone.
const PLAINLY: f64 = 4.0;

/// What takes longer than this is not run for narrower figures once the gain is plain.
const LONG: Ms = Ms(200.0);

/// A run that waited for a lock is made again, but so many times only: whoever is in the way, is so still.
const AGAIN: usize = 3;

/// Runs that take longer than was foreseen may exceed their time by so much, before the next look is given up.
const OVERDRAFT: f64 = 1.5;

/// What is the same on both sides: like most statements it looks at shared pages and reads rows from them. Everybody may
/// read this table, and every database has it, with some 3,000 rows.
const CONTROL: &str = include_str!("../../sql/control.sql");

/// It takes about as long as the statement in doubt, at so many scans in a millisecond (measured on 15), but not so long
/// that it is noticed.
const SCANS_PER_MS: f64 = 3.0;
const MOST_SCANS: f64 = 15.0;

/// One side of the experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Without,
    With,
}

/// What is known of a side so far.
#[derive(Default)]
pub(super) struct Side {
    /// The runs that count.
    pub sample: Sample,
    /// The last plan.
    pub plan: Plan,
    /// How long the last run took altogether, with planning and the way there.
    cost: Ms,
}

/// The runs of an experiment.
pub(super) struct Turns<'b, 'a, 't> {
    bench: &'b Bench<'a, 't>,
    /// Whether both sides are run in the trial, each run behind a savepoint: the statement writes, or nobody else can
    /// run it while the remedy stands.
    savepoints: bool,
    pub without: Side,
    pub with: Side,
    /// How long all runs took.
    spent: Ms,
    /// A statement that is the same on both sides, once there is doubt.
    control: Option<String>,
    /// Waits for locks; each one a run that was made again.
    pub waits: Vec<Wait>,
}

impl<'b, 'a, 't> Turns<'b, 'a, 't> {
    pub fn new(bench: &'b Bench<'a, 't>, savepoints: bool) -> Self {
        let without = Side { cost: bench.first.time, ..Side::default() };
        let (with, waits) = (Side::default(), Vec::new());
        Self { bench, savepoints, without, with, spent: Ms(0.0), control: None, waits }
    }

    /// Runs a side until what is to come into the cache has come. A run that found all its pages there counts.
    pub async fn warm_up(&mut self, which: Which) -> Result<(), Refusal> {
        let short = self.bench.first.time < SHORT;
        let mut last = match which {
            Which::Without => self.bench.first.from_disk,
            Which::With => None,
        };
        if which == Which::Without && !short && last == Some(0) {
            return Ok(());
        }
        for run in 0..self.bench.effort.warm_ups() {
            let plan = self.run(which).await?;
            let read = from_disk(&plan);
            let falls = is_falling(last, read);
            last = Some(read);
            if !(falls || short && run == 0) {
                self.side(which).count(plan);
                return Ok(());
            }
            if read == 0 {
                return Ok(());
            }
        }
        Ok(())
    }

    /// One more counted run on each side; which goes first alternates. A side that is ahead, waits.
    pub async fn pair(&mut self) -> Result<(), Refusal> {
        let pairs = self.pairs();
        let order = if pairs.is_multiple_of(2) {
            [Which::Without, Which::With]
        } else {
            [Which::With, Which::Without]
        };
        for which in order {
            self.up_to(which, pairs + 1).await?;
            self.control(which).await?;
        }
        Ok(())
    }

    /// So many counted runs on one side.
    pub async fn up_to(&mut self, which: Which, runs: usize) -> Result<(), Refusal> {
        while self.side(which).sample.runs.len() < runs {
            let plan = self.run(which).await?;
            self.side(which).count(plan);
        }
        Ok(())
    }

    /// One run that did not wait for a lock.
    async fn run(&mut self, which: Which) -> Result<Plan, Refusal> {
        loop {
            let start = Instant::now();
            let (plan, wait) = self.once(which).await;
            let time = Ms(start.elapsed().as_secs_f64() * 1000.0);
            self.spent += time;
            let plan = plan.map_err(|refusal| named(refusal, wait.as_ref()))?;
            let Some(wait) = wait else {
                self.side(which).cost = time;
                return Ok(plan);
            };
            if self.waits.len() == AGAIN {
                let whom = wait.whom();
                return Err(Refusal::ours(format!("run after run waited for a lock: {whom} was in the way")));
            }
            self.waits.push(wait);
        }
    }

    async fn once(&self, which: Which) -> (Result<Plan, Refusal>, Option<Wait>) {
        let Bench { sql, with, before, trial, watch, .. } = self.bench;
        match which {
            _ if self.savepoints || !with.each.is_empty() => {
                watch.during(watch.trial, rolled_back(self.bench, which)).await
            }
            Which::Without => watch.during(watch.before, before.run(sql)).await,
            Which::With => watch.during(watch.trial, trial.explain(with.sql, Depth::Time)).await,
        }
    }

    pub fn side(&mut self, which: Which) -> &mut Side {
        match which {
            Which::Without => &mut self.without,
            Which::With => &mut self.with,
        }
    }

    /// How many pairs are whole.
    pub fn pairs(&self) -> usize {
        self.without.sample.runs.len().min(self.with.sample.runs.len())
    }

    /// How long a pair takes.
    pub fn pair_takes(&self) -> Ms {
        self.without.cost + self.with.cost
    }

    /// How long a run with the remedy takes.
    pub fn with_takes(&self) -> Ms {
        self.with.cost
    }

    /// How long a run without it takes.
    pub fn without_takes(&self) -> Ms {
        self.without.cost
    }

    /// What is left of the time.
    pub fn left(&self) -> Ms {
        self.bench.left - self.spent
    }

    /// Whether there is time for one more pair.
    pub fn goes_on(&self) -> bool {
        let after = self.spent + self.pair_takes();
        self.pairs() < self.bench.effort.fewest() || after <= self.bench.left * OVERDRAFT
    }

    /// Whether the statement is so short that a run ends before the system has given its session another processor.
    pub fn is_short(&self) -> bool {
        self.bench.first.time < SHORT
    }

    /// Begins anew; from now on each run has one of a statement beside it that is the same on both sides, so that
    /// what the sessions do to it is seen at the same time.
    pub fn anew_with_control(&mut self) {
        let scans = (self.without.sample.median().0 * SCANS_PER_MS).clamp(1.0, MOST_SCANS).round();
        self.control = Some(CONTROL.replace("$1", &scans.to_string()));
        (self.without.sample, self.with.sample) = (Sample::default(), Sample::default());
    }

    /// Whether there is such a statement.
    pub fn has_control(&self) -> bool {
        self.control.is_some()
    }

    async fn control(&mut self, which: Which) -> Result<(), Refusal> {
        let Bench { before, trial, .. } = self.bench;
        let Some(sql) = &self.control else { return Ok(()) };
        let plan = match which {
            Which::Without => before.run(sql).await?,
            Which::With => trial.explain(sql, Depth::Time).await?,
        };
        self.side(which).sample.control.push(plan.total());
        Ok(())
    }

    /// Whether three pairs of a long statement leave no doubt which side is faster.
    pub fn is_plain(&self) -> bool {
        let ends = |side: &Side| side.sample.range().unwrap_or_default();
        let (without, with) = (ends(&self.without), ends(&self.with));
        let apart = |slow: (Ms, Ms), fast: (Ms, Ms)| slow.0 > LONG && slow.0.0 > fast.1.0 * PLAINLY;
        let effort = self.bench.effort;
        self.pairs() == FEWEST && effort != Effort::Thorough && (apart(without, with) || apart(with, without))
    }

    /// Whether two pairs of a long statement are as one: whatever more pairs found would not be worth an index.
    pub fn is_hopeless(&self) -> bool {
        let runs = || self.without.sample.runs.iter().chain(&self.with.sample.runs);
        let slowest = runs().fold(Ms(0.0), |slowest, run| slowest.max(*run));
        let fastest = runs().fold(slowest, |fastest, run| fastest.min(*run));
        self.pairs() == 2 && fastest > SHORT && (slowest - fastest).share_of(slowest) <= AS_ONE
    }
}

impl Side {
    fn count(&mut self, plan: Plan) {
        self.sample.runs.push(plan.total());
        self.sample.pages = plan.pages();
        self.sample.from_disk.push(from_disk(&plan));
        self.plan = plan;
    }
}

async fn rolled_back(bench: &Bench<'_, '_>, which: Which) -> Result<Plan, Refusal> {
    bench.trial.savepoint().await?;
    let plan = behind_a_savepoint(bench, which).await;
    bench.trial.rewind().await?;
    plan
}

async fn behind_a_savepoint(bench: &Bench<'_, '_>, which: Which) -> Result<Plan, Refusal> {
    let Bench { sql, with, trial, .. } = bench;
    if which == Which::With {
        for change in &with.each {
            trial.apply(change).await?;
        }
    }
    if !bench.writes {
        trial.read_only().await?;
    }
    trial.explain(if which == Which::With { with.sql } else { sql }, Depth::Time).await
}

/// Shared pages that were not in shared buffers.
pub(super) fn from_disk(plan: &Plan) -> u64 {
    plan.nodes.first().and_then(|root| root.buffers).map_or(0, |buffers| buffers.shared_read)
}

/// Whether the next run is likely to find more in the cache than this one, which read so many pages.
fn is_falling(last: Option<u64>, read: u64) -> bool {
    read > 0 && last.is_none_or(|last| (read as f64) < last as f64 * (1.0 - STILL_FALLING.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_warm_when_its_reads_fall_no_more() {
        let table = [
            ("all in the cache", None, 0, false),
            ("nobody knows yet", None, 5_000, true),
            ("most has come", Some(5_000), 300, true),
            ("a ring: it reads the same again", Some(5_000), 4_968, false),
            ("others take the cache away", Some(300), 900, false),
            ("the rest has come", Some(300), 0, false),
        ];
        for (case, last, read, falling) in table {
            assert_eq!(is_falling(last, read), falling, "{case}");
        }
    }
}
