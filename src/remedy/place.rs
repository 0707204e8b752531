//! Whether an index of a kind may be made at all, and whether one is there: for the methods that have no order.

use crate::catalog::{Catalog, Table, TableName};
use crate::plan::NodeId;
use crate::query::name::quote;

use super::access::Access;
use super::existing::{Standing, standing_of};
use super::index::{IndexSpec, Key, Method};
use super::wishes;
use super::{Action, Case, Proposal, Remedy, Silence, Treatment};

/// The accesses that are worth a look, on tables that may have an index: where not, `btree-index` says why.
pub fn worth_a_look<'a>(case: &'a Case) -> impl Iterator<Item = Access<'a>> {
    wishes::worth_a_look(case).into_iter().filter(|access| wishes::obstacle(access).is_none())
}

/// Why an index would find too many of the rows.
pub fn keeps_most(access: &Access) -> Option<String> {
    let kept = wishes::too_much(access)?;
    Some(format!("it keeps {kept} of the rows that it reads, and an index would visit most pages too"))
}

/// An operator class, and the extension that must be created for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class<'c> {
    /// As SQL writes it; `None` is the default of the type.
    pub name: Option<String>,
    /// What must be created first.
    pub extension: Option<&'c str>,
}

/// An extension's operator class, in its schema, so that no `search_path` leads elsewhere. One that must be created
/// first is created where the session's search path begins. `None` when the server does not have the extension.
pub fn class_of<'c>(catalog: &Catalog, extension: &'c str, class: &str) -> Option<Class<'c>> {
    let found = catalog.extension(extension)?;
    let name = match &found.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(class)),
        None => quote(class),
    };
    Some(Class { name: Some(name), extension: needs(catalog, extension)? })
}

/// What must be created before an extension's default operator classes are there: nothing where it is installed. `None`
/// when the server does not have it.
pub fn needs<'c>(catalog: &Catalog, extension: &'c str) -> Option<Option<&'c str>> {
    let found = catalog.extension(extension)?;
    Some(found.schema.is_none().then_some(extension))
}

/// What the table's indexes make of one by this method over these keys.
pub fn stands(table: &Table, method: Method, keys: &[Key]) -> Standing {
    standing_of(table, &IndexSpec::by(method, table, keys.to_vec()), keys.len())
}

/// Why an index is not proposed that is there already; `None` where none is.
pub fn taken(case: &Case, access: &Access, standing: &Standing, condition: &str) -> Option<String> {
    match standing {
        Standing::Free { .. } => None,
        Standing::Served { by } => {
            let mut below = case.plan.subtree(access.node).iter().filter_map(|node| node.index.as_ref());
            Some(match below.any(|used| used == by) {
                true => format!("`{by}`, which it uses, already answers `{condition}`"),
                false => format!(
                    "`{by}` already answers `{condition}`, and the planner preferred {}",
                    access.node.label()
                ),
            })
        }
        Standing::Invalid { by } => Some(format!(
            "`{by}` would answer `{condition}`, but is invalid, so that queries ignore it: REINDEX INDEX CONCURRENTLY {}",
            TableName { schema: access.root.name.schema.clone(), name: by.clone() }.sql()
        )),
    }
}

/// A wish for an index, and why.
pub struct Wish {
    /// By which method.
    pub method: Method,
    /// Over what.
    pub keys: Vec<Key>,
    /// What must be created first.
    pub extension: Option<String>,
    /// Why.
    pub why: String,
}

/// Adds an index of several columns to those of one: before them, unless an extension would have to be created for it.
pub fn add_beside(wishes: &mut Vec<Wish>, both: Option<Wish>) {
    let Some(both) = both else { return };
    let known = wishes.first().and_then(|first| first.extension.as_ref());
    let place = if both.extension.as_ref() == known { 0 } else { wishes.len() };
    wishes.insert(place, both);
}

impl Wish {
    /// The index.
    pub fn index(&self, access: &Access) -> IndexSpec {
        IndexSpec::by(self.method, access.root, self.keys.clone()).needing(self.extension.as_deref())
    }

    /// The remedy, for these nodes.
    pub fn remedy(self, treatment: &'static Treatment, access: &Access, nodes: Vec<NodeId>) -> Remedy {
        let actions = vec![Action::CreateIndex(self.index(access))];
        Remedy { treatment, actions, nodes, why: self.why, replaces: Vec::new() }
    }
}

impl Proposal {
    /// Takes what was found for a node: what could help, or why nothing can.
    pub(super) fn settle(&mut self, found: Result<Vec<Remedy>, String>, node: NodeId) {
        match found {
            Ok(remedies) => self.remedies.extend(remedies),
            Err(reason) => self.silences.push(Silence { node, reason }),
        }
    }
}
