//! One statement through the whole pipeline: plan, run, diagnose, propose, prove.

use std::time::{Duration, Instant};

use super::args::ExplainArgs;
use super::door::Door;
use super::ignore::heed;
use super::pointer;
use super::progress::Progress;
use crate::catalog::Catalog;
use crate::db::{self, Depth, Refusal, RefusalKind, Trial, Wanted};
use crate::diagnose::{self, Finding, Preferences};
use crate::error::{Error, ExitCode, Result};
use crate::input::Text;
use crate::plan::Plan;
use crate::prove::{self, ELSE, Laboratory, Ledger, Outcome, Plot, RUNNING, Spent, Subject, effects};
use crate::query::{Kind, Statement};
use crate::remedy::{self, Case, Proposal};
use crate::report::{self, Advice, Report, Run};
use crate::units::Ms;

/// A statement in which nothing hurts, and which takes no longer than this, is left alone without asking what is
/// known of its tables: on a fresh connection, asking takes as long (measured on 15: 10 ms).
const QUICK: Ms = Ms(10.0);

/// What one statement is advised with.
pub struct Bench<'a> {
    pub door: &'a mut Door,
    pub args: &'a ExplainArgs,
    pub progress: Progress,
    pub report: &'a mut Report,
    /// What is tried instead of what the tool proposes.
    pub plot: Option<&'a Plot>,
}

/// A plan, and how it was come by.
pub(super) struct Seen {
    pub plan: Plan,
    pub run: Run,
    /// Whether running the statement has effects that only a trial may have.
    pub writes: bool,
    /// What the time went to so far.
    pub spent: Ledger,
    pub notes: Vec<String>,
}

impl Seen {
    /// After how long it was cancelled.
    pub fn timed_out(&self) -> Option<Ms> {
        match self.run {
            Run::TimedOut { after, .. } => Some(after),
            _ => None,
        }
    }
}

impl Bench<'_> {
    /// Everything that is to be said of this statement. Fails only when the connection is lost.
    pub async fn advise(&mut self, text: &Text, statement: &Statement) -> Result<Advice> {
        let mut advice = Advice {
            source: source(text, statement),
            sql: Some(statement.text.clone()),
            ..Advice::default()
        };
        if let Some(why) = unfit(text, statement) {
            advice.run = Run::Failed { message: why, code: ExitCode::BadInput };
            return Ok(advice);
        }
        let start = Instant::now();
        match self.see(statement).await {
            Ok(seen) => {
                if let Some(plot) = self.plot {
                    return self.try_own(statement, seen, advice, plot).await;
                }
                let place = (text.name.as_str(), text.text.as_str());
                let preferences = heed(&self.args.preferences, &statement.ignores, place, &mut advice.notes);
                let mut advice = self.treat(statement, seen, advice, &preferences).await?;
                account(&mut advice.spent, start.elapsed());
                Ok(advice)
            }
            Err(refusal) if refusal.kind == RefusalKind::Lost => Err(refusal.into()),
            Err(mut refusal) => {
                let mut code = ExitCode::BadInput;
                if refusal.kind == RefusalKind::Privilege {
                    code = ExitCode::NoServer;
                    let (session, sql) = (&self.door.session, statement.text.as_str());
                    let grant = db::grant(session, &refusal, sql, rights(&statement.kind)).await;
                    refusal.hint = grant.or(refusal.hint);
                }
                advice.run = Run::Failed { message: pointer::point(text, statement, &refusal), code };
                Ok(advice)
            }
        }
    }

    /// Plans the statement, and runs it if it may be run.
    async fn see(&mut self, statement: &Statement) -> Result<Seen, Refusal> {
        let (session, sql) = (&self.door.session, statement.text.as_str());
        let estimate = db::explain(session, sql, Depth::Estimate).await?;
        let effects = effects::of(&estimate, &statement.calls());
        let (run, spent, notes) = (Run::Measured, Ledger::default(), Vec::new());
        let mut seen = Seen { run, writes: false, spent, notes, plan: estimate };
        let beyond_rollback = effects.beyond_rollback.is_some();
        let all = [writes(&statement.kind, &seen.plan), effects.beyond_rollback];
        let all: Vec<String> = all.into_iter().flatten().collect();
        if !all.is_empty() {
            seen.writes = true;
            seen.run = Run::OnlyPlanned { write: all.join(" and "), beyond_rollback };
        }
        let volatile = self.volatile(&effects.functions).await?;
        if seen.writes && !self.args.trial.allow_writes {
            return Ok(seen);
        }
        if !volatile.is_empty() {
            let names = volatile.join("`, `");
            self.progress.say(&format!(
                "the statement calls `{names}`, which is volatile: it may do more than return a value"
            ));
            seen.notes.push(format!("calls `{names}`, which is volatile"));
        }
        self.measure(statement, seen).await
    }

    async fn volatile(&self, functions: &[String]) -> Result<Vec<String>, Refusal> {
        if functions.is_empty() {
            return Ok(Vec::new());
        }
        db::volatile_functions(&self.door.session, functions).await
    }

    async fn measure(&mut self, statement: &Statement, mut seen: Seen) -> Result<Seen, Refusal> {
        let sql = statement.text.as_str();
        let session = &mut self.door.session;
        let limit = session.statement_timeout;
        let meanwhile = report::expectation(&seen.plan);
        let start = Instant::now();
        let measured = if seen.writes {
            let trial = Trial::begin(session, true).await?;
            let run = trial.explain(sql, Depth::Attribute);
            let measured = self.progress.during("running the statement", Some(&meanwhile), run).await;
            trial.end().await?;
            measured
        } else {
            let run = db::explain(session, sql, Depth::Attribute);
            self.progress.during("running the statement", Some(&meanwhile), run).await
        };
        seen.spent.note(RUNNING, "", start.elapsed());
        match measured {
            Ok(plan) => {
                seen.plan = plan;
                seen.notes.extend(left_behind(&seen.run));
                seen.run = Run::Measured;
            }
            Err(refusal) if refusal.kind == RefusalKind::TimedOut => {
                let after = limit.time.unwrap_or_else(|| start.elapsed());
                seen.run = cancelled(after, limit.set_by.name());
            }
            Err(refusal) if refusal.kind == RefusalKind::Cancelled => {
                seen.run = cancelled(start.elapsed(), "another session");
            }
            Err(refusal) if refusal.kind == RefusalKind::ReadOnly => {
                seen.writes = true;
                seen.run = Run::OnlyPlanned { write: refusal.message, beyond_rollback: false };
            }
            Err(refusal) => return Err(refusal),
        }
        Ok(seen)
    }

    /// Diagnoses, proposes and proves.
    async fn treat(
        &mut self,
        statement: &Statement,
        seen: Seen,
        mut advice: Advice,
        preferences: &Preferences,
    ) -> Result<Advice> {
        let (catalog, findings, mut proposal) =
            self.diagnose(&statement.text, &seen.plan, preferences, &mut advice.notes).await?;
        let subject = Subject {
            sql: &statement.text,
            plan: &seen.plan,
            catalog: &catalog,
            writes: seen.writes,
            timed_out: seen.timed_out(),
            given: false,
        };
        let limits = self.args.limits();
        let Outcome { suggestions, untried, tried, set, missing, hypopg, spent } = {
            let progress = &self.progress;
            let mut laboratory = Laboratory {
                session: &mut self.door.session,
                gateway: &self.door.gateway,
                limits,
                say: &|text| progress.say(text),
                spent: seen.spent,
            };
            let trying = async {
                prove::explain_silences(&mut laboratory, &subject, &mut proposal.silences).await;
                prove::prove(&mut laboratory, &subject, std::mem::take(&mut proposal.remedies)).await
            };
            progress.during("trying what could help", None, trying).await.map_err(Error::from)?
        };
        self.report.missing.extend(missing);
        if let Some(server) = &mut self.report.server {
            server.hypopg = hypopg.or(server.hypopg.take());
        }
        advice.findings = findings;
        advice.suggestions = suggestions;
        advice.untried = untried;
        advice.tried = tried;
        advice.set = set;
        advice.silences = proposal.silences;
        advice.spent = spent;
        advice.notes.extend(seen.notes);
        advice.run = seen.run;
        advice.plan = Some(seen.plan);
        Ok(advice)
    }

    /// What is known of the plan's tables, what hurts, and what could help.
    async fn diagnose(
        &self,
        sql: &str,
        plan: &Plan,
        preferences: &Preferences,
        notes: &mut Vec<String>,
    ) -> Result<(Catalog, Vec<Finding>, Proposal)> {
        let unknown = Catalog::default();
        let mut findings = diagnose::diagnose(plan, &unknown, preferences);
        let catalog = match self.catalog(plan, &findings).await {
            Err(refusal) if refusal.kind != RefusalKind::Lost => {
                let why = refusal.message;
                notes.push(format!("nothing could be proposed: the catalogs gave no answer: {why}"));
                unknown
            }
            known => known.map_err(Error::from)?,
        };
        let mut proposal = Proposal::default();
        if !catalog.tables.is_empty() {
            findings = diagnose::diagnose(plan, &catalog, preferences);
        }
        if !catalog.tables.is_empty() || remedy::is_fast_already(plan) {
            proposal =
                remedy::propose(&Case { plan, findings: &findings, catalog: &catalog, sql: Some(sql) });
        }
        Ok((catalog, findings, proposal))
    }

    /// What is known of the plan's tables; nothing, where it is not worth asking.
    async fn catalog(&self, plan: &Plan, findings: &[Finding]) -> Result<Catalog, Refusal> {
        if remedy::is_fast_already(plan) || (findings.is_empty() && is_quick(plan)) {
            return Ok(Catalog::default());
        }
        db::load_catalog(&self.door.session, &Wanted::of(plan)).await
    }
}

/// Adds what stands under no name: the parts are the whole.
fn account(spent: &mut Vec<Spent>, all: Duration) {
    let named: Ms = spent.iter().map(|part| part.time).sum();
    let rest = Ms(all.as_secs_f64() * 1000.0) - named;
    spent.push(Spent { what: ELSE, on: String::new(), time: rest.max(Ms(0.0)) });
}

/// What running a statement has left behind that was to be only planned without `--allow-writes`.
fn left_behind(run: &Run) -> Option<String> {
    let Run::OnlyPlanned { write, .. } = run else { return None };
    Some(format!(
        "it was executed ({write}) in a transaction that was rolled back; dead row versions that it made remain until \
         the next VACUUM, and sequences that it advanced stay so"
    ))
}

/// Where a statement stands: `queries.sql:14`.
pub fn source(text: &Text, statement: &Statement) -> String {
    format!("{}:{}", text.name, statement.place(&text.text).line)
}

fn is_quick(plan: &Plan) -> bool {
    plan.is_measured() && plan.total() < QUICK
}

fn cancelled(after: Duration, by: &str) -> Run {
    Run::TimedOut { after: Ms(after.as_secs_f64() * 1000.0), limit: by.to_owned() }
}

/// Why a statement cannot be advised at all.
fn unfit(text: &Text, statement: &Statement) -> Option<String> {
    if let Kind::Refused(name) = &statement.kind {
        let start = statement.offset;
        let word = statement.text.find(|c: char| !c.is_alphanumeric()).unwrap_or(statement.text.len());
        return Some(pointer::at(
            text,
            start..start + word,
            &format!("{name} is not a statement that can be explained and rolled back"),
            "give a SELECT, VALUES, INSERT, UPDATE, DELETE or MERGE",
        ));
    }
    statement.first_parameter().map(|parameter| {
        pointer::at(
            text,
            parameter,
            "the statement has parameters, and without values its plan is not the plan that is slow",
            "put typical values in their places",
        )
    })
}

/// The rights that a statement wants on the relations that it names (manual, "Privileges").
fn rights(kind: &Kind) -> &'static str {
    match kind {
        Kind::Read | Kind::Refused(_) => "SELECT",
        Kind::Locks => "SELECT, UPDATE",
        Kind::Writes(_) => "SELECT, INSERT, UPDATE, DELETE",
    }
}

/// What the statement writes, by its text and by its plan, whichever sees more.
fn writes(kind: &Kind, plan: &Plan) -> Option<String> {
    match kind {
        Kind::Writes(what) => Some((*what).to_owned()),
        Kind::Locks => Some("SELECT … FOR UPDATE or SHARE".to_owned()),
        Kind::Read | Kind::Refused(_) => plan.writes().then(|| "a write that the plan shows".to_owned()),
    }
}
