//! The commands: arguments in, a report out, an exit code.

mod anonymize;
mod args;
mod catalog;
mod catalog_file;
mod config;
mod demo;
mod diff;
mod door;
mod explain;
mod given;
mod ignore;
mod output;
mod pointer;
mod progress;
mod prove;
mod rules;
mod statement;

pub use args::{Cli, Command};

use std::process::ExitCode as Code;

use clap::Parser;

use crate::error::{Error, ExitCode};

/// Runs the command line, prints what it has to say, and returns the process's exit code.
pub fn run() -> Code {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a broken pipe while printing them is none either.
            let _ = error.print();
            return Code::from(if error.use_stderr() {
                ExitCode::BadInput as u8
            } else {
                ExitCode::Fine as u8
            });
        }
    };
    match dispatch(cli) {
        Ok(code) => Code::from(code as u8),
        Err(error) => {
            let error = placed(&error);
            output::complain(&error);
            Code::from(error.exit_code() as u8)
        }
    }
}

/// What went wrong, with what was being done at the time, as one error.
fn placed(error: &anyhow::Error) -> Error {
    let doing: Vec<String> =
        error.chain().take_while(|e| !e.is::<Error>()).map(ToString::to_string).collect();
    let cause = error.downcast_ref::<Error>().cloned();
    let cause = cause.unwrap_or_else(|| Error::input(error.root_cause().to_string()));
    doing.iter().rev().fold(cause, |error, doing| error.during(doing))
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let preferences = config::load(cli.config.as_deref())?;
    // One thread: a session at a time, and the server does the work.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Error::input(format!("the process cannot start its event loop: {error}")))?;
    let code = runtime.block_on(async {
        match cli.command {
            Command::Explain(mut args) => {
                args.preferences = preferences;
                Ok(explain::explain(&args).await?)
            }
            Command::Prove(mut args) => {
                args.preferences = preferences;
                Ok(prove::prove(&args).await?)
            }
            Command::Rules(args) => Ok(rules::rules(&args, &preferences)?),
            Command::Diff(args) => Ok(diff::diff(&args)?),
            Command::Anonymize(args) => Ok(anonymize::anonymize(&args)?),
            Command::Catalog(args) => Ok(catalog::catalog(&args).await?),
            Command::Demo(args) => demo::demo(&args).await,
        }
    });
    // Nothing is left to wait for: connections that were not closed are closed by the process's end.
    runtime.shutdown_background();
    code
}
