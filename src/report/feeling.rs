//! How long a statement feels, and whether it keeps its budget.

use super::{Advice, Report, Run};
use crate::units::Ms;

/// How long a wait feels to the person who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feeling {
    /// Below 100 ms.
    Instant,
    /// Below 300 ms.
    Snappy,
    /// Below 1 s.
    Noticeable,
    /// Below 3 s.
    Slow,
    /// 3 s and more.
    Broken,
}

/// Up to a tenth of a second, an answer seems to be the doing of one's own hand (Miller 1968; Nielsen 1993).
const INSTANT: Ms = Ms(100.0);
/// About the time of a glance: a page that waits for one such statement still feels direct.
const SNAPPY: Ms = Ms(300.0);
/// Up to a second, the wait is noticed but the thread of thought holds (Nielsen 1993).
const NOTICEABLE: Ms = Ms(1_000.0);
/// After three seconds of waiting, about half of a page's visitors have left (Google, 2016).
const SLOW: Ms = Ms(3_000.0);

impl Feeling {
    /// How this time feels.
    pub fn of(time: Ms) -> Self {
        match time {
            t if t < INSTANT => Self::Instant,
            t if t < SNAPPY => Self::Snappy,
            t if t < NOTICEABLE => Self::Noticeable,
            t if t < SLOW => Self::Slow,
            _ => Self::Broken,
        }
    }

    /// Its name in the report's schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Snappy => "snappy",
            Self::Noticeable => "noticeable",
            Self::Slow => "slow",
            Self::Broken => "broken",
        }
    }
}

/// What became of `--budget`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Judgement {
    /// Below the budget.
    Met,
    /// Not below it.
    Missed {
        /// By how much, or by how much at least.
        by: Ms,
        /// Whether it may be more: the statement was cancelled.
        at_least: bool,
    },
    /// Nobody knows: it was not run, or was cancelled before the budget was used up.
    NotJudged,
}

impl Judgement {
    /// Its name in the report's schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed { .. } => "missed",
            Self::NotJudged => "not-judged",
        }
    }
}

impl Advice {
    /// What was waited for: planning and execution; `None` when that was not measured to the end.
    pub fn elapsed(&self) -> Option<Ms> {
        let planning = self.plan.as_ref().and_then(|plan| plan.planning);
        Some(self.execution()? + planning.unwrap_or_default())
    }

    /// How long it ran; `None` when that was not measured to the end.
    pub(super) fn execution(&self) -> Option<Ms> {
        if !matches!(self.run, Run::Measured | Run::Given) {
            return None;
        }
        let plan = self.plan.as_ref().filter(|plan| plan.is_measured())?;
        plan.execution.or_else(|| plan.nodes.first()?.own.map(|own| own.inclusive))
    }

    /// How the wait feels. A statement that was cancelled feels at least as long as it ran, which is only
    /// certain to be the truth at the top of the scale.
    pub fn feeling(&self) -> Option<Feeling> {
        match self.run {
            Run::TimedOut { after, .. } => {
                Some(Feeling::of(after)).filter(|feeling| *feeling == Feeling::Broken)
            }
            _ => self.elapsed().map(Feeling::of),
        }
    }

    /// Whether it stays below `budget`. Cancelled after the budget is missed; cancelled before it is not judged.
    pub fn judge(&self, budget: Ms) -> Judgement {
        let missed = |time: Ms, at_least| Judgement::Missed { by: time - budget, at_least };
        match (self.elapsed(), &self.run) {
            (Some(time), _) if time < budget => Judgement::Met,
            (Some(time), _) => missed(time, false),
            (None, Run::TimedOut { after, .. }) if *after >= budget => missed(*after, true),
            (None, _) => Judgement::NotJudged,
        }
    }
}

impl Report {
    /// Whether no statement is known to miss the budget. What could not be judged is not a miss.
    pub fn meets_budget(&self) -> bool {
        self.missing_budget() == 0
    }

    /// How many statements are known to miss the budget; none without a budget.
    pub fn missing_budget(&self) -> usize {
        let missed = |advice: &&Advice| {
            self.budget.is_some_and(|b| matches!(advice.judge(b), Judgement::Missed { .. }))
        };
        self.statements.iter().filter(missed).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Actual, Node, Plan};

    fn ran_for(planning: f64, execution: f64) -> Advice {
        let node = Node { actual: Some(Actual::default()), ..Node::default() };
        let plan = Plan {
            nodes: vec![node],
            planning: Some(Ms(planning)),
            execution: Some(Ms(execution)),
            ..Plan::default()
        };
        Advice { plan: Some(plan), ..Advice::default() }
    }

    fn cancelled_after(ms: f64) -> Advice {
        let run = Run::TimedOut { after: Ms(ms), limit: "--timeout".into() };
        Advice { run, ..ran_for(1.0, 0.0) }
    }

    #[test]
    fn the_scale_of_feeling() {
        let table = [
            (99.9, "instant"),
            (100.0, "snappy"),
            (300.0, "noticeable"),
            (1_000.0, "slow"),
            (2_999.0, "slow"),
            (3_000.0, "broken"),
        ];
        for (ms, expected) in table {
            assert_eq!(Feeling::of(Ms(ms)).name(), expected, "{ms} ms");
        }
    }

    #[test]
    fn planning_is_waited_for_too() {
        assert_eq!(ran_for(250.0, 60.0).feeling(), Some(Feeling::Noticeable));
    }

    #[test]
    fn a_budget_is_met_missed_or_not_judged() {
        let run = Run::OnlyPlanned { write: "INSERT".into(), beyond_rollback: false };
        let only_planned = Advice { run, ..ran_for(1.0, 0.0) };
        let failed = Advice {
            run: Run::Failed { message: "no".into(), code: crate::error::ExitCode::BadInput },
            ..Advice::default()
        };
        let table = [
            (ran_for(1.0, 198.0), "met"),
            (ran_for(1.0, 199.0), "missed"),
            (cancelled_after(200.0), "missed"),
            (cancelled_after(199.0), "not-judged"),
            (only_planned, "not-judged"),
            (failed, "not-judged"),
        ];
        for (advice, expected) in table {
            assert_eq!(advice.judge(Ms(200.0)).name(), expected, "{:?}", advice.run);
            let report = Report { budget: Some(Ms(200.0)), statements: vec![advice], ..Report::default() };
            assert_eq!(report.meets_budget(), expected != "missed");
        }
        assert!(Report { statements: vec![ran_for(0.0, 1e9)], ..Report::default() }.meets_budget());
    }

    #[test]
    fn a_short_timeout_tells_nothing_of_how_it_feels() {
        assert_eq!(cancelled_after(200.0).feeling(), None);
        assert_eq!(cancelled_after(60_000.0).feeling(), Some(Feeling::Broken));
    }
}
