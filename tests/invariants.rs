//! What holds on every plan of this directory, wherever it stands and whatever it went through.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use advisor::plan::{self, Node, Operator, Own, Plan, Role};

/// Files that hold no plan that can be read, and why. What else cannot be read fails the test.
const NO_PLAN: &[(&str, &str)] = &[
    ("anonymize/*.txt", "words that are kept, and other tables of a test"),
    ("elsewhere/catalog.json", "what is known of the plan's table"),
    ("nasty/refused-*", "has to be refused: tests/nasty.rs holds the error"),
    ("plans/rules/*.txt", "what is to be found in the plans of the rules"),
    ("plans/rules/*.catalog.json", "what is known of the tables of a rule's plan"),
    ("plans/planted-own.tsv", "a table of own times"),
];

/// A plan whose own times do not sum to its root, and why.
const NO_SUM: &[(&str, &str)] = &[(
    "nasty/30-citus.txt",
    "a Citus Task bears no time, and the nodes below it were timed on another server",
)];

/// A plan with less work than wall time, and why.
const NO_WORK: &[(&str, &str)] =
    &[("nasty/25-workers.txt", "made up: a worker is timed at the scan, and not at the sort above it")];

/// Endings of files that are no plans, but sources of tests.
const SOURCES: [&str; 4] = ["rs", "sh", "sql", "snap"];

/// An InitPlan or CTE is timed twice: by its own node, and by its reader, which a Gather's shutdown can follow.
/// Their clocks differ by 0.13 ms at the most (case 23 on 18, as text).
const TIMED_TWICE: f64 = 0.14;

/// What the execution takes besides its plan: starting and stopping it, ms.
const AROUND_THE_PLAN: f64 = 20.0;

fn is_in(exceptions: &[(&str, &str)], file: &str) -> bool {
    exceptions.iter().any(|(pattern, _)| match pattern.split_once('*') {
        Some((start, end)) => file.starts_with(start) && file.ends_with(end),
        None => file == *pattern,
    })
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let (folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| files_of(folder)));
    files
}

/// Every plan below tests/, with the file that it stands in.
fn plans() -> &'static [(String, Plan)] {
    static PLANS: OnceLock<Vec<(String, Plan)>> = OnceLock::new();
    PLANS.get_or_init(all_plans)
}

fn all_plans() -> Vec<(String, Plan)> {
    let root = tests();
    let mut plans = Vec::new();
    for file in files_of(&root) {
        let name = file.strip_prefix(&root).expect("below").to_string_lossy().into_owned();
        let source = file.extension().is_some_and(|ending| SOURCES.iter().any(|source| ending == *source));
        if source || is_in(NO_PLAN, &name) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        let reading = plan::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!reading.plans.is_empty(), "{name} holds no plan");
        plans.extend(reading.plans.into_iter().map(|plan| (name.clone(), plan)));
    }
    assert!(plans.len() >= 264 + 504 + 100, "{} plans", plans.len());
    plans
}

/// Whether a WITH writes: what its reader leaves of it is run when the root has ended (execMain.c,
/// `ExecPostprocessPlan`).
fn goes_on_after_its_root(plan: &Plan) -> bool {
    let cte = |node: &Node| node.subplan_name.as_deref().is_some_and(|name| name.starts_with("CTE "));
    plan.nodes.iter().any(|node| node.operator == Operator::ModifyTable && cte(node))
}

fn own(plan: &Plan) -> impl Iterator<Item = Own> {
    plan.nodes.iter().filter_map(|node| node.own)
}

#[test]
fn every_exception_is_there() {
    let names: Vec<String> = files_of(&tests())
        .iter()
        .map(|file| file.strip_prefix(tests()).expect("below").to_string_lossy().into_owned())
        .collect();
    for exception in NO_PLAN.iter().chain(NO_SUM).chain(NO_WORK) {
        assert!(names.iter().any(|name| is_in(&[*exception], name)), "{exception:?}");
    }
}

#[test]
fn no_time_is_negative() {
    for (file, plan) in plans() {
        let sane = |o: Own| {
            [o.exclusive, o.work, o.inclusive, o.bound].iter().all(|time| time.0 >= 0.0 && time.0.is_finite())
        };
        assert!(own(plan).all(sane), "{file}");
        assert!(!plan.is_timed() || plan.nodes.iter().all(|node| node.own.is_some()), "{file}");
    }
}

#[test]
fn own_times_sum_to_the_root() {
    for (file, plan) in plans().iter().filter(|(file, plan)| plan.is_timed() && !is_in(NO_SUM, file)) {
        let (sum, bound) =
            own(plan).fold((0.0, 0.0), |(sum, bound), o| (sum + o.exclusive.0, bound + o.bound.0));
        let twice = plan.nodes.iter().filter(|node| node.role == Role::InitPlan).count() as f64 * TIMED_TWICE;
        let bound = bound + twice + 1e-6;
        let root = plan.root().inclusive().0;
        if goes_on_after_its_root(plan) {
            assert!(sum >= root - bound, "{file}: {sum:.3} of {root:.3} ms");
            let rest = plan.execution.map_or(0.0, |execution| execution.0 - sum);
            assert!((-bound..=AROUND_THE_PLAN).contains(&rest), "{file}: {rest:.3} ms are nobody's");
            assert!((plan.total().0 - sum - rest).abs() <= bound, "{file}: percentages are of the whole");
        } else {
            assert!((sum - root).abs() <= bound, "{file}: off by {:.3} ms", sum - root);
        }
    }
}

#[test]
fn work_is_no_less_than_wall_time() {
    for (file, plan) in plans().iter().filter(|(file, plan)| plan.is_timed() && !is_in(NO_WORK, file)) {
        for node in &plan.nodes {
            let own = node.own.expect("a timed plan");
            let less = own.exclusive.0 - own.work.0;
            assert!(less <= own.bound.0 + 1e-6, "{file}: {} worked {less:.3} ms less", node.label());
        }
    }
}

#[test]
fn the_tree_is_a_tree() {
    for (file, plan) in plans() {
        for (i, node) in plan.nodes.iter().enumerate() {
            assert_eq!(node.id.0, i, "{file}");
            assert_eq!(node.parent.is_none(), i == 0, "{file}");
            let depth = plan.parent(node).map_or(0, |above| above.depth + 1);
            assert_eq!(node.depth, depth, "{file}");
            assert!(plan.children(node).all(|child| child.parent == Some(node.id)), "{file}");
        }
        let children: usize = plan.nodes.iter().map(|node| node.children.len()).sum();
        assert_eq!(children + 1, plan.nodes.len(), "{file}");
    }
}
