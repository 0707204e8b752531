//! Builds a real index in a transaction that is rolled back, and measures around it.

use std::time::{Duration, Instant};

use futures_util::future::join;

use super::measure::{self, Bench, First, Pair, With};
use super::policy::obstacle;
use super::spent::{BUILDING, MEASURING};
use super::watch::{Watch, named};
use super::{Laboratory, Measurement, Missing, Proof, Subject, Verdict};
use crate::catalog::TableName;
use crate::db::{Built, Horizon, Refusal, RefusalKind, Trial, Watcher};
use crate::plan::Plan;
use crate::query::name::quote;
use crate::remedy::{Action, Lock, Remedy};
use crate::units::{Bytes, Ms, count};

/// How many rows an index build gets through in a second: the order of magnitude for a warning to writers
/// (measured on 15: 2.2 million integers, 0.8 million short texts).
const ROWS_PER_SECOND: f64 = 1e6;

/// Nobody notices a shorter wait, and no estimate of it is good.
const NOTICED: Ms = Ms(100.0);

/// A snapshot that was merely in passing is gone after this.
const PATIENCE: Duration = Duration::from_millis(500);

/// Measures one remedy, or says in its verdict why it could not be.
pub(super) async fn measure(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    proof: &mut Proof,
    missing: &mut Vec<Missing>,
) {
    let obstacle = proof.remedy.actions.iter().find_map(|action| obstacle(lab, subject, action));
    if let Some((why, what)) = obstacle {
        proof.verdict = Verdict::NotPossible(why);
        missing.extend(what);
        return;
    }
    if let Some(why) = no_time(lab, subject) {
        proof.verdict = Verdict::NotPossible(why);
        return;
    }
    let (session, watcher) = join(lab.gateway.open_for_trial(), Watcher::open(lab.gateway)).await;
    let mut session = match session {
        Ok(session) => session,
        Err(error) => {
            proof.verdict =
                Verdict::NotPossible(format!("no second session could be opened: {}", error.what()));
            return;
        }
    };
    warn(lab, subject, proof);
    let tried = match Trial::begin(&mut session, proof.remedy.lock() > Lock::None).await {
        Ok(trial) => {
            let watch = Watch::begin(watcher, lab.session, &trial).await;
            let tried = experiment(lab, subject, &trial, &watch, proof).await;
            // Dropped or refused, the server rolls back all the same.
            let _ = trial.end().await;
            watch.close().await;
            tried
        }
        Err(refusal) => Err(refusal.into()),
    };
    session.close().await;
    match tried {
        Ok(measurement) => proof.measurement = Some(measurement),
        Err(Failure { why, missing: what }) => {
            proof.verdict = Verdict::NotPossible(why);
            missing.extend(what);
        }
    }
}

/// Why there is no measurement. A session of a trial that is lost is one more reason, and no more: the server has
/// rolled back.
struct Failure {
    why: String,
    missing: Option<Missing>,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let why = match refusal.kind {
            RefusalKind::LockTimeout => {
                let held = refusal.hint.map(|by| format!(": {by}")).unwrap_or_default();
                format!(
                    "other sessions use the table, so that no lock could be had within lock_timeout{held}"
                )
            }
            RefusalKind::TimedOut => "it ran into the statement_timeout (see `--timeout`)".into(),
            _ => refusal.message,
        };
        Self { why, missing: None }
    }
}

/// Says before it happens who will wait, and for about how long.
fn warn(lab: &Laboratory<'_>, subject: &Subject<'_>, proof: &Proof) {
    let tables = proof.remedy.tables();
    let wait = locked_for(lab, subject, &tables).max(NOTICED).roughly();
    let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
    let (what, tables) = (proof.remedy.name(), names.join(" and "));
    let said = match proof.remedy.lock() {
        Lock::None => return,
        Lock::ShareUpdateExclusive => {
            format!("{what}, in a transaction that is rolled back; readers and writers of {tables} go on")
        }
        Lock::Share => format!(
            "building {what} in a transaction that is rolled back; writers of {tables} wait meanwhile, at most about {wait}"
        ),
        Lock::AccessExclusive => format!(
            "{what}, in a transaction that is rolled back; readers and writers of {tables} wait during each run, at most \
             about {wait} in all"
        ),
    };
    (lab.say)(&said);
}

/// The lock is held from the build to the rollback, so through the measuring.
fn locked_for(lab: &Laboratory<'_>, subject: &Subject<'_>, tables: &[&TableName]) -> Ms {
    let known = tables.iter().filter_map(|table| subject.catalog.named(table));
    let rows: f64 = known.map(|table| table.rows.max(0.0)).sum();
    let build = Ms(rows / ROWS_PER_SECOND * 1000.0);
    build + lab.limits.effort.at_most(First::of(subject.plan, subject.timed_out).time)
}

/// Why this remedy is not built: what was measured before has taken the time of all. A single pair of runs must be
/// possible.
fn no_time(lab: &Laboratory<'_>, subject: &Subject<'_>) -> Option<String> {
    let (effort, already) = (lab.limits.effort, lab.spent.on(MEASURING));
    let own = First::of(subject.plan, subject.timed_out).time;
    let why = || format!("`--effort {}` leaves no time to measure it", effort.name());
    (already > Ms(0.0) && effort.allows(own, already) < own * 2.0).then(why)
}

async fn experiment(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    trial: &Trial<'_>,
    watch: &Watch,
    proof: &mut Proof,
) -> Result<Measurement, Failure> {
    let with = With::of(&proof.remedy, subject.sql);
    if !with.each.is_empty() {
        let pair = run(lab, subject, trial, watch, &proof.remedy, &with).await?;
        let used = subject.writes || !pair.plan.is_shaped_as(subject.plan);
        proof.notes.extend(pair.notes);
        let (size, build) = (Bytes(0), Ms(0.0));
        return Ok(Measurement { before: pair.before, after: pair.after, size, build, used });
    }
    trial.savepoint().await?;
    let created = create(lab, trial, watch, proof).await;
    if let Err(refusal) = &created
        && matches!(refusal.kind, RefusalKind::Statement | RefusalKind::Other)
    {
        // What cannot be built at all is refuted, whatever the planner thinks of it.
        proof.prediction = None;
    }
    let (mut built, mut build) = created.map_err(|refusal| not_built(lab, proof, refusal))?;
    if built.unusable {
        trial.rewind().await?;
        tokio::time::sleep(PATIENCE).await;
        trial.savepoint().await?;
        (built, build) = create(lab, trial, watch, proof).await?;
    }
    if built.unusable {
        return Err(Failure { why: unusable(trial.horizon().await?), missing: None });
    }
    let pair = run(lab, subject, trial, watch, &proof.remedy, &with).await?;
    proof.notes.extend(pair.notes);
    let in_plan =
        |plan: &Plan| plan.nodes.iter().filter_map(|n| n.index.as_ref()).any(|i| built.names.contains(i));
    let used = in_plan(&pair.plan) || !proof.remedy.is_only_indexes() || !proof.remedy.shows_in(subject.plan);
    Ok(Measurement { before: pair.before, after: pair.after, size: built.size, build, used })
}

/// Runs the statement with what was built, and without it.
async fn run(
    lab: &Laboratory<'_>,
    subject: &Subject<'_>,
    trial: &Trial<'_>,
    watch: &Watch,
    remedy: &Remedy,
    with: &With<'_>,
) -> Result<Pair, Refusal> {
    if !subject.writes && with.each.is_empty() {
        // The build is done: a statement that reads is held to that here as in the session without the index.
        trial.read_only().await?;
    }
    let (start, effort) = (Instant::now(), lab.limits.effort);
    let first = First::of(subject.plan, subject.timed_out);
    let left = effort.allows(first.time, lab.spent.on(MEASURING));
    let (sql, writes) = (subject.sql, subject.writes);
    let bench = Bench { sql, with, writes, before: lab.session, trial, watch, first, effort, left };
    let pair = match (subject.timed_out, writes || with.in_blocks) {
        (Some(_), blocks) => measure::after_only(&bench, blocks).await,
        (None, true) if with.each.is_empty() => measure::in_blocks(&bench).await,
        _ => measure::in_turn(&bench).await,
    };
    let pairs = pair.as_ref().map_or(0, |pair| pair.after.runs.len());
    let pairs = count(pairs as f64, "pair", "pairs");
    lab.spent.note(MEASURING, format!("{} ({pairs})", remedy.name()), start.elapsed());
    pair
}

/// The owner of a table may still lack the right to make anything in its schema (manual, "CREATE INDEX" and "Privileges").
fn not_built(lab: &Laboratory<'_>, proof: &Proof, refusal: Refusal) -> Failure {
    let table = proof.remedy.tables().first().copied().cloned().unwrap_or_default();
    let missing = (refusal.kind == RefusalKind::Privilege).then(|| Missing {
        what: format!("no index could be built on {table}: {}", refusal.message),
        remedy: Some(format!(
            "GRANT CREATE ON SCHEMA {} TO {};",
            quote(&table.schema),
            quote(&lab.session.server.user)
        )),
    });
    Failure { missing, ..refusal.into() }
}

async fn create(
    lab: &Laboratory<'_>,
    trial: &Trial<'_>,
    watch: &Watch,
    proof: &Proof,
) -> Result<(Built, Ms), Refusal> {
    let start = Instant::now();
    for sql in proof.remedy.sql() {
        let (created, wait) = watch.during(watch.trial, trial.apply(&sql)).await;
        created.map_err(|refusal| named(refusal, wait.as_ref()))?;
    }
    let build = start.elapsed();
    lab.spent.note(BUILDING, proof.remedy.name(), build);
    let indexes: Vec<String> = proof.remedy.actions.iter().filter_map(Action::index_sql).collect();
    Ok((trial.built(&indexes).await?, Ms(build.as_secs_f64() * 1000.0)))
}

/// `pg_index.indcheckxmin`: an older snapshot may still need row versions that the index leaves out, so that a
/// transaction as old as the build must not use it (PostgreSQL's README.HOT).
fn unusable(horizon: Option<Horizon>) -> String {
    let held = match horizon {
        Some(Horizon { pid, state, seconds }) => {
            format!("by session {pid} ({state}, its transaction open for {})", Ms(seconds * 1000.0))
        }
        None => "by recent updates of the table".to_owned(),
    };
    format!(
        "an index built now may not be used by its own transaction (pg_index.indcheckxmin): old row versions are \
         kept {held}; try again when that is over"
    )
}
