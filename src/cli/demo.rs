//! `advisor demo`: the main job on a throw-away PostgreSQL with an online shop's data.

use std::pin::pin;
use std::sync::mpsc;
use std::time::Instant;

use anyhow::Context;

use super::args::{ConnectionArgs, DemoArgs, EffortArg, ExplainArgs, TrialArgs};
use super::door::{self, Door};
use super::progress::Progress;
use super::{explain, output};
use crate::cluster::{self, Cluster};
use crate::diagnose::Preferences;
use crate::error::{Error, ExitCode, Result};
use crate::input::Text;
use crate::report::Report;
use crate::units::{Bytes, Ms};

/// The shop: tables, rows, statistics.
const SHOP: [(&str, &str); 3] = [
    ("creating its tables", include_str!("../../sql/demo/schema.sql")),
    ("loading about a million rows", include_str!("../../sql/demo/data.sql")),
    ("collecting statistics", include_str!("../../sql/demo/finish.sql")),
];

macro_rules! queries {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../sql/demo/queries/", $name)))),*]
    };
}

/// The shop's queries, as its endpoints send them.
const QUERIES: [(&str, &str); 8] = queries![
    "01-customer-orders.sql",
    "02-order-timeline.sql",
    "03-order-items.sql",
    "04-latest-events.sql",
    "05-support-desk.sql",
    "06-failed-orders.sql",
    "07-one-order.sql",
    "08-monthly-revenue.sql",
];

/// What to do next.
const YOUR_TURN: &str = "\nthe same for a database of yours:\n  \
    advisor explain --prove -d postgres://USER@HOST/DATABASE QUERIES.sql";

/// Runs the command. Whatever happens, the server and its files are gone afterwards, unless they are to be kept.
pub async fn demo(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let progress = Progress::new(String::new());
    // Listened for before anything else, and without a pause in between.
    let mut interrupted = pin!(door::interrupted());
    let cluster = tokio::select! {
        biased;
        () = &mut interrupted => return Err(Error::interrupted().into()),
        cluster = start(&progress) => cluster.context("starting the demo's server")?,
    };
    let report = tokio::select! {
        biased;
        () = &mut interrupted => {
            return Err(Error::interrupted().hint("the server and its files are gone").into());
        }
        report = show(&cluster, args, &progress) => report?,
    };
    output::write(&report, &args.output)?;
    progress.say(YOUR_TURN);
    if args.keep {
        progress.say(&format!("the server is left running:\n{}", cluster.keep()?));
    }
    Ok(explain::exit_code(&report, &[]))
}

/// Starting waits for other processes, so it has a thread of its own.
async fn start(progress: &Progress) -> Result<Cluster> {
    let installation = cluster::best()?;
    let hypopg = if installation.hypopg { " with HypoPG" } else { "" };
    progress.say(&format!("starting a throw-away PostgreSQL {}{hypopg}", installation.version));
    let (started, starting) = mpsc::channel();
    let work = tokio::task::spawn_blocking(move || {
        let cluster = Cluster::start(&installation, &[]);
        // Should nobody wait any more, the cluster ends here.
        let _ = started.send(cluster);
    });
    let _ = progress.during("starting the server", None, work).await;
    starting.try_recv().unwrap_or_else(|_| Err(Error::server("the server was not started")))
}

async fn show(cluster: &Cluster, args: &DemoArgs, progress: &Progress) -> anyhow::Result<Report> {
    let explain_args = arguments(cluster, args);
    let door = Door::open(&explain_args.connection).await?;
    for (what, sql) in SHOP {
        let start = Instant::now();
        let loaded = progress.during(what, None, door.session.load(sql)).await;
        loaded.map_err(Error::from).context(what)?;
        progress.say(&format!("{what}: {}", Ms(start.elapsed().as_secs_f64() * 1000.0)));
    }
    door.session.close().await;
    let text = |(name, sql): &(&str, &str)| Text { name: (*name).to_owned(), text: (*sql).to_owned() };
    let advised = explain::advise(&explain_args, &QUERIES.iter().map(text).collect::<Vec<_>>()).await?;
    advised.stopped.map_or(Ok(advised.report), |error| Err(error.into()))
}

/// What a person would type: `advisor explain --prove -d … sql/demo/queries/*.sql`.
fn arguments(cluster: &Cluster, args: &DemoArgs) -> ExplainArgs {
    ExplainArgs {
        files: Vec::new(),
        command: Vec::new(),
        connection: ConnectionArgs { dsn: Some(cluster.dsn("postgres")), timeout: Ms(60_000.0) },
        catalog: None,
        prove: true,
        trial: TrialArgs { effort: EffortArg::Normal, allow_writes: false, max_build_size: Bytes(1 << 30) },
        budget: None,
        fail_on: Vec::new(),
        preferences: Preferences::default(),
        proposed: Vec::new(),
        output: args.output.clone(),
    }
}
