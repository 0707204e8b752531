//! Pages, the second witness beside the clock: they do not depend on what else the machine does.

use super::Sample;
use crate::units::{Rows, Share};

/// Fewer or more pages by less than this are as many: visibility checks and hint bits move the number a little.
const AS_MANY: Share = Share(0.1);

/// So much of the pages must come from disk on one side only, before the cache can be what makes the difference.
const COLD: Share = Share(0.1);

/// A difference of fewer pages than this is no matter at all: a descent of a B-tree more or less.
const NO_MATTER: u64 = 10;

/// Why a gain in time may be that of the cache: the slow side read from disk what the fast side found in the cache,
/// though it looked at no fewer pages.
pub(super) fn cold_cache(slow: &Sample, fast: &Sample) -> Option<String> {
    let (slow_pages, fast_pages) = (slow.pages? as f64, fast.pages? as f64);
    let (slow_read, fast_read) = (from_disk(slow)? as f64, from_disk(fast)? as f64);
    let colder = slow_read - fast_read > (COLD.0 * slow_pages).max(NO_MATTER as f64);
    let fewer = fast_pages < slow_pages * (1.0 - AS_MANY.0);
    (colder && !fewer).then(|| {
        format!(
            "a cold cache: without it {} of {} pages came from disk, with it {} of {}",
            Rows(slow_read),
            Rows(slow_pages),
            Rows(fast_read),
            Rows(fast_pages),
        )
    })
}

/// That a gain in time looks at more pages: it is one as long as they are in the cache.
pub(super) fn more(before: &Sample, after: &Sample) -> Option<String> {
    let (was, is) = (before.pages?, after.pages?);
    let more = is as f64 > was as f64 * (1.0 + AS_MANY.0) && is - was > NO_MATTER;
    more.then(|| {
        let (was, is) = (Rows(was as f64), Rows(is as f64));
        format!("it is faster, but looks at more pages, {was} → {is}: where they must come from disk, the gain may be gone")
    })
}

/// The median of the runs' reads.
fn from_disk(sample: &Sample) -> Option<u64> {
    let mut reads = sample.from_disk.clone();
    reads.sort_unstable();
    reads.get(reads.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(pages: u64, from_disk: &[u64]) -> Sample {
        Sample { pages: Some(pages), from_disk: from_disk.to_vec(), ..Sample::default() }
    }

    #[test]
    fn a_cold_cache_is_told_from_a_remedy() {
        let table = [
            ("all in the cache", sample(6_000, &[0, 0, 0]), sample(6_000, &[0, 0, 0]), false),
            ("only one side on disk", sample(6_000, &[5_000; 3]), sample(6_100, &[0; 3]), true),
            ("fewer pages are a gain of their own", sample(6_000, &[5_000; 3]), sample(40, &[0; 3]), false),
            ("a little fewer are not", sample(6_000, &[5_000; 3]), sample(5_700, &[0; 3]), true),
            ("both on disk", sample(6_000, &[5_000; 3]), sample(6_000, &[4_900; 3]), false),
            ("one run only", sample(6_000, &[5_000, 0, 0]), sample(6_000, &[0; 3]), false),
            ("a handful", sample(12, &[9; 3]), sample(12, &[0; 3]), false),
        ];
        for (case, slow, fast, cold) in table {
            assert_eq!(cold_cache(&slow, &fast).is_some(), cold, "{case}");
        }
        let unknown = Sample { pages: None, ..sample(0, &[5_000]) };
        assert_eq!(cold_cache(&unknown, &sample(6_000, &[0])), None, "nobody counted");
        assert_eq!(
            cold_cache(&sample(6_000, &[5_000]), &sample(6_100, &[3])).unwrap(),
            "a cold cache: without it 5,000 of 6,000 pages came from disk, with it 3 of 6,100"
        );
    }

    #[test]
    fn a_gain_that_looks_at_more_pages_is_told_as_one() {
        let table = [(100, 4_000, true), (4_000, 100, false), (4_000, 4_100, false), (3, 9, false)];
        for (before, after, told) in table {
            assert_eq!(more(&sample(before, &[]), &sample(after, &[])).is_some(), told, "{before} → {after}");
        }
    }
}
