//! A person's own idea, tried in the same laboratory as everything else.

use super::build::Turn;
use super::compare::compare;
use super::plot::Plot;
use super::{Laboratory, Missing, Proof, Subject, Verdict, build};
use crate::db::{Refusal, RefusalKind};

/// Tries a person's own idea on one statement.
///
/// Fails only when the connection is lost: everything else is a verdict.
pub async fn prove_own(
    lab: &mut Laboratory<'_>,
    subject: &Subject<'_>,
    plot: &Plot,
) -> Result<(Proof, Vec<Missing>), Refusal> {
    let mut missing = Vec::new();
    let mut proof = Proof::untried(plot.remedy(subject.plan));
    proof.notes.extend(plot.notes.iter().cloned());
    if let Some(other) = proof.remedy.rewrite().map(str::to_owned) {
        match compare(lab, subject, &other).await {
            Ok(Ok(notes)) => proof.notes.extend(notes),
            Ok(Err(verdict)) => {
                proof.verdict = verdict;
                return Ok((proof, missing));
            }
            Err(refusal) if refusal.kind == RefusalKind::Lost => return Err(refusal),
            Err(refusal) => {
                proof.verdict =
                    Verdict::NotPossible(format!("the rows could not be compared: {}", refusal.message));
                return Ok((proof, missing));
            }
        }
    }
    build::measure(lab, subject, &mut proof, Turn { number: 1, of: 1 }, &mut missing).await;
    proof.judge(subject, true);
    Ok((proof, missing))
}
