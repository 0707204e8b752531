//! The arguments; help and validation derive from them.

mod trial;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use trial::{EffortArg, ProveArgs, ProveFailOn, TrialArgs};

use super::prove::Proposed;
use crate::diagnose::Preferences;
use crate::prove::Limits;
use crate::units::Ms;

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "advisor", version, about, long_about = None, propagate_version = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Take this file's settings, instead of the nearest `advisor.toml` in the working directory or above
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find out why a statement is slow, and try what would help
    Explain(Box<ExplainArgs>),
    /// Try an idea of your own: an index, its removal, statistics, a setting, another query
    Prove(Box<ProveArgs>),
    /// Tell what changed between two plans of one statement
    Diff(DiffArgs),
    /// Replace the names and the literals of a plan, so that it can be shown to others
    Anonymize(AnonymizeArgs),
    /// Write what a database knows of its tables to a file, to advise its plans elsewhere
    Catalog(CatalogArgs),
    /// Show the main job on a throw-away PostgreSQL with an online shop's data
    Demo(DemoArgs),
    /// List what is looked for, or explain what a finding means
    Rules(RulesArgs),
}

/// `advisor explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  nothing at stake, or advice given
  1  a --budget was missed, or --fail-on matched
  2  the arguments or the input cannot be used
  3  no connection, or no permission
130  interrupted: Ctrl-C, SIGTERM or SIGHUP

When the connection is lost or the process is interrupted, the report tells of the statements that were finished.")]
pub struct ExplainArgs {
    /// Files with SQL, or with a plan as EXPLAIN prints it; `-` is standard input
    pub files: Vec<PathBuf>,

    /// A statement, instead of or besides files
    #[arg(short, long = "command", value_name = "SQL")]
    pub command: Vec<String>,

    /// The way to the server
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// Advise a plan by what `advisor catalog` wrote of the database that it comes from, without a server
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dsn", "prove"])]
    pub catalog: Option<PathBuf>,

    /// Build each suggested index for real, in a transaction that is rolled back, and measure
    ///
    /// Takes a SHARE lock on the table: while an index is built and measured, writers of that table wait.
    #[arg(long)]
    pub prove: bool,

    /// What a trial may do
    #[command(flatten)]
    pub trial: TrialArgs,

    /// How long a statement may take: a slower one makes the exit code 1
    #[arg(long, value_name = "TIME", value_parser = positive_time)]
    pub budget: Option<Ms>,

    /// Make the exit code 1 on any `suggestion`, any `finding`, or a finding of the rule of this name
    ///
    /// A `suggestion` is proven, or predicted by the planner. What may help and could not be tried is `untried`.
    #[arg(long, value_name = "WHAT", value_parser = fail_on)]
    pub fail_on: Vec<FailOn>,

    /// Which rules speak, and how loudly: `advisor.toml`
    #[arg(skip)]
    pub preferences: Preferences,

    /// What is tried instead of what the tool proposes: `advisor prove`
    #[arg(skip)]
    pub proposed: Vec<Proposed>,

    /// How the report is written
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Where to connect, for every command that asks a server.
#[derive(Debug, Clone, Args)]
pub struct ConnectionArgs {
    /// Where to connect: a URL, a keyword string or a database name, as for psql
    ///
    /// Without it, DATABASE_URL is taken, then PGHOST, PGDATABASE and the like, a service file and ~/.pgpass, as
    /// psql does.
    #[arg(short, long, value_name = "DSN")]
    pub dsn: Option<String>,

    /// Cancel a statement after this time; a shorter limit of the server is kept
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = positive_time)]
    pub timeout: Ms,
}

/// `advisor catalog`.
#[derive(Debug, Args)]
#[command(after_help = "\
The file is JSON (docs/catalog.md): tables, columns, indexes, foreign keys, and what ANALYZE found. It holds values \
of the tables' rows (most common values, bounds of histograms) unless --no-values leaves them out; values that stand \
in the definitions of indexes stay. It holds no password.

With it, `advisor explain --catalog FILE plan.txt` advises a plan of this database where the database is out of reach.

Exit codes:
  0  written
  2  the arguments cannot be used, or no table is called so
  3  no connection, or no permission
130  interrupted: Ctrl-C, SIGTERM or SIGHUP")]
pub struct CatalogArgs {
    /// The way to the server
    #[command(flatten)]
    pub connection: ConnectionArgs,

    /// Only tables that are called so, in any schema or as `schema.table`; `*` and `?` stand for any letters, any letter
    ///
    /// A partitioned table comes with its partitions, and a partition with the table that it belongs to.
    #[arg(short, long = "table", value_name = "PATTERN")]
    pub tables: Vec<String>,

    /// Only tables of schemas that are called so
    #[arg(short = 'n', long = "schema", value_name = "PATTERN")]
    pub schemas: Vec<String>,

    /// Leave out values of the tables' rows: most common values and the bounds of histograms
    ///
    /// Advice is then argued from how many different values there are, not from how common each is.
    #[arg(long)]
    pub no_values: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How a report is written, for every command that writes one.
#[derive(Debug, Clone, Args)]
pub struct OutputArgs {
    /// Show everything, not only what leads
    #[arg(long)]
    pub all: bool,

    /// The report's format; otherwise the ending of `-o` decides
    #[arg(long, value_enum)]
    pub format: Option<Format>,

    /// Write the report to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Whether to use colour
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: ColorWhen,

    /// Draw with ASCII characters only
    #[arg(long)]
    pub ascii: bool,
}

/// `advisor diff`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  the plans were compared, whatever came of it
  1  --fail-on matched
  2  the arguments or the input cannot be used

Nodes are matched by what they do. A difference counts where single runs do not differ so much: a factor of 1.5 and 1 ms \
for times (a factor of 3 where the same nodes did the same work), a tenth for costs, a factor of 2 and 10 pages for pages.

A file may hold several plans: they are paired by their statements where each tells its own, else by their order.")]
pub struct DiffArgs {
    /// The plan as it was, as EXPLAIN prints it in any format; `-` is standard input
    pub before: PathBuf,

    /// The plan as it is
    pub after: PathBuf,

    /// Make the exit code 1 when the statement became slower, its plan's shape changed, or it looks at more pages
    #[arg(long, value_enum, value_name = "WHAT")]
    pub fail_on: Vec<DiffFailOn>,

    /// How the report is written
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What makes the exit code of `advisor diff` 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFailOn {
    /// It takes longer; costs more, where one of the plans was only estimated
    Slower,
    /// A node appeared, disappeared, or does its work in another way
    Changed,
    /// It looks at more pages, which do not depend on the machine's load
    Pages,
}

/// `advisor anonymize`.
#[derive(Debug, Args)]
#[command(after_help = "\
Names of tables, columns, indexes, schemas, aliases, functions, types, triggers, constraints and whatever is not known \
become t1, c1, idx1, …, strings v1, v2, …, numbers in conditions 1001, 1002, …: the same ones everywhere. What EXPLAIN \
itself says stays, and so do SQL's keywords and PostgreSQL's own types and functions. Comments are left out, and so is \
what stands around a plan.

Exit codes:
  0  the plan was written
  2  the arguments or the input cannot be used")]
pub struct AnonymizeArgs {
    /// The plan, as EXPLAIN prints it in any format; `-` is standard input
    #[arg(default_value = "-")]
    pub file: PathBuf,

    /// Write the plan to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Write to this file what each replacement stands for, as JSON; keep it to yourself
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
}

/// `advisor demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Leave the server running, and print how to reach and how to stop it
    #[arg(long)]
    pub keep: bool,

    /// How the reports are written
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `advisor rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// The rules to explain; without any, all are listed
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,

    /// How they are written
    #[command(flatten)]
    pub output: OutputArgs,
}

/// A report's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal
    Text,
    /// For pull requests and tickets
    Markdown,
    /// For machines: see docs/json.md
    Json,
    /// A migration of what is suggested, to be run with `psql -f`: of `explain` and `prove`
    Sql,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What makes the exit code 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// Any suggestion, proven or predicted.
    Suggestion,
    /// Anything that may help and could not be tried.
    Untried,
    /// Any finding.
    Finding,
    /// A finding of this rule.
    Rule(&'static str),
}

fn positive_time(text: &str) -> Result<Ms, String> {
    let time = Ms::parse(text)?;
    if time.0 < 1.0 { Err("it must be at least 1ms".to_owned()) } else { Ok(time) }
}

fn fail_on(text: &str) -> Result<FailOn, String> {
    match text {
        "suggestion" => Ok(FailOn::Suggestion),
        "untried" => Ok(FailOn::Untried),
        "finding" => Ok(FailOn::Finding),
        rule => crate::diagnose::rules::named(rule).map(|rule| FailOn::Rule(rule.id)).ok_or_else(|| {
            "expected `suggestion`, `untried`, `finding` or the name of a rule: `advisor rules` lists them".to_owned()
        }),
    }
}

impl ExplainArgs {
    /// What experiments may do.
    pub fn limits(&self) -> Limits {
        Limits {
            build: self.prove,
            max_build: self.trial.max_build_size,
            writes: self.trial.allow_writes,
            effort: self.trial.effort.into(),
        }
    }
}

impl OutputArgs {
    /// The format: asked for, or by the file's ending, or text.
    pub fn chosen_format(&self) -> Format {
        let ending = self.output.as_ref().and_then(|file| file.extension()).and_then(|e| e.to_str());
        let by_ending = match ending {
            Some("md" | "markdown") => Format::Markdown,
            Some("json") => Format::Json,
            Some("sql") => Format::Sql,
            _ => Format::Text,
        };
        self.format.unwrap_or(by_ending)
    }
}
