//! The report for programs: a versioned contract, documented in docs/json.md.

mod plan;
mod proof;

use serde::Serialize;
use serde_json::{Value, json};

use self::plan::PlanJson;
use self::proof::{ProofJson, SetJson};
use super::{Advice, Report, Run, ServerFacts, harmless, wording};
use crate::diagnose::{Evidence, Finding, Number};
use crate::prove::Spent;
use crate::units::Ms;

/// The contract's version: it grows when a field changes its meaning or goes, not when one is added.
pub(in crate::report) const SCHEMA_VERSION: u32 = 1;

/// Writes the whole report.
pub(super) fn paint(report: &Report) -> String {
    let document = Document::of(report);
    harmless(&serde_json::to_string_pretty(&document).unwrap_or_default()) + "\n"
}

/// JSON leaves DEL, C1 and the characters that turn text unescaped; terminals obey them. Outside of strings there are
/// none, so escaping them everywhere stays JSON.
pub(in crate::report) fn harmless(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if c != '\n' && harmless::is_harmful(c) {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| safe += &format!("\\u{unit:04x}"));
        } else {
            safe.push(c);
        }
    }
    safe
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    server: Option<Server<'a>>,
    budget_ms: Option<f64>,
    statements: Vec<Statement<'a>>,
    missing: Vec<Missing<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Server<'a> {
    version: &'a str,
    version_num: u32,
    database: &'a str,
    user: &'a str,
    hypopg: Option<&'a str>,
}

#[derive(Serialize)]
struct Missing<'a> {
    what: &'a str,
    remedy: Option<&'a str>,
}

#[derive(Serialize)]
struct Statement<'a> {
    source: &'a str,
    sql: Option<&'a str>,
    run: &'static str,
    write: Option<&'a str>,
    cancelled_after_ms: Option<f64>,
    cancelled_by: Option<&'a str>,
    error: Option<&'a str>,
    verdict: String,
    feeling: Option<&'static str>,
    budget: Option<&'static str>,
    execution_ms: Option<f64>,
    planning_ms: Option<f64>,
    plan: Option<PlanJson<'a>>,
    known_from: &'static str,
    findings: Vec<FindingJson>,
    suggestions: Vec<ProofJson<'a>>,
    together: Option<SetJson<'a>>,
    untried: Vec<ProofJson<'a>>,
    tried: Vec<ProofJson<'a>>,
    silences: Vec<SilenceJson<'a>>,
    notes: &'a [String],
    spent: Vec<SpentJson>,
}

#[derive(Serialize)]
struct SpentJson {
    what: String,
    ms: Option<f64>,
}

#[derive(Serialize)]
struct FindingJson {
    rule: &'static str,
    title: &'static str,
    node: Option<usize>,
    also_at: Vec<usize>,
    stake_ms: Option<f64>,
    says: String,
    next: Option<String>,
    evidence: Vec<EvidenceJson>,
}

#[derive(Serialize)]
struct EvidenceJson {
    label: &'static str,
    value: Value,
    unit: &'static str,
}

#[derive(Serialize)]
struct SilenceJson<'a> {
    node: usize,
    reason: &'a str,
}

impl<'a> Document<'a> {
    fn of(report: &'a Report) -> Self {
        let missing = report.missing.iter();
        Self {
            schema_version: SCHEMA_VERSION,
            server: report.server.as_ref().map(Server::of),
            budget_ms: report.budget.and_then(ms),
            statements: report.statements.iter().map(|advice| Statement::of(report, advice)).collect(),
            missing: missing.map(|m| Missing { what: &m.what, remedy: m.remedy.as_deref() }).collect(),
            notes: &report.notes,
        }
    }
}

impl<'a> Server<'a> {
    fn of(facts: &'a ServerFacts) -> Self {
        Self {
            version: &facts.version,
            version_num: facts.version_num,
            database: &facts.database,
            user: &facts.user,
            hypopg: facts.hypopg.as_deref(),
        }
    }
}

impl SpentJson {
    fn of(spent: &Spent) -> Self {
        Self { what: wording::spent_on(spent), ms: ms(spent.time) }
    }
}

impl<'a> Statement<'a> {
    fn of(report: &'a Report, advice: &'a Advice) -> Self {
        let plan = advice.plan.as_ref();
        let measured = plan.filter(|plan| plan.is_measured() && advice.elapsed().is_some());
        let mut statement = Self {
            source: &advice.source,
            sql: advice.sql.as_deref(),
            run: "measured",
            write: None,
            cancelled_after_ms: None,
            cancelled_by: None,
            error: None,
            verdict: wording::summary(advice, report.budget).to_string(),
            feeling: advice.feeling().map(|feeling| feeling.name()),
            budget: report.budget.map(|budget| advice.judge(budget).name()),
            execution_ms: measured.and_then(|plan| ms(plan.total())),
            planning_ms: plan.and_then(|plan| plan.planning).and_then(ms),
            plan: plan.map(PlanJson::of),
            known_from: advice.known_from.name(),
            findings: advice.findings.iter().map(|finding| FindingJson::of(advice, finding)).collect(),
            suggestions: advice.suggestions.iter().map(ProofJson::of).collect(),
            together: advice.set.as_ref().map(SetJson::of),
            untried: advice.untried.iter().map(ProofJson::of).collect(),
            tried: advice.tried.iter().map(ProofJson::of).collect(),
            silences: advice
                .silences
                .iter()
                .map(|s| SilenceJson { node: s.node.0, reason: &s.reason })
                .collect(),
            notes: &advice.notes,
            spent: advice.spent.iter().map(SpentJson::of).collect(),
        };
        statement.say_how_far(&advice.run);
        statement
    }

    fn say_how_far(&mut self, run: &'a Run) {
        match run {
            Run::Measured => {}
            Run::Given => self.run = "given",
            Run::OnlyPlanned { write, .. } => (self.run, self.write) = ("planned", Some(write.as_str())),
            Run::TimedOut { after, limit } => {
                (self.run, self.cancelled_after_ms, self.cancelled_by) =
                    ("timed-out", ms(*after), Some(limit.as_str()));
            }
            Run::Failed { message, .. } => (self.run, self.error) = ("failed", Some(message.as_str())),
        }
    }
}

impl FindingJson {
    fn of(advice: &Advice, finding: &Finding) -> Self {
        let plan = advice.plan.as_ref();
        Self {
            rule: finding.rule.id,
            title: finding.rule.title,
            node: finding.node.map(|id| id.0),
            also_at: finding.alike.iter().filter_map(|other| other.node).map(|id| id.0).collect(),
            stake_ms: plan.filter(|plan| plan.is_measured()).and_then(|_| ms(finding.stake)),
            says: plan.map(|plan| wording::finding(plan, finding)).unwrap_or_default(),
            next: finding.next.clone(),
            evidence: finding.evidence.iter().map(EvidenceJson::of).collect(),
        }
    }
}

impl EvidenceJson {
    fn of(evidence: &Evidence) -> Self {
        let (value, unit) = match &evidence.value {
            Number::Rows(n) => (json!(rounded(n.0)), "rows"),
            Number::Ms(n) => (json!(ms(*n)), "ms"),
            Number::Bytes(n) => (json!(n.0), "bytes"),
            Number::Share(n) => (json!(rounded(n.0)), "share"),
            Number::Factor(n) => (json!(rounded(n.0)), "factor"),
            Number::Count(n) => (json!(n), "count"),
            Number::Text(text) => (json!(text), "text"),
        };
        Self { label: evidence.label, value, unit }
    }
}

/// A time to the microsecond, which is as far as PostgreSQL's own figures go.
pub(in crate::report) fn ms(time: Ms) -> Option<f64> {
    rounded(time.0)
}

/// A number to three decimals; JSON knows neither infinity nor "not a number", and -0 surprises.
pub(in crate::report) fn rounded(number: f64) -> Option<f64> {
    let scaled = (number * 1e3).round() / 1e3;
    Some(if scaled.is_finite() { scaled } else { number }).filter(|n| n.is_finite()).map(|n| n + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_finite() {
        let table = [
            (1.23456, Some(1.235)),
            (-0.0001, Some(0.0)),
            (1e300, Some(1e300)),
            (f64::INFINITY, None),
            (f64::NAN, None),
        ];
        for (number, expected) in table {
            assert_eq!(rounded(number), expected);
        }
        assert!(rounded(-0.0001).is_some_and(f64::is_sign_positive));
    }
}
