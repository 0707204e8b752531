//! Several suggestions at once: what each is worth beside the others, what adds nothing, and why the planner leaves aside
//! what is there.

mod stage;

use serde_json::Value;
use stage::{Scene, Stage, play, proofs};

/// Two tables, each read whole for a few rows. Joined by `k`, either side can be looked up from the other.
const TABLES: &str = "
    CREATE TABLE one (id int PRIMARY KEY, k int NOT NULL, a int NOT NULL, kind text NOT NULL, code int NOT NULL, note text);
    CREATE TABLE two (k int PRIMARY KEY, b int NOT NULL, note text);
    INSERT INTO one SELECT i, i, i % 50000, CASE i % 2 WHEN 0 THEN 'even' ELSE 'odd' END, i % 1000, repeat('x', 60)
        FROM generate_series(1, 150000) AS i;
    INSERT INTO two SELECT i, i % 7500, repeat('y', 60) FROM generate_series(1, 150000) AS i;
    CREATE INDEX one_k_idx ON one (k);
    CREATE INDEX one_kind_idx ON one (kind);
    CREATE INDEX one_code_idx ON one (code);
    CREATE INDEX one_note_a_idx ON one (note, a);
    VACUUM ANALYZE";

macro_rules! parts {
    ($($part:ident),* $(,)?) => { &[$((stringify!($part), $part as stage::Part)),*] };
}

#[test]
fn suggestions_are_tried_together() {
    play(parts![
        two_that_help_together_are_told_with_what_each_is_worth,
        what_adds_nothing_beside_another_falls_away,
        a_quick_trial_builds_one_for_each_node,
    ]);
}

#[test]
fn what_is_there_and_not_used_is_explained() {
    play(parts![an_index_that_is_left_aside_is_explained]);
}

fn scene(stage: &Stage) -> Scene<'_> {
    // VACUUM must stand alone. Workers would come and go with the machine's load.
    let (tables, vacuum) = TABLES.rsplit_once(';').unwrap();
    let scene = stage.scene(tables);
    scene.sql().run(vacuum);
    scene.sql().run(&format!("ALTER DATABASE {} SET max_parallel_workers_per_gather = 0", scene.name));
    scene
}

/// Whatever else the machine does: what is true is seen at the second attempt at the latest.
fn told(scene: &Scene, arguments: &[&str], holds: impl Fn(&Value) -> bool) -> Value {
    let first = scene.explain(arguments).statement();
    if holds(&first) { first } else { scene.explain(arguments).statement() }
}

fn names(proofs: &Value) -> Vec<String> {
    let of = |proof: &Value| proof["undo"][0].as_str().unwrap().to_owned();
    let mut names: Vec<String> = proofs.as_array().unwrap().iter().map(of).collect();
    names.sort();
    names
}

const BOTH: &str =
    "SELECT (SELECT count(note) FROM one WHERE a = 77) + (SELECT count(note) FROM two WHERE b = 99)";

fn two_that_help_together_are_told_with_what_each_is_worth(stage: &Stage) {
    let scene = scene(stage);
    let sql = scene.sql();
    let before = scene.belongings(&sql);
    let statement = told(&scene, &["--prove", "-c", BOTH], |it| !it["together"].is_null());
    let set = &statement["together"];
    let members = set["members"].as_array().unwrap_or_else(|| panic!("no set: {statement:#}"));
    assert_eq!(members.len(), 2, "{set:#}");
    assert_eq!(names(&statement["suggestions"]).len(), 2, "{statement:#}");
    let ms = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{value} in {set:#}"));
    let (all, none) = (ms(&set["after_ms"]), ms(&set["before_ms"]));
    assert!(all < none / 10.0, "{set:#}");
    for member in members {
        assert!(ms(&member["worth_ms"]) > 0.2 * none, "each does its part: {set:#}");
    }
    for suggestion in statement["suggestions"].as_array().unwrap() {
        assert!(ms(&suggestion["after_ms"]) > 0.1 * none, "neither does it alone: {suggestion:#}");
    }
    assert_eq!(scene.belongings(&sql), before, "nothing is left");
}

/// `a` finds one row, from which one row of the other table is looked up; `b` finds twenty, from which twenty are.
const EITHER: &str =
    "SELECT one.id FROM one JOIN two USING (k) WHERE one.a = 77 AND one.id < 50000 AND two.b = 77";

fn what_adds_nothing_beside_another_falls_away(stage: &Stage) {
    let scene = scene(stage);
    let beside = |it: &Value| {
        let tried = it["tried"].as_array().unwrap().iter();
        tried
            .filter(|proof| proof["reason"].as_str().is_some_and(|why| why.contains("adds nothing beside")))
            .count()
            == 1
    };
    let statement = told(&scene, &["--prove", "-c", EITHER], beside);
    assert!(beside(&statement), "{statement:#}");
    assert!(statement["together"].is_null(), "one alone is no set: {statement:#}");
    let suggestions = statement["suggestions"].as_array().unwrap();
    assert_eq!(suggestions.len(), 1, "{statement:#}");
    assert_eq!(suggestions[0]["verdict"], "proven");
}

fn a_quick_trial_builds_one_for_each_node(stage: &Stage) {
    let scene = scene(stage);
    let told = scene.explain(&["--prove", "--effort", "quick", "-c", BOTH]);
    let statement = told.statement();
    let built = proofs(&statement).iter().filter(|proof| !proof["build_ms"].is_null()).count();
    assert!((1..=2).contains(&built), "{statement:#}");
    assert!(told.err.lines().any(|line| line.contains("writers of")), "{told:?}");
}

fn an_index_that_is_left_aside_is_explained(stage: &Stage) {
    let scene = scene(stage);
    let reason = |arguments: &[&str]| {
        let statement = scene.explain(arguments).statement();
        let silences = statement["silences"].as_array().unwrap();
        silences.iter().map(|it| it["reason"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
    };
    for (query, index, why) in [
        // Another type: the column is cast, row by row.
        (
            "SELECT count(note) FROM one WHERE code = 7.0",
            "one_code_idx",
            "`code` is integer, and is made numeric",
        ),
        // Its leading column is not compared, and nothing else can search by what is.
        (
            "SELECT count(note) FROM one WHERE a::text = '77'",
            "one_note_a_idx",
            "does not compare `note`, which it leads with",
        ),
    ] {
        let told = reason(&["-c", query]);
        assert!(told.contains(&format!("`{index}` cannot serve")) && told.contains(why), "{query}: {told}");
    }
    // Half of the rows: it could, at a higher cost; and the clock agrees, or says otherwise, when it is asked.
    let query = "SELECT count(note) FROM one WHERE kind = 'odd'";
    let planned = reason(&["-c", query]);
    assert!(planned.contains("with `one_kind_idx` the planner expects a cost of"), "{planned}");
    assert!(planned.contains("it would fetch 50 % of the rows"), "{planned}");
    assert!(!planned.contains("forced"), "nothing is run unasked: {planned}");
    let measured = reason(&["--prove", "-c", query]);
    assert!(measured.contains("forced to use it, the statement takes"), "{measured}");
}
