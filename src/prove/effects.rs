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

/// Functions with effects that a read-only transaction allows and no rollback undoes, by how their names begin
/// (manual, "System Administration Functions": signalling, backup, recovery, replication, advisory locks;
/// "Statistics Information Functions"; "Large Objects"; contrib's dblink, adminpack, pg_stat_statements, pg_surgery,
/// pg_visibility and pg_buffercache). Those that run SQL which they are given as text may do any of that.
const BEYOND_ROLLBACK: &[&str] = &[
    "brin_desummarize_range",
    "dblink",
    "heap_force_",
    "lo_",
    "loread",
    "lowrite",
    "pg_advisory_",
    "pg_backup_",
    "pg_buffercache_evict",
    "pg_cancel_backend",
    "pg_clear_",
    "pg_copy_",
    "pg_create_",
    "pg_drop_replication_slot",
    "pg_file_",
    "pg_log_",
    "pg_logfile_rotate",
    "pg_logical_",
    "pg_notify",
    "pg_promote",
    "pg_reload_conf",
    "pg_replication_",
    "pg_restore_",
    "pg_rotate_logfile",
    "pg_start_backup",
    "pg_stat_reset",
    "pg_stat_statements_reset",
    "pg_stop_backup",
    "pg_switch_wal",
    "pg_sync_replication_slots",
    "pg_terminate_backend",
    "pg_truncate_visibility_map",
    "pg_try_advisory_",
    "pg_wal_replay_",
    "query_to_xml",
];

/// The effects of the functions that this plan calls, or that its statement names: a plan does not show everything
/// (VALUES, LIMIT, several functions in one FROM), and a statement not what its views call.
pub fn of(plan: &Plan, named: &[String]) -> Effects {
    let mut effects = Effects::default();
    let calls = plan.nodes.iter().flat_map(|node| node.expressions()).filter(|text| text.contains('('));
    for expr in calls.filter_map(Expr::parse) {
        expr.function_names().into_iter().for_each(|name| effects.note(name));
    }
    plan.nodes.iter().filter_map(|node| node.function.as_deref()).for_each(|name| effects.note(name));
    named.iter().for_each(|name| effects.note(name));
    effects
}

impl Effects {
    fn note(&mut self, name: &str) {
        let bare = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
        if self.functions.iter().any(|known| known == bare) {
            return;
        }
        self.functions.push(bare.to_owned());
        if BEYOND_ROLLBACK.iter().any(|start| bare.starts_with(start)) {
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
            (plan("(a = 1)", "*", Some("query_to_xml")), vec!["query_to_xml"], true),
            (plan("(a = 1)", "*", Some("heap_force_kill")), vec!["heap_force_kill"], true),
        ];
        let hidden = of(&plan("(a = 1)", "*", None), &["pg_try_advisory_lock".to_owned()]);
        assert!(hidden.beyond_rollback.is_some(), "named in the statement, not in the plan");
        for (plan, functions, beyond) in table {
            let effects = of(&plan, &[]);
            assert_eq!(effects.functions, functions);
            assert_eq!(effects.beyond_rollback.is_some(), beyond);
        }
    }
}
