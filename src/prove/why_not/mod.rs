//! Why the planner leaves an index aside: it is asked again when it has less and less choice.
//!
//! Here is the asking; what follows from the answers is in `tell.rs`, what the catalogs say in `cannot.rs`.

mod cannot;
mod tell;

use std::time::Instant;

use self::tell::{Evidence, Forced, Times};
use super::{ASKING, Effort, Laboratory, Sample, Subject};
use crate::catalog::{Index, IndexKey, Table};
use crate::db::{Built, BuiltIndex, Depth, Refusal, RefusalKind, Trial};
use crate::plan::{Node, Operator, Plan, Role};
use crate::query::Expr;
use crate::remedy::{Action, IndexSpec, Key, Remedy, Silence};
use crate::units::{Ms, Rows, Share};

/// What is forbidden, round by round, until the index is used: first the scan that it competes with, then the joins and
/// the sort that do without it, at last the other ways of using an index (manual, "Planner Method Configuration").
/// What is forbidden only costs 1e10 more, or is counted apart since 18: a plan is always found.
const ROUNDS: [&[&str]; 6] = [
    &["enable_seqscan"],
    &["enable_seqscan", "enable_hashjoin", "enable_mergejoin"],
    &["enable_seqscan", "enable_sort", "enable_hashagg"],
    &["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_sort", "enable_hashagg"],
    &[
        "enable_seqscan",
        "enable_hashjoin",
        "enable_mergejoin",
        "enable_sort",
        "enable_hashagg",
        "enable_bitmapscan",
    ],
    &["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_indexscan", "enable_indexonlyscan"],
];

/// What a forbidden node adds to a plan's cost before 18 (`disable_cost` in costsize.c).
const FORBIDDEN: f64 = 1e10;

/// What a page read at random costs where nearly all are in the cache, or on an SSD, in units of one read in sequence;
/// the default of 4 is for disks that must seek (manual, "Planner Cost Constants").
const CACHED: f64 = 1.1;

/// So many accesses are explained: the first are those that took the longest.
const EXPLAINED: usize = 3;

/// What takes longer than this to plan is not planned a dozen times for the sake of a reason.
const SLOW_TO_PLAN: Ms = Ms(100.0);

/// A forced run that takes longer than this many times as long as the planner's choice has told enough.
const HOPELESS: f64 = 3.0;

/// What is forced may be slow to begin with: it is not cancelled sooner than this.
const PATIENCE: Ms = Ms(1_000.0);

/// Completes the silences about accesses for which there is an index that the planner leaves aside.
///
/// Nothing is run without `--prove`: then the planner is only asked.
pub async fn explain_silences(lab: &mut Laboratory<'_>, subject: &Subject<'_>, silences: &mut [Silence]) {
    let mut cases: Vec<(&mut Silence, &Node, &Table, &Index)> = Vec::new();
    for silence in silences {
        let node = subject.plan.node(silence.node);
        let table = node.relation.as_ref().and_then(|relation| subject.catalog.table(relation));
        let index = table.and_then(|table| unused(subject.plan, node, table, &silence.reason));
        if let Some((table, index)) = table.zip(index) {
            cases.push((silence, node, table, index));
        }
    }
    if cases.is_empty() || subject.plan.planning.is_some_and(|time| time > SLOW_TO_PLAN) {
        return;
    }
    cases.sort_by(|a, b| b.1.exclusive().0.total_cmp(&a.1.exclusive().0));
    let runs = lab.limits.build && lab.limits.effort != Effort::Quick;
    let runs = runs && !subject.writes && !subject.given && subject.timed_out.is_none();
    let start = Instant::now();
    let Ok(trial) = Trial::begin(lab.session, false).await else { return };
    for (silence, node, table, index) in cases.into_iter().take(EXPLAINED) {
        let names = [index.name.clone()];
        let question = Question { subject, node, table, index, names: &names };
        let chosen = if runs { Chosen::Run } else { Chosen::Planned };
        if let Ok(Some(evidence)) = question.ask(&trial, chosen).await {
            silence.reason =
                format!("{}. {}", silence.reason.trim_end_matches('.'), capital(&evidence.tell()));
        }
    }
    // A session that is lost says so at the next statement.
    let _ = trial.end().await;
    lab.spent.note(ASKING, "", start.elapsed());
}

/// As a sentence of its own begins.
fn capital(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// Why an index that was built in this trial is not used; `None` where nothing can be said.
pub(super) async fn of_built(
    lab: &Laboratory<'_>,
    subject: &Subject<'_>,
    trial: &Trial<'_>,
    remedy: &Remedy,
    built: &Built,
    (before, plan): (&Sample, &Plan),
) -> Option<String> {
    let idle = |(_, index): &(&Action, &BuiltIndex)| !plan.uses(&index.names);
    let made = remedy.actions.iter().filter(|action| action.builds());
    let (Action::CreateIndex(spec), BuiltIndex { names, .. }) = made.zip(&built.indexes).find(idle)? else {
        return None;
    };
    let index = described(spec);
    let nodes = remedy.nodes.iter().map(|id| subject.plan.node(*id));
    let node = nodes.into_iter().find(|node| node.operator.reads_table())?;
    let table = subject.catalog.table(node.relation.as_ref()?)?;
    let question = Question { subject, node, table, index: &index, names };
    let planned = subject.timed_out.is_some() || lab.limits.effort == Effort::Quick;
    let chosen = if planned { Chosen::Planned } else { Chosen::Took(before.median()) };
    let start = Instant::now();
    let evidence = question.ask(trial, chosen).await;
    lab.spent.note(ASKING, "", start.elapsed());
    Some(evidence.ok()??.tell())
}

/// An index of ours as the catalogs would describe it.
fn described(spec: &IndexSpec) -> Index {
    let key = |key: &Key| IndexKey {
        column: key.column().map(str::to_owned),
        expression: key.value.told(),
        default_opclass: key.opclass.is_none(),
        default_collation: key.collation.is_none(),
        opclass: key.opclass.clone().unwrap_or_default(),
        collation: key.collation.clone(),
        ..IndexKey::default()
    };
    Index {
        name: spec.name.clone(),
        method: spec.method.name().to_owned(),
        keys: spec.keys.iter().map(key).collect(),
        predicate: spec.predicate.clone(),
        valid: true,
        ..Index::default()
    }
}

/// The index that one would expect to be used by this access, and that is not: it leads with, or at least has, a column
/// that is compared here; or it is named already, and leads with one that is joined or sorted by above.
fn unused<'t>(plan: &Plan, node: &Node, table: &'t Table, reason: &str) -> Option<&'t Index> {
    let own = columns(node.conditions.iter().map(|condition| condition.text.as_str()), node);
    let above = plan.ancestors(node).flat_map(|n| {
        n.conditions
            .iter()
            .map(|condition| condition.text.as_str())
            .chain(n.sort_key.iter().map(String::as_str))
    });
    let above: Vec<String> = columns(above, node);
    let holds = |key: &IndexKey, columns: &[String]| {
        let mentions = |expr: Expr| expr.columns().iter().any(|(_, name)| columns.iter().any(|c| c == name));
        match &key.column {
            Some(column) => columns.contains(column),
            None => Expr::parse(&key.expression).is_some_and(mentions),
        }
    };
    let named = |index: &Index| reason.contains(&format!("`{}`", index.name));
    let rank = |index: &&Index| match index.keys.as_slice() {
        [] => None,
        [first, ..] if holds(first, &own) => Some(0),
        keys if keys.iter().any(|key| holds(key, &own)) => Some(1),
        [first, ..] if named(index) && holds(first, &above) => Some(2),
        _ => None,
    };
    let below: Vec<&String> = plan.subtree(node).iter().filter_map(|n| n.index.as_ref()).collect();
    let idle = table.indexes.iter().filter(|index| index.valid && !below.contains(&&index.name));
    idle.filter(|index| rank(index).is_some()).min_by_key(rank)
}

/// The columns of this node's rows in these texts.
fn columns<'e>(texts: impl Iterator<Item = &'e str>, node: &Node) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for expr in texts.filter_map(Expr::parse) {
        let ours = |table: Option<&str>| table.is_none() || table == node.alias();
        found.extend(
            expr.columns().iter().filter(|(table, _)| ours(*table)).map(|(_, name)| (*name).to_owned()),
        );
    }
    found
}

/// How the planner's own choice is known.
enum Chosen {
    /// It may only be planned.
    Planned,
    /// It may be run here.
    Run,
    /// It took so long.
    Took(Ms),
}

/// Why is this index not used for that node?
struct Question<'q> {
    subject: &'q Subject<'q>,
    node: &'q Node,
    table: &'q Table,
    index: &'q Index,
    /// The names under which plans show it.
    names: &'q [String],
}

impl Question<'_> {
    async fn ask(&self, trial: &Trial<'_>, chosen: Chosen) -> Result<Option<Evidence>, Refusal> {
        let sql = self.subject.sql;
        let now = trial.explain(sql, Depth::Estimate).await?;
        if now.uses(self.names) {
            return Ok(None);
        }
        let mut evidence = Evidence {
            index: self.index.name.clone(),
            cannot: cannot::serve(self.index, self.node, self.table),
            cost: cost(&now),
            forced: None,
            rival: None,
            cached: false,
            times: None,
        };
        let mut last = now;
        for round in ROUNDS {
            let settings: String = round.iter().map(|name| format!("SET LOCAL {name} = off;")).collect();
            let plan = under(trial, &settings, sql, Depth::Estimate).await?;
            if plan.uses(self.names) {
                evidence.forced = Some(self.forced(&plan));
                evidence.times = self.run(trial, &settings, chosen, &mut evidence).await;
                break;
            }
            last = plan;
        }
        evidence.rival = self.rival(&last).filter(|_| evidence.forced.is_none());
        if evidence.forced.is_some() {
            let cached = format!("SET LOCAL random_page_cost = {CACHED}");
            evidence.cached = under(trial, &cached, sql, Depth::Estimate).await?.uses(self.names);
        }
        Ok(Some(evidence))
    }

    /// What the planner expects of the index.
    fn forced(&self, plan: &Plan) -> Forced {
        let node = plan.nodes.iter().find(|n| n.index.as_ref().is_some_and(|it| self.names.contains(it)));
        let repeated =
            |n: &Node| n.role == Role::Inner && plan.parent(n).is_some_and(|p| p.operator.is_join());
        let once = node.filter(|n| !repeated(n) && !plan.ancestors(n).any(repeated));
        let whole = Rows(self.table.rows.max(1.0));
        let rows = once.and_then(|n| n.estimate).map(|estimate| estimate.rows);
        Forced { cost: cost(plan), part: rows.map(|rows| Share(rows.share_of(whole).0.min(1.0))), rows: None }
    }

    /// Runs the statement with the index forced, and without, where that is allowed.
    async fn run(
        &self,
        trial: &Trial<'_>,
        settings: &str,
        chosen: Chosen,
        evidence: &mut Evidence,
    ) -> Option<Times> {
        let sql = self.subject.sql;
        let own = match chosen {
            Chosen::Planned => return None,
            Chosen::Took(time) => time,
            Chosen::Run => {
                under(trial, "", sql, Depth::Time).await.ok()?;
                under(trial, "", sql, Depth::Time).await.ok()?.total()
            }
        };
        let limit = (own * HOPELESS).max(PATIENCE);
        let hurried = format!("{settings} SET LOCAL statement_timeout = {:.0}", limit.0);
        let mut forced = under(trial, &hurried, sql, Depth::Time).await;
        if forced.is_ok() {
            // The first one warmed up.
            forced = under(trial, &hurried, sql, Depth::Time).await;
        }
        match forced {
            Ok(plan) => {
                let node =
                    plan.nodes.iter().find(|n| n.index.as_ref().is_some_and(|it| self.names.contains(it)));
                let rows = node.and_then(|n| Some((n.estimate?.rows, n.actual?.rows)));
                if let Some(expected) = &mut evidence.forced {
                    expected.rows = rows;
                }
                Some(Times { chosen: own, forced: plan.total(), cancelled: false })
            }
            Err(refusal) if refusal.kind == RefusalKind::TimedOut => {
                Some(Times { chosen: own, forced: limit, cancelled: true })
            }
            Err(_) => None,
        }
    }

    /// The other index that reads the same rows when nothing but indexes is allowed.
    fn rival(&self, plan: &Plan) -> Option<String> {
        let same = |n: &&Node| n.relation.is_some() && n.alias() == self.node.alias();
        let scan = plan.nodes.iter().find(same)?;
        let below = plan.subtree(scan).iter().filter(|n| n.operator != Operator::SeqScan);
        below.filter_map(|n| n.index.clone()).next()
    }
}

/// The statement's plan under these settings, which are gone afterwards.
async fn under(trial: &Trial<'_>, settings: &str, sql: &str, depth: Depth) -> Result<Plan, Refusal> {
    trial.savepoint().await?;
    let plan = async {
        trial.execute(settings).await?;
        trial.explain(sql, depth).await
    };
    let plan = plan.await;
    trial.rewind().await?;
    plan
}

/// What a plan costs apart from what is forbidden in it.
fn cost(plan: &Plan) -> f64 {
    plan.root().estimate.map_or(0.0, |estimate| estimate.total_cost % FORBIDDEN)
}
