//! What a trial may do, and the arguments of `advisor prove`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ConnectionArgs, OutputArgs};
use crate::diagnose::Preferences;
use crate::prove::Effort;
use crate::units::Bytes;

/// What a trial may do, for every command that tries something.
#[derive(Debug, Clone, Args)]
pub struct TrialArgs {
    /// How much is tried, and for how long: the best candidate, the few best, or all of them
    #[arg(long, value_enum, default_value = "normal", value_name = "HOW MUCH")]
    pub effort: EffortArg,

    /// Execute statements that write, in a transaction that is rolled back
    ///
    /// Sequences that were advanced stay so, dead row versions remain until the next VACUUM, and whatever a function
    /// or a trigger does outside of the database is done.
    #[arg(long)]
    pub allow_writes: bool,

    /// Do not build an index on a larger table
    #[arg(long, value_name = "SIZE", default_value = "10GB", value_parser = Bytes::parse)]
    pub max_build_size: Bytes,
}

/// `advisor prove`.
#[derive(Debug, Args)]
#[command(after_help = "\
An idea is made of CREATE INDEX, DROP INDEX, CREATE STATISTICS, ANALYZE, SET and RESET of the planner's settings, CREATE \
EXTENSION for operator classes, and at most one query to run instead of the given one. It is tried as a whole, in a \
transaction that is rolled back; nothing else is executed, and anything else is refused before anything is run. \
docs/proof.md tells of locks and of what a rollback leaves behind.

The verdict of a removal is `no slower` when the statement does without what was removed. A query to run instead must \
return the same rows.

Exit codes:
  0  it was tried, whatever came of it
  1  --fail-on matched
  2  the arguments, the idea or a statement cannot be used
  3  no connection, or no permission
130  interrupted: Ctrl-C, SIGTERM or SIGHUP")]
pub struct ProveArgs {
    /// Files with the idea, as SQL; `-` is standard input
    #[arg(value_name = "IDEA", required_unless_present = "actions")]
    pub ideas: Vec<PathBuf>,

    /// An idea, instead of or besides files
    #[arg(short, long = "action", value_name = "SQL", allow_hyphen_values = true)]
    pub actions: Vec<String>,

    /// Files with the statements that it is for; `-` is standard input
    #[arg(short, long = "query", value_name = "FILE", required_unless_present = "command")]
    pub queries: Vec<PathBuf>,

    /// A statement that it is for, instead of or besides files
    #[arg(short, long = "command", value_name = "SQL", allow_hyphen_values = true)]
    pub command: Vec<String>,

    /// The way to the server
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// What a trial may do
    #[command(flatten)]
    pub trial: TrialArgs,

    /// Make the exit code 1 when, for any of the statements, the idea is not proven, or makes it worse
    #[arg(long, value_enum, value_name = "WHAT")]
    pub fail_on: Vec<ProveFailOn>,

    /// Which rules speak, and how loudly: `advisor.toml`
    #[arg(skip)]
    pub preferences: Preferences,

    /// How the report is written
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What makes the exit code of `advisor prove` 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProveFailOn {
    /// It is not faster beyond the noise; of a removal: slower, or not to be told
    NotProven,
    /// It is slower beyond the noise
    Worse,
}

/// `--effort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EffortArg {
    /// The best candidate alone, measured as often as it takes to tell a clear gain
    Quick,
    /// The few best candidates
    Normal,
    /// Every candidate, measured until the figures stand still
    Thorough,
}

impl From<EffortArg> for Effort {
    fn from(arg: EffortArg) -> Self {
        match arg {
            EffortArg::Quick => Self::Quick,
            EffortArg::Normal => Self::Normal,
            EffortArg::Thorough => Self::Thorough,
        }
    }
}
