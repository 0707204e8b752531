//! Is the difference between two samples a gain, or noise?

use super::Sample;
use super::interval::Gain;
use crate::units::{Factor, Ms, Share};

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

/// After so many pairs the samples are looked at, and measuring may end. Nobody looks in between: who looks after
/// every pair and stops at the first look that pleases finds a difference between any two samples.
pub(super) const LOOKS: [usize; 4] = [8, 16, 32, 64];

/// A difference that chance alone would make more often than this is noise. It is the level of a single look;
/// all four together are wrong at most four times as often (Bonferroni), so in one of 2,500 experiments in either
/// direction. That is strict, because whoever tries thirty indexes a day would else be told of a gain that is none
/// every few days. With eight runs a side it takes that every run of one side beats every run of the other (1 of
/// 12,870 orders).
const CHANCE: Share = Share(0.0001);

/// With three to seven runs a side, which is what slow statements get, every run of one side must beat every run of
/// the other: three do that by chance in 1 of 20 orders, five in 1 of 252.
const CHANCE_OF_FEW: Share = Share(0.05);

/// Few runs must differ this much besides: their chance alone convinces nobody.
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
    differs(slow, fast) && !is_the_session(slow, fast)
}

/// Whether there is a difference beyond chance that is worth something.
fn differs(slow: &Sample, fast: &Sample) -> bool {
    slow.median() - fast.median() > JITTER && is_beyond_chance(&slow.runs, &fast.runs)
}

fn is_beyond_chance(slow: &[Ms], fast: &[Ms]) -> bool {
    let share = (median(slow) - median(fast)).share_of(median(slow));
    if slow.len().min(fast.len()) < LOOKS[0] {
        return share >= CLEAR && chance(slow, fast) <= CHANCE_OF_FEW.0 && apart(slow, fast);
    }
    share >= WORTH && chance(slow, fast) <= CHANCE.0 && lasts(slow, fast)
}

/// Whether nothing is left of a difference when each run is told in units of the one beside it, which is of a statement
/// that is the same on both sides: then the sessions differ, and not what they run.
fn is_the_session(slow: &Sample, fast: &Sample) -> bool {
    let in_units = |sample: &Sample| -> Vec<Ms> {
        let unit = |control: &Ms| control.0.max(f64::MIN_POSITIVE);
        sample.runs.iter().zip(&sample.control).map(|(run, control)| Ms(run.0 / unit(control))).collect()
    };
    !slow.control.is_empty() && !is_beyond_chance(&in_units(slow), &in_units(fast))
}

/// Whether the earlier runs show it as well as the later ones: a session that the system moved to a busier processor
/// is slower from then on only.
fn lasts(slow: &[Ms], fast: &[Ms]) -> bool {
    let (first_slow, then_slow) = slow.split_at(slow.len() / 2);
    let (first_fast, then_fast) = fast.split_at(fast.len() / 2);
    let shows = |slow: &[Ms], fast: &[Ms]| {
        let (slow, fast) = (median(slow), median(fast));
        (slow - fast).share_of(slow).0 >= WORTH.0 / 2.0
    };
    shows(first_slow, first_fast) && shows(then_slow, then_fast)
}

/// Whether a difference is one that the two sessions could make by themselves, so that they have to be compared.
pub(super) fn is_doubtful(before: &Sample, after: &Sample) -> bool {
    let (before_it, with_it) = (before.median(), after.median());
    let (slow, fast) = (before_it.max(with_it), before_it.min(with_it));
    (differs(before, after) || differs(after, before)) && slow.0 < fast.0 * BY_THEMSELVES.0
}

/// Two sessions that do the same differ by less than this: a processor that others use as well gives half of its time,
/// and less of its caches (measured on two busy cores: up to 1.9 times, for a second and longer).
const BY_THEMSELVES: Factor = Factor(4.0);

/// The median; zero of nothing.
pub(super) fn median(times: &[Ms]) -> Ms {
    let mut times: Vec<f64> = times.iter().map(|ms| ms.0).collect();
    times.sort_by(f64::total_cmp);
    match (times.len() / 2, times.len() % 2) {
        (0, 0) => Ms(0.0),
        (half, 1) => Ms(times[half]),
        (half, _) => Ms((times[half - 1] + times[half]) / 2.0),
    }
}

/// Whether every run of the one side takes longer than every run of the other.
fn apart(slow: &[Ms], fast: &[Ms]) -> bool {
    slow.iter().all(|s| fast.iter().all(|f| s > f))
}

/// Whether the runs are compatible with no gain and no loss that is worth anything, and with nothing else.
pub(super) fn alike(gain: &Gain) -> bool {
    gain.speedup.low.0 > 1.0 - WORTH.0 && gain.speedup.high.0 < 1.0 / (1.0 - WORTH.0)
}

/// The chance that samples from one and the same distribution would stand as far apart as these, in this direction.
///
/// It is a permutation test, the exact one-sided test of Mann and Whitney: of all orders in which the runs could have
/// come out, it counts those that are as good as this one. Nothing is assumed of the distribution; and since runs are
/// paired in time, what slows a pair down together makes the test stricter, not laxer.
fn chance(slow: &[Ms], fast: &[Ms]) -> f64 {
    let (n, m) = (slow.len(), fast.len());
    if n == 0 || m == 0 {
        return 1.0;
    }
    let wins: f64 = slow.iter().map(|s| fast.iter().map(|f| point(*s, *f)).sum::<f64>()).sum();
    // Half a win of a tie is rounded towards no difference.
    let lost = n * m - wins.floor() as usize;
    (orders(n, m, lost).iter().sum::<f64>() / all_orders(n, m)).min(1.0)
}

fn point(slow: Ms, fast: Ms) -> f64 {
    match slow.0.total_cmp(&fast.0) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Less => 0.0,
    }
}

/// In how many orders of `n` and `m` runs the first side loses 0, 1, 2, … up to `most` of the `n × m` pairs.
///
/// These are the coefficients of the Gaussian binomial `Π (1 - q^(m+i)) / (1 - q^i)`, i from 1 to n (Andrews, "The Theory
/// of Partitions", chapter 3). Small ones are exact, as far as 2^53.
fn orders(n: usize, m: usize, most: usize) -> Vec<f64> {
    let mut ways = vec![0.0; most + 1];
    ways[0] = 1.0;
    for i in 1..=n {
        for lost in (m + i..=most).rev() {
            ways[lost] -= ways[lost - m - i];
        }
        for lost in i..=most {
            ways[lost] += ways[lost - i];
        }
    }
    ways
}

/// How many orders of `n` and `m` runs there are: `n + m` choose `n`.
fn all_orders(n: usize, m: usize) -> f64 {
    (1..=n).map(|i| (m + i) as f64 / i as f64).product()
}

#[cfg(test)]
mod tests {
    use super::super::interval::SplitMix;
    use super::*;

    fn sample(runs: &[f64]) -> Sample {
        Sample { runs: runs.iter().copied().map(Ms).collect(), ..Sample::default() }
    }

    #[test]
    fn orders_are_counted_right() {
        assert_eq!(orders(1, 1, 1), [1.0, 1.0]);
        assert_eq!(orders(2, 2, 4), [1.0, 1.0, 2.0, 1.0, 1.0]);
        assert_eq!(orders(8, 8, 3), [1.0, 1.0, 2.0, 3.0]);
        assert_eq!(orders(5, 5, 25).iter().sum::<f64>(), 252.0, "10 choose 5");
        let all = all_orders(64, 64);
        let half = orders(64, 64, 64 * 32).iter().sum::<f64>() / all;
        assert!((0.5..0.502).contains(&half), "{half}");
    }

    #[test]
    fn a_gain_is_told_from_noise() {
        use Weighed::{Faster, Same, Slower};
        let (hundred, five) =
            ([100., 101., 99., 103., 100., 104., 98., 101.], [4., 5., 4., 4., 6., 5., 5., 4.]);
        let table: &[(&str, &[f64], &[f64], Weighed)] = &[
            ("far apart", &hundred, &five, Faster),
            ("the other way round", &five, &hundred, Slower),
            ("the same", &hundred, &[100., 102., 98., 101., 100., 97., 105., 99.], Same),
            ("sure, but too small to matter", &hundred, &[97., 97., 96., 97., 97., 95., 97., 97.], Same),
            ("a tenth", &hundred, &[88., 89., 90., 88., 87., 89., 90., 91.], Faster),
            (
                "one run in eight as slow as without it: not yet sure",
                &hundred,
                &[4., 5., 4., 4., 6., 5., 5., 400.],
                Same,
            ),
            (
                "one run in sixteen: sure",
                &[hundred, hundred].concat(),
                &[five, [4., 5., 4., 4., 6., 5., 5., 400.]].concat(),
                Faster,
            ),
            (
                "large in the middle, but overlapping",
                &[10., 50., 11., 12., 60., 10., 11., 55.],
                &[9., 30., 8., 9., 55., 9., 40., 8.],
                Same,
            ),
            ("three runs, clearly apart", &[3000., 3100., 2900.], &[20., 25., 22.], Faster),
            ("three runs, a little apart", &[3000., 3100., 2900.], &[2500., 2600., 2450.], Same),
            ("five runs, one of them slow", &[300.; 5], &[20., 25., 22., 21., 310.], Same),
            ("two runs prove nothing", &[3000., 3100.], &[20., 25.], Same),
            ("below the clock's jitter", &[0.03; 8], &[0.02; 8], Same),
            ("nothing measured", &[], &[], Same),
            ("all equal", &[5.; 8], &[5.; 8], Same),
        ];
        for (case, before, after, expected) in table {
            assert_eq!(weigh(&sample(before), &sample(after)), *expected, "{case}");
        }
    }

    #[test]
    fn a_difference_that_begins_halfway_is_not_the_remedys() {
        let (slow, fast) = ([1.0; 16], [[1.0; 4], [0.5; 4], [0.5; 4], [0.5; 4]].concat());
        assert_eq!(
            weigh(&sample(&slow), &sample(&fast)),
            Weighed::Faster,
            "from the fifth run of sixteen on"
        );
        let fast = [[1.0; 8], [0.5; 8]].concat();
        assert_eq!(weigh(&sample(&slow), &sample(&fast)), Weighed::Same);
        let fast = [[1.0; 16], [0.5; 16]].concat();
        assert_eq!(weigh(&sample(&[1.0; 32]), &sample(&fast)), Weighed::Same, "however many runs there are");
    }

    /// What it is, the time with the remedy against 1, the control on both sides, and what is to be said.
    type Controlled<'a> = (&'a str, f64, &'a [f64], &'a [f64], Weighed);

    #[test]
    fn sessions_that_differ_by_themselves_prove_nothing() {
        let with = |runs: &[f64], control: &[f64]| Sample {
            control: control.iter().copied().map(Ms).collect(),
            ..sample(runs)
        };
        let table: &[Controlled] = &[
            ("alike", 0.5, &[1.0; 8], &[1.0; 8], Weighed::Faster),
            ("as much as the statement", 0.5, &[1.0; 8], &[0.5; 8], Weighed::Same),
            ("not quite as much", 0.5, &[1.0; 8], &[0.53; 8], Weighed::Same),
            ("by half of it", 0.5, &[1.0; 8], &[0.7; 8], Weighed::Faster),
            ("the other way round", 0.5, &[0.5; 8], &[1.0; 8], Weighed::Faster),
            ("half of the runs", 0.5, &[1.0; 8], &[1., 1., 1., 1., 0.5, 0.5, 0.5, 0.5], Weighed::Same),
            ("one run that was held up", 0.4, &[1., 1., 1., 1.3, 1., 1., 1., 1.], &[1.0; 8], Weighed::Faster),
            ("nobody doubted it", 0.1, &[], &[], Weighed::Faster),
        ];
        for (case, after, slow, fast, expected) in table {
            assert_eq!(weigh(&with(&[1.0; 8], slow), &with(&[*after; 8], fast)), *expected, "{case}");
        }
        assert!(is_doubtful(&sample(&[1.0; 8]), &sample(&[0.5; 8])));
        assert!(is_doubtful(&sample(&[0.5; 8]), &sample(&[1.0; 8])), "slower is as doubtful as faster");
        assert!(!is_doubtful(&sample(&[1.0; 8]), &sample(&[0.1; 8])), "no session is ten times as slow");
        assert!(!is_doubtful(&sample(&[1.0; 8]), &sample(&[0.99; 8])), "there is nothing to doubt");
    }

    /// Runs as a busy machine makes them: half as long again is nothing special.
    fn busy(random: &mut SplitMix, runs: usize) -> Vec<f64> {
        let unit = |random: &mut SplitMix| (random.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (0..runs).map(|_| 10.0 - 3.0 * (1.0 - unit(random)).ln()).collect()
    }

    #[test]
    fn looking_four_times_finds_no_difference_where_there_is_none() {
        let mut random = SplitMix(7);
        let mut wrong = 0;
        for _ in 0..2_000 {
            let (before, after) = (busy(&mut random, LOOKS[3]), busy(&mut random, LOOKS[3]));
            let differs =
                |look: &usize| weigh(&sample(&before[..*look]), &sample(&after[..*look])) != Weighed::Same;
            wrong += usize::from(LOOKS.iter().any(differs));
        }
        assert!(wrong <= 2, "{wrong} of 2,000, where less than 2 are to be expected");
    }

    #[test]
    fn a_gain_of_a_third_is_found_on_a_busy_machine() {
        let mut random = SplitMix(8);
        let found = |random: &mut SplitMix| {
            let after: Vec<f64> = busy(random, LOOKS[3]).iter().map(|run| run / 1.5).collect();
            weigh(&sample(&busy(random, LOOKS[3])), &sample(&after)) == Weighed::Faster
        };
        let found = (0..100).filter(|_| found(&mut random)).count();
        assert!(found >= 98, "{found} of 100");
    }
}
