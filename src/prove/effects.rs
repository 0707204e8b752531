//! What running a statement may do besides returning rows, as far as its plan shows.

use crate::plan::Plan;
use crate::query::Expr;

/// Effects of a plan's functions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// The functions that the plan calls, without their schemas.
    pub functions: Vec<String>,
    /// A call whose effect no rollback undoes, and which a read-only transaction allows.
    pub beyond_rollback: Option<String>,
}

/// PostgreSQL's own functions with effects outside of the transaction, which read-only transactions allow
/// (manual, "System Administration Functions", "Server Signaling Functions", "Advisory Lock Functions", dblink).
const BEYOND_ROLLBACK: &[&str] = &[
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "pg_advisory_unlock",
    "pg_advisory_unlock_all",
    "pg_advisory_unlock_shared",
    "pg_switch_wal",
    "pg_create_restore_point",
    "pg_backup_start",
    "pg_backup_stop",
    "pg_start_backup",
    "pg_stop_backup",
    "pg_promote",
    "pg_wal_replay_pause",
    "pg_wal_replay_resume",
    "pg_logical_emit_message",
    "pg_logical_slot_get_changes",
    "pg_logical_slot_get_binary_changes",
    "pg_replication_slot_advance",
    "pg_create_logical_replication_slot",
    "pg_create_physical_replication_slot",
    "pg_drop_replication_slot",
    "pg_stat_reset",
    "pg_stat_reset_shared",
    "pg_stat_statements_reset",
    "lo_export",
    "pg_file_write",
    "pg_file_unlink",
    "pg_file_rename",
    "dblink",
    "dblink_exec",
    "dblink_connect",
    "dblink_send_query",
];

/// The effects of this plan's functions.
pub fn of(plan: &Plan) -> Effects {
    let mut effects = Effects::default();
    let calls = plan.nodes.iter().flat_map(|node| node.expressions()).filter(|text| text.contains('('));
    for expr in calls.filter_map(Expr::parse) {
        expr.function_names().into_iter().for_each(|name| effects.note(name));
    }
    plan.nodes.iter().filter_map(|node| node.function.as_deref()).for_each(|name| effects.note(name));
    effects
}

impl Effects {
    fn note(&mut self, name: &str) {
        let bare = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
        if self.functions.iter().any(|known| known == bare) {
            return;
        }
        self.functions.push(bare.to_owned());
        if BEYOND_ROLLBACK.contains(&bare) {
            self.beyond_rollback.get_or_insert(format!("a call of {bare}(), which no rollback undoes"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Condition, ConditionKind, Node};

    #[test]
    fn calls_are_found_wherever_they_stand() {
        let plan = |filter: &str, output: &str, function: Option<&str>| Plan {
            nodes: vec![Node {
                conditions: vec![Condition { kind: ConditionKind::Filter, text: filter.into() }],
                output: vec![output.into()],
                function: function.map(str::to_owned),
                ..Node::default()
            }],
            ..Plan::default()
        };
        let table = [
            (plan("(a = 1)", "b", None), vec![], false),
            (plan("(shop.slow(a) = 1)", "lower(b)", None), vec!["slow", "lower"], false),
            (plan("(a = 1)", "pg_terminate_backend(b)", None), vec!["pg_terminate_backend"], true),
            (plan("(a = 1)", "*", Some("dblink")), vec!["dblink"], true),
        ];
        for (plan, functions, beyond) in table {
            let effects = of(&plan);
            assert_eq!(effects.functions, functions);
            assert_eq!(effects.beyond_rollback.is_some(), beyond);
        }
    }
}
