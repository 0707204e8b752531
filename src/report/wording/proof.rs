//! What came of a remedy, in words.

use super::{clause, count, sentence, subject, together, writes};
use crate::prove::{Interval, Measurement, Prediction, Proof, Sample, Verdict};
use crate::remedy::Replaced;
use crate::report::{Advice, Run};
use crate::units::{Bytes, Factor, Ms, Rows, Share};

/// A speed-up beyond this says no more than "the time is gone", and is not worth its digits.
const BEYOND_COUNTING: Factor = Factor(1e6);

/// Why nobody could try these remedies here, and what would prove them: one reason for all of a statement's.
pub(in crate::report) fn untried(proofs: &[Proof]) -> Option<String> {
    proofs.first()?.verdict.why().map(sentence)
}

/// The remedy as a heading, and how far the tool stands behind it: `Index on orders (id)`.
pub(in crate::report) fn label(proof: &Proof) -> String {
    let subject = subject(&proof.remedy);
    let bare = subject.strip_prefix("an ").or(subject.strip_prefix("a ")).unwrap_or(&subject);
    let mut letters = bare.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// What came of a suggestion, in two or three words: `310× faster, proven`.
pub(in crate::report) fn gain(proof: &Proof) -> String {
    match (&proof.verdict, &proof.measurement) {
        (Verdict::Proven, Some(measured)) => format!("{}, proven", faster(measured)),
        (Verdict::NoSlower(_), _) => "no slower, proven for this statement".to_owned(),
        (Verdict::Worse(_), Some(measured)) => format!("{} slower", slower(measured)),
        (Verdict::NotPossible(_), _) => "could not be tried".to_owned(),
        (Verdict::Predicted, _) => "predicted, not measured".to_owned(),
        (verdict, _) => verdict.name().replace('-', " "),
    }
}

/// Times of one statement that differ by more than this need a word of explanation.
const OTHER: Share = Share(0.25);

/// What a suggestion helps, as a sentence about the whole statement, beside whose time it is told.
pub(super) fn help(proof: &Proof, advice: &Advice) -> String {
    let subject = match proof.remedy.is_only_indexes() {
        true => sentence(&subject(&proof.remedy)).trim_end_matches('.').to_owned(),
        false => label(proof),
    };
    let make = if proof.remedy.actions.len() > 1 { "make" } else { "makes" };
    match (&proof.verdict, &proof.measurement, &proof.prediction) {
        (Verdict::Proven, Some(measured), _) => {
            let (before, after) = (measured.before.median(), measured.after.median());
            let other = advice.execution().map_or("", |run| unlike(before, run));
            format!("{subject} {make} it {}: {before}{other} → {after} (proven).", faster(measured))
        }
        (Verdict::Predicted, _, Some(predicted)) => {
            let (before, after) = (cost(predicted.cost_before), cost(predicted.cost_after));
            let how = match unmeasured(proof) {
                Some(why) => format!("predicted; not measured: {}", clause(why)),
                None if advice.run == Run::Given => {
                    "predicted, not measured; --prove measures it, given the statement".to_owned()
                }
                None => "predicted, not measured; --prove measures it".to_owned(),
            };
            format!("{subject} should help: the planner's cost falls from {before} to {after} ({how}).")
        }
        (Verdict::Untried(_), ..) => format!("{subject} may help, but could not be tried here."),
        (Verdict::NoSlower(why), ..) => format!("{subject} {make} it no slower: {}.", clause(why)),
        (Verdict::NoGain(why), None, None) => format!("{subject} will not do: {}.", clause(why)),
        (Verdict::NoGain(why), ..) => format!("{subject} {make} it no faster: {}.", clause(why)),
        (Verdict::Worse(why), Some(measured), _) => {
            format!("{subject} {make} it {} slower: {}.", slower(measured), clause(why))
        }
        (Verdict::NotPossible(why), ..) => format!("{subject} could not be tried: {}.", clause(why)),
        (verdict, ..) => format!("{subject} is {}.", verdict.name().replace('-', " ")),
    }
}

/// Why the time before is not that of the run whose nodes were timed.
fn unlike(before: Ms, run: Ms) -> &'static str {
    match (before - run).0 {
        less if less < -OTHER.0 * run.0 => " (without per-node timing)",
        more if more > OTHER.0 * run.0 => " (the median of all runs)",
        _ => "",
    }
}

/// Why nothing was measured although a build was asked for.
fn unmeasured(proof: &Proof) -> Option<&str> {
    proof.notes.iter().find_map(|note| note.strip_prefix("not measured: "))
}

/// Everything measured and predicted, as labelled lines: (`time`, `1.24 s → 4.0 ms, …`).
pub(in crate::report) fn result(proof: &Proof) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some(measured) = &proof.measurement {
        lines.push(("time", time(measured)));
        if let (Some(before), Some(after)) = (measured.before.pages, measured.after.pages) {
            lines.push(("pages", format!("{} → {}", Rows(before as f64), Rows(after as f64))));
        }
        if proof.remedy.builds() {
            lines.push(("size", together::size(proof, measured)));
        }
        if proof.remedy.frees() > Bytes(0) {
            lines.push(("frees", proof.remedy.frees().to_string()));
        }
    } else if let Some(size) = proof.prediction.and_then(|p| p.size) {
        lines.push(("size", format!("{size} at the most, by HypoPG's estimate")));
    }
    if let Some(told) = proof.writes.as_ref().and_then(writes::told) {
        lines.push(("writes", told));
    }
    if let Some(predicted) = &proof.prediction {
        lines.push(("cost", costs(predicted, proof.measurement.as_ref())));
    }
    if !proof.remedy.replaces.is_empty() {
        lines.push(("replaces", replaced(&proof.remedy.replaces)));
    }
    if !proof.remedy.why.is_empty() {
        lines.push(("why", sentence(&proof.remedy.why)));
    }
    lines.extend(proof.notes.iter().map(|note| ("note", sentence(note))));
    lines
}

/// Indexes that are superfluous beside a new one, with what they give back.
fn replaced(indexes: &[Replaced]) -> String {
    let told = |index: &Replaced| match index.bytes {
        Bytes(0) => index.name.clone(),
        bytes => format!("{} ({bytes})", index.name),
    };
    indexes.iter().map(told).collect::<Vec<_>>().join(", ")
}

/// A remedy that is not suggested, in one line, with the reason. An alternative that helps, but that another one
/// outdoes, is not said to be in vain.
pub(super) fn also_tried(proof: &Proof) -> String {
    let what = label(proof);
    let why = proof.verdict.why().map(clause).unwrap_or_default();
    let times = proof.measurement.as_ref().map(|m| times(m, &why)).unwrap_or_default();
    match (&proof.verdict, &proof.measurement) {
        (Verdict::NoGain(_), None) if proof.helps() => format!("{what}: may help too, but {why}."),
        (Verdict::NoGain(_), _) if proof.helps() => format!("{what}: helps too{times}, but {why}."),
        (Verdict::NoGain(_), Some(m)) if varies(m) => {
            format!("{what}: no gain that can be told: {}, which varies too much.", time(m))
        }
        (Verdict::NoGain(_), _) => format!("{what}: no gain{times}: {why}."),
        (Verdict::Worse(_), _) => format!("{what}: worse{times}: {why}."),
        (Verdict::NotPossible(_), _) => format!("{what}: could not be tried: {why}."),
        (verdict, _) => format!("{what}: {}.", verdict.name()),
    }
}

/// The medians, where they tell of the index and `why` does not hold them already.
fn times(measured: &Measurement, why: &str) -> String {
    let (before, after) = (measured.before.median(), measured.after.median());
    let said = why.contains(&before.to_string()) && why.contains(&after.to_string());
    if said || !measured.used { String::new() } else { format!(" ({before} → {after})") }
}

/// Whether the medians are far apart, and it still may be chance.
fn varies(measured: &Measurement) -> bool {
    let (before, after) = (&measured.before, &measured.after);
    // Fewer runs do not vary: there are too few of them, which the reason says.
    let several = before.runs.len().min(after.runs.len()) > 2;
    let apart = (before.median() - after.median()).0.abs() > OTHER.0 * before.median().max(after.median()).0;
    measured.used && several && apart
}

/// How many times slower.
fn slower(measured: &Measurement) -> Factor {
    Factor(1.0 / measured.speedup().0.max(f64::MIN_POSITIVE))
}

fn faster(measured: &Measurement) -> String {
    let speedup = measured.speedup();
    if speedup.0 > BEYOND_COUNTING.0 {
        return format!("more than {BEYOND_COUNTING} faster");
    }
    format!("{speedup} faster")
}

fn time(measured: &Measurement) -> String {
    let (before, after) = (&measured.before, &measured.after);
    let runs = match (before.runs.len(), after.runs.len()) {
        (1, 1) => "one run each".to_owned(),
        (b, a) if b == a => format!("medians of {} each", count(b as f64, "run", "runs")),
        (b, a) => format!("medians of {b} and {}", count(a as f64, "run", "runs")),
    };
    let (was, is) = (before.median(), after.median());
    match (speedup(measured), range(before), range(after)) {
        (Some(speedup), ..) => format!("{was} → {is} ({speedup}), {runs}"),
        (None, Some(before), Some(after)) => format!("{was} → {is}, {runs} ({before} and {after})"),
        _ => format!("{was} → {is}, {runs}"),
    }
}

/// How many times faster, and between what: `396×, 350–420× with 95 % certainty`; `None` of too few runs to say.
fn speedup(measured: &Measurement) -> Option<String> {
    let Interval { low, high } = measured.gain()?.speedup;
    let (speedup, low, high) = (measured.speedup(), low.to_string(), high.to_string());
    if measured.speedup() > BEYOND_COUNTING {
        return None;
    }
    match low == high {
        true => Some(format!("{speedup} with 95 % certainty")),
        false => Some(format!("{speedup}, {}–{high} with 95 % certainty", low.trim_end_matches('×'))),
    }
}

/// From the fastest run to the slowest, when there were several: `1.21–1.30 s`.
fn range(sample: &Sample) -> Option<String> {
    let (low, high) = sample.range().filter(|_| sample.runs.len() > 1)?;
    Some(span(low, high))
}

fn span(low: Ms, high: Ms) -> String {
    let (low, high) = (low.to_string(), high.to_string());
    match (low.split_once(' '), high.split_once(' ')) {
        _ if low == high => high,
        (Some((number, unit)), Some((_, same))) if unit == same => format!("{number}–{high}"),
        _ => format!("{low}–{high}"),
    }
}

fn costs(predicted: &Prediction, measured: Option<&Measurement>) -> String {
    let costs = format!("{} → {}", cost(predicted.cost_before), cost(predicted.cost_after));
    let opinion = match (predicted.used, measured.map(|m| m.used)) {
        (true, Some(true)) => ", as HypoPG foresaw",
        (true, Some(false)) => "; HypoPG foresaw that the index is used, but once built it was not",
        (false, Some(true)) => "; HypoPG foresaw that the index is not used, but once built it was",
        (false, _) => "; by HypoPG the planner does not use it",
        (true, None) => ", by HypoPG; the planner's cost is not time",
    };
    format!("{costs}{opinion}")
}

/// A cost has no unit; below ten its decimals tell.
pub(in crate::report) fn cost(cost: f64) -> String {
    Rows(cost).to_string()
}

/// Before, after and size, each by the best that is known: time, else the planner's cost.
pub(in crate::report) fn before_after(proof: &Proof) -> (String, String, String) {
    match (&proof.measurement, &proof.prediction) {
        (Some(m), _) => {
            let size = if proof.remedy.builds() { m.size.to_string() } else { String::new() };
            (m.before.median().to_string(), m.after.median().to_string(), size)
        }
        (None, Some(p)) => {
            let size = p.size.map(|size| format!("≤ {size}")).unwrap_or_default();
            (format!("cost {}", cost(p.cost_before)), format!("cost {}", cost(p.cost_after)), size)
        }
        (None, None) => Default::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Table, TableName};
    use crate::remedy::{Action, IndexSpec, Key, Proposal, Remedy, Treatment};

    static NONE: Treatment = Treatment { id: "", title: "", doc: "", propose: |_| Proposal::default() };

    fn tried(verdict: Verdict, before: &[f64], after: &[f64], used: bool) -> Proof {
        let sample =
            |runs: &[f64]| Sample { runs: runs.iter().copied().map(Ms).collect(), ..Sample::default() };
        let (before, after) = (sample(before), sample(after));
        let table = TableName { schema: "public".into(), name: "t".into() };
        let table = Table { name: table, ..Table::default() };
        let actions = vec![Action::CreateIndex(IndexSpec::on(&table, vec![Key::ascending("a")]))];
        let remedy =
            Remedy { treatment: &NONE, actions, nodes: Vec::new(), why: String::new(), replaces: Vec::new() };
        let measurement = Some(Measurement { before, after, size: Bytes(1), build: Ms(1.0), used });
        Proof { verdict, measurement, ..Proof::untried(remedy) }
    }

    #[test]
    fn what_was_tried_in_vain_shows_only_times_that_tell_something() {
        let no_gain = |why: &str| Verdict::NoGain(why.to_owned());
        let noise = "83 ms without it, 121 ms with it: no more than noise";
        let table = [
            (
                tried(no_gain("the planner does not use it"), &[618.0; 3], &[312.0; 3], false),
                "Index on t (a): no gain: the planner does not use it.",
            ),
            (
                tried(no_gain(noise), &[80.0, 83.0, 150.0], &[81.0, 121.0, 160.0], true),
                "Index on t (a): no gain that can be told: 83 ms → 121 ms, medians of 3 runs each (80–150 ms and 81–160 ms), which varies too much.",
            ),
            (
                tried(
                    no_gain("100 ms without it, 99 ms with it: no more than noise"),
                    &[100.0],
                    &[99.0],
                    true,
                ),
                "Index on t (a): no gain: 100 ms without it, 99 ms with it: no more than noise.",
            ),
            (
                tried(no_gain("`b` does as well or better: 4 ms against 5 ms"), &[100.0; 5], &[5.0; 5], true),
                "Index on t (a): helps too (100 ms → 5.0 ms), but `b` does as well or better: 4 ms against 5 ms.",
            ),
            (
                tried(
                    Verdict::Worse("5.0 ms without it, 100 ms with it".into()),
                    &[5.0; 5],
                    &[100.0; 5],
                    true,
                ),
                "Index on t (a): worse: 5.0 ms without it, 100 ms with it.",
            ),
        ];
        for (proof, told) in table {
            assert_eq!(also_tried(&proof), told);
        }
    }

    #[test]
    fn a_time_unlike_the_one_beside_it_is_explained() {
        let table = [
            (54.0, 160.0, " (without per-node timing)"),
            (117.0, 114.0, ""),
            (76.0, 100.0, ""),
            (160.0, 100.0, " (the median of all runs)"),
            (0.0, 0.0, ""),
        ];
        for (before, run, told) in table {
            assert_eq!(unlike(Ms(before), Ms(run)), told, "{before} beside {run}");
        }
    }
}
