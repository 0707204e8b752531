//! Several statements in short: one sentence for all, one row for each.

use super::verdict::failed;
use super::{clause, count, proof, subject};
use crate::prove::{Proof, Verdict};
use crate::report::{Advice, Judgement, Report, Run};
use crate::units::Ms;

/// One statement in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Row {
    /// Where it came from.
    pub source: String,
    /// How long it takes, or what it costs by the planner.
    pub before: String,
    /// The same with what is suggested; empty without a suggestion.
    pub after: String,
    /// What is suggested, or why nothing is.
    pub what: String,
    /// Whether that is proven.
    pub proven: bool,
}

/// What became of a statement, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Proven,
    NoSlower,
    Predicted,
    Untried,
    Worse,
    NotFaster,
    Fine,
    NoHelp,
    Diagnosed,
    NotRun,
    Cancelled,
    Failed,
}

const OUTCOMES: [(Outcome, &str); 12] = [
    (Outcome::Proven, "made faster (proven)"),
    (Outcome::NoSlower, "no slower (proven)"),
    (Outcome::Predicted, "should get faster (predicted)"),
    (Outcome::Untried, "may get faster (untried)"),
    (Outcome::Worse, "made slower"),
    (Outcome::NotFaster, "made no faster"),
    (Outcome::Fine, "fine"),
    (Outcome::NoHelp, "without a remedy"),
    (Outcome::Diagnosed, "diagnosed from a plan"),
    (Outcome::NotRun, "not run"),
    (Outcome::Cancelled, "cancelled"),
    (Outcome::Failed, "failed"),
];

/// `8 statements, 848 ms in all: 6 made faster (proven), 1 fine, 1 without a remedy.` Only of several.
pub(in crate::report) fn in_short(report: &Report) -> Option<String> {
    let statements = &report.statements;
    if statements.len() < 2 {
        return None;
    }
    let told = OUTCOMES.iter().filter_map(|(outcome, words)| {
        let number = statements.iter().filter(|advice| advice.outcome(report.budget) == *outcome).count();
        (number > 0).then(|| format!("{number} {words}"))
    });
    let all = count(statements.len() as f64, "statement", "statements");
    let times: Vec<Ms> = statements.iter().filter_map(Advice::elapsed).collect();
    let time =
        if times.is_empty() { String::new() } else { format!(", {} in all", times.into_iter().sum::<Ms>()) };
    Some(format!("{all}{time}: {}.", told.collect::<Vec<_>>().join(", ")))
}

/// One row for each statement.
pub(in crate::report) fn rows(report: &Report) -> Vec<Row> {
    report.statements.iter().map(|advice| advice.row(report.budget)).collect()
}

impl Advice {
    fn outcome(&self, budget: Option<Ms>) -> Outcome {
        let missed = budget.is_some_and(|budget| matches!(self.judge(budget), Judgement::Missed { .. }));
        match (&self.run, self.suggestions.first().map(|best| &best.verdict)) {
            (Run::Failed { .. }, _) => Outcome::Failed,
            (_, Some(Verdict::Proven)) => Outcome::Proven,
            (_, Some(Verdict::NoSlower(_))) => Outcome::NoSlower,
            (_, Some(_)) => Outcome::Predicted,
            _ if self.asked => self.tried.first().map_or(Outcome::NotRun, |proof| match proof.verdict {
                Verdict::Worse(_) => Outcome::Worse,
                Verdict::NotPossible(_) => Outcome::NotRun,
                _ => Outcome::NotFaster,
            }),
            _ if !self.untried.is_empty() => Outcome::Untried,
            (Run::OnlyPlanned { .. }, None) => Outcome::NotRun,
            (Run::TimedOut { .. }, None) => Outcome::Cancelled,
            (Run::Measured | Run::Given, None) if self.is_fine() && !missed => Outcome::Fine,
            (Run::Given, None) => Outcome::Diagnosed,
            (Run::Measured, None) => Outcome::NoHelp,
        }
    }

    fn row(&self, budget: Option<Ms>) -> Row {
        let outcome = self.outcome(budget);
        let word = OUTCOMES.iter().find(|(known, _)| *known == outcome).map_or("", |(_, words)| words);
        let time = self.elapsed().map(|time| time.to_string()).unwrap_or_default();
        let row = Row {
            source: self.source.clone(),
            before: time,
            after: String::new(),
            what: word.to_owned(),
            proven: matches!(outcome, Outcome::Proven | Outcome::NoSlower),
        };
        if let Run::Failed { message, .. } = &self.run {
            return Row { what: format!("{word}: {}", clause(&failed(message))), ..row };
        }
        let helps = match (self.suggestions.as_slice(), self.asked) {
            ([], true) => &self.tried,
            ([], false) => &self.untried,
            _ => &self.suggestions,
        };
        match helps.as_slice() {
            [best, others @ ..] => {
                let (mut before, mut after, _) = proof::before_after(best);
                if let Some(set) = &self.set {
                    (before, after) = (set.before.median().to_string(), set.after.median().to_string());
                }
                // A cost is told once; only a time has a unit of its own.
                let after = after.strip_prefix("cost ").map_or(after.clone(), str::to_owned);
                let before = if before.is_empty() { row.before } else { before };
                Row { before, after, what: suggested(best, others.len(), self.set.is_some()), ..row }
            }
            _ => row,
        }
    }
}

/// `index on orders (customer_id)`, and how many more there are.
fn suggested(best: &Proof, others: usize, together: bool) -> String {
    let what = subject(&best.remedy);
    let what = what.strip_prefix("an ").or(what.strip_prefix("a ")).unwrap_or(&what);
    let sure = match best.verdict {
        Verdict::Proven => "",
        Verdict::NoSlower(_) => " (no slower)",
        Verdict::NoGain(_) => " (no gain)",
        Verdict::Worse(_) => " (worse)",
        Verdict::NotPossible(_) => " (could not be tried)",
        Verdict::Predicted => " (predicted)",
        _ => " (untried)",
    };
    let more = match (others, together) {
        (0, _) => String::new(),
        (_, true) => format!(", and {others} more"),
        (_, false) => format!(", or {others} more above"),
    };
    format!("{what}{sure}{more}")
}
