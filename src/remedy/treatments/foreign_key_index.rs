//! An index on the columns that refer to a table, for the trigger that looks them up.

use crate::catalog::{ForeignKey, Table, TableName};
use crate::diagnose::Symptom;
use crate::plan::{Node, Operator, Trigger};
use crate::query::assigned_columns;
use crate::remedy::existing::{Standing, standing};
use crate::remedy::{Action, Case, IndexSpec, Key, Proposal, Remedy, Silence, Treatment};

/// `foreign-key-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "foreign-key-index",
    title: "An index on a foreign key's columns",
    doc: "When a row is deleted, or its key is changed, PostgreSQL looks for rows that refer to it: once a row, by \
          a trigger, and without an index by reading the whole referring table each time. PostgreSQL creates no such \
          index by itself (manual, \"Foreign Keys\").\n\n\
          It is seen in the time of a trigger, and where a statement was merely planned, in what refers to the table that it \
          deletes from, or whose referenced columns it sets. No plan shows what a trigger runs, so that HypoPG cannot tell: \
          only `--prove --allow-writes` proves it.\n\n\
          Silent when an index that begins with the columns is already there, and for a statement that was merely planned \
          where the referring table is small.",
    propose,
};

/// A thousand rows are read in 0.1 ms, no longer than the rest of the check takes (measured on 15).
const MANY: f64 = 1000.0;

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for finding in case.findings {
        let Some(Symptom::TriggerDominates { trigger }) = finding.symptom else { continue };
        let trigger = &case.plan.triggers[trigger];
        let found = referring(case, trigger).map(|(key, table)| remedy(key, table));
        // Constraints of one name on several tables look alike in a plan: any without an index may be the one.
        let (remedies, reasons): (Vec<_>, Vec<_>) = found.partition(Result::is_ok);
        if remedies.is_empty() {
            let silence = |reason| Silence { node: case.plan.root().id, reason };
            proposal.silences.extend(reasons.into_iter().filter_map(Result::err).map(silence));
        }
        proposal.remedies.extend(remedies.into_iter().flatten());
    }
    if !case.plan.is_measured() {
        let found = looked_up(case).into_iter().filter_map(|(key, table)| remedy(key, table).ok());
        proposal.remedies.extend(found);
    }
    proposal
}

/// The foreign keys of the trigger's constraint that refer to the trigger's table, with the tables that refer.
fn referring<'c>(case: &'c Case, trigger: &'c Trigger) -> impl Iterator<Item = (&'c ForeignKey, &'c Table)> {
    let referred = case.catalog.tables.iter().filter(|table| table.name.name == trigger.relation);
    let named = |key: &&ForeignKey| Some(&key.name) == trigger.constraint.as_ref();
    let keys = referred.flat_map(|table| &table.referenced_by).filter(named);
    keys.filter_map(|key| Some((key, case.catalog.named(&key.table)?)))
}

/// The foreign keys that a planned statement will have looked up in tables that are not small.
fn looked_up<'c>(case: &'c Case) -> Vec<(&'c ForeignKey, &'c Table)> {
    let writes = case.plan.nodes.iter().filter(|node| node.operator == Operator::ModifyTable);
    let mut found: Vec<(&ForeignKey, &Table)> = Vec::new();
    for node in writes {
        let Some(table) = node.relation.as_ref().and_then(|relation| case.catalog.table(relation)) else {
            continue;
        };
        let keys = table.referenced_by.iter().filter(|key| is_changed(case, node, key));
        let keys = keys.filter_map(|key| Some((key, case.catalog.named(&key.table)?)));
        found.extend(keys.filter(|(_, referring)| referring.rows >= MANY));
    }
    found.dedup();
    found
}

/// Whether rows lose a key that others may refer to. Which columns an UPDATE sets, only its text tells.
fn is_changed(case: &Case, node: &Node, key: &ForeignKey) -> bool {
    match node.operation.as_deref() {
        Some("Delete") => true,
        Some("Update") => {
            let set = case.sql.map(assigned_columns).unwrap_or_default();
            key.referenced.iter().any(|column| set.contains(column))
        }
        _ => false,
    }
}

fn remedy(key: &ForeignKey, table: &Table) -> Result<Remedy, String> {
    let keys: Vec<Key> = key.columns.iter().map(Key::ascending).collect();
    let replaces = match standing(table, &keys, keys.len()) {
        Standing::Free { replaces } => replaces,
        Standing::Served { by } => {
            return Err(format!("`{by}` already serves the foreign key `{}`", key.name));
        }
        Standing::Invalid { by } => {
            return Err(format!(
                "`{by}` would serve the foreign key `{}`, but is invalid: REINDEX INDEX CONCURRENTLY {}",
                key.name,
                TableName { schema: table.name.schema.clone(), name: by.clone() }.sql()
            ));
        }
    };
    Ok(Remedy {
        treatment: &TREATMENT,
        actions: vec![Action::CreateIndex(IndexSpec::on(table, keys))],
        // No node of the plan's does a trigger's work, and indexes for several triggers are no alternatives.
        nodes: Vec::new(),
        why: format!(
            "the foreign key `{}` looks rows of {} up by these columns, once a row",
            key.name, table.name
        ),
        replaces,
    })
}

#[cfg(test)]
#[path = "tests/foreign_key_index.rs"]
mod tests;
