//! Runs a statement with and without a remedy, as often as it takes.

use super::interval::gain;
use super::turns::{Turns, Which, from_disk};
use super::watch::Watch;
use super::weigh::{LOOKS, Weighed, alike, is_doubtful, weigh};
use super::{Effort, Sample};
use crate::db::{self, Depth, Refusal, Session, Trial};
use crate::plan::Plan;
use crate::remedy::{Action, Remedy};
use crate::units::{Factor, Ms};

/// What is needed to run a statement both ways.
pub(super) struct Bench<'a, 't> {
    pub sql: &'a str,
    /// How the remedy comes about.
    pub with: &'a With<'a>,
    /// Whether the statement may write.
    pub writes: bool,
    /// Where the remedy is not seen.
    pub before: Without<'a, 't>,
    /// The trial in which the remedy is in place, behind a savepoint.
    pub trial: &'a Trial<'t>,
    /// Who looks on.
    pub watch: &'a Watch,
    /// The run that was attributed.
    pub first: First,
    pub effort: Effort,
    /// How long the runs may take.
    pub left: Ms,
}

/// How a remedy comes about for the runs with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct With<'a> {
    /// The statement that is run.
    pub sql: &'a str,
    /// What is done before each run, and undone after it: a removal locks out even the session without it, so that it
    /// must not stand while that one runs. Empty where the remedy stands.
    pub each: Vec<String>,
    /// Whether one side is run after the other: what is built anew for each run, or locks others out, cannot take
    /// turns.
    pub in_blocks: bool,
}

impl<'a> With<'a> {
    /// It stands in the trial; the statement is the same.
    pub fn standing(sql: &'a str) -> Self {
        Self { sql, each: Vec::new(), in_blocks: false }
    }

    /// By what the remedy does.
    pub fn of(remedy: &'a Remedy, sql: &'a str) -> Self {
        let sql = remedy.rewrite().unwrap_or(sql);
        let removes = remedy.actions.iter().any(Action::removes);
        let cheap =
            |action: &Action| matches!(action, Action::DropIndex(_) | Action::Set(_) | Action::Rewrite(_));
        let again = removes && remedy.actions.iter().all(cheap);
        Self { sql, each: if again { remedy.sql() } else { Vec::new() }, in_blocks: removes && !again }
    }
}

/// Where a statement runs without the remedy.
#[derive(Clone, Copy)]
pub(super) enum Without<'a, 't> {
    /// In a session that sees nothing of any trial.
    Session(&'a Session),
    /// In a trial of its own, with everything but the remedy.
    Trial(&'a Trial<'t>),
}

impl Without<'_, '_> {
    /// One run.
    pub async fn run(self, sql: &str) -> Result<Plan, Refusal> {
        match self {
            Self::Session(session) => db::explain(session, sql, Depth::Time).await,
            Self::Trial(trial) => trial.explain(sql, Depth::Time).await,
        }
    }

    /// The server's process behind it.
    pub async fn pid(self) -> Result<i32, Refusal> {
        match self {
            Self::Session(session) => session.pid().await,
            Self::Trial(trial) => trial.pid().await,
        }
    }
}

/// What is known of a statement that was run once, with each node's time taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct First {
    /// How long it took; the limit, when it was cancelled.
    pub time: Ms,
    /// The pages that it read from disk; `None` when it was not run to its end.
    pub from_disk: Option<u64>,
}

/// Both samples, and the plan with the remedy.
pub(super) struct Pair {
    pub before: Sample,
    pub after: Sample,
    pub plan: Plan,
    pub notes: Vec<String>,
}

/// An interval whose ends differ by no more than this tells all that anybody wants to know.
const NARROW: Factor = Factor(1.25);

/// What is certain, but not told narrowly yet, is measured on while that takes no longer than this.
const CHEAP: Ms = Ms(100.0);

/// Times that leave a speed-up as open as this are worth a word on who else was busy.
const WIDE: Factor = Factor(1.5);

impl First {
    /// By the plan of that run, or by the limit that cancelled it.
    pub fn of(plan: &Plan, timed_out: Option<Ms>) -> Self {
        match timed_out {
            Some(limit) => Self { time: limit, from_disk: None },
            None => Self { time: plan.total(), from_disk: plan.is_measured().then(|| from_disk(plan)) },
        }
    }
}

/// Before and after in turn, from two sessions, so that whatever else happens on the machine happens to both.
///
/// How often is decided at fixed looks (see `weigh`): it ends when the difference is beyond chance and told narrowly
/// enough, when there is certainly none that is worth anything, or when time is up.
pub(super) async fn in_turn(bench: &Bench<'_, '_>) -> Result<Pair, Refusal> {
    let mut turns = Turns::new(bench, false);
    turns.warm_up(Which::Without).await?;
    turns.warm_up(Which::With).await?;
    look_by_look(&mut turns, bench).await?;
    if is_in_doubt(&turns) {
        turns.anew_with_control();
        look_by_look(&mut turns, bench).await?;
    }
    let plain = turns.is_plain();
    let mut notes = if plain { Vec::new() } else { fewer(turns.pairs(), bench.effort) };
    notes.extend(surroundings(bench, &turns).await);
    Ok(pair(turns, notes))
}

async fn look_by_look(turns: &mut Turns<'_, '_, '_>, bench: &Bench<'_, '_>) -> Result<(), Refusal> {
    let looks = bench.effort.looks(turns.left(), turns.pair_takes());
    for (at, look) in looks.iter().enumerate() {
        while turns.pairs() < *look && turns.goes_on() && !turns.is_hopeless() && !turns.is_plain() {
            turns.pair().await?;
        }
        if turns.is_plain() && turns.pairs() < *look {
            return plainly(turns).await;
        }
        let more = looks.get(at + 1).map(|next| turns.pair_takes() * (next - look) as f64);
        if turns.pairs() < *look || is_settled(turns, bench.effort, more) {
            break;
        }
    }
    Ok(())
}

/// The side that is fast by far costs nothing, and is measured on, so that it can be compared with other candidates.
async fn plainly(turns: &mut Turns<'_, '_, '_>) -> Result<(), Refusal> {
    let faster = if turns.with_takes() < turns.without_takes() { Which::With } else { Which::Without };
    let before = turns.pairs();
    turns.up_to(faster, LOOKS[0].max(before)).await
}

/// Whether a difference may be that of the two sessions, as far as anybody has looked. What is not short is moved to
/// other processors while it runs.
fn is_in_doubt(turns: &Turns<'_, '_, '_>) -> bool {
    turns.is_short() && !turns.has_control() && is_doubtful(&turns.without.sample, &turns.with.sample)
}

/// Whether the next look, whose pairs take so long, would tell nothing new that is worth it.
fn is_settled(turns: &Turns<'_, '_, '_>, effort: Effort, next: Option<Ms>) -> bool {
    let (before, after) = (&turns.without.sample, &turns.with.sample);
    let (Some(gain), Some(next)) = (gain(before, after), next) else { return true };
    match weigh(before, after) {
        Weighed::Same => alike(&gain),
        _ if is_in_doubt(turns) => true,
        Weighed::Faster | Weighed::Slower => {
            gain.width() <= NARROW || (next > CHEAP && effort != Effort::Thorough)
        }
    }
}

/// For statements that write: all runs in the trial, each rolled back to where it began. First with the index,
/// then without: the other way round the rows written before the build would forbid its use (`indcheckxmin`).
/// There is one look, at the end, since nobody can go back to a side.
pub(super) async fn in_blocks(bench: &Bench<'_, '_>) -> Result<Pair, Refusal> {
    let mut turns = Turns::new(bench, true);
    turns.warm_up(Which::With).await?;
    let looks = bench.effort.looks(turns.left(), turns.pair_takes());
    let runs = looks.into_iter().rfind(|look| *look <= LOOKS[1]).unwrap_or(LOOKS[0]);
    turns.up_to(Which::With, runs).await?;
    bench.trial.rewind().await?;
    turns.warm_up(Which::Without).await?;
    turns.up_to(Which::Without, runs).await?;
    let mut notes = fewer(runs, bench.effort);
    let what =
        if bench.writes { "a statement that writes" } else { "what takes an index away and builds another" };
    notes.push(format!("{what} is measured in blocks, with the index first, not in turn"));
    notes.extend(surroundings(bench, &turns).await);
    Ok(pair(turns, notes))
}

/// For a statement that a timeout cancelled: nobody waits for it again, it took at least that long.
pub(super) async fn after_only(bench: &Bench<'_, '_>, savepoints: bool) -> Result<Pair, Refusal> {
    let mut turns = Turns::new(bench, savepoints);
    turns.warm_up(Which::With).await?;
    let looks = bench.effort.looks(turns.left(), turns.with_takes());
    turns.up_to(Which::With, looks.first().copied().unwrap_or(1)).await?;
    let limit = bench.first.time;
    turns.without.sample.runs.push(limit);
    let mut notes = fewer(turns.with.sample.runs.len(), bench.effort);
    notes.push(format!("before: cancelled after {limit}, so that the gain is at least this"));
    notes.extend(surroundings(bench, &turns).await);
    Ok(pair(turns, notes))
}

fn pair(turns: Turns<'_, '_, '_>, notes: Vec<String>) -> Pair {
    let Turns { without, with, .. } = turns;
    Pair { before: without.sample, after: with.sample, plan: with.plan, notes }
}

fn fewer(runs: usize, effort: Effort) -> Vec<String> {
    let effort = effort.name();
    let note =
        || format!("measured {runs} times each: more would take longer than `--effort {effort}` allows");
    (runs < LOOKS[0]).then(note).into_iter().collect()
}

/// Whom the runs waited for, and who else was busy, where the times leave much open.
async fn surroundings(bench: &Bench<'_, '_>, turns: &Turns<'_, '_, '_>) -> Vec<String> {
    let mut notes: Vec<String> = turns.waits.iter().map(|wait| wait.note()).collect();
    if varies(&turns.without.sample, &turns.with.sample)
        && let Some(others) = bench.watch.others().await
    {
        notes.push(format!("{others} meanwhile, which may be why the times vary"));
    }
    notes
}

fn varies(before: &Sample, after: &Sample) -> bool {
    let apart = |sample: &Sample| sample.range().is_some_and(|(low, high)| high.0 > low.0 * WIDE.0);
    match gain(before, after) {
        Some(gain) => gain.width() > WIDE,
        None => apart(before) || apart(after),
    }
}
