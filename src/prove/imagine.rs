//! What the planner would make of indexes that only it sees.

use super::{Laboratory, Missing, Prediction, Proof, Subject};
use crate::db::{HypoPg, Imagination, Imagined, Refusal, RefusalKind, Trial};
use crate::plan::Plan;
use crate::remedy::Remedy;

/// Fills the predictions, where HypoPG can be used. Tells which of the remedies the planner wants when it sees all of
/// them at once: that takes it one plan, and is as good a choice as any search by cost (measured on TPC-H).
pub(super) async fn predict(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    hypopg: &HypoPg,
    proofs: &mut [Proof],
) -> Result<Vec<bool>, Refusal> {
    let nothing = vec![false; proofs.len()];
    let Some(writes) = writes(hypopg) else { return Ok(nothing) };
    let trial = Trial::begin(lab.session, writes).await?;
    let asked = ask(&trial, hypopg, subject, proofs).await;
    trial.end().await?;
    match asked {
        Err(refusal) if refusal.kind == RefusalKind::Lost => Err(refusal),
        Err(refusal) => {
            let note = format!("HypoPG could not be asked: {}", refusal.message);
            proofs.iter_mut().for_each(|proof| proof.notes.push(note.clone()));
            Ok(nothing)
        }
        Ok(wanted) => Ok(wanted),
    }
}

/// Whether asking must write: what is installed answers a read-only session, also on a standby; creating it must write.
/// `None` where it cannot be asked.
fn writes(hypopg: &HypoPg) -> Option<bool> {
    match hypopg {
        HypoPg::Installed { .. } => Some(false),
        HypoPg::Creatable { .. } => Some(true),
        HypoPg::Forbidden | HypoPg::Missing => None,
    }
}

async fn ask(
    trial: &Trial<'_>,
    hypopg: &HypoPg,
    subject: &Subject<'_>,
    proofs: &mut [Proof],
) -> Result<Vec<bool>, Refusal> {
    let mut wanted = vec![false; proofs.len()];
    let Some(imagination) = Imagination::begin(trial, hypopg).await? else { return Ok(wanted) };
    let cost_before = cost(&imagination.explain(&[], subject.sql).await?.plan);
    for proof in proofs.iter_mut() {
        ask_of_one(&imagination, subject, cost_before, proof).await?;
    }
    let seen: Vec<usize> = (0..proofs.len()).filter(|at| proofs[*at].prediction.is_some()).collect();
    let indexes: Vec<Vec<String>> = seen.iter().flat_map(|at| proofs[*at].remedy.imagined()).collect();
    match imagination.explain(&indexes, subject.sql).await {
        Ok(Imagined { used, .. }) => {
            let mut used = used.into_iter();
            for at in seen {
                let own: Vec<bool> = used.by_ref().take(proofs[at].remedy.actions.len()).collect();
                wanted[at] = own.iter().all(|one| *one);
            }
            Ok(wanted)
        }
        Err(refusal) if refusal.kind == RefusalKind::Lost => Err(refusal),
        // Each of them was imagined alone: that must do.
        Err(_) => Ok(wanted),
    }
}

async fn ask_of_one(
    imagination: &Imagination<'_, '_>,
    subject: &Subject<'_>,
    cost_before: f64,
    proof: &mut Proof,
) -> Result<(), Refusal> {
    if !proof.remedy.shows_in(subject.plan) {
        let why = "HypoPG cannot tell: what a trigger runs is not in the statement's plan";
        proof.notes.push(why.to_owned());
        return Ok(());
    }
    let indexes = proof.remedy.imagined();
    if indexes.is_empty() {
        proof.notes.push("HypoPG does not know this kind of index".to_owned());
        return Ok(());
    }
    match imagination.explain(&indexes, subject.sql).await {
        Ok(Imagined { plan, used, size }) => {
            let used = used.iter().all(|one| *one);
            if !used && proof.remedy.wants_statistics() {
                let why = "the planner would leave it aside, but knows nothing of the expression before an index on it is analyzed";
                proof.notes.push(why.to_owned());
                return Ok(());
            }
            proof.prediction = Some(Prediction { cost_before, cost_after: cost(&plan), used, size });
            Ok(())
        }
        Err(refusal) if refusal.kind == RefusalKind::Lost => Err(refusal),
        Err(refusal) => {
            proof.notes.push(format!("HypoPG could not imagine it: {}", refusal.message));
            Ok(())
        }
    }
}

/// The statement's cost with all of these in sight, and which of them the planner would use; `None` where nobody can
/// tell.
pub(super) async fn together(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    hypopg: &HypoPg,
    remedies: &[&Remedy],
) -> Option<(f64, Vec<bool>)> {
    let trial = Trial::begin(lab.session, writes(hypopg)?).await.ok()?;
    let asked = async {
        let imagination = Imagination::begin(&trial, hypopg).await.ok()??;
        let indexes: Vec<Vec<String>> = remedies.iter().flat_map(|remedy| remedy.imagined()).collect();
        imagination.explain(&indexes, subject.sql).await.ok()
    };
    let asked = asked.await;
    trial.end().await.ok()?;
    let Imagined { plan, used, .. } = asked?;
    let mut used = used.into_iter();
    // What cannot be imagined has no part in the answer.
    let of = |remedy: &&Remedy| {
        let own: Vec<bool> = used.by_ref().take(remedy.imagined().len()).collect();
        !own.is_empty() && own.iter().all(|one| *one)
    };
    Some((cost(&plan), remedies.iter().map(of).collect()))
}

fn cost(plan: &Plan) -> f64 {
    plan.root().estimate.map_or(0.0, |estimate| estimate.total_cost)
}

/// What would let the planner be asked.
pub(super) fn missing(hypopg: &HypoPg) -> Option<Missing> {
    match hypopg {
        HypoPg::Installed { .. } | HypoPg::Creatable { .. } => None,
        HypoPg::Forbidden => Some(Missing {
            what: "the planner could not be asked what it would do with an index: HypoPG is not installed here".into(),
            remedy: Some("CREATE EXTENSION hypopg;".into()),
        }),
        HypoPg::Missing => Some(Missing {
            what: "the planner could not be asked what it would do with an index: the server does not have HypoPG \
                   (`--prove` builds indexes without it)"
                .into(),
            remedy: None,
        }),
    }
}
