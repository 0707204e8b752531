//! Plans that were given: diagnosed as they are, and advised by whatever is known of their tables. What is proposed is
//! not run: the statement is planned again at the most.

use super::args::ExplainArgs;
use super::ignore::heed;
use super::statement::Bench;
use crate::catalog::{Catalog, CatalogFile, Differences};
use crate::db::{self, Refusal, RefusalKind, Session, Wanted};
use crate::diagnose::{self, Finding, Preferences};
use crate::error::{Error, Result};
use crate::input::{self, Text};
use crate::plan::{self, Plan};
use crate::prove::{self, Laboratory, Ledger, Limits, Outcome, Subject, Untriable};
use crate::query::{self, Ignore, Kind};
use crate::remedy::{self, Case, Proposal};
use crate::report::{Advice, KnownFrom, Report, Run};

/// A text that holds plans.
pub fn read(args: &ExplainArgs, text: &Text, notes: &mut Vec<String>) -> Result<Vec<Advice>> {
    let reading = plan::read(&text.text).map_err(|error| error.at(&text.name))?;
    notes.extend(reading.notes.iter().map(|note| format!("{}: {note}", text.name)));
    // EXPLAIN names every node's type; a plan whose first node has none says nothing.
    let named = |plan: &Plan| plan.nodes.first().is_some_and(|root| !root.operator.name().is_empty());
    let mut plans: Vec<Plan> = reading.plans.into_iter().filter(named).collect();
    if let [plan] = plans.as_mut_slice() {
        plan.query_text = plan.query_text.take().or_else(|| input::typed(&text.text));
    }
    if plans.is_empty() {
        let empty = Error::input("there is no `Plan` with a `Node Type`").at(&text.name);
        return Err(
            empty.hint("give me the whole output of EXPLAIN (ANALYZE, VERBOSE, BUFFERS, FORMAT JSON)")
        );
    }
    Ok(plans.into_iter().map(|plan| diagnosed(args, &text.name, plan)).collect())
}

fn diagnosed(args: &ExplainArgs, source: &str, plan: Plan) -> Advice {
    let mut notes = Vec::new();
    let preferences = preferences(args, source, &plan, &mut notes);
    let findings = diagnose::diagnose(&plan, &Catalog::default(), &preferences);
    notes.extend(taken_without(&plan).filter(|_| !findings.is_empty()));
    Advice {
        source: source.to_owned(),
        sql: plan.query_text.clone(),
        run: Run::Given,
        findings,
        known_from: KnownFrom::Plan,
        notes,
        plan: Some(plan),
        ..Advice::default()
    }
}

/// What the plan was taken without, when something hurts in it that could be told better.
fn taken_without(plan: &Plan) -> Option<String> {
    let reads = plan.nodes.iter().filter(|node| node.operator.reads_table());
    let lacks = [
        ("BUFFERS", plan.root().buffers.is_none(), "which pages were read"),
        (
            "VERBOSE",
            reads.clone().count() > 0 && reads.clone().all(|n| n.output.is_empty()),
            "whose columns are meant",
        ),
    ];
    let (names, unknown): (Vec<_>, Vec<_>) =
        lacks.iter().filter(|(_, lacks, _)| *lacks).map(|(name, _, what)| (*name, *what)).unzip();
    (plan.is_measured() && !names.is_empty()).then(|| {
        format!(
            "the plan was taken without {}, so that it does not say {}",
            names.join(" and "),
            unknown.join(" and ")
        )
    })
}

/// Which rules speak, by the comments in the plan's statement too; each of these gets a note.
fn preferences(args: &ExplainArgs, source: &str, plan: &Plan, notes: &mut Vec<String>) -> Preferences {
    let text = plan.query_text.as_deref().unwrap_or_default();
    let statements = query::split(text).statements.into_iter();
    let ignores: Vec<Ignore> = statements.flat_map(|one| one.ignores).collect();
    heed(&args.preferences, &ignores, (source, text), notes)
}

/// Where a plan's tables are looked for.
struct Place {
    name: String,
    /// What helps to find those that the plan names without their schema.
    search: &'static str,
}

/// What hurts and what could help, by what is known of the tables, and where they do not fit the plan.
struct Known {
    findings: Vec<Finding>,
    proposal: Proposal,
    notes: Vec<String>,
}

impl Known {
    /// `place` has the catalog.
    fn of(args: &ExplainArgs, advice: &Advice, plan: &Plan, catalog: &Catalog, place: &Place) -> Self {
        // Of a fast statement's tables nothing was asked.
        let fast = remedy::is_fast_already(plan);
        let differences = if fast { Differences::default() } else { catalog.differences(plan) };
        let preferences = preferences(args, &advice.source, plan, &mut Vec::new());
        let findings = diagnose::diagnose(plan, catalog, &preferences);
        let sql = advice.sql.as_deref();
        let mut proposal = remedy::propose(&Case { plan, findings: &findings, catalog, sql });
        proposal.silences.retain(|silence| !differences.nodes.contains(&silence.node));
        Self { findings, proposal, notes: told(&differences, place) }
    }
}

/// Advises every plan of the report without a server: by a catalog, or by nothing but itself.
pub fn advise(args: &ExplainArgs, report: &mut Report, file: Option<&CatalogFile>) {
    let search = "the plan names no schema, which VERBOSE does";
    let place = Place { name: "the catalog".to_owned(), search };
    for advice in &mut report.statements {
        let Some(plan) = &advice.plan else { continue };
        let Some(file) = file else {
            let Proposal { remedies, silences } = remedy::propose_from_plan(plan, &advice.findings);
            advice.silences = silences;
            settle(advice, prove::untried(remedies, &Untriable::PlanAlone));
            continue;
        };
        let known = Known::of(args, advice, plan, &file.of_plan(plan), &place);
        (advice.findings, advice.silences) = (known.findings, known.proposal.silences);
        advice.notes.extend(known.notes);
        advice.known_from = KnownFrom::File;
        settle(advice, prove::untried(known.proposal.remedies, &Untriable::File));
    }
}

fn settle(advice: &mut Advice, outcome: Outcome) {
    let Outcome { suggestions, untried, tried, .. } = outcome;
    (advice.suggestions, advice.untried, advice.tried) = (suggestions, untried, tried);
}

/// Advises a plan of the report by the tables of a server, and lets the server's planner try what is proposed.
///
/// What was said of it without the server stays until all is known. Fails only when the connection is lost.
pub async fn at_server(bench: &mut Bench<'_>, at: usize) -> Result<()> {
    let Some(advice) = bench.report.statements.get(at) else { return Ok(()) };
    let Some(plan) = &advice.plan else { return Ok(()) };
    let database = format!("the database `{}`", bench.door.session.server.database);
    let search = "the plan names no schema: PGOPTIONS='-c search_path=…' says where to look";
    let place = Place { name: database.clone(), search };
    let catalog = match catalog(&bench.door.session, plan).await {
        Err(refusal) if refusal.kind != RefusalKind::Lost => {
            let note = format!("the catalogs of {database} gave no answer: {}", refusal.message);
            bench.report.statements[at].notes.push(note);
            return Ok(());
        }
        known => known.map_err(Error::from)?,
    };
    let Known { findings, proposal: Proposal { remedies, silences }, mut notes } =
        Known::of(bench.args, advice, plan, &catalog, &place);
    if bench.args.prove && !remedies.is_empty() {
        notes.push("--prove runs statements, and a plan that was given is not run".to_owned());
    }
    let outcome = match statement(advice.sql.as_deref()) {
        Err(why) => prove::untried(remedies, &why),
        Ok(sql) => {
            let writes = plan.writes();
            let subject =
                Subject { sql: &sql, plan, catalog: &catalog, writes, timed_out: None, given: true };
            let progress = &bench.progress;
            let mut laboratory = Laboratory {
                session: &mut bench.door.session,
                gateway: &bench.door.gateway,
                limits: Limits { build: false, writes: false, ..bench.args.limits() },
                say: &|text| progress.say(text),
                spent: Ledger::default(),
            };
            let trying = prove::prove(&mut laboratory, &subject, remedies);
            progress.during("asking the planner what could help", None, trying).await.map_err(Error::from)?
        }
    };
    if !outcome.suggestions.is_empty() {
        notes.push(format!(
            "the costs are those of {database}, where the statement was planned again and not run"
        ));
    }
    bench.report.missing.extend(outcome.missing.iter().cloned());
    if let Some(server) = &mut bench.report.server {
        server.hypopg = outcome.hypopg.clone().or(server.hypopg.take());
    }
    let advice = &mut bench.report.statements[at];
    (advice.findings, advice.silences, advice.known_from) = (findings, silences, KnownFrom::Server);
    advice.notes.extend(notes);
    settle(advice, outcome);
    Ok(())
}

async fn catalog(session: &Session, plan: &Plan) -> Result<Catalog, Refusal> {
    if remedy::is_fast_already(plan) {
        return Ok(Catalog::default());
    }
    db::load_catalog(session, &Wanted::of(plan)).await
}

/// The statement of a plan, where it can be planned again.
fn statement(sql: Option<&str>) -> Result<String, Untriable> {
    let script = query::split(sql.ok_or(Untriable::NoStatement)?);
    let [one] = script.statements.as_slice() else {
        let count = script.statements.len();
        return Err(Untriable::Unfit(format!("the plan comes with {count} statements, not with one")));
    };
    match &one.kind {
        Kind::Refused(name) => {
            Err(Untriable::Unfit(format!("the plan is of a {name}, which cannot be planned again")))
        }
        _ if one.has_parameters() => {
            Err(Untriable::Unfit("the plan's statement has parameters, without their values".to_owned()))
        }
        _ => Ok(one.text.clone()),
    }
}

/// What the plan names and a place does not have, as remarks.
fn told(differences: &Differences, place: &Place) -> Vec<String> {
    let Differences { tables, columns, indexes, .. } = differences;
    let bare = tables.iter().any(|table| !table.contains('.'));
    let search = if bare { format!(" ({})", place.search) } else { String::new() };
    let them = if tables.len() == 1 { "it" } else { "them" };
    let so = format!(": nothing is proposed for what reads {them}{search}");
    let told = |names: &[String], one: &str, many: &str, so: &str| {
        let (kind, are) = if names.len() == 1 { (one, "is") } else { (many, "are") };
        let names = (!names.is_empty()).then(|| names.join("`, `"))?;
        Some(format!("the {kind} `{names}` of the plan {are} not in {}{so}", place.name))
    };
    let all = [
        told(tables, "table", "tables", &so),
        told(columns, "column", "columns", ""),
        told(indexes, "index", "indexes", ""),
    ];
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_planned_again_where_that_can_be() {
        let unfit = |why: &str| Err(Untriable::Unfit(why.to_owned()));
        for (sql, expected) in [
            (None, Err(Untriable::NoStatement)),
            (Some("SELECT 1;"), Ok("SELECT 1".to_owned())),
            (Some("DELETE FROM t WHERE a = 1"), Ok("DELETE FROM t WHERE a = 1".to_owned())),
            (Some("SELECT 1; SELECT 2"), unfit("the plan comes with 2 statements, not with one")),
            (Some(""), unfit("the plan comes with 0 statements, not with one")),
            (
                Some("SELECT * FROM t WHERE a = $1"),
                unfit("the plan's statement has parameters, without their values"),
            ),
            (
                Some("CREATE TABLE x AS SELECT 1"),
                unfit("the plan is of a CREATE TABLE AS, which cannot be planned again"),
            ),
        ] {
            assert_eq!(statement(sql), expected, "{sql:?}");
        }
    }

    #[test]
    fn differences_are_told() {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let all = Differences {
            tables: list(&["a", "b"]),
            columns: list(&["c.x"]),
            indexes: list(&["d_pkey", "e_pkey"]),
            nodes: Vec::new(),
        };
        let shop = Place { name: "the database `shop`".into(), search: "look elsewhere" };
        assert_eq!(
            told(&all, &shop),
            [
                "the tables `a`, `b` of the plan are not in the database `shop`: nothing is proposed for what reads them \
                 (look elsewhere)",
                "the column `c.x` of the plan is not in the database `shop`",
                "the indexes `d_pkey`, `e_pkey` of the plan are not in the database `shop`",
            ]
        );
        assert!(told(&Differences::default(), &shop).is_empty());
    }
}
