//! `advisor explain`: sources in, a report out.

use super::args::{ExplainArgs, FailOn};
use super::door::{self, Door};
use super::progress::Progress;
use super::{output, statement};
use crate::diagnose;
use crate::error::{Error, ExitCode, Result};
use crate::input::{self, Text};
use crate::plan::{self, Plan};
use crate::query;
use crate::report::{Advice, Report, Run, ServerFacts};

/// Runs the command.
pub async fn explain(args: &ExplainArgs) -> Result<ExitCode> {
    output::check(&args.output)?;
    let texts = input::read(&input::sources(&args.files, &args.command)?, std::io::stdin())?;
    let report = advise(args, &texts).await?;
    output::write(&report, &args.output)?;
    if let Some(file) = &args.output.output {
        failures(&report, file);
    }
    Ok(exit_code(&report, &args.fail_on))
}

/// Statements that failed are told of in the report; who does not see it is told here.
fn failures(report: &Report, file: &std::path::Path) {
    let failed = report.statements.iter().filter(|a| matches!(a.run, Run::Failed { .. })).count();
    if failed > 0 {
        let all = report.statements.len();
        let error = Error::input(format!("{failed} of {all} statements could not be advised"));
        output::complain(&error.hint(format!("the reasons are in `{}`", file.display())));
    }
}

/// Everything that can be said of these texts: plans are read, statements are run.
pub async fn advise(args: &ExplainArgs, texts: &[Text]) -> Result<Report> {
    let mut report = Report { budget: args.budget, ..Report::default() };
    let mut scripts = Vec::new();
    for text in texts {
        if plan::holds_plan(&text.text) {
            report.statements.extend(given(text, &mut report.notes)?);
        } else {
            scripts.push((text, query::split(&text.text)));
        }
    }
    let statements: usize = scripts.iter().map(|(_, script)| script.statements.len()).sum();
    for (text, script) in &scripts {
        report
            .notes
            .extend(script.notes.iter().map(|note| format!("{}:{}: {}", text.name, note.line, note.text)));
    }
    if statements == 0 {
        return if report.statements.is_empty() { Err(nothing(texts)) } else { Ok(report) };
    }
    let mut door = Door::open(args.dsn.as_deref(), args.timeout).await?;
    report.notes.append(&mut door.notes);
    report.server = Some(facts(&door));
    let gateway = door.gateway.clone();
    tokio::select! {
        advised = all_statements(&mut door, args, &scripts, statements, &mut report) => advised?,
        () = door::interrupted() => return Err(door::stop(&gateway).await),
    }
    door.session.close().await;
    report.missing.sort();
    report.missing.dedup();
    Ok(report)
}

async fn all_statements(
    door: &mut Door,
    args: &ExplainArgs,
    scripts: &[(&Text, query::Script)],
    count: usize,
    report: &mut Report,
) -> Result<()> {
    let mut number = 0;
    for (text, script) in scripts {
        for one in &script.statements {
            number += 1;
            let prefix = if count > 1 { format!("[{number}/{count}] ") } else { String::new() };
            let mut bench = statement::Bench { door, args, progress: Progress::new(prefix), report };
            let advice = bench.advise(text, one).await?;
            report.statements.push(advice);
        }
    }
    Ok(())
}

/// A text that holds plans: diagnosed without a server.
fn given(text: &Text, notes: &mut Vec<String>) -> Result<Vec<Advice>> {
    let reading = plan::read(&text.text).map_err(|error| {
        let place = Error::input(format!("`{}`: {}", text.name, error.what()));
        error.advice().map_or(place.clone(), |hint| place.hint(hint))
    })?;
    notes.extend(reading.notes.iter().map(|note| format!("{}: {note}", text.name)));
    Ok(reading.plans.into_iter().map(|plan| from_plan(&text.name, plan)).collect())
}

fn from_plan(source: &str, plan: Plan) -> Advice {
    let findings = diagnose::diagnose(&plan);
    Advice {
        source: source.to_owned(),
        sql: plan.query_text.clone(),
        run: Run::Given,
        findings,
        plan: Some(plan),
        ..Advice::default()
    }
}

fn nothing(texts: &[Text]) -> Error {
    let names: Vec<&str> = texts.iter().map(|text| text.name.as_str()).collect();
    Error::input(format!("there is no statement in `{}`", names.join("`, `")))
        .hint("give a SELECT, VALUES, INSERT, UPDATE, DELETE or MERGE, or a plan as EXPLAIN prints it")
}

fn facts(door: &Door) -> ServerFacts {
    let server = &door.session.server;
    ServerFacts {
        version: server.version.clone(),
        version_num: server.version_num,
        database: server.database.clone(),
        user: server.user.clone(),
        hypopg: None,
    }
}

/// What the report means for whoever called: a script that fails on a statement that could not be advised, a
/// missed budget, or what `--fail-on` names.
pub fn exit_code(report: &Report, fail_on: &[FailOn]) -> ExitCode {
    let failed = |advice: &Advice| match &advice.run {
        Run::Failed { code, .. } => Some(*code),
        _ => None,
    };
    if let Some(code) = report.statements.iter().find_map(failed) {
        return code;
    }
    let matched = |advice: &Advice| {
        fail_on.iter().any(|what| match what {
            FailOn::Suggestion => !advice.suggestions.is_empty(),
            FailOn::Finding => !advice.findings.is_empty(),
            FailOn::Rule(id) => advice.findings.iter().any(|finding| finding.rule.id == *id),
        })
    };
    let missed = !report.meets_budget() || report.statements.iter().any(matched);
    if missed { ExitCode::Failed } else { ExitCode::Fine }
}
