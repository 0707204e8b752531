//! An index on the columns that refer to a table, for the trigger that looks them up.

use crate::catalog::{ForeignKey, Table};
use crate::diagnose::Symptom;
use crate::remedy::existing::{Standing, standing};
use crate::remedy::{Action, Case, IndexSpec, Proposal, Remedy, Silence, SortedKey, Treatment, index_name};

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
        let Symptom::TriggerDominates { trigger } = finding.symptom else { continue };
        let trigger = &case.plan.triggers[trigger];
        let Some((key, table)) = trigger.constraint.as_deref().and_then(|name| referring(case, name)) else {
            continue;
        };
        match remedy(case, key, table) {
            Ok(remedy) => proposal.remedies.push(remedy),
            Err(reason) => proposal.silences.push(Silence { node: case.plan.root().id, reason }),
        }
    }
    proposal
}

fn referring<'a>(case: &Case<'a>, constraint: &str) -> Option<(&'a ForeignKey, &'a Table)> {
    let keys = case.catalog.tables.iter().flat_map(|t| &t.referenced_by);
    let key = keys.into_iter().find(|key| key.name == constraint)?;
    Some((key, case.catalog.named(&key.table)?))
}

fn remedy(case: &Case, key: &ForeignKey, table: &Table) -> Result<Remedy, String> {
    let keys: Vec<SortedKey> = key.columns.iter().map(SortedKey::ascending).collect();
    let replaces = match standing(table, &keys, keys.len()) {
        Standing::Free { replaces } => replaces,
        Standing::Served { by } => {
            return Err(format!("`{by}` already serves the foreign key `{}`", key.name));
        }
        Standing::Invalid { by } => {
            return Err(format!(
                "`{by}` would serve the foreign key `{}`, but is invalid: REINDEX INDEX it",
                key.name
            ));
        }
    };
    let taken: Vec<&str> = table.indexes.iter().map(|i| i.name.as_str()).collect();
    let index = IndexSpec {
        name: index_name(&table.name.name, &keys, &taken),
        table: table.name.clone(),
        partitions: table.partitions.clone(),
        keys,
    };
    Ok(Remedy {
        treatment: &TREATMENT,
        action: Action::CreateIndex(index),
        nodes: vec![case.plan.root().id],
        why: format!(
            "the foreign key `{}` looks rows of {} up by these columns, once a row",
            key.name, table.name
        ),
        replaces,
    })
}
