//! How much trying a statement is worth.

use super::weigh::LOOKS;
use crate::units::Ms;

/// How many remedies are built, and how long each is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// The best candidate alone, measured as often as it takes to tell a clear gain.
    Quick,
    /// The few best candidates.
    #[default]
    Normal,
    /// Every candidate, measured until the figures stand still.
    Thorough,
}

/// How long the runs of an experiment may take together.
struct Span {
    /// In multiples of the statement's own time.
    times: f64,
    /// No experiment is held to less: so short a while costs nobody anything, and makes fast statements tell.
    floor: Ms,
    /// Nor is it given more: others wait for the table's lock. A few runs are made all the same.
    ceiling: Ms,
}

/// With the run that was attributed, and half a run for connections, catalogs and the planner, five times in all, for all
/// remedies together: that is what `--effort quick` promises. It is enough for three pairs, where the remedy leaves at
/// most a sixth of the time; what leaves a quarter is plain after two.
const QUICK: Span = Span { times: 3.5, floor: Ms(300.0), ceiling: Ms(f64::INFINITY) };

/// Eight pairs of a statement that gets no faster, and a warm-up; sixteen of one whose time goes away. Half a minute
/// is what a person waits, and what writers of a table bear.
const NORMAL: Span = Span { times: 17.0, floor: Ms(1_000.0), ceiling: Ms(30_000.0) };

/// All sixty-four pairs of a statement whose time goes away; thirty-two of one that gets no faster.
const THOROUGH: Span = Span { times: 66.0, floor: Ms(2_000.0), ceiling: Ms(300_000.0) };

/// Three pairs are the fewest that can tell a clear gain from chance (see `weigh`).
pub(super) const FEWEST: usize = 3;

/// As many pairs as are made of a slow statement where there is time for more than the fewest, but not for a first
/// look: their chance is 1 in 252.
const BETTER: usize = 5;

/// Each side is run at most so often before it counts: what has not come into the cache by then will not.
const WARM_UPS: usize = 3;

impl Effort {
    /// How long the runs for one more remedy may take, when a run of the statement takes `own` and the runs for
    /// the remedies before took `already`.
    pub(super) fn allows(self, own: Ms, already: Ms) -> Ms {
        let Span { times, floor, ceiling } = match self {
            Self::Quick => QUICK,
            Self::Normal => NORMAL,
            Self::Thorough => THOROUGH,
        };
        let span = (own * times).min(ceiling).max(floor);
        if self == Self::Quick { (span - already).max(Ms(0.0)) } else { span }
    }

    /// After how many pairs the samples are looked at, where a pair takes `pair` and `left` is what is left of the
    /// time. This is fixed before the first pair, whatever the pairs then say.
    pub(super) fn looks(self, left: Ms, pair: Ms) -> Vec<usize> {
        let affordable = if pair.0 > 0.0 { left.0 / pair.0 } else { f64::INFINITY };
        let looks: Vec<usize> = LOOKS.into_iter().filter(|look| *look as f64 <= affordable).collect();
        match looks.is_empty() {
            false => looks,
            true if affordable >= BETTER as f64 => vec![BETTER],
            true => vec![FEWEST.min(affordable as usize).max(self.fewest())],
        }
    }

    /// So many pairs are made even when time is up: without them there is nothing to tell. What is quick keeps its
    /// promise instead.
    pub(super) fn fewest(self) -> usize {
        if self == Self::Quick { 1 } else { FEWEST }
    }

    /// After how many pairs a gain may be taken for plain (see `Turns::is_plain`), so that the slow side is run no more. The
    /// fast one is, up to the first look: of its eight runs and two slow ones 45 orders are possible, of eight and three 165.
    pub(super) fn plain_after(self) -> Option<usize> {
        match self {
            Self::Quick => Some(2),
            Self::Normal => Some(FEWEST),
            Self::Thorough => None,
        }
    }

    /// How often each side may be run at the most before it counts.
    pub(super) fn warm_ups(self) -> usize {
        if self == Self::Quick { 1 } else { WARM_UPS }
    }

    /// The longest that the runs for one remedy may take, as far as anybody can tell before; both sides may take
    /// as long as the statement does now.
    pub(super) fn at_most(self, own: Ms) -> Ms {
        let fewest = own * (2 * (self.fewest() + 1)) as f64;
        self.allows(own, Ms(0.0)).max(fewest)
    }

    /// How it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Normal => "normal",
            Self::Thorough => "thorough",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_slow_is_run_less_often() {
        use Effort::{Normal, Quick, Thorough};
        // The statement's own time, and that of a run with the remedy.
        let table: [(Effort, f64, f64, &[usize]); 14] = [
            (Quick, 5.0, 0.1, &[8, 16, 32]),
            (Quick, 50.0, 0.1, &[5]),
            (Quick, 200.0, 0.1, &[3]),
            (Quick, 200.0, 30.0, &[3]),
            (Quick, 200.0, 150.0, &[2]),
            (Quick, 60_000.0, 0.1, &[3]),
            (Normal, 0.5, 0.1, &[8, 16, 32, 64]),
            (Normal, 20.0, 0.1, &[8, 16, 32]),
            (Normal, 200.0, 0.1, &[8, 16]),
            (Normal, 200.0, 200.0, &[8]),
            (Normal, 5_000.0, 0.1, &[5]),
            (Normal, 60_000.0, 60_000.0, &[3]),
            (Thorough, 1_000.0, 0.1, &[8, 16, 32, 64]),
            (Thorough, 60_000.0, 60_000.0, &[3]),
        ];
        for (effort, own, with, looks) in table {
            let left = effort.allows(Ms(own), Ms(0.0));
            assert_eq!(effort.looks(left, Ms(own + with)), looks, "{effort:?}: {own} ms, {with} ms");
        }
    }

    #[test]
    fn what_is_quick_is_quick_as_a_whole() {
        assert_eq!(Effort::Quick.allows(Ms(200.0), Ms(0.0)), Ms(700.0));
        assert_eq!(Effort::Quick.allows(Ms(200.0), Ms(650.0)), Ms(50.0), "all remedies share it");
        assert_eq!(Effort::Quick.allows(Ms(200.0), Ms(900.0)), Ms(0.0));
        assert_eq!(Effort::Normal.allows(Ms(200.0), Ms(650.0)), Ms(3_400.0), "each remedy has its own");
    }
}
