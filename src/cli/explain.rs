//! `advisor explain`: sources in, a report out.

use std::pin::pin;

use super::args::{ExplainArgs, FailOn};
use super::door::{self, Door};
use super::progress::Progress;
use super::{catalog_file, given, output, prove, statement};
use crate::error::{Error, ExitCode, Result};
use crate::input::{self, Text};
use crate::plan;
use crate::prove::Plot;
use crate::query;
use crate::report::{Advice, Report, Run, ServerFacts};

/// What came of the texts.
pub struct Advised {
    /// Everything that can be said.
    pub report: Report,
    /// What ended it early: the statements that it did not come to are in the report's notes.
    pub stopped: Option<Error>,
}

/// Runs the command.
pub async fn explain(args: &ExplainArgs) -> Result<ExitCode> {
    output::check(args.output.output.as_deref())?;
    output::spare(args.output.output.as_deref(), &args.files)?;
    let texts = input::read(&input::sources(&args.files, &args.command)?, std::io::stdin())?;
    let Advised { report, stopped } = advise(args, &texts).await?;
    let written = output::write(&report, &args.output);
    if let Some(stopped) = stopped {
        written.unwrap_or_else(|unwritten| output::complain(&unwritten));
        return Err(stopped);
    }
    written?;
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

/// A text with its statements.
type Source<'a> = (&'a Text, query::Script);

/// Everything that can be said of these texts: plans are read, statements are run. Fails only when there is
/// nothing at all to report.
pub async fn advise(args: &ExplainArgs, texts: &[Text]) -> Result<Advised> {
    let mut report = Report { budget: args.budget, ..Report::default() };
    let file = args.catalog.as_deref().map(catalog_file::read).transpose()?;
    let mut scripts: Vec<Source> = Vec::new();
    for text in texts {
        if plan::holds_plan(&text.text) {
            report.statements.extend(given::read(args, text, &mut report.notes)?);
        } else if args.catalog.is_some() {
            return Err(only_for_plans(text));
        } else {
            scripts.push((text, query::split(&text.text)));
        }
    }
    given::advise(args, &mut report, file.as_ref());
    if let (Some(path), Some(file)) = (&args.catalog, &file) {
        report.notes.push(catalog_file::told(path, &file.origin));
    }
    for (text, script) in &scripts {
        report
            .notes
            .extend(script.notes.iter().map(|note| format!("{}:{}: {}", text.name, note.line, note.text)));
    }
    let places = places(&scripts);
    let given = report.statements.len();
    if places.is_empty() && given == 0 {
        return Err(nothing_in(texts));
    }
    // A plan needs no server, and gets one only when it is named.
    if places.is_empty() && args.connection.dsn.is_none() {
        return Ok(Advised { report, stopped: None });
    }
    let stopped = at_the_server(args, &scripts, &mut report).await.err();
    report.missing.sort();
    report.missing.dedup();
    match stopped {
        Some(error) => {
            let finished = report.statements.len() - given;
            cut_short(report, places.get(finished..).unwrap_or_default(), error)
        }
        None => Ok(Advised { report, stopped: None }),
    }
}

/// Where each statement stands: `queries.sql:14`.
fn places(scripts: &[Source]) -> Vec<String> {
    let of = |(text, script): &Source| -> Vec<String> {
        script.statements.iter().map(|one| statement::source(text, one)).collect()
    };
    scripts.iter().flat_map(of).collect()
}

/// Connects, and advises one statement after the other.
async fn at_the_server(args: &ExplainArgs, scripts: &[Source<'_>], report: &mut Report) -> Result<()> {
    // Listened for before anything else, and without a pause in between.
    let mut interrupted = pin!(door::interrupted());
    let mut door = tokio::select! {
        biased;
        () = &mut interrupted => return Err(Error::interrupted()),
        opened = Door::open(&args.connection) => opened?,
    };
    let plot = tokio::select! {
        biased;
        () = &mut interrupted => return Err(door::stop(&door.gateway).await),
        plot = prove::look_up(&door, &args.proposed) => plot?,
    };
    report.notes.append(&mut door.notes);
    report.server = Some(facts(&door));
    let gateway = door.gateway.clone();
    tokio::select! {
        biased;
        () = &mut interrupted => return Err(door::stop(&gateway).await),
        advised = all_statements(&mut door, args, scripts, plot.as_ref(), report) => advised?,
    }
    door.session.close().await;
    Ok(())
}

async fn all_statements(
    door: &mut Door,
    args: &ExplainArgs,
    scripts: &[Source<'_>],
    plot: Option<&Plot>,
    report: &mut Report,
) -> Result<()> {
    if args.connection.dsn.is_some() {
        for at in 0..report.statements.len() {
            let progress = Progress::new(String::new());
            let mut bench = statement::Bench { door, args, progress, report, plot: None };
            given::at_server(&mut bench, at).await?;
        }
    }
    let count = places(scripts).len();
    let mut number = 0;
    for (text, script) in scripts {
        for one in &script.statements {
            number += 1;
            let prefix = if count > 1 { format!("[{number}/{count}] ") } else { String::new() };
            let progress = Progress::new(prefix);
            let mut bench = statement::Bench { door, args, progress, report, plot };
            let advice = bench.advise(text, one).await?;
            report.statements.push(advice);
        }
    }
    Ok(())
}

/// What is finished is told, with where and why the rest is missing.
fn cut_short(mut report: Report, unfinished: &[String], error: Error) -> Result<Advised> {
    let Some((first, others)) = unfinished.split_first() else {
        return Ok(Advised { report, stopped: Some(error) });
    };
    // Before there is a server, no statement is at fault.
    let placed = if report.server.is_some() { error.clone().at(first) } else { error.clone() };
    if report.statements.is_empty() {
        return Err(placed);
    }
    let others = match others.len() {
        0 => String::new(),
        1 => ", nor the one after it".to_owned(),
        more => format!(", nor the {more} after it"),
    };
    report.notes.push(format!("the statement at `{first}` was not finished{others}: {}", error.what()));
    Ok(Advised { report, stopped: Some(placed) })
}

fn only_for_plans(text: &Text) -> Error {
    Error::input(format!("`{}` holds no plan, and --catalog is for plans", text.name))
        .hint("name a file that EXPLAIN printed, or leave --catalog out and name a server (-d)")
}

fn nothing_in(texts: &[Text]) -> Error {
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
            FailOn::Untried => !advice.untried.is_empty(),
            FailOn::Finding => !advice.findings.is_empty(),
            FailOn::Rule(id) => advice.findings.iter().any(|finding| finding.rule.id == *id),
        })
    };
    let missed = !report.meets_budget() || report.statements.iter().any(matched);
    if missed { ExitCode::Failed } else { ExitCode::Fine }
}
