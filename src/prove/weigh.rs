//! Is the difference between two samples a gain, or noise?

use super::Sample;
use crate::units::{Ms, Share};

/// What two samples say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighed {
    /// The second is faster, beyond the noise.
    Faster,
    /// The second is slower, beyond the noise.
    Slower,
    /// The difference is too small to matter, or may be chance.
    Same,
}

/// A difference that chance alone would make more often than this is noise. Five runs a side reach it only when
/// every run of one side beats every run of the other (1 of 252 orders).
const CHANCE: Share = Share(0.01);

/// With three runs a side, which is what slow statements get, the smallest chance there is (1 of 20 orders).
const CHANCE_OF_FEW: Share = Share(0.05);

/// Three runs a side must differ this much besides: their chance alone convinces nobody.
const CLEAR: Share = Share(0.3);

/// A smaller difference is not worth an index's disk space and upkeep, however sure it is.
const WORTH: Share = Share(0.1);

/// The clock of EXPLAIN's `Execution Time` counts microseconds, and a statement's start and end jitter by tens of
/// them (measured on 15): a difference of medians below this is no difference.
pub(super) const JITTER: Ms = Ms(0.02);

/// Weighs `after` against `before`.
pub fn weigh(before: &Sample, after: &Sample) -> Weighed {
    if is_faster(before, after) {
        Weighed::Faster
    } else if is_faster(after, before) {
        Weighed::Slower
    } else {
        Weighed::Same
    }
}

fn is_faster(slow: &Sample, fast: &Sample) -> bool {
    let saved = slow.median() - fast.median();
    let few = slow.runs.len().min(fast.runs.len()) < FEW;
    let (least, most_chance) = if few { (CLEAR, CHANCE_OF_FEW) } else { (WORTH, CHANCE) };
    saved > JITTER
        && saved.share_of(slow.median()) >= least
        && chance(&slow.runs, &fast.runs) <= most_chance.0
}

/// Fewer runs than this a side are few.
const FEW: usize = 5;

/// The chance that samples from one and the same distribution would stand as far apart as these, in this
/// direction: the one-sided exact test of Mann and Whitney, which assumes nothing of the distribution.
fn chance(slow: &[Ms], fast: &[Ms]) -> f64 {
    let wins: f64 = slow.iter().map(|s| fast.iter().map(|f| point(*s, *f)).sum::<f64>()).sum();
    let orders = orders(slow.len(), fast.len());
    let all: f64 = orders.iter().sum();
    if all == 0.0 {
        return 1.0;
    }
    // Half a win of a tie is rounded towards no difference.
    orders.iter().skip(wins.floor() as usize).sum::<f64>() / all
}

fn point(slow: Ms, fast: Ms) -> f64 {
    match slow.0.total_cmp(&fast.0) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Less => 0.0,
    }
}

/// In how many orders of `n` and `m` runs the first side wins 0, 1, 2, … of the `n × m` pairs.
fn orders(n: usize, m: usize) -> Vec<f64> {
    // One side's runs join one after the other: each new run of the first side wins against 0…m of the other.
    // The number of ways is that of partitions into at most n parts of at most m.
    let mut ways = vec![vec![0.0; n * m + 1]; n + 1];
    ways[0][0] = 1.0;
    for part in 0..=m {
        // Every part size may be taken any number of times, up to n parts in all.
        let before = ways.clone();
        for (taken, row) in ways.iter_mut().enumerate() {
            for (sum, cell) in row.iter_mut().enumerate() {
                *cell = (0..=taken)
                    .filter(|times| times * part <= sum)
                    .map(|times| before[taken - times][sum - times * part])
                    .sum();
            }
        }
    }
    ways.swap_remove(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(runs: &[f64]) -> Sample {
        Sample { runs: runs.iter().copied().map(Ms).collect(), ..Sample::default() }
    }

    #[test]
    fn orders_are_counted_right() {
        assert_eq!(orders(1, 1), [1.0, 1.0]);
        assert_eq!(orders(2, 2), [1.0, 1.0, 2.0, 1.0, 1.0]);
        assert_eq!(orders(5, 5).iter().sum::<f64>(), 252.0, "10 choose 5");
        assert_eq!(orders(3, 3).last(), Some(&1.0));
    }

    #[test]
    fn a_gain_is_told_from_noise() {
        use Weighed::{Faster, Same, Slower};
        let table: &[(&str, &[f64], &[f64], Weighed)] = &[
            ("far apart", &[100., 101., 99., 103., 100.], &[4., 5., 4., 4., 6.], Faster),
            ("the other way round", &[4., 5., 4., 4., 6.], &[100., 101., 99., 103., 100.], Slower),
            ("the same", &[100., 101., 99., 103., 100.], &[100., 102., 98., 101., 100.], Same),
            (
                "sure, but too small to matter",
                &[100., 101., 99., 103., 100.],
                &[97., 97., 96., 97., 97.],
                Same,
            ),
            (
                "large in the middle, but overlapping",
                &[10., 50., 11., 12., 60.],
                &[9., 30., 8., 9., 55.],
                Same,
            ),
            ("three runs, clearly apart", &[3000., 3100., 2900.], &[20., 25., 22.], Faster),
            ("three runs, a little apart", &[3000., 3100., 2900.], &[2500., 2600., 2450.], Same),
            (
                "below the clock's jitter",
                &[0.03, 0.03, 0.03, 0.03, 0.03],
                &[0.02, 0.02, 0.02, 0.02, 0.02],
                Same,
            ),
            ("nothing measured", &[], &[], Same),
            ("all equal", &[5., 5., 5., 5., 5.], &[5., 5., 5., 5., 5.], Same),
        ];
        for (case, before, after, expected) in table {
            assert_eq!(weigh(&sample(before), &sample(after)), *expected, "{case}");
        }
    }
}
