//! Plans whose true answer is known, because sleeps were planted in known nodes.
//!
//! The naps of the table are those of the runs in JSON: each format is a run of its own, with naps of its own.
//!
//! Every nap passes its row (`nap` returns true) and is asked last (it is declared the costliest), so a node naps as
//! often as it gives rows, over all loops and processes. 18 prints rows with decimals, and the table is held to that.

use std::fs;
use std::path::{Path, PathBuf};

use advisor::plan::{self, Node, Operator, Plan};

/// Which of a node's own times.
#[derive(Clone, Copy)]
enum Time {
    /// `own.exclusive`: of the slowest process.
    Wall,
    /// `own.work`: over all processes.
    Work,
}
use Time::{Wall, Work};

/// Asking 100,000 rows of `big` for `a % 1000`: 13.1 ms on 15, 9.8 on 18, seen in case 30, whose scan naps nowhere.
const READING: f64 = 12.0;

/// A Gather starts its workers and waits for them to end: 20.7 ms at the most (case 25 on 15).
const STARTING_WORKERS: f64 = 21.0;

/// Node · time · naps · ms a nap, as long as they really were · ms of other work.
///
/// Nodes of one label stand in plan order. `nap(n)` slept n + 0.1 … 1.3 ms: that counts for naps of 1 and 2 ms.
type Row = (&'static str, Time, f64, f64, f64);

/// All nodes that take time, per case; what is not listed took none.
const TRUTHS: &[(&str, &[Row])] = &[
    ("01-scan", &[("Seq Scan t10", Wall, 10.0, 10.0, 0.0)]),
    (
        "02-initplan-one-user",
        // `a > $0` is asked first and passes 10 of 20.
        &[("Seq Scan t10", Wall, 10.0, 10.0, 0.0), ("Seq Scan t20", Wall, 10.0, 5.0, 0.0)],
    ),
    (
        "03-initplan-three-users",
        &[
            ("Seq Scan t10", Wall, 10.0, 10.0, 0.0),
            ("Seq Scan p1", Wall, 3.0, 10.0, 0.0), // `b >= 1` drops one of four
            ("Seq Scan p2", Wall, 4.0, 10.0, 0.0),
            ("Seq Scan p3", Wall, 4.0, 10.0, 0.0),
        ],
    ),
    (
        "04-initplan-in-target",
        &[("Seq Scan t20", Wall, 20.0, 5.0, 0.0), ("Seq Scan t10", Wall, 10.0, 10.0, 0.0)],
    ),
    ("05-subplan-correlated", &[("Seq Scan t10", Wall, 10.0, 10.0, 0.0)]),
    (
        "06-hashed-subplan",
        // NOT IN is asked first and passes 10 of 20.
        &[("Seq Scan t20", Wall, 10.0, 5.0, 0.0), ("Seq Scan t10", Wall, 10.0, 10.0, 0.0)],
    ),
    (
        "07-cte-twice-limit",
        &[
            ("Seq Scan t20", Wall, 20.0, 10.0, 0.0),
            ("CTE Scan x", Wall, 0.0, 0.0, 0.0), // the limit's: its 10 ms are the CTE's
            ("CTE Scan x", Wall, 20.0, 5.0, 0.0),
        ],
    ),
    (
        "08-cte-used-in-initplan",
        // `a > $1` is asked first and passes 10 of 20.
        &[("Seq Scan t10", Wall, 10.0, 10.0, 0.0), ("Seq Scan t20", Wall, 10.0, 5.0, 0.0)],
    ),
    ("09-recursive", &[("Result", Wall, 1.0, 20.0, 0.0), ("WorkTable Scan r", Wall, 4.0, 10.0, 0.0)]),
    // The table is one page: one process took all of it, so wall time and work are the same.
    ("10-parallel-even", &[("Seq Scan few", Wall, 40.0, 10.0, 0.0), ("Seq Scan few", Work, 40.0, 10.0, 0.0)]),
    (
        "11-parallel-noleader",
        &[("Seq Scan few", Wall, 40.0, 10.0, 0.0), ("Seq Scan few", Work, 40.0, 10.0, 0.0)],
    ),
    (
        "12-parallel-initplan",
        &[("Seq Scan t10", Work, 10.0, 10.0, 0.0), ("Seq Scan few", Work, 39.0, 5.0, 0.0)],
    ),
    // A nap of 5 ms took 5.4 on 15 and 6.7 on 18.
    ("13-parallel-subplan", &[("Seq Scan t10", Wall, 36.0, 6.0, 0.0)]),
    ("14-never-executed", &[("Seq Scan t20", Wall, 0.0, 0.0, 0.0), ("Seq Scan t20", Wall, 2.0, 5.0, 0.0)]),
    // The planner put t20 inside, under a Materialize that a later outer row reads to the end: 20 naps, not 3.
    ("15-limit-nestloop", &[("Seq Scan t20", Wall, 20.0, 5.0, 0.0)]),
    (
        "17-memoize",
        // A Materialize was chosen; 40,000 pairs are compared besides. A nap of 1 ms took 2.1 to 2.3.
        &[("Nested Loop", Wall, 0.0, 0.0, 4.0), ("Seq Scan t20", Wall, 20.0, 2.2, 0.0)],
    ),
    ("18-trigger-before-after", &[("ModifyTable tr", Wall, 10.0, 10.0, 0.0)]),
    ("19-writable-cte", &[("Seq Scan t10", Wall, 10.0, 10.0, 0.0)]),
    (
        "21-initplan-chain",
        &[
            ("Seq Scan t10", Wall, 10.0, 5.0, 0.0),
            ("Seq Scan t10", Wall, 9.0, 10.0, 0.0), // `a > $0` drops one of ten
            ("Seq Scan t20", Wall, 10.0, 5.0, 0.0), // `a > $1` drops ten of twenty
        ],
    ),
    (
        "22-ten-initplans",
        // A nap of 1 ms took 1.8 to 2.6.
        &[
            ("Seq Scan t10", Wall, 10.0, 2.2, 0.0),
            ("Seq Scan t10", Wall, 10.0, 2.2, 0.0),
            ("Seq Scan t10", Wall, 10.0, 2.2, 0.0),
            ("Seq Scan t10", Wall, 10.0, 2.2, 0.0),
            ("Seq Scan t10", Wall, 10.0, 2.2, 0.0),
            ("Seq Scan t10", Wall, 10.0, 2.2, 0.0),
            ("Seq Scan t10", Wall, 10.0, 2.2, 0.0),
            ("Seq Scan t10", Wall, 10.0, 2.2, 0.0),
            ("Seq Scan t10", Wall, 10.0, 2.2, 0.0),
            ("Seq Scan t10", Wall, 10.0, 2.2, 0.0),
            ("Seq Scan t10", Wall, 10.0, 20.0, 0.0),
        ],
    ),
    (
        "23-cte-in-parallel-leader",
        &[("Seq Scan t10", Work, 10.0, 10.0, 0.0), ("Seq Scan few", Work, 40.0, 5.0, 0.0)],
    ),
    ("24-append-subplans-removed", &[("Seq Scan p1", Wall, 20.0, 2.2, 0.0)]), // 2.1 to 2.2 ms a nap
    (
        "28-parallel-spread",
        &[
            ("Seq Scan big", Work, 100.0, 4.0, READING),
            ("Seq Scan big", Wall, 100.0 / 3.0, 4.0, READING / 3.0), // three processes share it evenly
        ],
    ),
    (
        "29-parallel-hashed-subplan",
        // Not parallel after all; each of 100,000 rows is looked up in the subplan's table. 2.5 ms a nap.
        &[("Seq Scan big", Wall, 100.0, 2.5, 2.0 * READING), ("Seq Scan t10", Wall, 10.0, 10.0, 0.0)],
    ),
    (
        "30-parallel-correlated-subplan",
        // Not parallel after all; 2.2 to 2.3 ms a nap.
        &[("Seq Scan big", Wall, 0.0, 0.0, READING), ("Seq Scan t10", Wall, 1000.0, 2.2, 0.0)],
    ),
    (
        "31-gather-in-subplan-rescan",
        // 2.5 to 2.7 ms a nap.
        &[("Seq Scan big", Work, 50.0, 2.6, READING), ("Seq Scan big", Work, 50.0, 2.6, READING)],
    ),
    (
        "32-parallel-append",
        // 2.1 to 2.6 ms a nap.
        &[
            ("Seq Scan p1", Work, 100.0, 2.3, 0.0),
            ("Seq Scan p2", Work, 100.0, 2.3, 0.0),
            ("Seq Scan p3", Work, 100.0, 2.3, 0.0),
            ("Seq Scan p1", Wall, 100.0, 2.3, 0.0), // the slowest process napped through p1 alone
        ],
    ),
    (
        "33-parallel-hash",
        // A nested loop was chosen; 2.4 to 2.6 ms a nap.
        &[("Index Only Scan big", Work, 100.0, 2.5, READING)],
    ),
];

/// No naps: kept for their rounding, fractions, removed subplans and JIT.
const WITHOUT_NAPS: &[&str] =
    &["16-loops-rounding", "20-fractional-rows", "25-gather-merge-rescan", "26-serialize", "27-jit"];

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn read(file: &Path) -> Vec<Plan> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    plan::read(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())).plans
}

fn label(node: &Node) -> String {
    let name = node.relation.as_ref().map(|relation| relation.name.as_str()).or(node.cte.as_deref());
    name.map_or_else(|| node.operator.to_string(), |name| format!("{} {name}", node.operator))
}

/// Within 15 % and 5 ms.
fn close(is: f64, truth: f64) -> bool {
    (is - truth).abs() <= truth * 0.15 + 5.0
}

fn check_truths(version: u32, case: &str, rows: &[Row]) {
    let plan = read(&tests().join(format!("plans/planted-pg{version}/{case}.json"))).remove(0);
    let mut told = vec![false; plan.nodes.len()];
    let mut last: Option<(&str, usize)> = None;
    for &(name, time, naps, ms, besides) in rows {
        // The next node of this label; the last one again when another of its times is told.
        let next =
            plan.nodes.iter().find(|node| label(node) == name && !told[node.id.0]).map(|node| node.id.0);
        let again = last.filter(|(label, _)| *label == name).map(|(_, at)| at);
        let seen = plan.nodes.iter().position(|node| label(node) == name);
        let Some(at) = next.or(again).or(seen) else { panic!("pg{version} {case}: no {name}") };
        (told[at], last) = (true, Some((name, at)));
        let node = &plan.nodes[at];
        let own = node.own.expect("a timed plan");
        let is = if matches!(time, Wall) { own.exclusive.0 } else { own.work.0 };
        let truth = naps * ms + besides;
        assert!(close(is, truth), "pg{version} {case}: {name} took {is:.1} ms, in truth {truth:.1}");
        if version == 18 && naps > 0.0 && naps.fract() == 0.0 && node.operator != Operator::ModifyTable {
            let given = node.rows_out().map(|rows| rows.0.round());
            assert_eq!(given, Some(naps), "pg{version} {case}: {name} napped for each row that it gave");
        }
    }
    for node in plan.nodes.iter().filter(|node| !told[node.id.0]) {
        let own = node.own.expect("a timed plan");
        let most = own.exclusive.0.max(own.work.0);
        let none = close(most, 0.0) || (node.operator.is_gather() && most <= STARTING_WORKERS);
        assert!(none, "pg{version} {case}: {} took {most:.1} ms, in truth none", label(node));
    }
}

#[test]
fn truths() {
    for version in [15, 18] {
        for (case, rows) in TRUTHS {
            check_truths(version, case, rows);
        }
    }
}

#[test]
fn every_planted_plan_is_in_the_table() {
    for version in [15, 18] {
        let mut cases: Vec<&str> =
            TRUTHS.iter().map(|row| row.0).chain(WITHOUT_NAPS.iter().copied()).collect();
        cases.sort_unstable();
        let mut files: Vec<String> = files_of(&tests().join(format!("plans/planted-pg{version}")), "json")
            .iter()
            .filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned()))
            .filter(|case| case.as_str() < "34") // those are in shapes.rs
            .collect();
        files.sort_unstable();
        assert_eq!(files, cases);
    }
}

#[test]
fn after_triggers_are_outside_of_the_plan() {
    for version in [15, 18] {
        let plan =
            read(&tests().join(format!("plans/planted-pg{version}/18-trigger-before-after.json"))).remove(0);
        let times: Vec<(&str, bool)> = plan
            .triggers
            .iter()
            .map(|trigger| (trigger.name.as_str(), close(trigger.time.0, 100.0)))
            .collect();
        assert_eq!(times, [("a_ins", true), ("b_ins", true)]);
        assert!(close(plan.total().0, 200.0) && close(plan.root().inclusive().0, 100.0));
    }
}

fn files_of(folder: &Path, format: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    files.filter(|file| file.extension().is_some_and(|ending| ending == format)).collect()
}
