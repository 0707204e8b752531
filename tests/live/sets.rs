//! Several suggestions at once: what each is worth beside the others, what adds nothing, which of several leads; and why
//! the planner leaves an index aside.

mod stage;

use advisor::db::connect::{Environment, resolve};
use advisor::db::{self, Depth, Gateway, Wanted};
use advisor::prove::{self, Effort, Laboratory, Ledger, Outcome, Proof, Subject, Verdict};
use advisor::remedy::treatments::TREATMENTS;
use advisor::remedy::{Action, IndexSpec, Key, Method, Remedy};
use advisor::units::Bytes;
use serde_json::Value;
use stage::{Scene, Stage, play, proofs};

/// Two tables, each read whole for a few rows. Joined by `k`, either side can be looked up from the other.
const TABLES: &str = "
    CREATE TABLE one (id int PRIMARY KEY, k int NOT NULL, a int NOT NULL, kind text NOT NULL, at timestamptz, note text);
    CREATE TABLE two (k int PRIMARY KEY, b int NOT NULL, note text);
    INSERT INTO one SELECT i, i, i % 50000, CASE i % 10 WHEN 0 THEN 'rare' ELSE 'common' END,
        '2024-01-01'::timestamptz + i * interval '1 min', md5(i::text) FROM generate_series(1, 150000) AS i;
    INSERT INTO two SELECT i, i % 7500, md5(i::text) FROM generate_series(1, 150000) AS i;
    CREATE INDEX one_k_idx ON one (k);
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
fn of_several_the_smallest_that_does_as_well_leads() {
    play(parts![what_leads_keeps_most_of_the_gain]);
}

#[test]
fn what_is_not_used_is_explained() {
    play(parts![an_index_that_is_there_is_explained, an_index_that_was_built_is_explained]);
}

fn scene(stage: &Stage) -> Scene<'_> {
    // VACUUM must stand alone. Workers would come and go with the machine's load.
    let (tables, vacuum) = TABLES.rsplit_once(';').unwrap();
    let scene = stage.scene(tables);
    scene.sql().run(vacuum);
    scene.sql().run(&format!("ALTER DATABASE {} SET max_parallel_workers_per_gather = 0", scene.name));
    scene
}

/// On a machine that is busy with other things a gain may drown in noise, and is then rightly not taken for one: what is
/// true is seen at one of so many attempts.
const ATTEMPTS: usize = 5;

/// The first attempt at which it holds, or the last.
fn at_last<T>(attempt: impl Fn() -> T, holds: impl Fn(&T) -> bool) -> T {
    let mut made = attempt();
    for _ in 1..ATTEMPTS {
        if holds(&made) {
            break;
        }
        made = attempt();
    }
    made
}

/// An index that somebody proposes: for the access to this table, by this method, with this column.
type Wish = (&'static str, Method, &'static str);

/// What comes of trying these indexes, whoever proposed them.
fn tried(scene: &Scene, sql: &str, wishes: &[Wish]) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let target = resolve(Some(&scene.dsn), &Environment::default()).unwrap();
        let gateway = Gateway::new(target, db::Limits::default());
        let mut session = gateway.open().await.unwrap();
        let plan = db::explain(&session, sql, Depth::Attribute).await.unwrap();
        let catalog = db::load_catalog(&session, &Wanted::of(&plan)).await.unwrap();
        let remedy = |(table, method, column): &Wish| {
            let known = catalog.tables.iter().find(|it| it.name.name == *table).unwrap();
            let node =
                plan.nodes.iter().find(|it| it.relation.as_ref().is_some_and(|r| r.name == *table)).unwrap();
            Remedy {
                treatment: TREATMENTS[0],
                actions: vec![Action::CreateIndex(IndexSpec {
                    name: format!("{table}_{column}_{}", method.name()),
                    ..IndexSpec::by(*method, known, vec![Key::ascending(*column)])
                })],
                nodes: vec![node.id],
                why: String::new(),
                replaces: Vec::new(),
            }
        };
        let remedies = wishes.iter().map(remedy).collect();
        let limits =
            prove::Limits { build: true, max_build: Bytes(1 << 30), writes: false, effort: Effort::Normal };
        let (say, spent) = (|_: &str| {}, Ledger::default());
        let mut lab = Laboratory { session: &mut session, gateway: &gateway, limits, say: &say, spent };
        let subject =
            Subject { sql, plan: &plan, catalog: &catalog, writes: false, timed_out: None, given: false };
        let outcome = prove::prove(&mut lab, &subject, remedies).await.unwrap();
        session.close().await;
        outcome
    })
}

fn names(proofs: &[Proof]) -> Vec<String> {
    let mut names: Vec<String> = proofs.iter().map(|proof| proof.remedy.name()).collect();
    names.sort();
    names
}

const BOTH: &str =
    "SELECT (SELECT count(note) FROM one WHERE a = 77) + (SELECT count(note) FROM two WHERE b = 99)";

fn two_that_help_together_are_told_with_what_each_is_worth(stage: &Stage) {
    let scene = scene(stage);
    let sql = scene.sql();
    let before = scene.belongings(&sql);
    let statement = at_last(
        || scene.explain(&["--prove", "-c", BOTH]).statement(),
        |statement| !statement["together"].is_null(),
    );
    let set = &statement["together"];
    let members = set["members"].as_array().unwrap_or_else(|| panic!("no set: {statement:#}"));
    assert_eq!(members.len(), 2, "{set:#}");
    assert_eq!(statement["suggestions"].as_array().unwrap().len(), 2, "{statement:#}");
    let ms = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("{value} in {set:#}"));
    let (all, none) = (ms(&set["after_ms"]), ms(&set["before_ms"]));
    assert!(all < none / 10.0, "{set:#}");
    for member in members {
        assert!(ms(&member["worth_ms"]) > 0.2 * none, "each does its part: {set:#}");
    }
    assert_eq!(scene.belongings(&sql), before, "nothing is left");
}

/// `a` finds three rows, from which as many of the other table are looked up; `b` finds twenty.
const EITHER: &str = "SELECT one.note FROM one JOIN two USING (k) WHERE one.a = 77 AND two.b = 77";

fn what_adds_nothing_beside_another_falls_away(stage: &Stage) {
    let scene = scene(stage);
    let wishes = [("one", Method::BTree, "a"), ("two", Method::BTree, "b")];
    let outcome = at_last(|| tried(&scene, EITHER, &wishes), |outcome| outcome.suggestions.len() == 1);
    assert_eq!(names(&outcome.suggestions), ["one_a_btree"], "{outcome:#?}");
    assert_eq!(outcome.set, None, "one alone is no set");
    let Verdict::NoGain(why) = &outcome.tried[0].verdict else { panic!("{outcome:#?}") };
    assert!(why.contains("adds nothing beside `one_a_btree`"), "{why}");
}

fn a_quick_trial_builds_one_for_each_node(stage: &Stage) {
    let scene = scene(stage);
    let told = scene.explain(&["--prove", "--effort", "quick", "-c", BOTH]);
    let statement = told.statement();
    let built = proofs(&statement).iter().filter(|proof| !proof["build_ms"].is_null()).count();
    assert!((1..=2).contains(&built), "{statement:#}");
    assert!(told.err.lines().any(|line| line.contains("writers of")), "{told:?}");
}

fn what_leads_keeps_most_of_the_gain(stage: &Stage) {
    let scene = scene(stage);
    let query = "SELECT count(note) FROM one WHERE at BETWEEN '2024-02-01' AND '2024-02-08'";
    let wishes = [("one", Method::BTree, "at"), ("one", Method::Brin, "at")];
    let outcome = at_last(
        || tried(&scene, query, &wishes),
        |outcome| outcome.suggestions.len() == 1 && outcome.tried.iter().all(Proof::helps),
    );
    let [lead] = outcome.suggestions.as_slice() else {
        panic!("only one of the two is of use: {outcome:#?}")
    };
    let measured =
        |proof: &Proof| proof.measurement.clone().unwrap_or_else(|| panic!("not built: {proof:#?}"));
    // On a machine that is busy with other things a gain may drown both times; what it may not do is lead.
    for other in outcome.tried.iter().filter(|proof| proof.helps()) {
        let (own, its) = (measured(lead), measured(other));
        let (time, fastest) = (own.after.median().0, its.after.median().0);
        assert!(time <= 1.25 * fastest + 0.02, "{outcome:#?}");
        let as_well = fastest <= time;
        assert!(!as_well || own.size <= its.size, "the smaller one leads: {outcome:#?}");
        let Verdict::NoGain(why) = &other.verdict else { panic!("{outcome:#?}") };
        assert!(why.contains(" against ") && why.contains(&lead.remedy.name()), "{why}");
    }
}

fn an_index_that_is_there_is_explained(stage: &Stage) {
    let scene = scene(stage);
    let sql = scene.sql();
    let reason = |arguments: &[&str]| {
        let statement = scene.explain(arguments).statement();
        let silences = statement["silences"].as_array().unwrap();
        silences.iter().map(|it| it["reason"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
    };
    // What is in no index, whatever it is made of: the text depends on a setting.
    let cast = "SELECT * FROM one WHERE at::text = '2024'";
    for (index, why) in [
        ("one (at)", "`at` is timestamp with time zone, and is made text row by row"),
        ("one (note, at)", "the condition does not compare `note`, which it leads with"),
    ] {
        sql.run(&format!("CREATE INDEX there ON {index}"));
        let told = reason(&["-c", cast]);
        assert!(told.contains("`there` cannot serve") && told.contains(why), "{index}: {told}");
        sql.run("DROP INDEX there");
    }
    // Nine rows of ten: it could, at a higher cost; what the clock says is told when it is asked.
    sql.run("CREATE INDEX there ON one (kind)");
    let most = "SELECT * FROM one WHERE kind = 'common'";
    let planned = reason(&["-c", most]);
    assert!(planned.contains("With `there` the planner expects a cost of"), "{planned}");
    assert!(planned.contains("it would fetch 90 % of the rows"), "{planned}");
    assert!(!planned.contains("forced"), "nothing is run unasked: {planned}");
    let measured = reason(&["--prove", "-c", most]);
    assert!(measured.contains("forced to use it, the statement takes"), "{measured}");
}

fn an_index_that_was_built_is_explained(stage: &Stage) {
    let scene = scene(stage);
    let outcome = tried(&scene, "SELECT * FROM one WHERE kind = 'common'", &[("one", Method::BTree, "kind")]);
    let [proof] = outcome.tried.as_slice() else { panic!("{outcome:#?}") };
    let why = proof.why_not.as_deref().unwrap_or_default();
    assert!(why.contains("with `one_kind_btree` the planner expects"), "{proof:#?}");
    assert!(why.contains("forced to use it, the statement takes"), "the build was allowed: {why}");
}
