//! One change of a migration, with what is known of it.

use std::borrow::Cow;

use crate::prove::{Measurement, Proof, Verdict};
use crate::remedy::{Action, Lock, Replaced};
use crate::report::{Advice, Report, wording};
use crate::units::{Bytes, Factor, Ms};

/// CONCURRENTLY reads the table twice: on an idle server 1.3 to 1.4 times as long as a plain build (measured on 15,
/// 1.5 million rows); a busy one takes longer.
const CONCURRENTLY: Factor = Factor(1.5);

/// Sorted runs on disk and the index itself are there at the same time (manual, "CREATE INDEX": temporary space about
/// the size of the index).
const WHILE_BUILDING: u64 = 2;

/// A change, for all the statements that it is suggested for.
pub(super) struct Entry<'a> {
    /// What it does; under a name that no other change has.
    pub action: Cow<'a, Action>,
    /// What came of it, and for which statement.
    proofs: Vec<(&'a Advice, &'a Proof)>,
    /// What it makes superfluous.
    pub replaces: Vec<&'a Replaced>,
    /// Why it is not to be run as it is.
    pub withheld: Option<String>,
}

/// Every change once, what is proven first.
pub(super) fn entries(report: &Report) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for advice in &report.statements {
        let asked = advice.tried.iter().filter(|_| advice.asked);
        for proof in advice.suggestions.iter().chain(asked) {
            for action in &proof.remedy.actions {
                match entries.iter_mut().find(|entry| entry.action.does_as(action)) {
                    Some(entry) => entry.also(advice, proof),
                    None => entries.push(Entry::new(action, advice, proof)),
                }
            }
        }
    }
    for entry in &mut entries {
        entry.withheld = entry.withheld();
    }
    entries.sort_by_key(|entry| entry.withheld.is_some());
    let mut taken: Vec<String> = Vec::new();
    for entry in &mut entries {
        if entry.action.index_name().is_some_and(|name| taken.contains(&name)) {
            entry.action.to_mut().avoid(&taken);
        }
        taken.extend(entry.action.index_name());
    }
    entries
}

impl<'a> Entry<'a> {
    fn new(action: &'a Action, advice: &'a Advice, proof: &'a Proof) -> Self {
        let (action, proofs, withheld) = (Cow::Borrowed(action), vec![(advice, proof)], None);
        Self { action, proofs, replaces: proof.remedy.replaces.iter().collect(), withheld }
    }

    fn also(&mut self, advice: &'a Advice, proof: &'a Proof) {
        self.proofs.push((advice, proof));
        let others =
            proof.remedy.replaces.iter().filter(|one| !self.replaces.contains(one)).collect::<Vec<_>>();
        self.replaces.extend(others);
    }

    /// Why it is not to be run as it is: it was not proven, or it is no change of the database.
    fn withheld(&self) -> Option<String> {
        let is = |wanted: fn(&Verdict) -> bool| self.proofs.iter().any(|(_, proof)| wanted(&proof.verdict));
        let why = match self.action.as_ref() {
            Action::Rewrite(_) => "it is for whoever sends the query",
            Action::Set(_) => {
                "it holds for a session only: for good it is ALTER ROLE … SET, ALTER DATABASE … SET, or SET LOCAL before the \
                 statement"
            }
            _ if is(|verdict| matches!(verdict, Verdict::Worse(_))) => "it makes a statement slower",
            _ if is(|verdict| matches!(verdict, Verdict::Proven | Verdict::NoSlower(_))) => return None,
            _ if is(|verdict| *verdict == Verdict::Predicted) => {
                "it was predicted, not measured: `advisor explain --prove` measures it"
            }
            _ => "it is not proven",
        };
        Some(why.to_owned())
    }

    /// What it is: `Index on orders (customer_id)`.
    pub fn title(&self) -> String {
        let told = self.action.told();
        let told = if self.action.builds() { format!("an index on {told}") } else { told };
        let bare = told.strip_prefix("an ").or(told.strip_prefix("the ")).unwrap_or(&told);
        let mut letters = bare.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        format!("{first}{}", letters.as_str())
    }

    /// Everything that is to be known before it is run.
    pub fn told(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.proofs.iter().map(|(advice, proof)| evidence(advice, proof)).collect();
        lines.extend(self.withheld.iter().map(|why| format!("not run: {why}")));
        lines.extend(self.lock());
        if self.action.builds() {
            lines.extend(self.disk());
            lines.extend(self.time());
            lines.extend(self.leftover());
        }
        if let Action::DropIndex(index) = self.action.as_ref() {
            lines.push(format!("disk: gives back {}", index.bytes));
        }
        lines
    }

    /// Who waits (manual, "Explicit Locking", "Partitioning Maintenance"; of ATTACH PARTITION: measured on 15).
    fn lock(&self) -> Option<String> {
        let table = self.action.table()?;
        let lock = self.action.online_lock();
        let partitions =
            matches!(self.action.as_ref(), Action::CreateIndex(index) if !index.partitions.is_empty());
        if partitions && lock == Lock::ShareUpdateExclusive {
            return Some(format!(
                "locks: SHARE on {table} for a moment, without its partitions; then {} on each partition: {}",
                lock.name(),
                lock.who_waits()
            ));
        }
        Some(format!("lock: {} on {table}: {}", lock.name(), lock.who_waits()))
    }

    fn measured(&self) -> Option<&Measurement> {
        self.proofs.iter().find_map(|(_, proof)| {
            let alone = proof.remedy.actions.len() == 1;
            proof.measurement.as_ref().filter(|_| alone)
        })
    }

    fn disk(&self) -> Option<String> {
        let hypothetical = self.proofs.iter().find_map(|(_, proof)| proof.prediction.and_then(|p| p.size));
        let (size, how) = match self.measured() {
            Some(measured) => (measured.size, "measured"),
            None => (hypothetical?, "at the most, by HypoPG's estimate"),
        };
        let most = Bytes(size.0.saturating_mul(WHILE_BUILDING));
        Some(format!("disk: {size} ({how}), and while it is built up to about {most}"))
    }

    fn time(&self) -> Option<String> {
        let build = self.measured()?.build;
        if self.action.online_lock() == Lock::Share {
            return Some(format!("time: {build}, as it was built in the trial"));
        }
        let about = Ms(build.0 * CONCURRENTLY.0).roughly();
        Some(format!(
            "time: about {about}, and as long as older transactions last; a plain build took {build} in the trial"
        ))
    }

    /// What a CONCURRENTLY that failed leaves behind (manual, "Building Indexes Concurrently").
    fn leftover(&self) -> Option<String> {
        let name = self.action.index_name()?;
        let plain = self.action.online_lock() == Lock::Share;
        let drop = self.action.undo().into_iter().next()?;
        (!plain).then(|| format!("if it fails: {name} is left behind, invalid; {drop} and begin again"))
    }
}

/// What came of it for one statement: `queries.sql:3: 1.24 s → 4.0 ms, 310× faster, proven`.
fn evidence(advice: &Advice, proof: &Proof) -> String {
    let (before, after, _) = wording::before_after(proof);
    let times = if before.is_empty() { String::new() } else { format!("{before} → {after}, ") };
    let together = match proof.remedy.actions.len() {
        1 => String::new(),
        several => format!(", with all {several} changes together"),
    };
    format!("{}: {times}{}{together}", advice.source, wording::gain(proof))
}
