//! Whether an index of a kind may be made at all, and whether one is there: for the methods that have no order.

use crate::catalog::{Catalog, Index, IndexKey, Table, TableKind, TableName};
use crate::plan::{Node, NodeId};
use crate::query::name::quote;
use crate::query::{Expr, Names};
use crate::units::Share;

use super::access::Access;
use super::existing::Standing;
use super::index::{IndexSpec, Key, KeyValue, Method};
use super::{Action, Case, Proposal, Remedy, Silence, Treatment};

/// An index that fetches a larger part of the rows than this visits nearly every page: with 10 rows a page, three in
/// ten leave one page in 35 untouched.
const KEEPS_MOST: Share = Share(0.3);

/// A table of so many pages is read whole in about the time of two index descents.
const SMALL: u64 = 8;

/// Read this often, even a small table adds up.
const OFTEN: f64 = 100.0;

/// The accesses that something was found at, the longest one, and all of a plan that was not run.
pub fn worth_a_look<'a>(case: &'a Case) -> Vec<Access<'a>> {
    let accesses = Access::all(case.plan, case.catalog);
    let exclusive = |node: &Node| node.exclusive().0;
    let longest =
        accesses.iter().map(|a| a.node).max_by(|a, b| exclusive(a).total_cmp(&exclusive(b))).map(|n| n.id);
    let worth = |access: &Access| {
        let found = case.findings_at(access.node).next().is_some();
        found || longest == Some(access.node.id) || !case.plan.is_measured()
    };
    accesses.into_iter().filter(|access| worth(access) && may_have(access)).collect()
}

/// Whether an index on its table is worth a thought; where it is not, `btree-index` says why.
fn may_have(access: &Access) -> bool {
    let root = access.root;
    let small = root.pages < SMALL && access.node.loops() < OFTEN;
    root.kind != TableKind::Foreign && !root.name.is_of_the_system() && !small
}

/// Why an index would find too many of the rows.
pub fn keeps_most(access: &Access) -> Option<String> {
    let kept = access.kept().filter(|kept| kept.0 > KEEPS_MOST.0)?;
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

/// What the table's indexes make of one by this method over these keys, in whatever order its keys are searched.
pub fn stands(table: &Table, method: Method, keys: &[Key]) -> Standing {
    let same = |index: &&Index| {
        let has = |key: &Key| index.keys.iter().any(|have| serves(have, key));
        index.method == method.name() && index.predicate.is_none() && keys.iter().all(has)
    };
    if let Some(index) = table.indexes.iter().filter(|i| i.valid).find(same) {
        return Standing::Served { by: index.name.clone() };
    }
    match table.indexes.iter().find(same) {
        Some(index) => Standing::Invalid { by: index.name.clone() },
        None => Standing::Free { replaces: Vec::new() },
    }
}

fn serves(have: &IndexKey, key: &Key) -> bool {
    let value = match &key.value {
        KeyValue::Column(name) => have.column.as_deref() == Some(name),
        KeyValue::Expression(sql) => {
            have.column.is_none() && normal(&have.expression).is_some_and(|have| Some(have) == normal(sql))
        }
    };
    let class = match &key.opclass {
        None => have.default_opclass,
        Some(name) => name.rsplit('.').next().map(|bare| bare.trim_matches('"')) == Some(&have.opclass),
    };
    value && class
}

/// An expression in one spelling.
fn normal(sql: &str) -> Option<String> {
    Expr::parse(sql).map(|expr| expr.sql(Names::Bare))
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
