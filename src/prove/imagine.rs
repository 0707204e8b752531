//! What the planner would make of an index that only it sees.

use super::{Laboratory, Missing, Prediction, Proof, Subject};
use crate::db::{HypoPg, Imagination, Imagined, Refusal, RefusalKind, Trial};
use crate::plan::Plan;

/// Fills the predictions, where HypoPG can be used.
pub(super) async fn predict(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    hypopg: &HypoPg,
    proofs: &mut [Proof],
) -> Result<(), Refusal> {
    // What is installed answers a read-only session, also on a standby; creating it must write.
    let writes = match hypopg {
        HypoPg::Installed { .. } => false,
        HypoPg::Creatable { .. } => true,
        HypoPg::Forbidden | HypoPg::Missing => return Ok(()),
    };
    let trial = Trial::begin(lab.session, writes).await?;
    let asked = ask(&trial, hypopg, subject, proofs).await;
    trial.end().await?;
    match asked {
        Err(refusal) if refusal.kind == RefusalKind::Lost => Err(refusal),
        Err(refusal) => {
            let note = format!("HypoPG could not be asked: {}", refusal.message);
            proofs.iter_mut().for_each(|proof| proof.notes.push(note.clone()));
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

async fn ask(
    trial: &Trial<'_>,
    hypopg: &HypoPg,
    subject: &Subject<'_>,
    proofs: &mut [Proof],
) -> Result<(), Refusal> {
    let Some(imagination) = Imagination::begin(trial, hypopg).await? else { return Ok(()) };
    let cost_before = cost(&imagination.explain(&[], subject.sql).await?.plan);
    for proof in proofs {
        if !proof.remedy.shows_in(subject.plan) {
            proof
                .notes
                .push("HypoPG cannot tell: what a trigger runs is not in the statement's plan".to_owned());
            continue;
        }
        let indexes = proof.remedy.imagined();
        if indexes.is_empty() {
            proof.notes.push("HypoPG does not know this kind of index".to_owned());
            continue;
        }
        match imagination.explain(&indexes, subject.sql).await {
            Ok(Imagined { plan, used, size }) => {
                proof.prediction = Some(Prediction { cost_before, cost_after: cost(&plan), used, size });
            }
            Err(refusal) if refusal.kind == RefusalKind::Lost => return Err(refusal),
            Err(refusal) => proof.notes.push(format!("HypoPG could not imagine it: {}", refusal.message)),
        }
    }
    Ok(())
}

fn cost(plan: &Plan) -> f64 {
    plan.root().estimate.map_or(0.0, |estimate| estimate.total_cost)
}

/// Whether the planner would leave this one aside while it would use an alternative for the same node: then
/// only the alternative is worth a build.
pub(super) fn outdone(proofs: &[Proof], at: usize) -> bool {
    let this = &proofs[at];
    let unused = this.prediction.is_some_and(|p| !p.used);
    let alternative = |other: &Proof| {
        other.prediction.is_some_and(|p| p.used)
            && other.remedy.nodes.iter().any(|node| this.remedy.nodes.contains(node))
    };
    unused && proofs.iter().any(alternative)
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
