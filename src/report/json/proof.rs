//! A suggestion, or what was tried in vain, in the contract of docs/json.md.

use serde::Serialize;

use super::{ms, rounded};
use crate::prove::{Cost, Measurement, Prediction, Proof, Sample, Together, WriteCost};
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
    why_not: Option<&'a str>,
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
    writes: Option<WritesJson>,
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
            why_not: proof.why_not.as_deref(),
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
            writes: proof.writes.as_ref().map(WritesJson::of),
            replaces: remedy.replaces.iter().map(|index| index.name.as_str()).collect(),
            notes: &proof.notes,
        }
    }
}

/// What several suggestions are worth together.
#[derive(Serialize)]
pub(super) struct SetJson<'a> {
    before_ms: Option<f64>,
    after_ms: Option<f64>,
    before_runs_ms: Vec<Option<f64>>,
    after_runs_ms: Vec<Option<f64>>,
    pages_before: Option<u64>,
    pages_after: Option<u64>,
    members: Vec<MemberJson<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct MemberJson<'a> {
    name: &'a str,
    without_ms: Option<f64>,
    worth_ms: Option<f64>,
}

impl<'a> SetJson<'a> {
    pub(super) fn of(set: &'a Together) -> Self {
        let members = set.members.iter().map(|member| MemberJson {
            name: &member.name,
            without_ms: member.without.and_then(ms),
            worth_ms: member.worth.and_then(ms),
        });
        Self {
            before_ms: median(&set.before),
            after_ms: median(&set.after),
            before_runs_ms: runs(&set.before),
            after_runs_ms: runs(&set.after),
            pages_before: set.before.pages,
            pages_after: set.after.pages,
            members: members.collect(),
            notes: &set.notes,
        }
    }
}

/// What the index costs those who write, in microseconds and bytes of WAL a row.
#[derive(Serialize)]
struct WritesJson {
    rows_sampled: u64,
    insert_us: Option<f64>,
    insert_wal_bytes: Option<f64>,
    update_column: Option<String>,
    update_us: Option<f64>,
    update_wal_bytes: Option<f64>,
    hot_updates_before: Option<f64>,
    hot_updates_after: Option<f64>,
    inserts_per_minute: Option<f64>,
    updates_per_minute: Option<f64>,
}

impl WritesJson {
    fn of(writes: &WriteCost) -> Self {
        let WriteCost { rows, insert, update, .. } = writes;
        // A cost that was measured and is not to be told from nothing is zero.
        let us = |cost: Cost| rounded(cost.time.map_or(0.0, |ms| ms.0 * 1e3));
        let wal = |cost: Cost| cost.wal.and_then(rounded);
        let hot = update.as_ref().and_then(|update| update.hot);
        Self {
            rows_sampled: *rows,
            insert_us: insert.and_then(us),
            insert_wal_bytes: insert.and_then(wal),
            update_column: update.as_ref().map(|update| update.column.clone()),
            update_us: update.as_ref().and_then(|update| us(update.cost)),
            update_wal_bytes: update.as_ref().and_then(|update| wal(update.cost)),
            hot_updates_before: hot.and_then(|hot| rounded(hot.before.0)),
            hot_updates_after: hot.and_then(|hot| rounded(hot.after.0)),
            inserts_per_minute: writes.inserts_per_minute().and_then(rounded),
            updates_per_minute: writes.updates_per_minute().and_then(rounded),
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
