//! What an index costs those who write to its table, in words.

use crate::catalog::Activity;
use crate::prove::{Cost, UpdateCost, WriteCost};
use crate::units::{Bytes, Rows, Share};

/// `adds 4.2 µs and 64 bytes of WAL to an INSERT (1,200 rows a minute here); …`; nothing where nothing was measured.
pub(super) fn told(writes: &WriteCost) -> Option<String> {
    let insert = writes.insert.map(|cost| {
        format!("{} to an INSERT{}", added(cost), rate(writes, writes.inserts_per_minute(), |a| a.inserted))
    });
    let update = writes.update.as_ref().map(|update| {
        let rate = rate(writes, writes.updates_per_minute(), |a| a.updated);
        format!("{} to an UPDATE of {}{rate}{}", added(update.cost), update.column, hot(update, writes))
    });
    let told: Vec<String> = insert.into_iter().chain(update).collect();
    let sample = format!("tried on a copy of {} rows", Rows(writes.rows as f64));
    (!told.is_empty()).then(|| format!("{}; {sample}", told.join("; ")))
}

fn added(cost: Cost) -> String {
    let wal = cost.wal.filter(|wal| *wal >= 0.5).map(|wal| Bytes(wal.round() as u64));
    match (cost.time, wal) {
        (Some(time), Some(wal)) => format!("adds {} and {wal} of WAL", time.finely()),
        (Some(time), None) => format!("adds {}", time.finely()),
        (None, Some(wal)) => format!("adds {wal} of WAL, and no time that can be measured,"),
        (None, None) => "adds nothing that can be measured".to_owned(),
    }
}

/// How often that is paid; a part of all that is written where the counters' age is unknown.
fn rate(writes: &WriteCost, per_minute: Option<f64>, count: fn(&Activity) -> u64) -> String {
    let Some(activity) = writes.activity else { return String::new() };
    let (this, all) = (count(&activity), activity.inserted + activity.updated + activity.deleted);
    match per_minute {
        _ if all == 0 => String::new(),
        _ if this == 0 => " (of which none was counted here)".to_owned(),
        Some(rate) if rate < 1.0 => " (less than one row a minute here)".to_owned(),
        Some(rate) => format!(" ({} rows a minute here)", Rows(rate.round())),
        None => format!(" ({} of the rows written here)", Rows(this as f64).share_of(Rows(all as f64))),
    }
}

/// What becomes of HOT updates, beside how many there really are: of all columns together, the server tells no more.
fn hot(update: &UpdateCost, writes: &WriteCost) -> String {
    let Some(hot) = update.hot else { return String::new() };
    let today = writes.activity.filter(|activity| activity.updated > 0).map(|activity| {
        let share: Share = Rows(activity.hot_updated as f64).share_of(Rows(activity.updated as f64));
        format!(" ({share} of the updates here are today)")
    });
    match (hot.is_lost(), hot.is_kept()) {
        (true, _) => format!(", which is no longer HOT{}", today.unwrap_or_default()),
        (_, true) => ", which stays HOT".to_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::Hot;
    use crate::units::Ms;

    fn cost(us: Option<f64>, wal: Option<f64>) -> Cost {
        Cost { time: us.map(|us| Ms(us / 1e3)), wal }
    }

    fn activity(inserted: u64, updated: u64, hot_updated: u64, seconds: Option<f64>) -> Option<Activity> {
        Some(Activity { inserted, updated, hot_updated, deleted: 0, seconds })
    }

    fn update(cost: Cost, hot: Option<(f64, f64)>) -> Option<UpdateCost> {
        let hot = hot.map(|(before, after)| Hot { before: Share(before), after: Share(after) });
        Some(UpdateCost { column: "customer_id".into(), cost, hot })
    }

    #[test]
    fn a_cost_is_told_beside_how_often_it_is_paid() {
        let table = [
            (
                "a busy table, whose updates were HOT",
                WriteCost {
                    rows: 104_800,
                    insert: Some(cost(Some(4.16), Some(64.2))),
                    update: update(cost(Some(9.3), Some(152.0)), Some((1.0, 0.0))),
                    activity: activity(72_000, 36_000, 33_000, Some(3_600.0)),
                },
                "adds 4.2 µs and 64 bytes of WAL to an INSERT (1,200 rows a minute here); adds 9.3 µs and 152 bytes \
                 of WAL to an UPDATE of customer_id (600 rows a minute here), which is no longer HOT (92 % of the \
                 updates here are today); tried on a copy of 104,800 rows",
            ),
            (
                "nobody knows since when it is counted",
                WriteCost {
                    rows: 1_300,
                    insert: Some(cost(Some(12.0), None)),
                    update: None,
                    activity: activity(92, 8, 0, None),
                },
                "adds 12 µs to an INSERT (92 % of the rows written here); tried on a copy of 1,300 rows",
            ),
            (
                "it cannot be told from nothing, and HOT updates stay",
                WriteCost {
                    rows: 1_300,
                    insert: Some(cost(None, Some(3.0))),
                    update: update(cost(None, Some(0.2)), Some((0.97, 0.96))),
                    activity: activity(10, 0, 0, Some(6_000.0)),
                },
                "adds 3 bytes of WAL, and no time that can be measured, to an INSERT (less than one row a minute \
                 here); adds nothing that can be measured to an UPDATE of customer_id (of which none was counted \
                 here), which stays HOT; tried on a copy of 1,300 rows",
            ),
            (
                "updates that were never HOT",
                WriteCost {
                    rows: 1_300,
                    insert: None,
                    update: update(cost(Some(2.0), None), Some((0.0, 0.0))),
                    activity: None,
                },
                "adds 2.0 µs to an UPDATE of customer_id; tried on a copy of 1,300 rows",
            ),
        ];
        for (case, writes, expected) in table {
            assert_eq!(told(&writes).as_deref(), Some(expected), "{case}");
        }
        assert_eq!(told(&WriteCost::default()), None);
    }
}
