//! Runs a statement with and without a remedy.

use super::Sample;
use crate::db::{self, Depth, Refusal, Session, Trial};
use crate::plan::Plan;
use crate::units::Ms;

/// How often each side is counted: the fewest that can tell a gain from chance at 1 % (see `weigh`).
const RUNS: usize = 5;

/// Counted runs of a statement that takes longer than [`LONG`].
const RUNS_OF_LONG: usize = 3;

/// A statement that takes longer than this would hold up its user, and the table's writers, for half a minute.
const LONG: Ms = Ms(2_000.0);

/// What is needed to run a statement both ways.
pub(super) struct Bench<'a, 't> {
    pub sql: &'a str,
    /// A session that does not see the remedy.
    pub before: &'a Session,
    /// The trial in which the remedy is in place, behind a savepoint.
    pub trial: &'a Trial<'t>,
}

/// Both samples, and the plan with the remedy.
pub(super) struct Pair {
    pub before: Sample,
    pub after: Sample,
    pub plan: Plan,
    pub notes: Vec<String>,
}

/// Before and after in turn, from two sessions, so that whatever else happens on the machine happens to both.
/// Which goes first alternates; the first pair only warms up.
pub(super) async fn in_turn(bench: &Bench<'_, '_>) -> Result<Pair, Refusal> {
    let without = || db::explain(bench.before, bench.sql, Depth::Time);
    let with = || bench.trial.explain(bench.sql, Depth::Time);
    let warm = without().await?;
    let mut plan = with().await?;
    let runs = wanted(&warm);
    let (mut before, mut after) = (Sample::default(), Sample::default());
    for run in 0..runs {
        if run % 2 == 0 {
            before.count(&without().await?);
            plan = with().await?;
        } else {
            plan = with().await?;
            before.count(&without().await?);
        }
        after.count(&plan);
    }
    Ok(Pair { before, after, plan, notes: fewer(runs) })
}

/// For statements that write: all runs in the trial, each rolled back to where it began. First with the index,
/// then without: the other way round the rows written before the build would forbid its use (`indcheckxmin`).
pub(super) async fn in_blocks(bench: &Bench<'_, '_>) -> Result<Pair, Refusal> {
    let (after, plan) = block(bench, None).await?;
    bench.trial.rewind().await?;
    let (before, _) = block(bench, Some(after.runs.len())).await?;
    let mut notes = fewer(after.runs.len());
    notes.push("a statement that writes is measured in blocks, with the index first, not in turn".to_owned());
    Ok(Pair { before, after, plan, notes })
}

/// For a statement that a timeout cancelled: nobody waits for it again, it took at least that long.
pub(super) async fn after_only(bench: &Bench<'_, '_>, timed_out: Ms) -> Result<Pair, Refusal> {
    let (after, plan) = block(bench, None).await?;
    let mut notes = fewer(after.runs.len());
    notes.push(format!("before: cancelled after {timed_out}, so that the gain is at least this"));
    Ok(Pair { before: Sample { runs: vec![timed_out], pages: None }, after, plan, notes })
}

/// So many counted runs in the trial as it stands (as many as the first one asks for), after one that warms up; and
/// the last one's plan.
async fn block(bench: &Bench<'_, '_>, runs: Option<usize>) -> Result<(Sample, Plan), Refusal> {
    let mut plan = rolled_back(bench).await?;
    let mut sample = Sample::default();
    for _ in 0..runs.unwrap_or(wanted(&plan)) {
        plan = rolled_back(bench).await?;
        sample.count(&plan);
    }
    Ok((sample, plan))
}

async fn rolled_back(bench: &Bench<'_, '_>) -> Result<Plan, Refusal> {
    bench.trial.savepoint().await?;
    let plan = bench.trial.explain(bench.sql, Depth::Time).await;
    bench.trial.rewind().await?;
    plan
}

/// How often each side of a statement is counted that takes as long as in this plan.
pub(super) fn wanted(warm: &Plan) -> usize {
    if warm.total() > LONG { RUNS_OF_LONG } else { RUNS }
}

fn fewer(runs: usize) -> Vec<String> {
    let note = || format!("measured {runs} times each, since a run takes over {LONG}");
    (runs < RUNS).then(note).into_iter().collect()
}

impl Sample {
    fn count(&mut self, plan: &Plan) {
        self.runs.push(plan.total());
        self.pages = plan.pages();
    }
}
