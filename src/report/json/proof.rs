//! A suggestion, or what was tried in vain, in the contract of docs/json.md.

use serde::Serialize;

use super::{ms, rounded};
use crate::prove::{Measurement, Prediction, Proof, Sample};
use crate::remedy::Action;

#[derive(Serialize)]
pub(super) struct ProofJson<'a> {
    kind: &'static str,
    treatment: &'static str,
    sql: Vec<String>,
    online_sql: Vec<String>,
    undo: Vec<String>,
    verdict: &'static str,
    reason: Option<&'a str>,
    why: &'a str,
    nodes: Vec<usize>,
    before_ms: Option<f64>,
    after_ms: Option<f64>,
    speedup: Option<f64>,
    speedup_low: Option<f64>,
    speedup_high: Option<f64>,
    saved_ms_low: Option<f64>,
    saved_ms_high: Option<f64>,
    runs: Option<usize>,
    before_runs_ms: Option<Vec<Option<f64>>>,
    after_runs_ms: Option<Vec<Option<f64>>>,
    pages_before: Option<u64>,
    pages_after: Option<u64>,
    used: Option<bool>,
    predicted_cost: Option<CostJson>,
    predicted_used: Option<bool>,
    size_bytes: Option<u64>,
    frees_bytes: Option<u64>,
    predicted_size_bytes: Option<u64>,
    build_ms: Option<f64>,
    replaces: Vec<&'a str>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct CostJson {
    before: Option<f64>,
    after: Option<f64>,
}

impl<'a> ProofJson<'a> {
    pub(super) fn of(proof: &'a Proof) -> Self {
        let remedy = &proof.remedy;
        let measured = proof.measurement.as_ref();
        let predicted = proof.prediction.as_ref();
        let gain = measured.and_then(Measurement::gain);
        Self {
            kind: remedy.actions.first().map_or("nothing", Action::kind),
            treatment: remedy.treatment.id,
            sql: remedy.sql(),
            online_sql: remedy.online(),
            undo: remedy.undo(),
            verdict: proof.verdict.name(),
            reason: proof.verdict.why(),
            why: &remedy.why,
            nodes: remedy.nodes.iter().map(|id| id.0).collect(),
            before_ms: measured.and_then(|m| median(&m.before)),
            after_ms: measured.and_then(|m| median(&m.after)),
            speedup: measured.filter(|m| counted_runs(m) > 0).and_then(|m| rounded(m.speedup().0)),
            speedup_low: gain.and_then(|gain| rounded(gain.speedup.low.0)),
            speedup_high: gain.and_then(|gain| rounded(gain.speedup.high.0)),
            saved_ms_low: gain.and_then(|gain| ms(gain.saved.low)),
            saved_ms_high: gain.and_then(|gain| ms(gain.saved.high)),
            runs: measured.map(counted_runs),
            before_runs_ms: measured.map(|m| runs(&m.before)),
            after_runs_ms: measured.map(|m| runs(&m.after)),
            pages_before: measured.and_then(|m| m.before.pages),
            pages_after: measured.and_then(|m| m.after.pages),
            used: measured.map(|m| m.used),
            predicted_cost: predicted.map(CostJson::of),
            predicted_used: predicted.map(|p| p.used),
            size_bytes: measured.filter(|_| remedy.builds()).map(|m| m.size.0),
            frees_bytes: Some(remedy.frees().0).filter(|bytes| *bytes > 0),
            predicted_size_bytes: predicted.and_then(|p| p.size).map(|size| size.0),
            build_ms: measured.and_then(|m| ms(m.build)),
            replaces: remedy.replaces.iter().map(|index| index.name.as_str()).collect(),
            notes: &proof.notes,
        }
    }
}

impl CostJson {
    fn of(predicted: &Prediction) -> Self {
        Self { before: rounded(predicted.cost_before), after: rounded(predicted.cost_after) }
    }
}

/// The median of the runs; of no runs there is none.
fn median(sample: &Sample) -> Option<f64> {
    if sample.runs.is_empty() { None } else { ms(sample.median()) }
}

/// How many runs on each side the verdict can stand on.
fn counted_runs(measured: &Measurement) -> usize {
    measured.before.runs.len().min(measured.after.runs.len())
}

fn runs(sample: &Sample) -> Vec<Option<f64>> {
    sample.runs.iter().map(|run| ms(*run)).collect()
}
