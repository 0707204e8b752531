//! The planted plans from 34 on: Memoize, Gather Merge, Parallel Hash, SubPlans and InitPlans at a Gather and in workers,
//! writable CTEs, Incremental Sort, partial aggregates, asynchronous foreign scans and MERGE, on five versions.
//!
//! plans/make-planted.sql says where the naps are; here is what each node took in truth, in the runs in JSON.

#[path = "shapes/table.rs"]
mod table;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use advisor::plan::{self, ConditionKind, Node, Plan};
use serde_json::Value;

use self::table::Time::{Own, Wall, Work};
use self::table::{CASES, PROCESSES, ROWS, Row, STARTING_WORKERS, WAITS_IN_TURN, WITHOUT_NAPS};

const VERSIONS: [u32; 5] = [13, 15, 16, 17, 18];

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn file(version: u32, case: &str, ending: &str) -> PathBuf {
    tests().join(format!("plans/planted-pg{version}/{case}.{ending}"))
}

fn read(file: &Path) -> Plan {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    plan::read(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())).plans.remove(0)
}

fn name(node: &Node) -> String {
    let name = node.relation.as_ref().map(|relation| relation.name.as_str()).or(node.cte.as_deref());
    name.map_or_else(|| node.title(), |name| format!("{} {name}", node.title()))
}

/// Every case on every version that has it.
fn truths() -> impl Iterator<Item = (u32, &'static str, usize, &'static [Row])> {
    CASES.iter().flat_map(|(case, truths)| {
        truths.iter().flat_map(move |(versions, nodes, rows)| {
            let made = VERSIONS.into_iter().filter(|version| versions.contains(version));
            made.map(move |version| (version, *case, *nodes, *rows))
        })
    })
}

/// Within 15 % and 5 ms.
fn close(is: f64, truth: f64) -> bool {
    (is - truth).abs() <= truth * 0.15 + 5.0
}

/// Every nap passes its row, unless the condition has an OR: a node naps as often as it gives rows, but that before 18
/// an average of them is printed without decimals.
fn check_naps(node: &Node, naps: f64, place: &str) {
    let filter = node.condition(ConditionKind::Filter).unwrap_or_default();
    if filter.contains("nap(") && !filter.contains(" OR ") {
        let given = node.rows_out().expect("rows").0;
        assert!((given - naps).abs() <= 0.5 * node.loops(), "{place} napped {naps} times for {given} rows");
    }
}

fn check_truth(version: u32, case: &str, rows: &[Row]) {
    let plan = read(&file(version, case, "json"));
    let mut told: Vec<usize> = Vec::new();
    for (i, &(wanted, time, naps, ms)) in rows.iter().enumerate() {
        // The wall time of a node is told after its work: a row of another time is of the same node again.
        let again = matches!(time, Wall) && i > 0 && rows[i - 1].0 == wanted;
        let next = plan.nodes.iter().find(|node| name(node) == wanted && !told.contains(&node.id.0));
        let at = if again { told.last().copied() } else { next.map(|node| node.id.0) };
        let at = at.unwrap_or_else(|| panic!("pg{version} {case}: no {wanted}"));
        told.push(at);
        let node = &plan.nodes[at];
        let place = format!("pg{version} {case}: {wanted}");
        let naps = if naps == ROWS { node.rows_out().expect("rows").0 } else { naps };
        if !matches!(time, Wall) {
            check_naps(node, naps, &place);
        }
        let own = node.own.expect("a timed plan");
        let are = match time {
            Own => vec![own.exclusive.0, own.work.0],
            Wall => vec![own.exclusive.0],
            Work => vec![own.work.0],
        };
        for is in are {
            assert!(close(is, naps * ms), "{place} took {is:.1} ms, in truth {:.1}", naps * ms);
        }
    }
    for node in plan.nodes.iter().filter(|node| !told.contains(&node.id.0)) {
        let own = node.own.expect("a timed plan");
        let gather = if case == WAITS_IN_TURN.0 { WAITS_IN_TURN.1 } else { STARTING_WORKERS * node.loops() };
        let most = if node.operator.is_gather() { gather } else { 5.0 };
        let none = own.exclusive.0 <= most && own.work.0 <= most * PROCESSES;
        assert!(none, "pg{version} {case}: {} took {own:?}, in truth nothing", name(node));
    }
}

#[test]
fn own_times_are_true() {
    for (version, case, _, rows) in truths().filter(|(_, case, ..)| !WITHOUT_NAPS.contains(case)) {
        check_truth(version, case, rows);
    }
}

#[test]
fn every_file_is_in_the_table_and_has_its_nodes() {
    let mut listed = Vec::new();
    for (version, case, nodes, _) in truths() {
        for ending in ["json", "txt", "yaml", "xml"] {
            let file = file(version, case, ending);
            assert_eq!(read(&file).nodes.len(), nodes, "{}", file.display());
            listed.push(file);
        }
    }
    let mut files: Vec<PathBuf> = VERSIONS
        .iter()
        .flat_map(|version| {
            fs::read_dir(tests().join(format!("plans/planted-pg{version}"))).expect("a folder")
        })
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().as_ref() >= "34"))
        .collect();
    files.sort();
    listed.sort();
    assert_eq!(files, listed);
}

/// What the plans are there to show.
#[test]
fn the_shapes_are_there() {
    for (case, since, shape) in [
        ("34-memoize", 14, "Memoize"),
        ("35-memoize-evicts", 14, "Memoize"),
        ("36-memoize-in-workers", 14, "Memoize"),
        ("37-gather-merge", 13, "Gather Merge"),
        ("39-gather-rescanned", 13, "Gather Merge"),
        ("40-parallel-hash", 13, "Parallel Hash"),
        ("41-parallel-append", 13, "Parallel Append"),
        ("46-initplans-in-workers", 17, "Parallel Append"),
        ("47-writable-cte-read-in-part", 13, "Update written"),
        ("50-incremental-sort", 13, "Incremental Sort"),
        ("51-incremental-sort-in-workers", 13, "Incremental Sort"),
        ("52-partial-aggregate", 13, "Partial GroupAggregate"),
        ("53-partial-aggregate-and-initplan", 13, "Finalize Aggregate"),
        ("56-merge", 15, "Merge written"),
    ] {
        for version in VERSIONS.into_iter().filter(|version| *version >= since) {
            let plan = read(&file(version, case, "txt"));
            assert!(plan.nodes.iter().any(|node| name(node) == shape), "pg{version} {case}: no {shape}");
        }
    }
}

/// What only VERBOSE prints: without it, nothing is known of the single workers, nor of who reads an InitPlan.
fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            ["Output", "Workers", "Schema"].iter().for_each(|key| drop(map.remove(*key)));
            map.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[test]
fn without_verbose_it_is_the_leader_as_well() {
    for version in VERSIONS {
        for (case, alone) in [("44-subplan-of-the-gather", 90.0 * 2.2), ("45-initplan-of-the-gather", 105.0)]
        {
            let text = fs::read_to_string(file(version, case, "json")).expect("a plan");
            let mut value: Value = serde_json::from_str(&text).expect("JSON");
            strip(&mut value);
            let plan = plan::read(&value.to_string()).expect("a plan").plans.remove(0);
            let wall = |wanted| {
                let node = plan.nodes.iter().find(|node| name(node) == wanted).expect("the node");
                node.exclusive().0
            };
            let rest = plan.root().inclusive().0 - wall("Seq Scan t10");
            assert!(close(wall("Seq Scan t10"), alone), "pg{version} {case}: {}", wall("Seq Scan t10"));
            assert!(close(wall("Gather"), 0.0), "pg{version} {case}: {}", wall("Gather"));
            assert!(close(wall("Parallel Seq Scan spread"), rest), "pg{version} {case}: {rest}");
        }
    }
}

/// Own times of every planted plan, to the microsecond: `UPDATE_PLANTED=1 cargo test --test shapes` writes them. When
/// they were first written, an independent program said the same of all plans but those of 44 and 45, which it charged
/// to the Gather's input instead of the leader.
#[test]
fn own_times_stay_as_they_were() {
    let table = tests().join("plans/planted-own.tsv");
    let mut is = String::from("version\tcase\tnode\tinclusive\texclusive\twork\n");
    for version in VERSIONS {
        let folder = tests().join(format!("plans/planted-pg{version}"));
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "json")) {
            let case = file.file_stem().expect("a name").to_string_lossy();
            for node in read(file).nodes {
                let own = node.own.expect("a timed plan");
                let times = [own.inclusive, own.exclusive, own.work].map(|time| format!("{:.3}", time.0));
                writeln!(is, "{version}\t{case}\t{}\t{}", name(&node), times.join("\t")).expect("room");
            }
        }
    }
    if std::env::var_os("UPDATE_PLANTED").is_some() {
        fs::write(&table, &is).expect("the table");
    }
    let was = fs::read_to_string(table).expect("the table");
    for (is, was) in is.lines().zip(was.lines()) {
        assert_eq!(is, was);
    }
    assert_eq!(is.lines().count(), was.lines().count());
}
