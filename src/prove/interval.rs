//! How far the medians of two samples can be trusted: bootstrap intervals.

use super::Sample;
use crate::units::{Factor, Ms};

/// From the lowest value to the highest that the runs are compatible with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval<T> {
    /// The lowest.
    pub low: T,
    /// The highest.
    pub high: T,
}

/// What a remedy gains, with 95 % certainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// How many times faster the statement is.
    pub speedup: Interval<Factor>,
    /// The time that one run saves.
    pub saved: Interval<Ms>,
}

/// So many resamples move the ends of a 95 % interval by less than the runs do (Efron and Tibshirani, "An
/// Introduction to the Bootstrap", chapter 14: about 1,000 for intervals).
const RESAMPLES: usize = 1_000;

/// What is left out on each side of an interval of 95 %.
const TAIL: f64 = 0.025;

/// Of fewer runs a side the median is hardly ever drawn from beyond the runs' own range: then the range is told.
pub(super) const ENOUGH: usize = 8;

/// Any number does; a fixed one, so that the same runs give the same interval.
const SEED: u64 = 0x5EED;

/// A median of nothing measurable: the clock of EXPLAIN counts microseconds.
const TICK: f64 = 0.001;

/// The interval of the medians' ratio and of their difference; `None` of too few runs.
///
/// Each side is drawn anew from its own runs, with replacement, and the medians are compared; what lies between the
/// outer fortieths of a thousand such comparisons is the interval. Nothing is assumed of how times are distributed.
pub fn gain(before: &Sample, after: &Sample) -> Option<Gain> {
    if before.runs.len().min(after.runs.len()) < ENOUGH {
        return None;
    }
    let mut random = SplitMix(SEED);
    let mut drawn = Vec::new();
    let (mut speedups, mut saved) = (Vec::new(), Vec::new());
    for _ in 0..RESAMPLES {
        let (slow, fast) = (random.median(&before.runs, &mut drawn), random.median(&after.runs, &mut drawn));
        speedups.push(slow / fast.max(TICK));
        saved.push(slow - fast);
    }
    let (slow, fast) = (before.median().0, after.median().0);
    let speedup = middle(speedups, slow / fast.max(TICK));
    let saved = middle(saved, slow - fast);
    Some(Gain {
        speedup: Interval { low: Factor(speedup.low), high: Factor(speedup.high) },
        saved: Interval { low: Ms(saved.low), high: Ms(saved.high) },
    })
}

/// All but the tails; what was measured lies within.
fn middle(mut values: Vec<f64>, measured: f64) -> Interval<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let at = |share: f64| values.get((share * last as f64).round() as usize).copied().unwrap_or(measured);
    Interval { low: at(TAIL).min(measured), high: at(1.0 - TAIL).max(measured) }
}

impl Gain {
    /// How many times the highest speed-up is the lowest.
    pub(super) fn width(&self) -> Factor {
        Factor(self.speedup.high.0 / self.speedup.low.0.max(f64::MIN_POSITIVE))
    }
}

/// Steele, Lea and Flood's SplitMix64 ("Fast Splittable Pseudorandom Number Generators", 2014): to draw runs, a
/// crate would be too much.
pub(super) struct SplitMix(pub u64);

impl SplitMix {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`.
    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// The median of as many runs, drawn with replacement.
    fn median(&mut self, runs: &[Ms], drawn: &mut Vec<f64>) -> f64 {
        drawn.clear();
        for _ in 0..runs.len() {
            let at = self.below(runs.len());
            drawn.extend(runs.get(at).map(|run| run.0));
        }
        drawn.sort_by(f64::total_cmp);
        let half = drawn.len() / 2;
        if drawn.len() % 2 == 1 { drawn[half] } else { (drawn[half - 1] + drawn[half]) / 2.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(runs: &[f64]) -> Sample {
        Sample { runs: runs.iter().copied().map(Ms).collect(), ..Sample::default() }
    }

    /// What it is, runs before and after, and the interval of the speed-up.
    type Example<'a> = (&'a str, &'a [f64], &'a [f64], (f64, f64));

    #[test]
    fn an_interval_is_as_wide_as_the_runs_are_apart() {
        let table: &[Example] = &[
            ("no spread at all", &[20.0; 8], &[2.0; 8], (10.0, 10.0)),
            ("a little", &[20., 21., 19., 20., 20., 21., 20., 19.], &[2.0; 8], (9.5, 10.5)),
            (
                "one run that something else held up moves the median little",
                &[20., 20., 20., 20., 20., 20., 20., 900.],
                &[2.0; 8],
                (10.0, 10.0),
            ),
            (
                "runs of two kinds leave it open which one is usual",
                &[20., 20., 20., 20., 10., 10., 10., 10.],
                &[10.0; 8],
                (1.0, 2.0),
            ),
            ("too fast for the clock", &[1.0; 8], &[0.0; 8], (1000.0, 1000.0)),
        ];
        for (case, before, after, (low, high)) in table {
            let gain = gain(&sample(before), &sample(after)).unwrap();
            assert_eq!((gain.speedup.low.0, gain.speedup.high.0), (*low, *high), "{case}");
        }
    }

    #[test]
    fn the_time_saved_has_its_interval_and_few_runs_have_none() {
        let (before, after) = (sample(&[30., 31., 30., 32., 30., 30., 29., 30.]), sample(&[10.0; 8]));
        let gain_of = gain(&before, &after).unwrap();
        assert_eq!(gain_of.saved, Interval { low: Ms(20.0), high: Ms(21.0) });
        assert_eq!(gain(&before, &after), Some(gain_of), "the same runs, the same interval");
        assert_eq!(gain(&sample(&[30.0; 7]), &after), None);
        assert_eq!(gain(&Sample::default(), &Sample::default()), None);
    }

    /// Times that scatter as a busy machine's do: most near the least, some far above. The median is 1 + e^(-0.7).
    fn times(random: &mut SplitMix, runs: usize) -> Sample {
        let unit = |random: &mut SplitMix| (random.next() >> 11) as f64 / (1_u64 << 53) as f64;
        let run = |random: &mut SplitMix| Ms(1.0 - 0.4 * (1.0 - unit(random)).ln());
        Sample { runs: (0..runs).map(|_| run(random)).collect(), ..Sample::default() }
    }

    #[test]
    fn the_interval_holds_the_truth_nearly_as_often_as_it_says() {
        for runs in [8, 16] {
            let mut random = SplitMix(runs as u64);
            let holds = |random: &mut SplitMix| {
                let speedup = gain(&times(random, runs), &times(random, runs)).unwrap().speedup;
                speedup.low.0 <= 1.0 && 1.0 <= speedup.high.0
            };
            let held = (0..200).filter(|_| holds(&mut random)).count();
            assert!(held >= 184, "{held} of 200 with {runs} runs: less than 92 %");
        }
    }
}
