//! What each node took in truth.

use std::ops::RangeInclusive;

/// Which of a node's own times.
#[derive(Clone, Copy)]
pub enum Time {
    /// `own.exclusive`, and `own.work` as well: only one process ran the node.
    Own,
    /// `own.exclusive`: of the process that is followed.
    Wall,
    /// `own.work`: over all processes.
    Work,
}
use Time::{Own, Wall, Work};

/// How often a node napped: `ROWS` times each row that it gave.
pub const ROWS: f64 = -1.0;

/// What a nap of 2, 3, 5, 10 and 20 ms took, by the quickest and the slowest case: 2.1 to 2.2, 4.1 to 4.2, 5.1 to 5.8,
/// 10.1 to 11.3, 20.2 to 20.8.
const NAP_2: f64 = 2.2;
const NAP_3: f64 = 4.2;
const NAP_5: f64 = 5.4;
const NAP_10: f64 = 10.5;
const NAP_20: f64 = 20.5;

/// The leader and two workers.
pub const PROCESSES: f64 = 3.0;

/// A Gather starts its workers and waits for them to end, each time it runs: 25.4 ms at the most (case 43 on 15).
pub const STARTING_WORKERS: f64 = 26.0;

/// A Gather Merge takes from one process after the other, and waits for it while the others are ready: 21 to 50 ms.
pub const WAITS_IN_TURN: (&str, f64) = ("51-incremental-sort-in-workers", 55.0);

/// Node · time · naps · ms a nap. Nodes of one name stand in plan order; what is not listed took nothing.
pub type Row = (&'static str, Time, f64, f64);

/// Versions · nodes · rows.
pub type Truth = (RangeInclusive<u32>, usize, &'static [Row]);

/// The cases, and what is true of them on which versions.
pub const CASES: &[(&str, &[Truth])] = &[
    (
        "34-memoize",
        &[
            (13..=13, 4, &[("Index Only Scan keys", Own, 40.0, NAP_10)]),
            (14..=18, 5, &[("Index Only Scan keys", Own, 10.0, NAP_10)]), // each key is asked for once
        ],
    ),
    ("35-memoize-evicts", &[(13..=13, 5, &[]), (14..=18, 7, &[])]),
    (
        "36-memoize-in-workers",
        &[
            (
                13..=13,
                6,
                &[
                    ("Parallel Seq Scan spread", Work, 60.0, NAP_5),
                    ("Parallel Seq Scan spread", Wall, 20.0, NAP_5),
                    ("Index Only Scan keys", Work, 60.0, NAP_20),
                    ("Index Only Scan keys", Wall, 20.0, NAP_20),
                ],
            ),
            (
                14..=18,
                7,
                &[
                    ("Parallel Seq Scan spread", Work, 60.0, NAP_5),
                    ("Parallel Seq Scan spread", Wall, 20.0, NAP_5),
                    ("Index Only Scan keys", Work, 6.0, NAP_20), // two keys in each of three processes
                    ("Index Only Scan keys", Wall, 2.0, NAP_20),
                ],
            ),
        ],
    ),
    ("37-gather-merge", &[(13..=18, 3, SPREAD)]),
    ("38-gather-merge-without-verbose", &[(13..=18, 3, SPREAD)]),
    (
        "39-gather-rescanned",
        &[(
            13..=18,
            7,
            &[
                ("Parallel Seq Scan spread", Work, 180.0, NAP_5),
                ("Parallel Seq Scan spread", Wall, 60.0, NAP_5),
            ],
        )],
    ),
    (
        "40-parallel-hash",
        &[(
            13..=18,
            6,
            &[
                ("Parallel Seq Scan spread", Work, 60.0, NAP_5), // probes
                ("Parallel Seq Scan spread", Wall, 20.0, NAP_5),
                ("Parallel Seq Scan spread", Work, 60.0, NAP_3), // builds
                ("Parallel Seq Scan spread", Wall, 20.0, NAP_3),
            ],
        )],
    ),
    (
        "41-parallel-append",
        &[
            (
                13..=13,
                7,
                &[("Seq Scan t10", Work, 10.0, NAP_10), ("Parallel Seq Scan spread", Work, 60.0, NAP_5)],
            ),
            (
                14..=18,
                8,
                &[("Seq Scan t10", Work, 10.0, NAP_10), ("Parallel Seq Scan spread", Work, 60.0, NAP_5)],
            ),
        ],
    ),
    (
        "42-hashed-subplan-in-workers",
        &[(
            13..=18,
            4,
            &[
                ("Parallel Seq Scan spread", Work, 60.0, NAP_5),
                ("Parallel Seq Scan spread", Wall, 20.0, NAP_5),
                ("Seq Scan t10", Work, 30.0, NAP_10), // a table of ten in each of three processes
                ("Seq Scan t10", Wall, 10.0, NAP_10),
            ],
        )],
    ),
    (
        "43-subplan-in-workers",
        &[(
            13..=18,
            5,
            &[
                ("Parallel Seq Scan spread", Work, 60.0, NAP_5),
                ("Seq Scan t10", Work, ROWS, NAP_10), // in a worker, ten for each of its rows
            ],
        )],
    ),
    (
        "44-subplan-of-the-gather",
        // 15 of 10 values of `b` times t10, each six times: all by the leader, who scans only when nothing comes in.
        &[(
            13..=18,
            4,
            &[("Parallel Seq Scan spread", Work, 60.0, NAP_5), ("Seq Scan t10", Own, 90.0, NAP_2)],
        )],
    ),
    (
        "45-initplan-of-the-gather",
        // While the leader is busy with t10, each worker naps for 20 rows of spread; the last 20 are shared.
        &[(
            13..=18,
            4,
            &[
                ("Seq Scan t10", Own, 10.0, NAP_10),
                ("Parallel Seq Scan spread", Work, 60.0, NAP_5),
                ("Parallel Seq Scan spread", Wall, 20.0 / 3.0, NAP_5 + 1.5), // and the start of the workers
            ],
        )],
    ),
    (
        "46-initplans-in-workers",
        &[
            (
                13..=16,
                9,
                &[
                    ("Seq Scan t20", Own, 20.0, NAP_5),
                    ("Seq Scan t10", Own, 10.0, NAP_10),
                    ("Seq Scan t10", Own, 10.0, NAP_10),
                    ("Seq Scan t20", Own, 19.0, NAP_5), // `a > 1` drops one of twenty
                ],
            ),
            (
                17..=18,
                10,
                // One process ran the first half, another the second.
                &[
                    ("Seq Scan t10", Work, 10.0, NAP_10),
                    ("Seq Scan t20", Work, 19.0, NAP_5),
                    ("Seq Scan t20", Work, 20.0, NAP_5),
                    ("Seq Scan t10", Work, 10.0, NAP_10),
                ],
            ),
        ],
    ),
    ("47-writable-cte-read-in-part", &[(13..=18, 4, &[("Seq Scan written", Own, 20.0, NAP_10)])]),
    (
        "48-writable-cte-unread",
        &[(13..=18, 4, &[("Seq Scan written", Own, 20.0, NAP_10), ("Seq Scan t10", Own, 10.0, NAP_5)])],
    ),
    (
        "49-writable-ctes-in-a-row",
        &[(13..=18, 6, &[("Seq Scan written", Own, 20.0, NAP_10), ("CTE Scan d", Own, 20.0, NAP_5)])],
    ),
    ("50-incremental-sort", &[(13..=18, 2, &[("Index Scan sorted", Own, 100.0, NAP_2)])]),
    (
        "51-incremental-sort-in-workers",
        &[(
            13..=18,
            3,
            &[
                ("Parallel Index Scan sorted", Work, 100.0, NAP_2), // 2,400 of 2,500 rows pass without
            ],
        )],
    ),
    ("52-partial-aggregate", &[(13..=18, 5, SPREAD)]),
    (
        "53-partial-aggregate-and-initplan",
        &[(
            13..=18,
            6,
            &[
                ("Seq Scan t10", Own, 10.0, NAP_10),
                ("Parallel Seq Scan spread", Work, 60.0, NAP_5),
                ("Parallel Seq Scan spread", Wall, 20.0, NAP_5),
            ],
        )],
    ),
    (
        "54-parallel-bitmap-scan",
        &[(
            13..=18,
            5,
            &[
                ("Parallel Bitmap Heap Scan spread", Work, 59.0, NAP_5),
                ("Parallel Bitmap Heap Scan spread", Wall, 59.0 / 3.0, NAP_5),
            ],
        )],
    ),
    (
        "55-foreign-append",
        &[
            (
                13..=13,
                4,
                &[("Foreign Scan half_1", Own, 10.0, NAP_10), ("Foreign Scan half_2", Own, 10.0, NAP_10)],
            ),
            (14..=18, 4, &[("Append", Own, 10.0, NAP_10)]), // it waits for both at once
        ],
    ),
    ("56-merge", &[(15..=18, 5, &[("Seq Scan t20", Own, 20.0, NAP_10)])]),
    ("57-merge-read-in-part", &[(17..=18, 7, &[("Seq Scan t20", Own, 20.0, NAP_10)])]),
    ("58-subplan-beside-inputs", &[(13..=18, 6, &[("Seq Scan visits", Own, 36.0, NAP_5)])]),
    ("59-incremental-sort-on-disk", &[(13..=18, 2, &[])]),
];

/// 60 naps of 5 ms, which three processes share evenly.
const SPREAD: &[Row] =
    &[("Parallel Seq Scan spread", Work, 60.0, NAP_5), ("Parallel Seq Scan spread", Wall, 20.0, NAP_5)];

/// What takes time without naps: 10,000 loops, and a sort on disk.
pub const WITHOUT_NAPS: &[&str] = &["35-memoize-evicts", "59-incremental-sort-on-disk"];
