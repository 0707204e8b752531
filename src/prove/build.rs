//! Builds a real index in a transaction that is rolled back, and measures around it.

use std::time::{Duration, Instant};

use futures_util::future::join;

use super::measure::{self, Bench, First, Pair, With, Without};
use super::policy::obstacle;
use super::spent::{BUILDING, MEASURING};
use super::watch::{Watch, named};
use super::{Laboratory, Measurement, Missing, Proof, Subject, Verdict, why_not};
use crate::catalog::TableName;
use crate::db::{Built, Horizon, Refusal, RefusalKind, Session, Trial, Watcher};
use crate::error::Error;
use crate::plan::Plan;
use crate::query::name::quote;
use crate::remedy::{Action, Lock, Remedy};
use crate::units::{Ms, count};

/// How many rows an index build gets through in a second: the order of magnitude for a warning to writers
/// (measured on 15: 2.2 million integers, 0.8 million short texts).
const ROWS_PER_SECOND: f64 = 1e6;

/// Nobody notices a shorter wait, and no estimate of it is good.
const NOTICED: Ms = Ms(100.0);

/// A snapshot that was merely in passing is gone after this.
const PATIENCE: Duration = Duration::from_millis(500);

/// Which of how many builds this is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub number: usize,
    pub of: usize,
}

/// Measures one remedy, or says in its verdict why it could not be.
pub(super) async fn measure(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    proof: &mut Proof,
    turn: Turn,
    missing: &mut Vec<Missing>,
) {
    match attempt(lab, subject, proof, turn).await {
        Ok(measurement) => proof.measurement = Some(measurement),
        Err(Failure { why, missing: what, refuted }) => {
            proof.verdict = Verdict::NotPossible(why);
            missing.extend(what);
            if refuted {
                // What cannot be built at all is refuted, whatever the planner thinks of it.
                proof.prediction = None;
            }
        }
    }
}

async fn attempt(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    proof: &mut Proof,
    turn: Turn,
) -> Result<Measurement, Failure> {
    may(lab, subject, &proof.remedy)?;
    let (session, watcher) = join(open(lab), Watcher::open(lab.gateway)).await;
    let mut session = session?;
    warn(lab, subject, proof, turn);
    let tried = match Trial::begin(&mut session, proof.remedy.actions.iter().any(Action::changes)).await {
        Ok(trial) => {
            let watch = Watch::begin(watcher, Without::Session(lab.session), &trial).await;
            let tried = experiment(lab, subject, &trial, &watch, proof).await;
            // Dropped or refused, the server rolls back all the same.
            let _ = trial.end().await;
            watch.close().await;
            tried
        }
        Err(refusal) => Err(refusal.into()),
    };
    session.close().await;
    tried
}

/// Whether this may be built, and there is time for it.
pub(super) fn may(lab: &Laboratory<'_>, subject: &Subject<'_>, remedy: &Remedy) -> Result<(), Failure> {
    let obstacle = remedy.actions.iter().find_map(|action| obstacle(lab, subject, action));
    if let Some((why, missing)) = obstacle {
        return Err(Failure { missing, ..Failure::because(why) });
    }
    no_time(lab, subject).map_or(Ok(()), |why| Err(Failure::because(why)))
}

/// A session for a trial.
pub(super) async fn open(lab: &Laboratory<'_>) -> Result<Session, Failure> {
    let failed =
        |error: Error| Failure::because(format!("no second session could be opened: {}", error.what()));
    lab.gateway.open_for_trial().await.map_err(failed)
}

/// Why there is no measurement. A session of a trial that is lost is one more reason, and no more: the server has
/// rolled back.
pub(super) struct Failure {
    pub why: String,
    missing: Option<Missing>,
    /// Whether the server says that it cannot be built at all.
    refuted: bool,
}

impl Failure {
    /// For this reason, which nobody can do anything about.
    pub fn because(why: String) -> Self {
        Self { why, missing: None, refuted: false }
    }
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
        Self::because(why)
    }
}

/// Says before it begins how many will be built, and for how long that will go on.
pub(super) fn announce(lab: &Laboratory<'_>, subject: &Subject<'_>, remedies: &[&Remedy]) {
    if remedies.len() < 2 {
        return;
    }
    let all: Ms = remedies.iter().map(|remedy| locked_for(lab, subject, &remedy.tables())).sum();
    let (count, wait) = (remedies.len(), all.max(NOTICED).roughly());
    (lab.say)(&format!(
        "{count} candidates are built, one after the other, and measured: at most about {wait} in all"
    ));
}

/// Says before it happens who will wait, and for about how long.
fn warn(lab: &Laboratory<'_>, subject: &Subject<'_>, proof: &Proof, turn: Turn) {
    let tables = proof.remedy.tables();
    let wait = locked_for(lab, subject, &tables).max(NOTICED).roughly();
    let which = if turn.of > 1 { format!(" ({} of {})", turn.number, turn.of) } else { String::new() };
    let (what, tables) = (format!("{}{which}", proof.remedy.name()), listed(&tables));
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

/// Tables as sentences name them.
pub(super) fn listed(tables: &[&TableName]) -> String {
    tables.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// The lock is held from the build to the rollback, so through the measuring.
pub(super) fn locked_for(lab: &Laboratory<'_>, subject: &Subject<'_>, tables: &[&TableName]) -> Ms {
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
    let (built, build) = match with.each.is_empty() {
        true => ready(lab, trial, watch, &proof.remedy).await?,
        false => Default::default(),
    };
    let first = First::of(subject.plan, subject.timed_out);
    let place = Place { before: Without::Session(lab.session), trial, watch, with: &with };
    let pair = run(lab, subject, &place, first, &proof.remedy.name()).await?;
    proof.notes.extend(pair.notes);
    if proof.remedy.only_removes() {
        // What a trigger runs is in no plan.
        let used = subject.writes || !pair.plan.is_shaped_as(subject.plan);
        return Ok(Measurement { before: pair.before, after: pair.after, size: built.size(), build, used });
    }
    let hidden = !proof.remedy.shows_in(subject.plan) || !proof.remedy.is_only_indexes();
    let left = left_aside(&proof.remedy, &built, &pair.plan);
    let given = proof.remedy.actions.iter().any(|action| matches!(action, Action::GivenIndex(_)));
    // Indexes that we propose together are of no use apart; those that a person gives together may be for other statements.
    let used = hidden || left.is_empty() || (given && left.len() < built.indexes.len());
    if used && !hidden && !left.is_empty() {
        proof.notes.push(format!("this statement does not use {}", left.join(" and ")));
    }
    if !used && !subject.writes {
        let sides = (&pair.before, &pair.plan);
        proof.why_not = why_not::of_built(lab, subject, trial, &proof.remedy, &built, sides).await;
    }
    Ok(Measurement { before: pair.before, after: pair.after, size: built.size(), build, used })
}

/// The indexes that were built and that a plan does not use.
fn left_aside(remedy: &Remedy, built: &Built, plan: &Plan) -> Vec<String> {
    let names = remedy.actions.iter().filter_map(Action::index_name);
    let unused = names.zip(&built.indexes).filter(|(_, index)| !plan.uses(&index.names));
    unused.map(|(name, _)| format!("`{name}`")).collect()
}

/// Builds, behind a savepoint, what may then be used.
pub(super) async fn ready(
    lab: &Laboratory<'_>,
    trial: &Trial<'_>,
    watch: &Watch,
    remedy: &Remedy,
) -> Result<(Built, Ms), Failure> {
    trial.savepoint().await?;
    let (mut built, mut build) =
        create(lab, trial, watch, remedy).await.map_err(|refusal| not_built(lab, remedy, refusal))?;
    if built.unusable {
        trial.rewind().await?;
        tokio::time::sleep(PATIENCE).await;
        trial.savepoint().await?;
        (built, build) = create(lab, trial, watch, remedy).await?;
    }
    if built.unusable {
        return Err(Failure::because(unusable(trial.horizon().await?)));
    }
    Ok((built, build))
}

/// Where the statement is run: with what was built, and without it.
pub(super) struct Place<'p, 't> {
    pub before: Without<'p, 't>,
    pub trial: &'p Trial<'t>,
    pub watch: &'p Watch,
    pub with: &'p With<'p>,
}

/// Runs the statement with what was built, and without it.
pub(super) async fn run(
    lab: &Laboratory<'_>,
    subject: &Subject<'_>,
    place: &Place<'_, '_>,
    first: First,
    name: &str,
) -> Result<Pair, Refusal> {
    let Place { before, trial, watch, with } = *place;
    if !subject.writes && with.each.is_empty() {
        // The build is done: a statement that reads is held to that here as in the session without the index.
        trial.read_only().await?;
    }
    let (start, effort) = (Instant::now(), lab.limits.effort);
    let left = effort.allows(first.time, lab.spent.on(MEASURING));
    let (sql, writes) = (subject.sql, subject.writes);
    let bench = Bench { sql, with, writes, before, trial, watch, first, effort, left };
    let pair = match (subject.timed_out, writes || with.in_blocks) {
        (Some(_), blocks) => measure::after_only(&bench, blocks).await,
        (None, true) if with.each.is_empty() => measure::in_blocks(&bench).await,
        _ => measure::in_turn(&bench).await,
    };
    let pairs = pair.as_ref().map_or(0, |pair| pair.before.runs.len().min(pair.after.runs.len()));
    let pairs = count(pairs as f64, "pair", "pairs");
    lab.spent.note(MEASURING, format!("{name} ({pairs})"), start.elapsed());
    pair
}

/// The owner of a table may still lack the right to make anything in its schema (manual, "CREATE INDEX" and "Privileges"),
/// or to create the extension that an index needs (manual, "CREATE EXTENSION").
fn not_built(lab: &Laboratory<'_>, remedy: &Remedy, refusal: Refusal) -> Failure {
    let mut needed = remedy.actions.iter().filter_map(Action::extension);
    // No other right that a build asks for is named so (`CreateExtensionInternal`, `execute_extension_script`).
    let refused = refusal.kind == RefusalKind::Privilege && refusal.message.contains("extension");
    if let Some(extension) = needed.next().filter(|_| refused) {
        let missing = Missing {
            what: format!(
                "the extension {extension} could not be created, even for a trial: {}",
                refusal.message
            ),
            remedy: Some(format!("CREATE EXTENSION {};", quote(extension))),
        };
        return Failure { missing: Some(missing), ..refusal.into() };
    }
    let table = remedy.tables().first().copied().cloned().unwrap_or_default();
    let missing = (refusal.kind == RefusalKind::Privilege).then(|| Missing {
        what: format!("no index could be built on {table}: {}", refusal.message),
        remedy: Some(format!(
            "GRANT CREATE ON SCHEMA {} TO {};",
            quote(&table.schema),
            quote(&lab.session.server.user)
        )),
    });
    let refuted = matches!(refusal.kind, RefusalKind::Statement | RefusalKind::Other);
    Failure { missing, refuted, ..refusal.into() }
}

async fn create(
    lab: &Laboratory<'_>,
    trial: &Trial<'_>,
    watch: &Watch,
    remedy: &Remedy,
) -> Result<(Built, Ms), Refusal> {
    let start = Instant::now();
    for sql in remedy.sql() {
        let (created, wait) = watch.during(watch.trial, trial.apply(&sql)).await;
        created.map_err(|refusal| named(refusal, wait.as_ref()))?;
    }
    let build = start.elapsed();
    lab.spent.note(BUILDING, remedy.name(), build);
    let indexes: Vec<String> = remedy.actions.iter().filter_map(Action::index_sql).collect();
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
