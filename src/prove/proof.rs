//! What was found when a remedy was tried.

use super::effort::FEWEST;
use super::interval::{self, Gain};
use super::screen::CHEAPER;
use super::weigh::{self, JITTER, Weighed, weigh};
use super::{Subject, Untriable, WriteCost, pages};
use crate::remedy::{Action, Remedy};
use crate::units::{Bytes, Factor, Ms, Share};

/// A remedy, what was tried, and what came of it.
#[derive(Debug, Clone)]
pub struct Proof {
    /// What was tried.
    pub remedy: Remedy,
    /// What came of it.
    pub verdict: Verdict,
    /// What the planner says of it, when HypoPG let it see the index.
    pub prediction: Option<Prediction>,
    /// What the clock says of it, when it was built and rolled back.
    pub measurement: Option<Measurement>,
    /// What it costs those who write, when it was built and helps.
    pub writes: Option<WriteCost>,
    /// Why the planner leaves aside what was built, by what it does when it has no choice.
    pub why_not: Option<String>,
    /// Honest remarks: fewer runs than wanted, prediction and measurement disagree, ….
    pub notes: Vec<String>,
}

/// What came of a trial. Every `why` is a sentence.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Built, run, and faster beyond the noise.
    Proven,
    /// The planner would use it, at a lower cost. Its cost is not time.
    Predicted,
    /// Nobody could try it here; what would prove it.
    Untried(String),
    /// A removal, tried: the statement is no slower without what was removed. That is what is wanted of one.
    NoSlower(String),
    /// Tried; no difference beyond the noise, or the planner does not use it.
    NoGain(String),
    /// Tried; slower beyond the noise.
    Worse(String),
    /// Could not be tried.
    NotPossible(String),
}

/// The planner's opinion, by HypoPG.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The statement's estimated cost now.
    pub cost_before: f64,
    /// Its estimated cost with the hypothetical index.
    pub cost_after: f64,
    /// Whether the plan uses the index.
    pub used: bool,
    /// HypoPG's idea of its size: 2.1–3.6 times too large in 1.3, which knows no deduplication.
    pub size: Option<Bytes>,
}

/// What was measured around a real build that was rolled back.
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// Without the remedy.
    pub before: Sample,
    /// With it.
    pub after: Sample,
    /// The index's size.
    pub size: Bytes,
    /// How long it took to build.
    pub build: Ms,
    /// Whether the plan used it; also where no plan can show it, and time alone tells.
    pub used: bool,
}

/// Several runs of one statement under one condition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sample {
    /// Execution time of each counted run, in the order of running; without per-node timing.
    pub runs: Vec<Ms>,
    /// Shared pages looked at by the last run.
    pub pages: Option<u64>,
    /// How many pages each counted run did not find in shared buffers, and read from outside.
    pub from_disk: Vec<u64>,
    /// Where it was in doubt whether the session rather than the remedy makes the difference: runs of a statement that
    /// is the same with it and without it.
    pub control: Vec<Ms>,
}

/// Something that could not be done, and what would allow it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// What could not be done: `only the owner of orders can build an index on it`.
    pub what: String,
    /// The statement that would allow it, for whoever has the right to run it: a GRANT, a CREATE EXTENSION.
    pub remedy: Option<String>,
}

/// Slower by no more than this is not called slower: the smallest difference that is told of anything (see `weigh`).
const SLOWER: Share = Share(0.1);

/// A statement that was cancelled took at least the timeout: half of it, or less, is a gain beyond doubt.
const HALF: Share = Share(0.5);

impl Proof {
    /// A remedy that nobody has tried yet.
    pub fn untried(remedy: Remedy) -> Self {
        let verdict = Verdict::Untried(String::new());
        let given = |action: &Action| matches!(action, Action::GivenIndex(_));
        let whole = match remedy.actions.iter().any(given) {
            true => "on a partitioned table it is created whole: writers wait meanwhile",
            false => "with foreign partitions it is created whole: writers wait meanwhile",
        };
        let mut notes: Vec<String> = remedy.blocks_writers().then(|| whole.to_owned()).into_iter().collect();
        // Whoever proposes an extension knows of it; whether the database has it was not asked.
        let needs = |action: &Action| !matches!(action, Action::CreateExtension(_));
        if let Some(extension) =
            remedy.actions.iter().filter(|action| needs(action)).find_map(Action::extension)
        {
            notes.push(format!(
                "it needs the extension {extension}, which the server has and the database does not"
            ));
        }
        Self { remedy, verdict, prediction: None, measurement: None, writes: None, why_not: None, notes }
    }

    /// Draws the verdict from what was predicted and measured. `asked`: whether a build was asked for.
    pub(super) fn judge(&mut self, subject: &Subject<'_>, asked: bool) {
        self.verdict = match (&self.measurement, self.prediction) {
            (Some(measurement), prediction) => {
                let verdict = self.measured(measurement, subject.timed_out);
                self.notes.extend(prediction.and_then(|p| disagreement(measurement, &verdict, p)));
                if verdict == Verdict::Proven {
                    self.notes.extend(pages::more(&measurement.before, &measurement.after));
                }
                verdict
            }
            (None, Some(prediction)) => {
                if let Verdict::NotPossible(why) = &self.verdict {
                    self.notes.push(format!("not measured: {why}"));
                }
                predicted(prediction)
            }
            (None, None) if asked => self.verdict.clone(),
            (None, None) if subject.given => Verdict::Untried(Untriable::Given.to_string()),
            (None, None) if subject.writes => Verdict::Untried(Untriable::UnaskedWrite.to_string()),
            (None, None) => Verdict::Untried(Untriable::Unasked.to_string()),
        };
    }
}

impl Proof {
    /// Whether it helps by itself. True also of what is not suggested because an alternative does better.
    pub fn helps(&self) -> bool {
        match (&self.measurement, self.prediction) {
            (Some(measurement), _) => {
                // A statement that was cancelled has one run: the limit.
                let cut = &measurement.before.runs;
                let limit =
                    cut.first().copied().filter(|_| cut.len() == 1 && measurement.after.runs.len() > 1);
                self.measured(measurement, limit) == Verdict::Proven
            }
            (None, Some(prediction)) => predicted(prediction) == Verdict::Predicted,
            (None, None) => false,
        }
    }
}

impl Proof {
    fn measured(&self, measurement: &Measurement, timed_out: Option<Ms>) -> Verdict {
        match self.remedy.only_removes() {
            true => removed(measurement),
            false => measured(measurement, timed_out),
        }
    }
}

/// A removal is wanted for other reasons than this statement's time: it is good where that stays as it is. A plan that
/// stays the same is slower by chance alone.
fn removed(measurement: &Measurement) -> Verdict {
    let (before, after) = (measurement.before.median(), measurement.after.median());
    if !measurement.used {
        return Verdict::NoSlower("the plan is the same without it".to_owned());
    }
    match weigh(&measurement.before, &measurement.after) {
        Weighed::Faster => Verdict::Proven,
        Weighed::Slower => Verdict::Worse(format!("{before} with it, {after} without it")),
        Weighed::Same if after.0 <= before.0 * (1.0 + SLOWER.0) + JITTER.0 => {
            Verdict::NoSlower(format!("another plan, and {before} with it, {after} without it"))
        }
        Weighed::Same => {
            Verdict::NoGain(format!("{before} with it, {after} without it, which varies too much to tell"))
        }
    }
}

fn measured(measurement: &Measurement, timed_out: Option<Ms>) -> Verdict {
    let (before, after) = (measurement.before.median(), measurement.after.median());
    let weighed = match timed_out {
        Some(limit) if after.share_of(limit) <= HALF => Weighed::Faster,
        Some(_) => Weighed::Same,
        None => weigh(&measurement.before, &measurement.after),
    };
    match weighed {
        _ if !measurement.used => Verdict::NoGain("the planner does not use it".to_owned()),
        Weighed::Faster => match pages::cold_cache(&measurement.before, &measurement.after) {
            Some(why) => Verdict::NoGain(why),
            None => Verdict::Proven,
        },
        Weighed::Slower => Verdict::Worse(format!("{before} without it, {after} with it")),
        Weighed::Same => {
            let why = if measurement.is_open() { TOO_FEW } else { NOISE };
            Verdict::NoGain(format!("{before} without it, {after} with it{why}"))
        }
    }
}

const NOISE: &str = ": no more than noise";

/// With so few runs even complete separation may be chance.
const TOO_FEW: &str = ", but so few runs may differ by chance: a greater `--effort` makes more";

fn predicted(prediction: Prediction) -> Verdict {
    let saved = prediction.cost_before - prediction.cost_after;
    if !prediction.used {
        Verdict::NoGain("the planner would not use it".to_owned())
    } else if saved < CHEAPER.0 * prediction.cost_before {
        Verdict::NoGain("the planner would use it, but expects no gain".to_owned())
    } else {
        Verdict::Predicted
    }
}

/// The planner's cost is not time: where the two tell different stories, both are told.
fn disagreement(measurement: &Measurement, verdict: &Verdict, prediction: Prediction) -> Option<String> {
    let (foreseen, left) = (predicted(prediction), prediction.cost_after / prediction.cost_before.max(1.0));
    let told = match (prediction.used, measurement.used) {
        (false, true) => "HypoPG predicted that the planner would not use it, but it does".to_owned(),
        (true, false) => "HypoPG predicted that the planner would use it, but it does not".to_owned(),
        (false, false) => return None,
        (true, true) => match (foreseen, verdict) {
            (Verdict::Predicted, Verdict::NoGain(_) | Verdict::Worse(_)) => {
                format!("the planner expected {} of the cost; the time did not follow", Share(left))
            }
            (Verdict::NoGain(_), Verdict::Proven) => {
                format!("the planner expected {} of the cost; the time fell all the same", Share(left))
            }
            _ => return None,
        },
    };
    Some(told)
}

impl Verdict {
    /// The verdict in the words of the report's schema.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Predicted => "predicted",
            Self::Untried(_) => "untried",
            Self::NoSlower(_) => "no-slower",
            Self::NoGain(_) => "no-gain",
            Self::Worse(_) => "worse",
            Self::NotPossible(_) => "not-possible",
        }
    }

    /// Whether the tool stands behind the remedy.
    pub fn is_suggestion(&self) -> bool {
        matches!(self, Self::Proven | Self::Predicted | Self::NoSlower(_))
    }

    /// Whether nobody could try it here: it may help, and no more is said.
    pub fn is_untried(&self) -> bool {
        matches!(self, Self::Untried(_))
    }

    /// The reason, where the verdict needs one.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Proven | Self::Predicted => None,
            Self::Untried(why)
            | Self::NoSlower(why)
            | Self::NoGain(why)
            | Self::Worse(why)
            | Self::NotPossible(why) => Some(why),
        }
    }
}

impl Sample {
    /// The median run; zero without runs.
    pub fn median(&self) -> Ms {
        weigh::median(&self.runs)
    }

    /// The fastest and the slowest run.
    pub fn range(&self) -> Option<(Ms, Ms)> {
        let first = *self.runs.first()?;
        Some(self.runs.iter().fold((first, first), |(low, high), ms| (low.min(*ms), high.max(*ms))))
    }
}

impl Measurement {
    /// What is gained, with 95 % certainty; `None` of too few runs to say.
    pub fn gain(&self) -> Option<Gain> {
        interval::gain(&self.before, &self.after)
    }

    /// Whether the runs look like a gain, and are too few to tell.
    fn is_open(&self) -> bool {
        let few = self.before.runs.len().min(self.after.runs.len()) < FEWEST;
        few && self.saved().share_of(self.before.median()) > CHEAPER
    }

    /// How many times faster the statement is with the remedy.
    pub fn speedup(&self) -> Factor {
        Factor(self.before.median().0 / self.after.median().0.max(f64::MIN_POSITIVE))
    }

    /// The time that one run saves.
    pub fn saved(&self) -> Ms {
        self.before.median() - self.after.median()
    }
}
