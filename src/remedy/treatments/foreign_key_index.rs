//! An index on the columns that refer to a table, for the trigger that looks them up.

use crate::catalog::{ForeignKey, Table, TableName};
use crate::diagnose::Symptom;
use crate::plan::Trigger;
use crate::remedy::existing::{Standing, standing};
use crate::remedy::{Action, Case, IndexSpec, Key, Proposal, Remedy, Silence, Treatment};

/// `foreign-key-index`.
pub static TREATMENT: Treatment = Treatment {
    id: "foreign-key-index",
    title: "An index on a foreign key's columns",
    doc: "When a row is deleted, or its key is changed, PostgreSQL looks for rows that refer to it: once a row, by \
          a trigger, and without an index by reading the whole referring table each time. PostgreSQL creates no such \
          index by itself (manual, \"Foreign Keys\").\n\n\
          Silent when an index that begins with the columns is already there.",
    propose,
};

fn propose(case: &Case) -> Proposal {
    let mut proposal = Proposal::default();
    for finding in case.findings {
        let Some(Symptom::TriggerDominates { trigger }) = finding.symptom else { continue };
        let trigger = &case.plan.triggers[trigger];
        let found = referring(case, trigger).map(|(key, table)| remedy(case, key, table));
        // Constraints of one name on several tables look alike in a plan: any without an index may be the one.
        let (remedies, reasons): (Vec<_>, Vec<_>) = found.partition(Result::is_ok);
        if remedies.is_empty() {
            let silence = |reason| Silence { node: case.plan.root().id, reason };
            proposal.silences.extend(reasons.into_iter().filter_map(Result::err).map(silence));
        }
        proposal.remedies.extend(remedies.into_iter().flatten());
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

fn remedy(case: &Case, key: &ForeignKey, table: &Table) -> Result<Remedy, String> {
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
        nodes: vec![case.plan.root().id],
        why: format!(
            "the foreign key `{}` looks rows of {} up by these columns, once a row",
            key.name, table.name
        ),
        replaces,
    })
}
