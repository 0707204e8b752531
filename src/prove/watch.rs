//! Who else is at work while a statement is measured, and who makes it wait.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::future::join;

use super::measure::Without;
use crate::db::{Blocker, Refusal, RefusalKind, Sight, Trial, Watcher};
use crate::error::Result;
use crate::units::{Ms, count};

/// How often a run is looked at: a wait that is shorter than this moves one run of many, and the medians do not notice.
/// A look takes the server less than a millisecond (measured on 15).
const EVERY: Duration = Duration::from_millis(50);

/// A third session that looks on. Without one nothing is seen, and everything else goes on.
pub(super) struct Watch {
    watcher: Option<Watcher>,
    /// The sessions of the experiment: that without the remedy, and the trial's.
    pub before: i32,
    pub trial: i32,
    /// The most sessions that were seen to be busy at once.
    busy: Cell<usize>,
}

/// A wait that was seen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wait {
    /// Who was in the way, as last seen.
    pub blockers: Vec<Blocker>,
    /// How long, to the length of a look.
    pub time: Ms,
}

impl Watch {
    /// Begins, with the third session, if it could be opened.
    pub async fn begin(watcher: Result<Watcher>, before: Without<'_, '_>, trial: &Trial<'_>) -> Self {
        let (before, trial) = join(before.pid(), trial.pid()).await;
        let watcher = watcher.ok().filter(|_| before.is_ok() && trial.is_ok());
        let [before, trial] = [before, trial].map(std::result::Result::unwrap_or_default);
        Self { watcher, before, trial, busy: Cell::new(0) }
    }

    /// Waits for `run` of the session `pid`, and looks on meanwhile.
    pub async fn during<T>(&self, pid: i32, run: impl Future<Output = T>) -> (T, Option<Wait>) {
        let mut run = pin!(run);
        let mut wait: Option<Wait> = None;
        let mut since = Instant::now();
        loop {
            let looked = async {
                tokio::time::sleep(EVERY).await;
                self.look(pid).await
            };
            // An answer that nobody waits for any more is thrown away by the connection.
            let sight = tokio::select! {
                biased;
                done = &mut run => return (done, wait),
                sight = looked => sight,
            };
            let passed = Ms(since.elapsed().as_secs_f64() * 1000.0);
            since = Instant::now();
            if let Some(Sight { blockers, .. }) = sight.filter(|sight| !sight.blockers.is_empty()) {
                let time = wait.map_or(Ms(0.0), |wait| wait.time) + passed;
                wait = Some(Wait { blockers, time });
            }
        }
    }

    /// One look; `None` where nothing can be seen.
    async fn look(&self, pid: i32) -> Option<Sight> {
        let sight = match &self.watcher {
            Some(watcher) => watcher.look(pid, &[self.before, self.trial]).await.ok(),
            // Nothing to see: the run ends when it ends.
            None => std::future::pending().await,
        };
        let busy = sight.as_ref().map_or(0, |sight| sight.busy);
        self.busy.set(self.busy.get().max(busy));
        sight
    }

    /// How many other sessions were busy meanwhile, or are now; in words, where there were any.
    pub async fn others(&self) -> Option<String> {
        if self.watcher.is_some() {
            self.look(self.before).await;
        }
        let busy = self.busy.get();
        let were = if busy == 1 { "was" } else { "were" };
        (busy > 0).then(|| format!("{} {were} busy", count(busy as f64, "other session", "other sessions")))
    }

    /// Closes the third session.
    pub async fn close(self) {
        if let Some(watcher) = self.watcher {
            watcher.close().await;
        }
    }
}

impl Wait {
    /// Who was in the way: `session 4711 (idle in transaction, its transaction open for 12 s)`.
    pub fn whom(&self) -> String {
        self.blockers.iter().map(name).collect::<Vec<_>>().join(" and ")
    }

    /// What came of it, for a run that was made again.
    pub fn note(&self) -> String {
        format!(
            "a run waited about {} for a lock, since {} was in the way, and was made again",
            self.time,
            self.whom()
        )
    }
}

fn name(blocker: &Blocker) -> String {
    let Blocker { pid, state, seconds } = blocker;
    match (pid, *seconds > 0.0) {
        (0, _) => state.clone(),
        (pid, true) => {
            format!("session {pid} ({state}, its transaction open for {})", Ms(seconds * 1000.0))
        }
        (pid, false) => format!("session {pid} ({state})"),
    }
}

/// A refusal by `lock_timeout` says who held the lock.
pub(super) fn named(mut refusal: Refusal, wait: Option<&Wait>) -> Refusal {
    if let (RefusalKind::LockTimeout, Some(wait)) = (refusal.kind, wait) {
        refusal.hint = Some(format!("{} was in the way", wait.whom()));
    }
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocker(pid: i32, state: &str, seconds: f64) -> Blocker {
        Blocker { pid, state: state.into(), seconds }
    }

    #[test]
    fn who_was_in_the_way_is_named() {
        let one = Wait { blockers: vec![blocker(4711, "idle in transaction", 12.0)], time: Ms(150.0) };
        assert_eq!(
            one.note(),
            "a run waited about 150 ms for a lock, since session 4711 (idle in transaction, its transaction open for \
             12.0 s) was in the way, and was made again"
        );
        let two = vec![blocker(1, "active", 0.0), blocker(0, "a prepared transaction", 0.0)];
        let two = Wait { blockers: two, time: Ms(50.0) };
        assert_eq!(two.whom(), "session 1 (active) and a prepared transaction");
    }

    #[test]
    fn only_a_wait_for_a_lock_has_somebody_to_name() {
        let wait = Wait { blockers: vec![blocker(7, "active", 0.0)], time: Ms(50.0) };
        let refusal = |kind| Refusal { kind, ..Refusal::ours("no") };
        let hint = |kind| named(refusal(kind), Some(&wait)).hint;
        assert_eq!(hint(RefusalKind::LockTimeout).as_deref(), Some("session 7 (active) was in the way"));
        assert_eq!(hint(RefusalKind::TimedOut), None);
        assert_eq!(named(refusal(RefusalKind::LockTimeout), None).hint, None);
    }
}
