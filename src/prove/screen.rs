//! Which of the candidates are built: the planner is asked first, the clock decides among the few.

use super::{Effort, Proof, Verdict};
use crate::plan::NodeId;
use crate::units::{Bytes, Share};

/// What is known of a candidate before anything is built.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// The nodes whose work it would change: candidates that share one are alternatives.
    pub nodes: Vec<NodeId>,
    /// What the planner makes of it.
    pub opinion: Opinion,
}

/// What the planner makes of an index that only it sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Opinion {
    /// It could not be asked: no HypoPG, or HypoPG does not know this kind.
    Unknown,
    /// It would leave it aside.
    Ignores,
    /// It would use it.
    Uses {
        /// What is left of the statement's cost.
        left: Share,
        /// Whether it still would with all other candidates in sight.
        wanted: bool,
        /// HypoPG's idea of its size.
        size: Option<Bytes>,
    },
}

/// A cost that falls by less than this is within the planner's own coarseness.
pub(super) const CHEAPER: Share = Share(0.1);

/// An index of this part of another's size is worth a trial of its own: where it is nearly as fast, it leads.
pub(super) const TINY: Share = Share(0.05);

/// What leaves no more of the cost than this beyond what the cheapest leaves may do as well by the clock: if it is smaller, it
/// is tried with the cheapest; a quick trial takes it instead, where the difference is smaller still.
const ABOUT_AS_CHEAP: Share = Share(0.05);
const JUST_AS_CHEAP: Share = Share(0.01);

/// How many indexes are built.
struct Bound {
    /// Of alternatives for one node.
    each: usize,
    /// For one statement. A statement of many nodes would else hold its tables' writers up for minutes.
    all: usize,
}

impl Effort {
    fn bound(self) -> Bound {
        match self {
            Self::Quick => Bound { each: 1, all: 4 },
            // The planner's cost is not time: among three the fastest is hardly ever missed.
            Self::Normal => Bound { each: 3, all: 12 },
            Self::Thorough => Bound { each: usize::MAX, all: 40 },
        }
    }
}

impl Opinion {
    /// Whether it expects a gain that is worth something.
    fn helps(self) -> bool {
        matches!(self, Self::Uses { left, .. } if left.0 <= 1.0 - CHEAPER.0)
    }

    fn size(self) -> Option<Bytes> {
        match self {
            Self::Uses { size, .. } => size,
            Self::Unknown | Self::Ignores => None,
        }
    }

    fn left(self) -> f64 {
        match self {
            Self::Uses { left, .. } => left.0,
            Self::Unknown | Self::Ignores => 1.0,
        }
    }

    /// Smaller is tried sooner: what helps before what does not, what is wanted among all before what is only used alone.
    fn rank(self) -> (u8, f64) {
        match self {
            Self::Uses { left, wanted: true, .. } if self.helps() => (0, left.0),
            Self::Uses { left, .. } if self.helps() => (1, left.0),
            Self::Unknown => (2, 0.0),
            Self::Uses { left, .. } => (3, left.0),
            Self::Ignores => (4, 0.0),
        }
    }
}

impl Candidate {
    /// What a proof says of its remedy so far; `wanted`: whether the planner would use it among all others.
    pub fn of(proof: &Proof, wanted: bool) -> Self {
        let opinion = match proof.prediction {
            None => Opinion::Unknown,
            Some(p) if !p.used => Opinion::Ignores,
            Some(p) => {
                Opinion::Uses { left: Share(p.cost_after / p.cost_before.max(1.0)), wanted, size: p.size }
            }
        };
        Self { nodes: proof.remedy.nodes.clone(), opinion }
    }

    fn rivals(&self, other: &Self) -> bool {
        self.nodes.iter().any(|node| other.nodes.contains(node))
    }
}

/// Which candidates are built, in this order. They come best argued first.
///
/// What the planner knows is tried in the order of its costs. What it could not be asked about keeps its argued place
/// among the others; a quick trial takes it only where the planner sees no gain in any other. What the planner leaves aside
/// is built where it leaves all alternatives aside, and then only the best argued one.
pub(super) fn to_build(candidates: &[Candidate], effort: Effort) -> Vec<usize> {
    let Bound { each, all } = effort.bound();
    let mut chosen: Vec<usize> = Vec::new();
    for at in order(candidates, effort) {
        let this = &candidates[at];
        let others = |other: &&Candidate| !std::ptr::eq(*other, this) && other.rivals(this);
        let rivals: Vec<&Candidate> = candidates.iter().filter(others).collect();
        let before: Vec<&Candidate> = chosen.iter().map(|at| &candidates[*at]).filter(others).collect();
        let used = |other: &&Candidate| matches!(other.opinion, Opinion::Uses { .. });
        let taken = match this.opinion {
            _ if chosen.len() >= all => false,
            Opinion::Ignores if rivals.iter().any(used) => false,
            Opinion::Ignores if effort != Effort::Thorough => before.is_empty(),
            _ if before.len() < each => true,
            _ => effort == Effort::Normal && is_tiny(this, &before),
        };
        if taken {
            chosen.push(at);
        }
    }
    chosen
}

/// Whether it helps at a fraction of the size of all those.
fn is_tiny(this: &Candidate, others: &[&Candidate]) -> bool {
    let small = |size: Bytes, of: Bytes| size.0 as f64 <= TINY.0 * of.0 as f64;
    let beside = |other: &&Candidate| {
        this.opinion.size().zip(other.opinion.size()).is_some_and(|(own, its)| small(own, its))
    };
    this.opinion.helps() && others.iter().all(beside)
}

/// The candidates in the order in which they are considered.
fn order(candidates: &[Candidate], effort: Effort) -> Vec<usize> {
    let rank = |at: &usize| candidates[*at].opinion.rank();
    let by_rank = |a: &usize, b: &usize| {
        let ((class, left), (other, its)) = (rank(a), rank(b));
        class.cmp(&other).then(left.total_cmp(&its))
    };
    let mut ranked: Vec<usize> = (0..candidates.len()).collect();
    ranked.sort_by(by_rank);
    let ranked = with_small_ones(candidates, &ranked, effort);
    if effort == Effort::Quick {
        return ranked;
    }
    // The unknown keep their places; the known stand in the others' by rank; what is left aside comes last.
    let (unknown, known): (Vec<usize>, Vec<usize>) =
        ranked.into_iter().partition(|at| candidates[*at].opinion == Opinion::Unknown);
    let (ignored, mut known): (Vec<usize>, Vec<usize>) =
        known.into_iter().partition(|at| candidates[*at].opinion == Opinion::Ignores);
    known.reverse();
    let places = (0..candidates.len()).filter(|at| candidates[*at].opinion != Opinion::Ignores);
    let placed = places.filter_map(|at| if unknown.contains(&at) { Some(at) } else { known.pop() });
    placed.chain(ignored).collect()
}

/// Beside the first of each node the smallest of those that are about as cheap: the clock may not tell the two apart, and
/// then the smaller one is the better one. A quick trial has room for one of them only.
fn with_small_ones(candidates: &[Candidate], ranked: &[usize], effort: Effort) -> Vec<usize> {
    let slack = if effort == Effort::Quick { JUST_AS_CHEAP } else { ABOUT_AS_CHEAP };
    let mut order: Vec<usize> = Vec::new();
    for at in ranked {
        let first = &candidates[*at];
        if order.contains(at) {
            continue;
        }
        let place = order.len();
        let is_first = !order.iter().any(|other| candidates[*other].rivals(first));
        order.push(*at);
        let small = |other: &&usize| {
            let other = &candidates[**other].opinion;
            let smaller = other.size().zip(first.opinion.size()).is_some_and(|(own, its)| own < its);
            smaller && other.helps() && other.left() <= first.opinion.left() + slack.0
        };
        let rivals =
            ranked.iter().filter(|other| !order.contains(other) && candidates[**other].rivals(first));
        let smallest = rivals.filter(small).min_by_key(|other| candidates[**other].opinion.size());
        if let Some(smallest) = smallest.filter(|_| is_first) {
            order.insert(place + usize::from(effort != Effort::Quick), *smallest);
        }
    }
    order
}

/// What is to be said of a candidate that was not built while others were: about an alternative that was measured, the
/// clock has spoken; where none could be, the reason is the same.
pub(super) fn leave_out(proofs: &mut [Proof], built: &[usize]) {
    let left_out: Vec<usize> = (0..proofs.len()).filter(|at| !built.contains(at)).collect();
    for at in left_out {
        let rivals = built.iter().map(|other| &proofs[*other]).filter(|other| proofs[at].rivals(other));
        let (measured, refused): (Vec<&Proof>, Vec<&Proof>) = rivals.partition(|p| p.measurement.is_some());
        let verdict = match (measured.first(), refused.first()) {
            (Some(first), _) => Verdict::NoGain(not_built(&proofs[at], first)),
            (None, Some(first)) if proofs[at].prediction.is_none() => first.verdict.clone(),
            (None, None) if proofs[at].prediction.is_none() => {
                Verdict::NotPossible("more is proposed than `--effort thorough` builds".to_owned())
            }
            _ => continue,
        };
        proofs[at].verdict = verdict;
    }
}

fn not_built(proof: &Proof, first: &Proof) -> String {
    let name = first.remedy.name();
    match proof.prediction {
        Some(prediction) if !prediction.used => {
            format!("not built: the planner would not use it, and prefers `{name}`")
        }
        Some(_) => {
            format!("not built: the planner expects more of `{name}` (`--effort thorough` builds both)")
        }
        None => format!("not built: `{name}` is argued better (`--effort thorough` builds both)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Effort::{Normal, Quick, Thorough};

    /// `1:30` is a candidate for node 1 whose use leaves 30 % of the cost; `!` is one that is wanted among all; `1:30/2` has
    /// a size of 2; `1:?` is one that nobody can ask about, `1:-` one that the planner leaves aside; `1+2:30` is for two
    /// nodes.
    fn candidates(text: &str) -> Vec<Candidate> {
        text.split_whitespace()
            .map(|one| {
                let (nodes, opinion) = one.split_once(':').unwrap();
                let wanted = opinion.ends_with('!');
                let (left, size) = opinion.trim_end_matches('!').split_once('/').unwrap_or((opinion, ""));
                let opinion = match left.trim_end_matches('!') {
                    "?" => Opinion::Unknown,
                    "-" => Opinion::Ignores,
                    left => Opinion::Uses {
                        left: Share(left.parse::<f64>().unwrap() / 100.0),
                        wanted,
                        size: size.parse().ok().map(Bytes),
                    },
                };
                Candidate { nodes: nodes.split('+').map(|id| NodeId(id.parse().unwrap())).collect(), opinion }
            })
            .collect()
    }

    #[test]
    fn the_few_that_are_built_are_those_that_the_planner_wants_and_the_best_argued() {
        let table: &[(&str, &str, Effort, &[usize])] = &[
            ("nothing", "", Normal, &[]),
            ("without HypoPG the best argued", "1:? 1:? 1:? 1:? 2:?", Normal, &[0, 1, 2, 4]),
            ("the one that is argued best", "1:? 1:? 1:? 2:?", Quick, &[0, 3]),
            ("all of them", "1:? 1:? 1:? 1:? 2:?", Thorough, &[0, 1, 2, 3, 4]),
            ("the cheapest first", "1:50 1:10 1:30 1:20", Normal, &[1, 3, 2]),
            ("the cheapest alone", "1:50 1:10 1:30 1:20", Quick, &[1]),
            ("what is wanted among all goes before what is cheap alone", "1:10 1:20!", Quick, &[1]),
            ("what is left aside beside what is used is not built", "1:- 1:30 2:-", Normal, &[1, 2]),
            ("nor is it when everything is built", "1:- 1:30 2:-", Thorough, &[1, 2]),
            ("where all are left aside, the best argued", "1:- 1:- 1:-", Normal, &[0]),
            ("or all of them", "1:- 1:- 1:-", Thorough, &[0, 1, 2]),
            ("the unknown keep their places", "1:50 1:? 1:10 1:30", Normal, &[2, 1, 3]),
            ("a quick trial leaves them out beside what helps", "1:? 1:10", Quick, &[1]),
            ("but takes one where nothing else helps", "1:95 1:? 1:?", Quick, &[1]),
            ("or all else is left aside", "1:- 1:?", Quick, &[1]),
            (
                "a small one has a place of its own",
                "1:10/100 1:12/90 1:14/90 1:30/90 1:40/4",
                Normal,
                &[0, 1, 2, 4],
            ),
            (
                "a smaller one that is about as cheap is tried, too",
                "1:1/100 1:2/90 1:3/80 1:4/20 1:9/10",
                Normal,
                &[0, 3, 1],
            ),
            ("or instead", "1:1/100 1:1.5/20 1:3/10", Quick, &[1]),
            ("unless it is less cheap", "1:1/100 1:3/20", Quick, &[0]),
            ("for other nodes there is no rivalry", "1:10 2:20 3:95", Quick, &[0, 1, 2]),
            ("one that serves two nodes is a rival of both", "1+2:10 1:20 2:30", Quick, &[0]),
            ("nobody waits for more than so many", "1:10 2:20 3:30 4:40 5:50 6:60", Quick, &[0, 1, 2, 3]),
        ];
        for (case, text, effort, expected) in table {
            assert_eq!(to_build(&candidates(text), *effort), *expected, "{case}: {text}");
        }
    }
}
