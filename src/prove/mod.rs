//! Try a remedy, and weigh what came of it.
//!
//! What may be written to a server is decided in `policy.rs`, by one function.

mod build;
mod choose;
mod compare;
pub mod effects;
mod effort;
mod imagine;
mod interval;
mod measure;
mod own;
mod pages;
mod plot;
mod policy;
mod proof;
mod screen;
mod set;
mod spent;
mod turns;
mod untried;
mod watch;
mod weigh;
mod why_not;
mod writes;

pub use effort::Effort;
pub use interval::{Gain, Interval};
pub use own::prove_own;
pub use plot::{NotThere, Plot, plot};
pub use proof::{Measurement, Missing, Prediction, Proof, Sample, Verdict};
pub use set::{Member, Together};
pub use spent::{ASKING, BUILDING, ELSE, Ledger, MEASURING, RUNNING, Spent, WRITERS};
pub use untried::{Untriable, untried};
pub use weigh::{Weighed, weigh};
pub use why_not::explain_silences;
pub use writes::{Cost, Hot, UpdateCost, WriteCost};

use std::time::Instant;

use self::build::Turn;
use self::screen::Candidate;
use crate::catalog::Catalog;
use crate::db::{Gateway, HypoPg, Refusal, RefusalKind, Session};
use crate::plan::Plan;
use crate::remedy::Remedy;
use crate::units::{Bytes, Ms};

/// What experiments may do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// `--prove`: whether to build real indexes, in transactions that are rolled back.
    pub build: bool,
    /// `--max-build-size`: a larger table gets no index unasked.
    pub max_build: Bytes,
    /// `--allow-writes`: whether statements that write may run, in transactions that are rolled back.
    pub writes: bool,
    /// `--effort`: how much is tried, and for how long.
    pub effort: Effort,
}

/// Where experiments are made.
pub struct Laboratory<'a> {
    /// A read-only session: it asks HypoPG, and it measures how things are without a remedy.
    pub session: &'a mut Session,
    /// Opens the sessions in which remedies are built.
    pub gateway: &'a Gateway,
    /// What may be done.
    pub limits: Limits,
    /// Tells the user, while it happens, of what others could notice.
    pub say: &'a dyn Fn(&str),
    /// What the time goes to.
    pub spent: Ledger,
}

/// The statement under experiment.
pub struct Subject<'a> {
    /// Its text.
    pub sql: &'a str,
    /// Its plan, measured or estimated.
    pub plan: &'a Plan,
    /// What is known of its tables.
    pub catalog: &'a Catalog,
    /// Whether running it writes, or has effects outside of its transaction.
    pub writes: bool,
    /// When it was cancelled by a timeout: after how long.
    pub timed_out: Option<Ms>,
    /// Whether the plan was given: the statement is planned here, but never run.
    pub given: bool,
}

/// Everything that came of trying.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// What the tool stands behind, the best first.
    pub suggestions: Vec<Proof>,
    /// What may help, and could not be tried here; the best argued first.
    pub untried: Vec<Proof>,
    /// What was tried in vain, or whose trial was refused.
    pub tried: Vec<Proof>,
    /// What the suggestions are worth together, where there are several for different nodes.
    pub set: Option<Together>,
    /// What the session's rights or the server's extensions forbid.
    pub missing: Vec<Missing>,
    /// HypoPG's version, when it could be used.
    pub hypopg: Option<String>,
    /// What the time went to.
    pub spent: Vec<Spent>,
}

/// Tries every remedy as far as the limits, the rights and the server allow.
///
/// Fails only when the connection is lost: everything else is a verdict.
pub async fn prove(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    remedies: Vec<Remedy>,
) -> Result<Outcome, Refusal> {
    let mut outcome = Outcome::default();
    let mut proofs: Vec<Proof> = remedies.into_iter().map(Proof::untried).collect();
    if proofs.is_empty() {
        outcome.spent = lab.spent.take();
        return Ok(outcome);
    }
    let start = Instant::now();
    let hypopg = match HypoPg::find(lab.session).await {
        Err(refusal) if refusal.kind != RefusalKind::Lost => HypoPg::Missing,
        found => found?,
    };
    let wanted = imagine::predict(lab, subject, &hypopg, &mut proofs).await?;
    lab.spent.note(ASKING, "", start.elapsed());
    let build = lab.limits.build && !subject.given;
    let built =
        if build { build_the_best(lab, subject, &wanted, &mut proofs, &mut outcome).await } else { vec![] };
    proofs.iter_mut().for_each(|proof| proof.judge(subject, build));
    if build {
        screen::leave_out(&mut proofs, &built);
    }
    let wanted = named(&proofs, &wanted);
    if proofs.iter().all(|proof| proof.prediction.is_none() && proof.measurement.is_none()) {
        outcome.missing.extend(imagine::missing(&hypopg));
    }
    outcome.hypopg = hypopg.version().map(str::to_owned);
    outcome.missing.sort();
    outcome.missing.dedup();
    let mut outcome = choose::choose(proofs, outcome);
    if build {
        set::try_together(lab, subject, &hypopg, &wanted, &mut outcome).await;
        writes::of(lab, subject, &mut outcome.suggestions).await;
    }
    outcome.spent = lab.spent.take();
    Ok(outcome)
}

/// Builds what the screen leaves, and measures; tells which.
async fn build_the_best(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    wanted: &[bool],
    proofs: &mut [Proof],
    outcome: &mut Outcome,
) -> Vec<usize> {
    let seen = proofs.iter().zip(wanted).map(|(proof, wanted)| Candidate::of(proof, *wanted));
    let chosen = screen::to_build(&seen.collect::<Vec<_>>(), lab.limits.effort);
    let remedies: Vec<&Remedy> = chosen.iter().map(|at| &proofs[*at].remedy).collect();
    build::announce(lab, subject, &remedies);
    for (before, at) in chosen.iter().enumerate() {
        let turn = Turn { number: before + 1, of: chosen.len() };
        build::measure(lab, subject, &mut proofs[*at], turn, &mut outcome.missing).await;
    }
    chosen
}

/// The names of the remedies that the planner wants among all.
fn named(proofs: &[Proof], wanted: &[bool]) -> Vec<String> {
    proofs.iter().zip(wanted).filter(|(_, wanted)| **wanted).map(|(proof, _)| proof.remedy.name()).collect()
}
