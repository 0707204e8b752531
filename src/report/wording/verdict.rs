//! The verdict: what the time went to, and what would help by how much.

use std::fmt;

use super::{clause, finding, proof, the, together};
use crate::plan::{Node, Plan};
use crate::prove::{Proof, Verdict};
use crate::remedy::Silence;
use crate::report::{Advice, Feeling, Judgement, KnownFrom, Report, Run};
use crate::units::{Ms, Share};

/// A statement's verdict, in its parts.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Summary {
    /// The word that sums it up: `Slow`, `Fine`, `Failed`.
    pub word: &'static str,
    /// What the time went to; follows the word and a colon.
    pub what: String,
    /// What would help by how much, or why nothing does.
    pub help: Option<String>,
    /// Whether the budget is met.
    pub budget: Option<String>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.word, self.what)?;
        for more in [&self.help, &self.budget].into_iter().flatten() {
            write!(f, " {more}")?;
        }
        Ok(())
    }
}

/// The verdict on a statement.
pub(in crate::report) fn summary(advice: &Advice, budget: Option<Ms>) -> Summary {
    let judgement = budget.map(|budget| (budget, advice.judge(budget)));
    let missed = matches!(judgement, Some((_, Judgement::Missed { .. })));
    let budget = judgement.map(|(budget, judgement)| kept(budget, judgement));
    let fine = advice.is_fine() && !missed;
    let (word, what) = match &advice.run {
        Run::Failed { message, .. } => ("Failed", failed(message)),
        Run::OnlyPlanned { write, beyond_rollback } => {
            ("Not run", only_planned(advice, write, *beyond_rollback))
        }
        Run::TimedOut { after, limit } => ("Cancelled", cancelled(advice, *after, limit)),
        Run::Measured | Run::Given => match (advice.elapsed(), &advice.plan) {
            (Some(time), _) if fine => ("Fine", format!("{time}; nothing worth changing.")),
            (Some(time), Some(plan)) => (word(Feeling::of(time)), format!("{}.", spent(advice, plan, time))),
            (_, plan) => ("Estimated", estimated(plan.as_ref())),
        },
    };
    let silent = fine || matches!(advice.run, Run::Failed { .. });
    let help = if silent { None } else { help(advice) };
    Summary { word, what, help, budget: budget.filter(|_| !matches!(advice.run, Run::Failed { .. })) }
}

impl Advice {
    /// Whether nothing is known but a plan, so that where nothing is proposed, something may help all the same.
    pub(in crate::report) fn is_of_a_plan_alone(&self) -> bool {
        self.known_from == KnownFrom::Plan
    }

    /// Whether the statement is left alone: done in an instant, nothing found, and nothing known that makes it
    /// faster, or might if it could be tried.
    pub(in crate::report) fn is_fine(&self) -> bool {
        let might = |proof: &Proof| matches!(proof.verdict, Verdict::NotPossible(_));
        let proposed = [self.suggestions.is_empty(), self.untried.is_empty(), !self.tried.iter().any(might)];
        !self.asked
            && self.findings.is_empty()
            && proposed == [true; 3]
            && self.feeling() == Some(Feeling::Instant)
    }
}

fn word(feeling: Feeling) -> &'static str {
    match feeling {
        Feeling::Instant => "Instant",
        Feeling::Snappy => "Snappy",
        Feeling::Noticeable => "Noticeable",
        Feeling::Slow => "Slow",
        Feeling::Broken => "Broken",
    }
}

/// A stake that differs from the time of the lead's own node by more than this part of the whole is time that is
/// spent elsewhere too: it is told as what is at stake.
const ABOUT: Share = Share(0.05);

/// `1.24 s, 97 % of it in the Seq Scan on orders, which read 240,000 rows to keep 12`; where the time is spent by
/// others, `337 ms, of which 329 ms are at stake: the Nested Loop compared 146,600 pairs of rows to keep 6`.
fn spent(advice: &Advice, plan: &Plan, time: Ms) -> String {
    let part = |node: &Node, of: Ms| format!("{time}, {} of it in {}", of.share_of(time), the(node));
    let Some(lead) = advice.findings.first() else {
        return match busiest(plan) {
            Some(node) if plan.is_timed() => part(node, node.exclusive()),
            _ => time.to_string(),
        };
    };
    let of = if plan.is_timed() { format!(", of which {} are at stake", lead.stake) } else { String::new() };
    let doer = lead.claim.who.and_then(|id| plan.nodes.get(id.0)).zip(lead.claim.time);
    match doer.filter(|(_, own)| plan.is_timed() && is_about(*own, lead.stake, time)) {
        Some((node, own)) => format!("{}, which {}", part(node, own), lead.claim.did),
        None => format!("{time}{of}: {}", finding::clause(plan, lead)),
    }
}

fn is_about(own: Ms, stake: Ms, whole: Ms) -> bool {
    (own.0 - stake.0).abs() <= ABOUT.0 * whole.0
}

/// The node with the most time of its own.
fn busiest(plan: &Plan) -> Option<&Node> {
    plan.nodes.iter().max_by(|a, b| a.exclusive().0.total_cmp(&b.exclusive().0))
}

fn only_planned(advice: &Advice, write: &str, beyond_rollback: bool) -> String {
    let cost = at_a_cost(advice.plan.as_ref());
    if beyond_rollback {
        return format!(
            "it does more than return rows ({write}), so it was only planned{cost}. --allow-writes runs it all the same."
        );
    }
    format!("it writes ({write}), so it was only planned{cost}. --allow-writes runs it and rolls it back.")
}

fn cancelled(advice: &Advice, after: Ms, limit: &str) -> String {
    let cost = at_a_cost(advice.plan.as_ref());
    match advice.plan {
        Some(_) => format!("{limit} stopped it after {after}. What follows is the planner's estimate{cost}."),
        None => format!("{limit} stopped it after {after}."),
    }
}

fn at_a_cost(plan: Option<&Plan>) -> String {
    planned_cost(plan).map(|cost| format!(", at a cost of {cost}")).unwrap_or_default()
}

fn estimated(plan: Option<&Plan>) -> String {
    match planned_cost(plan) {
        Some(cost) => {
            format!("the plan was not run; its cost is {cost}. EXPLAIN with ANALYZE tells the times.")
        }
        None if plan.is_some_and(Plan::is_measured) => {
            "the plan holds no times. EXPLAIN with ANALYZE and TIMING tells where they go.".to_owned()
        }
        None => "there is no plan.".to_owned(),
    }
}

/// What the planner expects, for the time until it is known better.
pub(in crate::report) fn expectation(plan: &Plan) -> String {
    let cost = |node: &Node| node.estimate.map_or(0.0, |e| e.total_cost);
    let own = |node: &Node| cost(node) - plan.children(node).map(cost).sum::<f64>();
    let total = proof::cost(cost(plan.root()));
    match plan.nodes.iter().max_by(|a, b| own(a).total_cmp(&own(b))) {
        Some(node) if cost(plan.root()) > 0.0 => {
            let part = Share((own(node) / cost(plan.root())).clamp(0.0, 1.0));
            format!("still running; the planner expects a cost of {total}, {part} of it in {}", the(node))
        }
        _ => "still running".to_owned(),
    }
}

fn planned_cost(plan: Option<&Plan>) -> Option<String> {
    let root = plan.filter(|plan| !plan.is_measured())?.nodes.first()?;
    Some(proof::cost(root.estimate?.total_cost))
}

/// The first line of a message, as a sentence.
pub(super) fn failed(message: &str) -> String {
    let first =
        message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("for an unknown reason");
    super::sentence(first.strip_prefix("error: ").unwrap_or(first))
}

fn help(advice: &Advice) -> Option<String> {
    if let Some(set) = &advice.set {
        return Some(together::help(set));
    }
    let asked = advice.tried.first().filter(|_| advice.asked);
    if let Some(best) = advice.suggestions.first().or(advice.untried.first()).or(asked) {
        return Some(proof::help(best, advice));
    }
    if !advice.tried.is_empty() {
        let refused = advice.tried.iter().all(|proof| matches!(proof.verdict, Verdict::NotPossible(_)));
        return Some(
            if refused { "What may help could not be tried." } else { "Nothing that was tried helps." }
                .to_owned(),
        );
    }
    if advice.is_of_a_plan_alone() && !advice.findings.is_empty() {
        let more = "To have what could help proposed, give a server (-d) or a catalog (--catalog); to have it tried, \
                    the statement itself and a server.";
        return Some(more.to_owned());
    }
    let silence = told_silence(advice)?;
    let at = advice.plan.as_ref().and_then(|plan| plan.nodes.get(silence.node.0));
    let at =
        at.filter(|node| node.relation.is_some()).map(|node| format!(" {}", the(node))).unwrap_or_default();
    // What is done in an instant is left alone for reasons other than that no index could help it.
    let instant = advice.feeling() == Some(Feeling::Instant);
    let no_index = if instant { "No index is proposed" } else { "No index can help" };
    let at = if instant { at.replacen(" the ", " for the ", 1) } else { at };
    Some(format!("{no_index}{at}: {}.", clause(&silence.reason)))
}

/// The silence that the verdict tells of: where the time goes, if that is known.
pub(super) fn told_silence(advice: &Advice) -> Option<&Silence> {
    let proposed = [&advice.suggestions, &advice.untried, &advice.tried];
    if proposed.iter().any(|proofs| !proofs.is_empty()) || advice.is_of_a_plan_alone() {
        return None;
    }
    let lead = advice.findings.first().and_then(|f| f.node);
    let at_lead = advice.silences.iter().find(|s| Some(s.node) == lead);
    at_lead.or(advice.silences.first())
}

fn kept(budget: Ms, judgement: Judgement) -> String {
    match judgement {
        Judgement::Met => format!("It keeps the budget of {budget}."),
        Judgement::Missed { by, at_least: false } => format!("It misses the budget of {budget} by {by}."),
        Judgement::Missed { by, at_least: true } => {
            format!("It misses the budget of {budget} by {by} at least.")
        }
        Judgement::NotJudged => format!("Whether it keeps the budget of {budget} is not known."),
    }
}

/// How many statements miss the budget; `None` without one.
pub(in crate::report) fn budget_of_all(report: &Report) -> Option<String> {
    let budget = report.budget?;
    let all = super::count(report.statements.len() as f64, "statement", "statements");
    Some(match report.missing_budget() {
        0 => format!("None of the {all} is known to miss the budget of {budget}."),
        missed => format!("{missed} of the {all} missed the budget of {budget}."),
    })
}
