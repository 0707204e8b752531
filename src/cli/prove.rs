//! `advisor prove`: a person's own idea and the statements that it is for in, a report out.

use super::args::{ExplainArgs, ProveArgs, ProveFailOn};
use super::door::Door;
use super::explain::{self, Advised};
use super::statement::{Bench, Seen};
use super::{output, pointer};
use crate::error::{Error, ExitCode, Result};
use crate::input::{self, Source, Text};
use crate::plan::{self, Plan};
use crate::prove::{self, Laboratory, NotThere, Plot, Subject, Verdict, effects};
use crate::query::idea::{self, Idea, WELCOME};
use crate::query::{self, Statement};
use crate::report::{Advice, Report};

/// One statement of an idea, and where it stands: `fix.sql:3`.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// What it does.
    pub idea: Idea,
    /// Where it stands.
    pub place: String,
}

/// Runs the command.
pub async fn prove(args: &ProveArgs) -> Result<ExitCode> {
    output::check(args.output.output.as_deref())?;
    output::spare(args.output.output.as_deref(), args.ideas.iter().chain(&args.queries))?;
    let ideas = input::sources(&args.ideas, &args.actions)?;
    let queries = input::sources(&args.queries, &args.command)?;
    let stdin = |sources: &[Source]| sources.contains(&Source::Stdin);
    if stdin(&ideas) && stdin(&queries) {
        return Err(Error::input("`-` is given twice").hint("standard input can be read only once"));
    }
    let mut ideas = input::read(&ideas, std::io::stdin())?;
    for text in ideas.iter_mut().take(args.actions.len()) {
        text.name = text.name.replacen("-c", "-a", 1);
    }
    let queries = input::read(&queries, std::io::stdin())?;
    let proposed = read(&ideas)?;
    fit(&proposed, &queries)?;
    let Advised { report, stopped } = explain::advise(&as_explained(args, proposed), &queries).await?;
    let written = output::write(&report, &args.output);
    if let Some(stopped) = stopped {
        written.unwrap_or_else(|unwritten| output::complain(&unwritten));
        return Err(stopped);
    }
    written?;
    Ok(exit_code(&report, &args.fail_on))
}

/// The statements of an idea. Whatever is not to be tried is refused before anything is run.
fn read(texts: &[Text]) -> Result<Vec<Proposed>> {
    let mut proposed = Vec::new();
    for text in texts {
        let script = query::split(&text.text);
        if let Some(note) = script.notes.first() {
            let what = note.text.trim_end_matches(" ignored");
            return Err(
                Error::input(format!("`{}:{}`: {what} is not executed", text.name, note.line)).hint(WELCOME)
            );
        }
        for statement in &script.statements {
            let idea = idea::read(statement).map_err(|unwelcome| {
                let message = pointer::at(text, unwelcome.at, &unwelcome.why, &unwelcome.hint);
                Error::input(message.strip_prefix("error: ").unwrap_or(&message))
            })?;
            let place = format!("{}:{}", text.name, statement.place(&text.text).line);
            if let Some(call) = effects::of(&Plan::default(), &statement.calls()).beyond_rollback {
                return Err(Error::input(format!("`{place}`: {call}, is not executed")).hint(WELCOME));
            }
            proposed.push(Proposed { idea, place });
        }
    }
    if proposed.is_empty() {
        let names: Vec<&str> = texts.iter().map(|text| text.name.as_str()).collect();
        return Err(Error::input(format!("there is no statement in `{}`", names.join("`, `"))).hint(WELCOME));
    }
    Ok(proposed)
}

/// Whether an idea and the statements that it is for fit together.
fn fit(proposed: &[Proposed], queries: &[Text]) -> Result<()> {
    if let Some(plan) = queries.iter().find(|text| plan::holds_plan(&text.text)) {
        return Err(Error::input(format!(
            "`{}` holds a plan, and an idea is tried on a statement",
            plan.name
        ))
        .hint("give the statement itself"));
    }
    let rewrites = || proposed.iter().filter(|one| matches!(one.idea, Idea::Query(_)));
    if let Some(second) = rewrites().nth(1) {
        return Err(Error::input(format!("`{}` is a second query to run instead", second.place))
            .hint("one query at a time is compared"));
    }
    let count: usize = queries.iter().map(|text| query::split(&text.text).statements.len()).sum();
    match rewrites().next() {
        Some(rewrite) if count > 1 => {
            let what = format!(
                "`{}` is a query to run instead, and there are {count} that it could replace",
                rewrite.place
            );
            Err(Error::input(what).hint("give the one statement that it replaces"))
        }
        _ => Ok(()),
    }
}

/// The arguments of `advisor explain` that do the same with the statements, but for what is tried.
fn as_explained(args: &ProveArgs, proposed: Vec<Proposed>) -> ExplainArgs {
    ExplainArgs {
        files: Vec::new(),
        command: Vec::new(),
        connection: args.connection.clone(),
        catalog: None,
        prove: true,
        trial: args.trial.clone(),
        budget: None,
        fail_on: Vec::new(),
        preferences: args.preferences.clone(),
        proposed,
        output: args.output.clone(),
    }
}

/// Looks up what an idea names; nothing, where there is none.
pub async fn look_up(door: &Door, proposed: &[Proposed]) -> Result<Option<Plot>> {
    if proposed.is_empty() {
        return Ok(None);
    }
    let ideas: Vec<Idea> = proposed.iter().map(|one| one.idea.clone()).collect();
    match prove::plot(&door.session, &ideas).await? {
        Ok(plot) => Ok(Some(plot)),
        Err(NotThere { at, what }) => {
            let error = Error::input(format!("{what} is not there; nothing was executed")).hint(
                "check its spelling, the database (`-d`), and the schemas (PGOPTIONS='-c search_path=…')",
            );
            Err(proposed.get(at).map_or(error.clone(), |one| error.at(&one.place)))
        }
    }
}

impl Bench<'_> {
    /// Tries the idea on one statement.
    pub async fn try_own(
        &mut self,
        statement: &Statement,
        seen: Seen,
        mut advice: Advice,
        plot: &Plot,
    ) -> Result<Advice> {
        let subject = Subject {
            sql: &statement.text,
            plan: &seen.plan,
            catalog: &plot.catalog,
            writes: seen.writes,
            timed_out: seen.timed_out(),
            given: false,
        };
        let limits = self.args.limits();
        let (proof, missing, spent) = {
            let progress = &self.progress;
            let mut laboratory = Laboratory {
                session: &mut self.door.session,
                gateway: &self.door.gateway,
                limits,
                say: &|text| progress.say(text),
                spent: seen.spent,
            };
            let trying = prove::prove_own(&mut laboratory, &subject, plot);
            let tried = progress.during("trying the idea", None, trying).await;
            let (proof, missing) = tried.map_err(Error::from)?;
            (proof, missing, laboratory.spent.take())
        };
        self.report.missing.extend(missing);
        let list = if proof.verdict.is_suggestion() { &mut advice.suggestions } else { &mut advice.tried };
        list.push(proof);
        advice.asked = true;
        advice.spent = spent;
        advice.notes.extend(seen.notes);
        advice.run = seen.run;
        advice.plan = Some(seen.plan);
        Ok(advice)
    }
}

/// What the report means for whoever called.
fn exit_code(report: &Report, fail_on: &[ProveFailOn]) -> ExitCode {
    let failed = explain::exit_code(report, &[]);
    if failed != ExitCode::Fine {
        return failed;
    }
    let worse = |advice: &Advice| advice.tried.iter().any(|proof| matches!(proof.verdict, Verdict::Worse(_)));
    let matched = |advice: &Advice| {
        fail_on.iter().any(|what| match what {
            ProveFailOn::NotProven => advice.suggestions.is_empty(),
            ProveFailOn::Worse => worse(advice),
        })
    };
    if report.statements.iter().any(matched) { ExitCode::Failed } else { ExitCode::Fine }
}
