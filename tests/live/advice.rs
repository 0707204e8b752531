//! Advice in boxes: a schema, a query, what is to be advised (or silence), and what an expert would write by hand.
//!
//! Each file of `tests/cases` is played on one server: the statement is explained, remedies are proposed and proven, and
//! what is suggested is compared with what is expected. Then the test does by hand what was advised, and finds the gain
//! that was claimed; and it does what the expert would, and finds that the advice is not much worse. On the other
//! servers it is enough that what is expected is among the candidates.
//! `CASE=name cargo test --test live_advice` plays the cases whose names contain `name`.

mod by_hand;
mod case;
mod elsewhere;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::future::Future;
use std::time::Instant;

use advisor::catalog::Catalog;
use advisor::cluster::{self, Cluster};
use advisor::db::{self, Depth, Gateway, Limits, Refusal, Session, Trial, Wanted};
use advisor::diagnose::{Preferences, diagnose};
use advisor::plan::Plan;
use advisor::prove::{self, Effort, Laboratory, Outcome, Proof, Sample, Subject, prove};
use advisor::remedy::{self, Proposal, Remedy, is_fast_already, propose};
use advisor::units::Bytes;
use by_hand::{Prompt, Thing, target};
use case::{Case, Expected};

/// On a busy machine a gain can drown in noise, and two medians can differ by chance.
const TRIES: usize = 5;

/// The claim and what is found by hand differ by less than this factor.
const AS_CLAIMED: f64 = 2.0;

/// What takes less than this is dominated by what a statement costs to start, which is claimed by nobody (ms).
const NEXT_TO_NOTHING: f64 = 0.2;

/// The part of the ideal's speed-up that the advice has to reach.
const OF_THE_IDEAL: f64 = 0.8;

/// How much EXPLAIN's times of short statements differ from run to run, measured on an idle machine (ms).
const JITTER: f64 = 0.05;

/// So that VACUUM finds all rows committed for good, and marks their pages as visible to all: hint bits are not set before
/// the commit is on disk (`SetHintBits` in heapam_visibility.c), and the throw-away clusters do not wait for that.
const SETTINGS: &[(&str, &str)] = &[("synchronous_commit", "on")];

/// A case on a server, and everything that is known of it.
struct Play<'a> {
    case: &'a Case,
    prompt: &'a Prompt,
    plan: Plan,
    catalog: Catalog,
    proposal: Proposal,
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
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

/// Everything about a case that is not as expected; `None` where the server lacks what it needs.
async fn differences(cluster: &Cluster, case: &Case, database: &str, best: bool) -> Option<String> {
    if let Err(why) = by_hand::create(cluster, case, database).await {
        assert!(!best, "{}: {why}", case.name);
        println!("{} is left out: {why}", case.name);
        return None;
    }
    let gateway = Gateway::new(target(cluster, database), Limits::default());
    let mut session = gateway.open().await.expect("a session");
    let prompt = Prompt::open(cluster, database).await;
    let plan = explain(&mut session, &case.query).await.expect("a plan");
    let catalog = db::load_catalog(&session, &Wanted::of(&plan)).await.expect("a catalog");
    let findings = diagnose(&plan, &catalog, &Preferences::default());
    let sql = Some(case.query.as_str());
    let proposal = propose(&remedy::Case { plan: &plan, findings: &findings, catalog: &catalog, sql });
    let play = Play { case, prompt: &prompt, plan, catalog, proposal };
    let mut said = elsewhere::differences(&session, &play).await;
    let missing = play.candidates(best).await;
    said += &missing;
    if best {
        // What is not among the candidates is no chance's fault.
        let tries = if missing.is_empty() { TRIES } else { 1 };
        let (tried, outcome) = play.tried(&mut session, &gateway, tries).await;
        if !tried.is_empty() {
            said += &(tried + &told(&outcome));
        }
    }
    if !said.is_empty() {
        said += &play.sketch();
    }
    session.close().await;
    Some(said)
}

impl Play<'_> {
    /// What is wrong with what is suggested, in the best of several tries; and what came of the last one.
    async fn tried(&self, session: &mut Session, gateway: &Gateway, tries: usize) -> (String, Outcome) {
        let limits =
            prove::Limits { build: true, max_build: Bytes(u64::MAX), writes: true, effort: Effort::Normal };
        let mut last = (String::new(), Outcome::default());
        for _ in 0..tries {
            let mut lab = Laboratory {
                session: &mut *session,
                gateway,
                limits,
                say: &|_| {},
                spent: prove::Ledger::default(),
            };
            let subject = Subject {
                sql: &self.case.query,
                plan: &self.plan,
                catalog: &self.catalog,
                writes: self.plan.writes(),
                timed_out: None,
                given: false,
            };
            let remedies = self.proposal.remedies.clone();
            let outcome = prove(&mut lab, &subject, remedies).await.expect("a session that is not lost");
            let mut said = self.unexpected(&outcome).await;
            if said.is_empty() {
                said = self.by_hand(&outcome).await.unwrap_or_else(|error| format!("\n  {error}"));
            }
            last = (said, outcome);
            if last.0.is_empty() {
                break;
            }
        }
        last
    }

    /// What is suggested and should not be, or the other way round.
    async fn unexpected(&self, outcome: &Outcome) -> String {
        let wanted = match &self.case.expected {
            Expected::Silence(reasons) => return self.noise(reasons, outcome),
            Expected::Advice(wanted) => wanted,
        };
        let mut suggested = Vec::new();
        for proof in &outcome.suggestions {
            suggested.push(self.meaning_of(&proof.remedy).await);
        }
        let mut said = String::new();
        for ways in wanted {
            let mut as_good = Vec::new();
            for way in ways {
                let meaning = self.prompt.meaning(&way.sql).await.unwrap_or_else(|error| vec![error]);
                as_good.push((meaning, way.replaces.clone()));
            }
            match suggested.iter().position(|it| as_good.contains(it)) {
                Some(at) => drop(suggested.remove(at)),
                None => said += &format!("\n  not suggested: {}", ways[0].sql),
            }
        }
        for (meaning, replaces) in suggested {
            said += &format!("\n  suggested: {} replaces {replaces:?}", meaning.join("; "));
        }
        said
    }

    fn noise(&self, reasons: &[String], outcome: &Outcome) -> String {
        let mut said = String::new();
        for proof in &outcome.suggestions {
            said += &format!("\n  silence was expected, and suggested is {}", proof.remedy.sql().join(" "));
        }
        let told = self.proposal.silences.iter().map(|silence| silence.reason.as_str());
        let told: Vec<&str> =
            told.chain(outcome.tried.iter().filter_map(|proof| proof.verdict.why())).collect();
        for words in reasons.iter().filter(|words| !told.iter().any(|reason| reason.contains(*words))) {
            said += &format!("\n  nothing says `{words}`");
        }
        said
    }

    /// A remedy as PostgreSQL understands it, and what it replaces.
    async fn meaning_of(&self, remedy: &Remedy) -> (Vec<String>, Vec<String>) {
        let meaning = self.prompt.meaning(&remedy.sql().join(" ")).await.unwrap_or_else(|error| vec![error]);
        (meaning, remedy.replaces.iter().map(|index| index.name.clone()).collect())
    }

    /// Does what is suggested, and what an expert would do, for good: does the claim hold, and is it good advice?
    async fn by_hand(&self, outcome: &Outcome) -> Result<String, String> {
        let before = self.measure().await?;
        let (there, mut said, mut advised) = (self.prompt.things().await, String::new(), before);
        for proof in &outcome.suggestions {
            advised = self.with(&[proof], &there).await?;
            said += &self.unlike_alone(proof, outcome, (before, advised), &there).await?;
        }
        if outcome.suggestions.len() > 1 {
            advised = self.with(&outcome.suggestions.iter().collect::<Vec<_>>(), &there).await?;
            if let Some(set) = &outcome.set {
                said += &unlike("all together", &set.before, &set.after, (before, advised));
            }
        }
        if !self.is_ideal(outcome).await? {
            self.prompt.run(&self.case.ideal).await?;
            let ideal = self.measure().await?;
            self.prompt.drop_all_but(&there).await?;
            if advised > ideal / OF_THE_IDEAL + JITTER {
                said += &format!("\n  {before} ms before, {advised} ms as advised, {ideal} ms ideally");
            }
        }
        Ok(said)
    }

    async fn measure(&self) -> Result<f64, String> {
        self.prompt.measure(&self.case.query, self.plan.writes()).await
    }

    /// What the statement takes with these in place; they are undone as they say, and nothing may be left.
    async fn with(&self, proofs: &[&Proof], there: &BTreeSet<Thing>) -> Result<f64, String> {
        for proof in proofs {
            self.prompt.run(&proof.remedy.online().join("\n")).await?;
        }
        let time = self.measure().await?;
        for proof in proofs.iter().rev() {
            self.prompt.run(&proof.remedy.undo().join("\n")).await?;
        }
        self.prompt.drop_extensions_but(there).await?;
        match self.prompt.things().await == *there {
            true => Ok(time),
            false => Err(format!("not undone: {proofs:#?}")),
        }
    }

    /// What is claimed of a suggestion is found with it alone; of one that helps only beside the others, beside these.
    async fn unlike_alone(
        &self,
        proof: &Proof,
        outcome: &Outcome,
        alone: (f64, f64),
        there: &BTreeSet<Thing>,
    ) -> Result<String, String> {
        let sql = proof.remedy.sql().join(" ");
        let Some(claim) = &proof.measurement else {
            return Ok(format!("\n  suggested without a measurement: {sql}"));
        };
        let said = unlike(&sql, &claim.before, &claim.after, alone);
        if said.is_empty() || outcome.set.is_none() {
            return Ok(said);
        }
        let name = proof.remedy.name();
        let others: Vec<&Proof> =
            outcome.suggestions.iter().filter(|other| other.remedy.name() != name).collect();
        let without = self.with(&others, there).await?;
        let all = self.with(&outcome.suggestions.iter().collect::<Vec<_>>(), there).await?;
        Ok(unlike(&sql, &claim.before, &claim.after, (without, all)))
    }

    /// Whether the advice is what the expert writes, or silence is: no clock is needed then.
    async fn is_ideal(&self, outcome: &Outcome) -> Result<bool, String> {
        if self.case.ideal.trim().is_empty() {
            return Ok(true);
        }
        let advised: Vec<String> = outcome.suggestions.iter().flat_map(|proof| proof.remedy.sql()).collect();
        Ok(self.prompt.meaning(&advised.join("\n")).await? == self.prompt.meaning(&self.case.ideal).await?)
    }

    /// What is expected is among the candidates; a server that is not the `best` may be newer, and need less help.
    async fn candidates(&self, best: bool) -> String {
        let Expected::Advice(wanted) = &self.case.expected else { return String::new() };
        if !best && is_fast_already(&self.plan) {
            return String::new();
        }
        let (mut candidates, mut said) = (Vec::new(), String::new());
        for remedy in &self.proposal.remedies {
            candidates.push(self.meaning_of(remedy).await.0);
        }
        for ways in wanted {
            let mut found = false;
            for way in ways {
                found |= self.prompt.meaning(&way.sql).await.is_ok_and(|it| candidates.contains(&it));
            }
            if !found {
                said += &format!("\n  not proposed: {}", ways[0].sql);
            }
        }
        said
    }

    /// The plan in a few words, the candidates and the silences, for a person who reads why a case fails.
    fn sketch(&self) -> String {
        let mut text = format!("\n  the plan, in {}:", self.plan.total());
        for node in &self.plan.nodes {
            let conditions: Vec<&str> = node.conditions.iter().map(|c| c.text.as_str()).collect();
            let on = node.relation.as_ref().map(|r| r.name.as_str()).unwrap_or_default();
            let keys = node.sort_key.join(", ");
            let indent = "  ".repeat(node.depth + 2);
            let _ =
                write!(text, "\n{indent}{} {on} {conditions:?} {keys} {}", node.title(), node.exclusive());
        }
        for remedy in &self.proposal.remedies {
            let _ = write!(text, "\n  candidate of {:?}: {}", remedy.treatment, remedy.sql().join(" "));
        }
        for silence in &self.proposal.silences {
            let _ = write!(text, "\n  silence: {}", silence.reason);
        }
        text
    }
}

/// How what is found by hand, without and with it, differs from what was claimed.
fn unlike(what: &str, before: &Sample, after: &Sample, found: (f64, f64)) -> String {
    let claimed = (before.median().0, after.median().0);
    let agreement = (claimed.0 / claimed.1) / (found.0 / found.1);
    let fast = found.1 < NEXT_TO_NOTHING && claimed.1 < NEXT_TO_NOTHING;
    match fast || (1.0 / AS_CLAIMED..=AS_CLAIMED).contains(&agreement) {
        true => String::new(),
        false => format!("\n  claimed {claimed:?} ms, found {found:?} ms: {what}"),
    }
}

/// The verdicts of everything that was tried, with the times.
fn told(outcome: &Outcome) -> String {
    let mut text = String::new();
    let suggested = outcome.suggestions.iter().map(|proof| ("suggested", proof));
    let others = outcome.tried.iter().chain(&outcome.untried).map(|proof| ("tried", proof));
    for (how, proof) in suggested.chain(others) {
        let times = proof.measurement.as_ref().map(|m| (m.before.median(), m.after.median(), m.size));
        let sql = proof.remedy.sql().join(" ");
        let _ = write!(text, "\n  {how}: {sql} {:?} {times:?} {:?}", proof.verdict, proof.notes);
    }
    text
}

#[test]
fn advice_is_as_expected_keeps_its_promise_and_is_nearly_ideal() {
    let cases = case::cases();
    assert!(!cases.is_empty(), "no such case");
    let installations = cluster::installations();
    assert!(!installations.is_empty(), "no PostgreSQL server here: `make test` installs one");
    let best = cluster::best().expect("a server");
    let mut said = String::new();
    for installation in installations {
        let cluster = Cluster::start(&installation, SETTINGS).expect("a cluster");
        for (number, case) in cases.iter().enumerate() {
            let (start, database) = (Instant::now(), format!("case_{number}"));
            let found = run(differences(&cluster, case, &database, installation == best));
            run(by_hand::forget(&cluster, &database));
            let version = installation.version;
            println!("on {version}: {} {:.1?}", case.name, start.elapsed());
            if let Some(differences) = found.filter(|it| !it.is_empty()) {
                println!("{} on {version}:{differences}\n", case.name);
                let _ = write!(said, "\n\n{} on {version}:{differences}", case.name);
            }
        }
    }
    assert!(said.is_empty(), "{said}");
}

#[test]
fn a_quarter_of_the_cases_expect_silence() {
    let cases = case::all();
    let silent = cases.iter().filter(|case| case.is_silent()).count();
    assert!(cases.len() >= 80 && silent * 4 >= cases.len(), "{silent} of {}", cases.len());
}
