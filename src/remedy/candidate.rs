//! A new index beside those that are there: a remedy, or why it is none.

use super::access::Access;
use super::existing::{Standing, standing_of};
use super::index::{IndexSpec, Key};
use super::wishes::Wish;
use super::{Action, Case, Remedy, Treatment};
use crate::catalog::TableName;

/// An index that is wished for.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The index.
    pub index: IndexSpec,
    /// How many of its keys, from the left, may stand in any order.
    pub free: usize,
    /// Which condition each key answers, and why in this order.
    pub why: String,
}

impl Candidate {
    /// A B-tree of these keys.
    pub fn btree(access: &Access, wish: Wish) -> Self {
        let Wish { keys, free, why } = wish;
        Self { index: IndexSpec::on(access.root, keys), free, why }
    }

    /// The index as a remedy; or why it is none: what is there already.
    pub fn remedy(
        self,
        case: &Case,
        access: &Access,
        treatment: &'static Treatment,
    ) -> Result<Remedy, String> {
        let root = access.root;
        let replaces = match standing_of(root, &self.index, self.free) {
            Standing::Free { replaces } => replaces,
            Standing::Served { by } => return Err(already_there(case, access, &by)),
            Standing::Invalid { by } => {
                return Err(format!(
                    "`{by}` has these columns but is invalid, so that queries ignore it: REINDEX INDEX CONCURRENTLY {}",
                    TableName { schema: root.name.schema.clone(), name: by.clone() }.sql()
                ));
            }
        };
        let mut nodes = vec![access.node.id];
        nodes.extend(access.order.as_ref().map(|order| order.sort.id));
        let mut index = self.index;
        index.name = index.name_on(root);
        Ok(Remedy { treatment, actions: vec![Action::CreateIndex(index)], nodes, why: self.why, replaces })
    }
}

/// The remedies among these candidates, and why the others are none.
pub fn remedies(
    case: &Case,
    access: &Access,
    treatment: &'static Treatment,
    candidates: impl IntoIterator<Item = Candidate>,
) -> (Vec<Remedy>, Vec<String>) {
    let (mut remedies, mut reasons) = (Vec::new(), Vec::new());
    for candidate in candidates {
        match candidate.remedy(case, access, treatment) {
            Ok(remedy) => remedies.push(remedy),
            Err(reason) => reasons.push(reason),
        }
    }
    (remedies, reasons)
}

/// Whether all keys are columns.
pub fn is_of_columns(keys: &[Key]) -> bool {
    keys.iter().all(|key| key.column().is_some())
}

fn already_there(case: &Case, access: &Access, index: &str) -> String {
    let below = case.plan.subtree(access.node).iter();
    if below.filter_map(|node| node.index.as_deref()).any(|used| used == index) {
        return format!("`{index}`, which it uses, already has the columns that can be searched by");
    }
    format!("`{index}` already has these columns, and the planner preferred {}", access.node.label())
}
