//! Advice without a server, beside advice with it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use advisor::catalog::{Catalog, CatalogFile, Origin};
use advisor::db::{self, Session, Wanted};
use advisor::diagnose::{Preferences, diagnose};
use advisor::remedy::{self, Action, IndexSpec, Proposal, Remedy, propose, propose_from_plan};

use crate::Play;

/// What is in no plan, so that the plan alone must miss it: an index that is there, but is not valid.
const IN_NO_PLAN: &[&str] = &["silent-invalid-index"];

/// Whether what the plan alone says has all the columns that are live advice. It knows no partition's parent.
fn within(live: &Remedy, alone: &Remedy) -> bool {
    let indexes = |remedy: &Remedy| -> Vec<IndexSpec> {
        remedy
            .actions
            .iter()
            .filter_map(|action| match action {
                Action::CreateIndex(index) => Some(index.clone()),
                _ => None,
            })
            .collect()
    };
    let keys = |index: &IndexSpec| index.keys.iter().map(|key| key.value.clone()).collect::<BTreeSet<_>>();
    let (live, alone) = (indexes(live), indexes(alone));
    live.len() == alone.len()
        && live.iter().zip(&alone).all(|(live, alone)| {
            let same_table = live.table == alone.table || live.partitions.contains(&alone.table);
            same_table && keys(live).is_subset(&keys(alone))
        })
}

/// By a catalog file the same is proposed, and by the plan alone nothing that the tables speak against. Which of the equal
/// columns are worth a key, and in which order, is argued from statistics.
pub async fn differences(session: &Session, play: &Play<'_>) -> String {
    let Play { plan, proposal: live, case, catalog: known, .. } = play;
    let sql = Some(case.query.as_str());
    let names: Vec<_> = db::list_tables(session).await.expect("tables").into_iter().map(|t| t.name).collect();
    let catalog = db::load_catalog(session, &Wanted::whole(&names)).await.expect("a catalog");
    let Catalog { tables, extensions, .. } = catalog;
    let file = CatalogFile { origin: Origin::default(), tables, extensions };
    let read = CatalogFile::read(&file.write()).expect("what was written");
    assert_eq!(read, file, "{}: written and read again", case.name);
    let findings = |catalog: &Catalog| diagnose(plan, catalog, &Preferences::default());
    let advice =
        |catalog: &Catalog| propose(&remedy::Case { plan, findings: &findings(catalog), catalog, sql });
    let by_file = advice(&read.of_plan(plan));
    // A file tells of tables, and not what functions do: whether one may stand in an index is not known then.
    let unknowing = Catalog { functions: Vec::new(), ..known.clone() };
    let live = if known.functions.is_empty() { live } else { &advice(&unknowing) };
    let proposed = |proposal: &Proposal| proposal.remedies.iter().flat_map(Remedy::sql).collect::<Vec<_>>();
    let mut said = String::new();
    if proposed(&by_file) != proposed(live) || by_file.silences != live.silences {
        let _ = write!(said, "\n  by a file {:#?} {:#?}", proposed(&by_file), by_file.silences);
        let _ = write!(said, "\n  live {:#?} {:#?}", proposed(live), live.silences);
    }
    let alone = propose_from_plan(plan, &findings(&Catalog::default())).remedies;
    for remedy in alone.iter().filter(|one| !play.proposal.remedies.iter().any(|it| within(it, one))) {
        if !IN_NO_PLAN.contains(&case.name.as_str()) {
            let _ = write!(said, "\n  by the plan alone: {:?}", remedy.sql());
        }
    }
    said
}
