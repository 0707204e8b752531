//! Which of the proofs become suggestions: the fastest is not always the best.

use super::screen::TINY;
use super::weigh::{JITTER, Weighed, weigh};
use super::{Outcome, Proof, Verdict};
use crate::remedy::Action;
use crate::units::{Bytes, Factor, Share};

/// Two alternatives whose times, or costs, differ by less than this are as good as each other.
const AS_GOOD: Share = Share(0.1);

/// What leads reaches four fifths of the best's speed-up, whatever speaks for it: it takes at most this much of its time.
const NEARLY: Factor = Factor(1.25);

/// Of two indexes within this of each other neither is the smaller one: their fill differs by as much.
const ALIKE: Factor = Factor(1.1);

/// By the planner's cost, what an index carries besides its keys is worth its room when it spares more than this part of the
/// statement's cost: below, the clock will not tell the two apart.
const CARRIED: Share = Share(0.01);

/// What looks at more pages than this many times as many is not as good, even when the clock cannot tell: the pages were
/// in the cache.
const PAGES: u64 = 2;

/// So many pages more are no witness: an index's own levels make such a difference.
const FEW_PAGES: u64 = 8;

/// Suggestions, the best first, what could not be tried, and what was tried in vain. Of alternatives for one node only
/// one is suggested; the others say what it does better. Of those that nobody could try none is better.
pub(super) fn choose(proofs: Vec<Proof>, mut outcome: Outcome) -> Outcome {
    let (untried, others): (Vec<Proof>, Vec<Proof>) =
        proofs.into_iter().partition(|p| p.verdict.is_untried());
    let (mut good, tried): (Vec<Proof>, Vec<Proof>) =
        others.into_iter().partition(|p| p.verdict.is_suggestion());
    good.sort_by(|a, b| rank(a).cmp(&rank(b)).then(left(a).total_cmp(&left(b))));
    outcome.tried = tried;
    while !good.is_empty() {
        let best = good.remove(leader(&good));
        let (rivals, rest): (Vec<Proof>, Vec<Proof>) = good.into_iter().partition(|p| p.rivals(&best));
        good = rest;
        outcome.tried.extend(rivals.into_iter().map(|proof| outdone(proof, &best)));
        outcome.suggestions.push(best);
    }
    for mut proof in untried {
        let best = outcome.suggestions.iter().find(|best| best.rivals(&proof));
        if let Some(best) = best.filter(|best| best.verdict == Verdict::Proven) {
            outcome.tried.push(outdone(proof, best));
            continue;
        }
        // What nobody could ask about may be better than what the planner expects to help.
        if let Some(first) = best.or_else(|| outcome.untried.iter().find(|first| first.rivals(&proof))) {
            let name = first.remedy.name();
            proof.notes.push(format!("an alternative to `{name}`: only one of the two is of use"));
        }
        outcome.untried.push(proof);
    }
    outcome
}

impl Proof {
    /// Whether only one of the two is of use: they change the work of the same node.
    pub fn rivals(&self, other: &Self) -> bool {
        self.remedy.nodes.iter().any(|node| other.remedy.nodes.contains(node))
    }
}

/// Of these alternatives the one that leads.
pub(super) fn leading(mut alternatives: Vec<Proof>) -> Option<Proof> {
    alternatives.sort_by(|a, b| left(a).total_cmp(&left(b)));
    let lead = leader(&alternatives);
    alternatives.into_iter().nth(lead)
}

/// Which of these leads, where they are the fastest first: the simplest of those that do as well as the fastest.
fn leader(good: &[Proof]) -> usize {
    let Some(fastest) = good.first() else { return 0 };
    let eligible = |at: &usize| good[*at].rivals(fastest) && does_as_well(&good[*at], fastest);
    (1..good.len())
        .filter(eligible)
        .fold(0, |lead, at| if simpler(&good[at], &good[lead]) { at } else { lead })
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

/// Whether what is gained by the fastest is not worth more than what this one saves.
fn does_as_well(other: &Proof, fastest: &Proof) -> bool {
    if rank(other) != rank(fastest) {
        return false;
    }
    let (own, least) = (left(other), left(fastest));
    let (Some(its), Some(best)) = (&other.measurement, &fastest.measurement) else {
        return own <= least * (1.0 + AS_GOOD.0) || spares_carrying(other, fastest);
    };
    if own > least * NEARLY.0 + JITTER.0 {
        return false;
    }
    let near = own <= least * (1.0 + AS_GOOD.0) + JITTER.0 || weigh(&its.after, &best.after) == Weighed::Same;
    let more_pages =
        its.after.pages.zip(best.after.pages).is_some_and(|(own, its)| own > its * PAGES + FEW_PAGES);
    near && !more_pages || its.size.0 as f64 <= TINY.0 * best.size.0 as f64
}

/// Whether it is the other index without what that one carries, and hardly dearer to the planner.
fn spares_carrying(plain: &Proof, covering: &Proof) -> bool {
    let carries_more = |(own, its): (&Action, &Action)| match (own, its) {
        (Action::CreateIndex(own), Action::CreateIndex(its)) => {
            own.include.is_empty()
                && !its.include.is_empty()
                && own.keys == its.keys
                && own.predicate == its.predicate
        }
        _ => false,
    };
    let (own, its) = (&plain.remedy.actions, &covering.remedy.actions);
    let same = own.len() == its.len() && own.iter().zip(its).all(carries_more);
    let more = left(plain) - left(covering);
    same && plain.prediction.is_some_and(|prediction| more <= prediction.cost_before * CARRIED.0)
}

/// Smaller on disk, when what it makes superfluous is given back; then fewer columns, which is cheaper to write; then
/// fewer pages to read.
fn simpler(a: &Proof, b: &Proof) -> bool {
    let pages = |proof: &Proof| proof.measurement.as_ref().and_then(|m| m.after.pages).unwrap_or(0);
    match (net_size(a), net_size(b)) {
        (Some(a), Some(b)) if larger(a, b) => return false,
        (Some(a), Some(b)) if larger(b, a) => return true,
        _ => {}
    }
    (a.remedy.width(), pages(a)) < (b.remedy.width(), pages(b))
}

fn larger(a: Bytes, b: Bytes) -> bool {
    a.0 as f64 > b.0 as f64 * ALIKE.0
}

fn size(proof: &Proof) -> Option<Bytes> {
    proof.measurement.as_ref().map(|m| m.size).or(proof.prediction.and_then(|p| p.size))
}

fn net_size(proof: &Proof) -> Option<Bytes> {
    let back: u64 = proof.remedy.replaces.iter().map(|index| index.bytes.0).sum();
    size(proof).map(|size| Bytes(size.0.saturating_sub(back)))
}

/// Puts a proof aside for a suggestion for the same node.
fn outdone(mut proof: Proof, best: &Proof) -> Proof {
    proof.verdict = Verdict::NoGain(outdone_by(best, &proof));
    proof
}

fn outdone_by(best: &Proof, other: &Proof) -> String {
    let name = best.remedy.name();
    let (Some(its), Some(own)) = (&best.measurement, &other.measurement) else {
        return format!("`{name}` promises as much or more for the same node");
    };
    let (lead, median) = (its.after.median(), own.after.median());
    let sizes = match larger(its.size, own.size) || larger(own.size, its.size) {
        true => format!(", at {} against {}", its.size, own.size),
        false => String::new(),
    };
    let how = if lead > median && lead.to_string() != median.to_string() {
        "nearly as well"
    } else {
        "as well or better"
    };
    format!("`{name}` does {how}: {lead} against {median}{sizes}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Table, TableName};
    use crate::plan::NodeId;
    use crate::prove::{Measurement, Prediction, Sample};
    use crate::remedy::{IndexSpec, Key, Proposal, Remedy, Replaced, Treatment};
    use crate::units::Ms;

    static NONE: Treatment = Treatment { id: "", title: "", doc: "", propose: |_| Proposal::default() };

    /// An index of `width` columns for these nodes, proven: `(name, nodes, ms after, kB, pages)`.
    struct Tried(&'static str, &'static [usize], f64, u64, u64, usize);

    fn remedy(name: &str, nodes: &[usize], width: usize) -> Remedy {
        let table = TableName { schema: "public".into(), name: "t".into() };
        let table = Table { name: table, ..Table::default() };
        let keys = (0..width).map(|at| Key::ascending(format!("c{at}"))).collect();
        let index = IndexSpec { name: name.into(), ..IndexSpec::on(&table, keys) };
        Remedy {
            treatment: &NONE,
            actions: vec![Action::CreateIndex(index)],
            nodes: nodes.iter().map(|id| NodeId(*id)).collect(),
            why: String::new(),
            replaces: Vec::new(),
        }
    }

    fn sample(median: f64, pages: u64) -> Sample {
        let runs = [0.99, 1.0, 1.01, 1.0, 1.0, 0.99, 1.01, 1.0].map(|part| Ms(part * median)).to_vec();
        Sample { runs, pages: Some(pages), ..Sample::default() }
    }

    fn proven(Tried(name, nodes, after, kilobytes, pages, width): &Tried) -> Proof {
        let measurement = Measurement {
            before: sample(100.0, 5000),
            after: sample(*after, *pages),
            size: Bytes(kilobytes * 1024),
            build: Ms(1.0),
            used: true,
        };
        let verdict = Verdict::Proven;
        let remedy = remedy(name, nodes, *width);
        Proof { verdict, measurement: Some(measurement), ..Proof::untried(remedy) }
    }

    fn names(proofs: &[Proof]) -> Vec<String> {
        proofs.iter().map(|proof| proof.remedy.name()).collect()
    }

    #[test]
    fn the_smallest_of_those_that_do_as_well_as_the_fastest_leads() {
        let table: &[(&str, &[Tried], &[&str])] = &[
            ("alone", &[Tried("a", &[1], 1.0, 100, 5, 1)], &["a"]),
            ("the faster", &[Tried("a", &[1], 2.0, 100, 5, 1), Tried("b", &[1], 1.0, 100, 5, 2)], &["b"]),
            (
                "within noise the narrower",
                &[Tried("ab", &[1], 1.0, 100, 5, 2), Tried("a", &[1], 1.05, 100, 5, 1)],
                &["a"],
            ),
            (
                "within noise the plain one, not the covering one",
                &[Tried("covering", &[1], 1.0, 300, 4, 3), Tried("plain", &[1], 1.08, 200, 9, 1)],
                &["plain"],
            ),
            (
                "unless the covering one spares the pages",
                &[Tried("covering", &[1], 1.0, 300, 4, 3), Tried("plain", &[1], 1.08, 200, 400, 1)],
                &["covering"],
            ),
            (
                "nearly as fast at a hundredth of the size",
                &[Tried("btree", &[1], 8.0, 12_000, 200, 1), Tried("brin", &[1], 9.6, 40, 300, 1)],
                &["brin"],
            ),
            (
                "but not much slower",
                &[Tried("btree", &[1], 8.0, 12_000, 200, 1), Tried("brin", &[1], 10.6, 40, 300, 1)],
                &["btree"],
            ),
            (
                "nor nearly as fast at half of the size",
                &[Tried("btree", &[1], 8.0, 12_000, 200, 1), Tried("other", &[1], 9.6, 6_000, 200, 1)],
                &["btree"],
            ),
            (
                "what leads is as good as the fastest, not as the one before it",
                &[
                    Tried("a", &[1], 10.0, 300, 5, 1),
                    Tried("b", &[1], 10.9, 200, 5, 1),
                    Tried("c", &[1], 11.9, 100, 5, 1),
                ],
                &["b"],
            ),
            (
                "for other nodes another one leads, too",
                &[Tried("a", &[1], 10.0, 300, 5, 1), Tried("b", &[2], 20.0, 200, 5, 1)],
                &["a", "b"],
            ),
            (
                "who rivals the fastest alone may stand beside another leader",
                &[
                    Tried("both", &[1, 2], 1.0, 9000, 5, 3),
                    Tried("one", &[1], 1.05, 100, 5, 1),
                    Tried("two", &[2], 50.0, 100, 5, 1),
                ],
                &["one", "two"],
            ),
        ];
        for (case, tried, expected) in table {
            let outcome = choose(tried.iter().map(proven).collect(), Outcome::default());
            assert_eq!(names(&outcome.suggestions), *expected, "{case}");
            assert_eq!(
                outcome.suggestions.len() + outcome.tried.len(),
                tried.len(),
                "{case}: nothing is lost"
            );
        }
    }

    #[test]
    fn what_stands_beside_the_leader_is_told_with_its_numbers() {
        let tried = [Tried("btree", &[1], 0.8, 12_288, 40, 1), Tried("brin", &[1], 0.9, 40, 60, 1)];
        let outcome = choose(tried.iter().map(proven).collect(), Outcome::default());
        let why = outcome.tried[0].verdict.why();
        assert_eq!(why, Some("`brin` does nearly as well: 0.90 ms against 0.80 ms, at 40 kB against 12 MB"));
    }

    #[test]
    fn an_index_that_gives_another_back_is_small() {
        let mut longer = proven(&Tried("longer", &[1], 1.0, 300, 5, 2));
        longer.remedy.replaces = vec![Replaced { name: "old".into(), bytes: Bytes(250 * 1024) }];
        let outcome =
            choose(vec![longer, proven(&Tried("beside", &[1], 1.0, 200, 5, 1))], Outcome::default());
        assert_eq!(names(&outcome.suggestions), ["longer"]);
    }

    #[test]
    fn of_predictions_the_cheapest_leads_and_what_is_proven_leads_them_all() {
        let predicted = |name, cost_after, kilobytes: u64| {
            let prediction = Prediction {
                cost_before: 1000.0,
                cost_after,
                used: true,
                size: Some(Bytes(kilobytes * 1024)),
            };
            let verdict = Verdict::Predicted;
            Proof { verdict, prediction: Some(prediction), ..Proof::untried(remedy(name, &[1], 1)) }
        };
        let lead = |proofs| names(&choose(proofs, Outcome::default()).suggestions);
        assert_eq!(lead(vec![predicted("a", 20.0, 10), predicted("b", 10.0, 1000)]), ["b"]);
        assert_eq!(lead(vec![predicted("a", 10.5, 10), predicted("b", 10.0, 1000)]), ["a"]);
        let carrying = |mut proof: Proof| {
            for action in &mut proof.remedy.actions {
                if let Action::CreateIndex(index) = action {
                    index.include = vec!["d".into()];
                }
            }
            proof
        };
        let beside =
            |cost| lead(vec![carrying(predicted("covering", 10.0, 20)), predicted("plain", cost, 10)]);
        assert_eq!(beside(19.0), ["plain"], "what is carried spares next to nothing");
        assert_eq!(beside(21.0), ["covering"]);
        assert_eq!(lead(vec![predicted("a", 1.0, 10), proven(&Tried("c", &[1], 50.0, 10, 5, 1))]), ["c"]);
    }

    #[test]
    fn what_nobody_could_ask_about_stands_beside_a_prediction_and_behind_a_proof() {
        let unknown = || Proof::untried(remedy("gist", &[1], 1));
        let prediction = Prediction { cost_before: 1000.0, cost_after: 700.0, used: true, size: None };
        let predicted = Proof {
            verdict: Verdict::Predicted,
            prediction: Some(prediction),
            ..Proof::untried(remedy("btree", &[1], 1))
        };
        let outcome = choose(vec![predicted, unknown()], Outcome::default());
        assert_eq!(
            (names(&outcome.suggestions), names(&outcome.untried)),
            (vec!["btree".into()], vec!["gist".into()])
        );
        assert!(outcome.untried[0].notes[0].starts_with("an alternative to `btree`"));
        let outcome =
            choose(vec![proven(&Tried("btree", &[1], 1.0, 10, 5, 1)), unknown()], Outcome::default());
        assert_eq!((names(&outcome.untried), names(&outcome.tried)), (vec![], vec!["gist".into()]));
    }
}
