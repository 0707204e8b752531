//! Which of the proofs become suggestions.

use super::weigh::JITTER;
use super::{Outcome, Proof, Verdict};
use crate::units::Share;

/// Two alternatives whose times differ by less than this are as good as each other, and the simpler one leads.
const AS_GOOD: Share = Share(0.1);

/// Suggestions, the best first, what could not be tried, and what was tried in vain. Of alternatives for one node only
/// the best is suggested; the others say which one does better. Of those that nobody could try none is better.
pub(super) fn choose(proofs: Vec<Proof>, mut outcome: Outcome) -> Outcome {
    let (untried, others): (Vec<Proof>, Vec<Proof>) =
        proofs.into_iter().partition(|p| p.verdict.is_untried());
    let (mut good, tried): (Vec<Proof>, Vec<Proof>) =
        others.into_iter().partition(|p| p.verdict.is_suggestion());
    good.sort_by(|a, b| rank(a).cmp(&rank(b)).then(left(a).total_cmp(&left(b))));
    outcome.tried = tried;
    for mut proof in good {
        let rival = outcome.suggestions.iter_mut().find(|best| alternatives(best, &proof));
        match rival {
            None => outcome.suggestions.push(proof),
            Some(best) => {
                if as_good(best, &proof) && simpler(&proof, best) {
                    std::mem::swap(best, &mut proof);
                }
                outcome.outdone(proof);
            }
        }
    }
    for mut proof in untried {
        if outcome.suggestions.iter().any(|best| alternatives(best, &proof)) {
            outcome.outdone(proof);
            continue;
        }
        if let Some(first) = outcome.untried.iter().find(|first| alternatives(first, &proof)) {
            let name = first.remedy.name();
            proof.notes.push(format!("an alternative to `{name}`: only one of the two is of use"));
        }
        outcome.untried.push(proof);
    }
    outcome
}

impl Outcome {
    /// Puts a proof aside that a suggestion for the same node outdoes.
    fn outdone(&mut self, mut proof: Proof) {
        let best = self.suggestions.iter().find(|best| alternatives(best, &proof));
        if let Some(best) = best {
            proof.verdict = Verdict::NoGain(outdone_by(best, &proof));
        }
        self.tried.push(proof);
    }
}

fn alternatives(a: &Proof, b: &Proof) -> bool {
    a.remedy.nodes.iter().any(|node| b.remedy.nodes.contains(node))
}

fn rank(proof: &Proof) -> u8 {
    match proof.verdict {
        Verdict::Proven => 0,
        _ => 1,
    }
}

/// What is left of the time, or of the planner's cost: smaller is better.
fn left(proof: &Proof) -> f64 {
    match (&proof.measurement, proof.prediction) {
        (Some(measured), _) => measured.after.median().0,
        (None, Some(prediction)) => prediction.cost_after,
        (None, None) => 0.0,
    }
}

fn as_good(best: &Proof, other: &Proof) -> bool {
    let slack = if best.measurement.is_some() { JITTER.0 } else { 0.0 };
    rank(best) == rank(other) && left(other) <= left(best) * (1.0 + AS_GOOD.0) + slack
}

/// Fewer pages, then fewer columns: the clock cannot tell the two apart.
fn simpler(a: &Proof, b: &Proof) -> bool {
    let pages = |proof: &Proof| proof.measurement.as_ref().and_then(|m| m.after.pages).unwrap_or(0);
    (pages(a), a.remedy.width()) < (pages(b), b.remedy.width())
}

fn outdone_by(best: &Proof, other: &Proof) -> String {
    let name = best.remedy.name();
    match (&best.measurement, &other.measurement) {
        (Some(best), Some(other)) => {
            format!(
                "`{name}` does as well or better: {} against {}",
                best.after.median(),
                other.after.median()
            )
        }
        _ => format!("`{name}` promises as much or more for the same node"),
    }
}
