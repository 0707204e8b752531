//! Suggestions for different nodes, together: what each is worth beside the others, and what adds nothing.

use super::build::{self, Failure, Place};
use super::measure::{First, Pair, With, Without};
use super::screen::CHEAPER;
use super::watch::Watch;
use super::weigh::{Weighed, weigh};
use super::{Effort, Laboratory, Measurement, Outcome, Proof, Sample, Subject, Verdict, choose, imagine};
use crate::db::{Built, HypoPg, Session, Trial, Watcher};
use crate::plan::Plan;
use crate::remedy::{Action, Remedy};
use crate::units::{Bytes, Ms};

/// What several suggestions are worth together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Together {
    /// Without any of them.
    pub before: Sample,
    /// With all of them.
    pub after: Sample,
    /// They, each with what it is worth beside the others.
    pub members: Vec<Member>,
    /// Honest remarks.
    pub notes: Vec<String>,
}

/// A member of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The name of its remedy.
    pub name: String,
    /// The time that the statement takes with all the others and without this one; `None` where that is not known.
    pub without: Option<Ms>,
    /// The time that it saves beside the others.
    pub worth: Option<Ms>,
}

/// So many are tried together: each of them is left out once, while the writers of all tables wait.
const MOST: usize = 5;

/// And so many when all the time of the world is there.
const MOST_THOROUGHLY: usize = 8;

/// What came of a trial of all.
struct Found {
    /// Without any, and with those that are left.
    pair: Pair,
    /// For each, what came of leaving it out.
    parts: Vec<Part>,
}

/// One of them among the others.
#[derive(Debug, Clone, Default)]
struct Part {
    size: Bytes,
    /// Why it is not worth having beside the others: the rest of a sentence.
    superfluous: Option<String>,
    /// All others, and all: measured in turn.
    left_out: Option<(Sample, Sample)>,
}

/// Tries suggestions for different nodes together, and with them what helps only beside others. What adds nothing is no
/// suggestion any more.
pub(super) async fn try_together(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    hypopg: &HypoPg,
    wanted: &[String],
    outcome: &mut Outcome,
) {
    let most = if lab.limits.effort == Effort::Thorough { MOST_THOROUGHLY } else { MOST };
    let proven = |proof: &&Proof| proof.verdict == Verdict::Proven;
    let mut members: Vec<Proof> = outcome.suggestions.iter().filter(proven).take(most).cloned().collect();
    members.extend(companions(lab, subject, hypopg, wanted, &members, &outcome.tried).await);
    members.truncate(most);
    if members.len() < 2 {
        return;
    }
    match attempt(lab, subject, &members).await {
        Ok(found) => settle(outcome, members, found),
        Err(failure) => {
            let note = format!("not tried together with the others: {}", failure.why);
            outcome.suggestions.iter_mut().take(1).for_each(|proof| proof.notes.push(note.clone()));
        }
    }
}

/// What gives no gain alone, but is wanted among all, and lowers the cost by a tenth beside the others.
async fn companions(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    hypopg: &HypoPg,
    wanted: &[String],
    proven: &[Proof],
    tried: &[Proof],
) -> Vec<Proof> {
    let mut found: Vec<Proof> = Vec::new();
    for proof in tried {
        let alone =
            proof.prediction.is_some() && !proof.helps() && matches!(proof.verdict, Verdict::NoGain(_));
        let rivals = proven.iter().chain(&found).any(|other| other.rivals(proof));
        if alone && !rivals && wanted.contains(&proof.remedy.name()) {
            found.push(the_simplest(proof, tried));
        }
    }
    if found.is_empty() || proven.len() + found.len() < 2 {
        return Vec::new();
    }
    let leaders: Vec<&Remedy> = proven.iter().map(|proof| &proof.remedy).collect();
    let all: Vec<&Remedy> = leaders.iter().copied().chain(found.iter().map(|proof| &proof.remedy)).collect();
    let base = imagine::together(lab, subject, hypopg, &leaders).await;
    let beside = imagine::together(lab, subject, hypopg, &all).await;
    match (base, beside) {
        (Some((base, _)), Some((cost, used))) if cost <= base * (1.0 - CHEAPER.0) => {
            let mut used = used.into_iter().skip(leaders.len());
            found.retain(|_| used.next().unwrap_or_default());
            found
        }
        _ => Vec::new(),
    }
}

/// The planner wants the cheapest of several alternatives; which of them leads is up to the clock, where they were built.
fn the_simplest(wanted: &Proof, tried: &[Proof]) -> Proof {
    let used = |proof: &&Proof| proof.measurement.as_ref().is_some_and(|m| m.used);
    let same = |proof: &&Proof| proof.remedy.nodes == wanted.remedy.nodes;
    let alternatives: Vec<Proof> = tried.iter().filter(used).filter(same).cloned().collect();
    let led = if used(&wanted) { choose::leading(alternatives) } else { None };
    led.unwrap_or_else(|| wanted.clone())
}

async fn attempt(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    members: &[Proof],
) -> Result<Found, Failure> {
    let remedies: Vec<&Remedy> = members.iter().map(|proof| &proof.remedy).collect();
    let whole = joined(&remedies);
    build::may(lab, subject, &whole)?;
    let apart = can_be_left_out(lab, subject, &remedies);
    let mut sessions = Vec::new();
    for _ in 0..=(if apart { members.len() } else { 0 }) {
        sessions.push(build::open(lab).await?);
    }
    warn(lab, subject, &whole, sessions.len());
    let tried = all_and_all_but_one(lab, subject, members, &mut sessions).await;
    for session in sessions {
        session.close().await;
    }
    tried
}

/// Whether each can be left out while another trial holds all: not where both would make things of the same name, of which
/// the second waits for the first (an extension; the indexes of partitions, which PostgreSQL names).
fn can_be_left_out(lab: &Laboratory<'_>, subject: &Subject<'_>, remedies: &[&Remedy]) -> bool {
    let own = |action: &Action| match action {
        Action::CreateIndex(index) => index.extension.is_none() && index.partitions.is_empty(),
        _ => false,
    };
    let named = remedies.iter().all(|remedy| remedy.actions.iter().all(own));
    named && lab.limits.effort != Effort::Quick && !subject.writes && subject.timed_out.is_none()
}

fn warn(lab: &Laboratory<'_>, subject: &Subject<'_>, whole: &Remedy, trials: usize) {
    let tables = whole.tables();
    let wait = (build::locked_for(lab, subject, &tables) * trials as f64).roughly();
    let (name, tables) = (whole.name(), build::listed(&tables));
    let each = if trials > 1 { ", then without each" } else { "" };
    (lab.say)(&format!(
        "trying {name} together{each}; writers of {tables} wait meanwhile, at most about {wait}"
    ));
}

/// One trial has them all; one after the other has all but one, and is measured in turn with it. What adds nothing is left
/// out from then on, so that of two that do the same one stays.
async fn all_and_all_but_one(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    members: &[Proof],
    sessions: &mut [Session],
) -> Result<Found, Failure> {
    let mut sessions = sessions.iter_mut();
    let Some(first) = sessions.next() else { return Err(Failure::because("there is no session".to_owned())) };
    let mut trial = Trial::begin(first, true).await?;
    let mut kept: Vec<usize> = (0..members.len()).collect();
    let whole = of(members, &kept);
    let built = build_in(lab, &trial, &whole).await?;
    let pair = beside_nothing(lab, subject, &trial, &whole).await?;
    let mut found = Found { parts: parts(subject, members, &built, &pair.plan), pair };
    kept.retain(|at| found.parts[*at].superfluous.is_none());
    if sessions.len() == 0 {
        leave_out_by_hand(members, &mut kept, &mut found);
    }
    let mut again = false;
    for at in weakest_first(members, &kept) {
        let Some(session) = sessions.next().filter(|_| kept.len() > 1) else { break };
        let others: Vec<usize> = kept.iter().copied().filter(|other| *other != at).collect();
        let part = Trial::begin(session, true).await?;
        build_in(lab, &part, &renamed(of(members, &others))).await?;
        let Pair { before, after, .. } =
            beside_the_others(lab, subject, &part, &trial, found.pair.after.median()).await?;
        if weigh(&before, &after) == Weighed::Faster {
            found.parts[at].left_out = Some((before, after));
            let _ = part.end().await;
        } else {
            (found.parts[at].superfluous, again) = (Some(no_different(&before, &after)), true);
            kept = others;
            let _ = std::mem::replace(&mut trial, part).end().await;
        }
    }
    if again && kept.len() > 1 {
        found.pair = beside_nothing(lab, subject, &trial, &of(members, &kept)).await?;
    }
    let _ = trial.end().await;
    Ok(found)
}

async fn build_in(lab: &Laboratory<'_>, trial: &Trial<'_>, remedy: &Remedy) -> Result<Built, Failure> {
    let watch = Watch::begin(Watcher::open(lab.gateway).await, Without::Session(lab.session), trial).await;
    let built = build::ready(lab, trial, &watch, remedy).await;
    watch.close().await;
    Ok(built?.0)
}

/// What was built in this trial against nothing.
async fn beside_nothing(
    lab: &Laboratory<'_>,
    subject: &Subject<'_>,
    trial: &Trial<'_>,
    remedy: &Remedy,
) -> Result<Pair, Failure> {
    let before = Without::Session(lab.session);
    let watch = Watch::begin(Watcher::open(lab.gateway).await, before, trial).await;
    let first = First::of(subject.plan, subject.timed_out);
    let with = With::standing(subject.sql);
    let place = Place { before, trial, watch: &watch, with: &with };
    let pair = build::run(lab, subject, &place, first, &remedy.name()).await;
    watch.close().await;
    Ok(pair?)
}

/// All against all but one.
async fn beside_the_others(
    lab: &Laboratory<'_>,
    subject: &Subject<'_>,
    others: &Trial<'_>,
    all: &Trial<'_>,
    takes: Ms,
) -> Result<Pair, Failure> {
    others.read_only().await?;
    let before = Without::Trial(others);
    let watch = Watch::begin(Watcher::open(lab.gateway).await, before, all).await;
    // Nothing is warm yet in the new trial.
    let first = First { time: takes, from_disk: None };
    let with = With::standing(subject.sql);
    let place = Place { before, trial: all, watch: &watch, with: &with };
    let pair = build::run(lab, subject, &place, first, "each left out").await;
    watch.close().await;
    Ok(pair?)
}

/// What was built of each, and whether it is used beside the others.
fn parts(subject: &Subject<'_>, members: &[Proof], built: &Built, plan: &Plan) -> Vec<Part> {
    let mut indexes = built.indexes.iter();
    let part = |member: &Proof| {
        let own: Vec<_> = indexes.by_ref().take(member.remedy.actions.len()).collect();
        let shown = member.remedy.shows_in(subject.plan);
        let idle = shown && !own.iter().all(|index| plan.uses(&index.names));
        let size = Bytes(own.iter().map(|index| index.size.0).sum());
        let superfluous = idle.then(|| "the planner does not use it there".to_owned());
        Part { size, superfluous, left_out: None }
    };
    members.iter().map(part).collect()
}

/// Where nothing could be left out, two that were measured alone tell of each other.
fn leave_out_by_hand(members: &[Proof], kept: &mut Vec<usize>, found: &mut Found) {
    for at in weakest_first(members, kept) {
        let others: Vec<usize> = kept.iter().copied().filter(|other| *other != at).collect();
        let [other] = others.as_slice() else { return };
        let Some(alone) = members[*other].measurement.as_ref().map(|m| m.after.clone()) else { return };
        if weigh(&alone, &found.pair.after) == Weighed::Faster {
            found.parts[at].left_out = Some((alone, found.pair.after.clone()));
        } else {
            found.parts[at].superfluous = Some(no_different(&alone, &found.pair.after));
            *kept = others;
        }
    }
}

fn no_different(without: &Sample, with: &Sample) -> String {
    format!("{} without it, {} with it", without.median(), with.median())
}

/// What saves least alone is the first to be doubted.
fn weakest_first(members: &[Proof], kept: &[usize]) -> Vec<usize> {
    let saved = |at: &usize| members[*at].measurement.as_ref().map_or(0.0, |m| m.saved().0);
    let mut order = kept.to_vec();
    order.sort_by(|a, b| saved(a).total_cmp(&saved(b)));
    order
}

/// These members as one remedy.
fn of(members: &[Proof], which: &[usize]) -> Remedy {
    joined(&which.iter().map(|at| &members[*at].remedy).collect::<Vec<_>>())
}

fn joined(remedies: &[&Remedy]) -> Remedy {
    let mut whole = remedies[0].clone();
    for remedy in &remedies[1..] {
        whole.actions.extend(remedy.actions.iter().cloned());
        whole.nodes.extend(&remedy.nodes);
        whole.replaces.extend(remedy.replaces.iter().cloned());
    }
    whole
}

/// The same under other names: until both trials are over, a name can be taken by one of them only.
fn renamed(mut remedy: Remedy) -> Remedy {
    for (number, action) in remedy.actions.iter_mut().enumerate() {
        if let Action::CreateIndex(index) = action {
            index.name = format!("advisor_beside_{number}");
        }
    }
    remedy
}

/// Draws the conclusions: who stays a suggestion, who becomes one, who falls away.
fn settle(outcome: &mut Outcome, members: Vec<Proof>, found: Found) {
    let Found { pair, parts } = found;
    let names: Vec<String> = members.iter().map(|member| member.remedy.name()).collect();
    let kept: Vec<usize> = (0..members.len()).filter(|at| parts[*at].superfluous.is_none()).collect();
    let faster = weigh(&pair.before, &pair.after) == Weighed::Faster || pair.before.runs.len() == 1;
    if kept.is_empty() || !faster {
        return;
    }
    let others = |at: usize| {
        let others = kept.iter().filter(|other| **other != at).map(|other| format!("`{}`", names[*other]));
        others.collect::<Vec<_>>().join(" and ")
    };
    for (at, member) in members.into_iter().enumerate() {
        let was_suggested = member.verdict == Verdict::Proven;
        match (&parts[at].superfluous, was_suggested) {
            (Some(why), true) => {
                let why = format!("it adds nothing beside {}: {why}", others(at));
                outcome.suggestions.retain(|proof| proof.remedy.name() != names[at]);
                outcome.tried.push(Proof { verdict: Verdict::NoGain(why), ..member });
            }
            (None, false) if kept.len() > 1 => {
                outcome.tried.retain(|proof| proof.remedy.name() != names[at]);
                outcome.suggestions.push(beside(member, &parts[at], &pair, &others(at)));
            }
            _ => {}
        }
    }
    if kept.len() > 1 {
        let member = |at: &usize| {
            let left_out = parts[*at].left_out.as_ref();
            Member {
                name: names[*at].clone(),
                without: left_out.map(|(without, _)| without.median()),
                worth: left_out.map(|(without, with)| without.median() - with.median()),
            }
        };
        let members = kept.iter().map(member).collect();
        outcome.set = Some(Together { before: pair.before, after: pair.after, members, notes: pair.notes });
    }
}

/// What helps only beside others is told by what it does there.
fn beside(mut member: Proof, part: &Part, pair: &Pair, others: &str) -> Proof {
    let build = member.measurement.as_ref().map_or(Ms(0.0), |m| m.build);
    let (before, after) = match &part.left_out {
        Some((without, with)) => (without.clone(), with.clone()),
        None => (pair.before.clone(), pair.after.clone()),
    };
    member.measurement = Some(Measurement { before, after, size: part.size, build, used: true });
    member.verdict = Verdict::Proven;
    member.why_not = None;
    let how = if part.left_out.is_some() { "beside" } else { "together with" };
    // What was noted before is about a trial alone.
    member.notes = vec![format!("it was measured {how} {others}: alone it gives no gain that can be told")];
    member
}
