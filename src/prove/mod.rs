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
mod spent;
mod turns;
mod untried;
mod watch;
mod weigh;

pub use effort::Effort;
pub use interval::{Gain, Interval};
pub use own::prove_own;
pub use plot::{NotThere, Plot, plot};
pub use proof::{Measurement, Missing, Prediction, Proof, Sample, Verdict};
pub use spent::{ASKING, BUILDING, ELSE, Ledger, MEASURING, RUNNING, Spent, WRITERS};
pub use untried::{Untriable, untried};
pub use weigh::{Weighed, weigh};

use std::time::Instant;

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
    imagine::predict(lab, subject, &hypopg, &mut proofs).await?;
    lab.spent.note(ASKING, "", start.elapsed());
    let build = lab.limits.build && !subject.given;
    for at in 0..proofs.len() {
        if build && !imagine::outdone(&proofs, at) {
            build::measure(lab, subject, &mut proofs[at], &mut outcome.missing).await;
        }
        proofs[at].judge(subject, build);
    }
    if proofs.iter().all(|proof| proof.prediction.is_none() && proof.measurement.is_none()) {
        outcome.missing.extend(imagine::missing(&hypopg));
    }
    outcome.hypopg = hypopg.version().map(str::to_owned);
    outcome.missing.sort();
    outcome.missing.dedup();
    outcome.spent = lab.spent.take();
    Ok(choose::choose(proofs, outcome))
}
