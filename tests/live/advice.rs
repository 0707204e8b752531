//! Advice in three boxes: a schema, a query, and the indexes (or the silence) that are expected of it.
//!
//! Each file of `tests/cases` is run on every server that this machine has: the statement is explained, what
//! is proposed is compared with what is expected, and on one server each expected index is built, rolled back and
//! measured.
//! `CASE=name cargo test --test live_advice` runs the cases whose names contain `name`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::future::Future;
use std::path::Path;

use advisor::catalog::{Catalog, CatalogFile, Origin};
use advisor::cluster::{self, Cluster};
use advisor::db::connect::{Connection, Environment, Target, connect, resolve};
use advisor::db::{self, Depth, Gateway, Limits, Refusal, Session, Trial, Wanted};
use advisor::diagnose::{Preferences, diagnose};
use advisor::plan::Plan;
use advisor::prove::{self, Laboratory, Outcome, Proof, Subject, Weighed, prove, weigh};
use advisor::query::split;
use advisor::remedy::{self, Action, IndexSpec, Proposal, Remedy, propose, propose_from_plan};
use advisor::units::Bytes;

/// On a busy machine a gain can drown in noise, and is then rightly not taken for one.
const TRIES: usize = 5;

/// One file of `tests/cases`.
struct Case {
    name: String,
    schema: String,
    query: String,
    expected: Expected,
}

/// What is proposed, in order, or why nothing is.
#[derive(Default)]
struct Expected {
    /// Lines as [`line`] writes them.
    proposed: Vec<String>,
    /// Those among them that must prove themselves; the others (`or CREATE INDEX …`) are merely tried.
    proven: Vec<String>,
    /// Words of the reasons for silence.
    silences: Vec<String>,
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a case");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let (_, rest) = text.split_once("-- schema\n").unwrap_or_else(|| panic!("{name}: no `-- schema`"));
        let (schema, rest) = rest.split_once("-- query\n").unwrap_or_else(|| panic!("{name}: no `-- query`"));
        let (query, expect) =
            rest.split_once("-- expect\n").unwrap_or_else(|| panic!("{name}: no `-- expect`"));
        let query = query.trim().trim_end_matches(';').to_owned();
        Self { schema: schema.to_owned(), query, expected: Expected::read(expect), name }
    }
}

impl Expected {
    fn read(text: &str) -> Self {
        let mut expected = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(words) = line.strip_prefix("silence: ") {
                expected.silences.push(words.to_owned());
            } else if let Some(alternative) = line.strip_prefix("or ") {
                expected.proposed.push(alternative.to_owned());
            } else {
                expected.proposed.push(line.to_owned());
                expected.proven.push(line.to_owned());
            }
        }
        expected
    }
}

/// A remedy as a case expects it: its statements, and what it replaces.
fn line(remedy: &Remedy) -> String {
    let sql = remedy.sql().join(" ");
    match remedy.replaces.is_empty() {
        true => sql,
        false => {
            let names: Vec<&str> = remedy.replaces.iter().map(|index| index.name.as_str()).collect();
            format!("{sql} -- replaces {}", names.join(", "))
        }
    }
}

fn cases() -> Vec<Case> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let wanted = std::env::var("CASE").unwrap_or_default();
    let mut paths: Vec<_> =
        fs::read_dir(directory).expect("cases").map(|e| e.expect("a file").path()).collect();
    paths.sort();
    paths.iter().map(|path| Case::read(path)).filter(|case| case.name.contains(&wanted)).collect()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

fn target(cluster: &Cluster, database: &str) -> Target {
    resolve(Some(&cluster.dsn(database)), &Environment::of_this_process()).expect("a target")
}

/// Fills a database of the case's own. What is marked `/* fails */` must fail.
async fn create(cluster: &Cluster, case: &Case, database: &str) {
    let Connection { client, .. } = connect(&target(cluster, "postgres")).await.expect("a connection");
    client.batch_execute(&format!("CREATE DATABASE {database}")).await.expect("a database");
    let Connection { client, .. } = connect(&target(cluster, database)).await.expect("a connection");
    for statement in split(&case.schema).statements {
        let failed = client.batch_execute(&statement.text).await.err();
        let expected = statement.text.contains("/* fails */");
        assert_eq!(failed.is_some(), expected, "{}: {}: {failed:?}", case.name, statement.text);
    }
}

/// The plan, measured; a statement that writes is rolled back.
async fn explain(session: &mut Session, sql: &str) -> Result<Plan, Refusal> {
    let estimated = db::explain(session, sql, Depth::Estimate).await?;
    if !estimated.writes() {
        return db::explain(session, sql, Depth::Attribute).await;
    }
    let trial = Trial::begin(session, true).await?;
    let plan = trial.explain(sql, Depth::Attribute).await;
    trial.end().await?;
    plan
}

/// Tries what was proposed, as `--prove --allow-writes` does.
async fn try_out(
    lab: &mut Laboratory<'_>,
    case: &Case,
    plan: &Plan,
    catalog: &Catalog,
    remedies: Vec<Remedy>,
) -> Outcome {
    let subject =
        Subject { sql: &case.query, plan, catalog, writes: plan.writes(), timed_out: None, given: false };
    prove(lab, &subject, remedies).await.expect("a session that is not lost")
}

/// Everything about a case that is not as expected.
async fn differences(cluster: &Cluster, case: &Case, database: &str, build: bool) -> String {
    create(cluster, case, database).await;
    let gateway = Gateway::new(target(cluster, database), Limits::default());
    let mut session = gateway.open().await.expect("a session");
    let plan = explain(&mut session, &case.query).await.expect("a plan");
    let catalog = db::load_catalog(&session, &Wanted::of(&plan)).await.expect("a catalog");
    let findings = diagnose(&plan, &catalog, &Preferences::default());
    let proposal = propose(&remedy::Case {
        plan: &plan,
        findings: &findings,
        catalog: &catalog,
        sql: Some(&case.query),
    });
    let mut said = compare(case, &proposal);
    said += &elsewhere(&session, case, &plan, &proposal).await;
    if build && said.is_empty() && !case.expected.proven.is_empty() {
        let limits = prove::Limits {
            build: true,
            max_build: Bytes(u64::MAX),
            writes: true,
            effort: prove::Effort::Normal,
        };
        let mut lab = Laboratory { session: &mut session, gateway: &gateway, limits, say: &|_| {} };
        for _ in 0..TRIES {
            let outcome = try_out(&mut lab, case, &plan, &catalog, proposal.remedies.clone()).await;
            said = unproven(case, &outcome);
            if said.is_empty() {
                break;
            }
        }
    }
    if !said.is_empty() {
        said += &sketch(&plan);
    }
    session.close().await;
    said
}

/// What is in no plan, so that the plan alone must miss it: an index that is there, but is not valid.
const IN_NO_PLAN: &[&str] = &["silent-invalid-index"];

/// Where advice without a server departs from advice with it: by a catalog file it does not at all, and by the plan
/// alone nothing is proposed that the tables speak against. Which of the equal columns are worth a key, and in which
/// order, is argued from statistics.
async fn elsewhere(session: &Session, case: &Case, plan: &Plan, live: &Proposal) -> String {
    let names: Vec<_> = db::list_tables(session).await.expect("tables").into_iter().map(|t| t.name).collect();
    let catalog = db::load_catalog(session, &Wanted::whole(&names)).await.expect("a catalog");
    let Catalog { tables, extensions, .. } = catalog;
    let file = CatalogFile { origin: Origin::default(), tables, extensions };
    let read = CatalogFile::read(&file.write()).expect("what was written");
    assert_eq!(read, file, "{}: written and read again", case.name);
    let findings = |catalog: &Catalog| diagnose(plan, catalog, &Preferences::default());
    let known = read.of_plan(plan);
    let found = findings(&known);
    let by_file = propose(&remedy::Case { plan, findings: &found, catalog: &known, sql: Some(&case.query) });
    let proposed = |proposal: &Proposal| proposal.remedies.iter().map(line).collect::<Vec<_>>();
    let mut said = String::new();
    if proposed(&by_file) != proposed(live) || by_file.silences != live.silences {
        let _ = write!(said, "\n  by a file {by_file:#?}\n  live {live:#?}");
    }
    let columns = |remedy: &Remedy| {
        let indexes = remedy.actions.iter().filter_map(|action| match action {
            Action::CreateIndex(index) => Some(index),
            _ => None,
        });
        let key = |index: &IndexSpec| index.keys.iter().map(|key| key.value.clone()).collect::<Vec<_>>();
        (
            indexes.clone().map(|index| index.table.clone()).collect::<Vec<_>>(),
            indexes.flat_map(key).collect::<BTreeSet<_>>(),
        )
    };
    let within = |live: &Remedy, alone: &Remedy| {
        let (live, alone) = (columns(live), columns(alone));
        live.0 == alone.0 && live.1.is_subset(&alone.1)
    };
    let alone = propose_from_plan(plan, &findings(&Catalog::default())).remedies;
    for remedy in alone.iter().filter(|one| !live.remedies.iter().any(|it| within(it, one))) {
        if !IN_NO_PLAN.contains(&case.name.as_str()) {
            let _ = write!(said, "\n  by the plan alone: {}", line(remedy));
        }
    }
    said
}

fn compare(case: &Case, proposal: &Proposal) -> String {
    let mut said = String::new();
    let proposed: Vec<String> = proposal.remedies.iter().map(line).collect();
    let silences: Vec<&str> = proposal.silences.iter().map(|s| s.reason.as_str()).collect();
    if proposed != case.expected.proposed {
        let _ = write!(said, "\n  proposed {proposed:#?}\n  expected {:#?}", case.expected.proposed);
        let _ = write!(said, "\n  silences {silences:#?}");
    }
    for words in case.expected.silences.iter().filter(|words| !silences.iter().any(|s| s.contains(*words))) {
        let _ = write!(said, "\n  no silence says `{words}`: {silences:#?}");
    }
    said
}

/// The expected indexes that did not prove themselves, each weighed by itself.
fn unproven(case: &Case, outcome: &Outcome) -> String {
    let mut said = String::new();
    let proofs: Vec<&Proof> = outcome.suggestions.iter().chain(&outcome.tried).collect();
    for expected in &case.expected.proven {
        let proof = proofs.iter().find(|proof| line(&proof.remedy) == *expected).expect("an expected remedy");
        let faster = |m: &prove::Measurement| m.used && weigh(&m.before, &m.after) == Weighed::Faster;
        if !proof.measurement.as_ref().is_some_and(faster) {
            let _ = write!(said, "\n  not proven: {expected}\n  {:?} {:?}", proof.verdict, proof.measurement);
        }
    }
    if !outcome.suggestions.iter().any(|proof| proof.verdict == prove::Verdict::Proven) {
        let _ = write!(said, "\n  nothing is suggested as proven");
    }
    said
}

/// The plan in a few words, for a person who reads why a case fails.
fn sketch(plan: &Plan) -> String {
    let mut text = format!("\n  the plan, in {}:", plan.total());
    for node in &plan.nodes {
        let conditions: Vec<&str> = node.conditions.iter().map(|c| c.text.as_str()).collect();
        let on = node.relation.as_ref().map(|r| r.name.as_str()).unwrap_or_default();
        let keys = node.sort_key.join(", ");
        let indent = "  ".repeat(node.depth + 2);
        let _ = write!(text, "\n{indent}{} {on} {conditions:?} {keys} {}", node.title(), node.exclusive());
    }
    text
}

#[test]
fn advice_is_as_expected_and_proves_itself() {
    let cases = cases();
    assert!(!cases.is_empty(), "no such case");
    let installations = cluster::installations();
    assert!(!installations.is_empty(), "no PostgreSQL server here: `make test` installs one");
    let mut said = String::new();
    // What is proposed must not differ between servers; building it all once takes long enough.
    let builder = cluster::best().expect("a server");
    for installation in installations {
        let cluster = Cluster::start(&installation, &[]).expect("a cluster");
        for (number, case) in cases.iter().enumerate() {
            let differences =
                run(differences(&cluster, case, &format!("case_{number}"), installation == builder));
            if !differences.is_empty() {
                let _ = write!(said, "\n\n{} on {}:{differences}", case.name, installation.version);
            }
        }
    }
    assert!(said.is_empty(), "{said}");
}

#[test]
fn a_third_of_the_cases_expect_silence() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let paths: Vec<_> = fs::read_dir(directory).expect("cases").map(|e| e.expect("a file").path()).collect();
    let silent = paths.iter().filter(|path| Case::read(path).expected.proposed.is_empty()).count();
    assert!(paths.len() >= 30 && silent * 3 >= paths.len(), "{silent} of {}", paths.len());
}
