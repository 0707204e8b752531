//! What a plan alone tells of its tables, and which remedies can be argued from no more than that.
//!
//! There is no catalog: neither the indexes that are there nor the types of columns are known, nor how common a
//! value is. So an index is proposed only where the plan was measured, and where the index would find exactly the
//! rows that were kept: every column that is compared is one of its keys.

use super::access::{Access, Range};
use super::action::Action;
use super::index::{IndexSpec, Key, KeyValue, Method};
use super::{Case, Proposal, Remedy, Silence, propose, types};
use crate::catalog::{Catalog, Column, Index, IndexKey, SYSTEM_COLUMNS, Table, TableName};
use crate::diagnose::{Finding, Symptom};
use crate::plan::{ConditionKind, Node, NodeId, Operator, Plan, Relation, Role};
use crate::query::Expr;
use crate::units::{Bytes, Share};

/// With 10 rows on a page, one in ten is a row on every page: what keeps more reads most pages by index, too.
const KEEPS_FEW: Share = Share(0.10);

/// The planner charges a descent of an index about a hundred evaluations of an operator (`btcostestimate`): fewer rows
/// are read as quickly.
const ONE_DESCENT: f64 = 100.0;

/// PostgreSQL stores 24 bytes of header and 4 of pointer with each row (manual, "Database Page Layout").
const ROW_OVERHEAD: f64 = 28.0;

/// The bytes of a page.
const PAGE: f64 = 8192.0;

/// What could help, as far as the plan alone can tell, the best argued for each node; and for the findings where
/// nothing is proposed, why.
pub fn propose_from_plan(plan: &Plan, findings: &[Finding]) -> Proposal {
    let catalog = guessed(plan, findings);
    let case = Case { plan, findings, catalog: &catalog, sql: None };
    let Proposal { remedies, mut silences } = propose(&case);
    let accesses = Access::all(plan, &catalog);
    let at = |node: Option<&NodeId>| accesses.iter().find(|access| Some(&access.node.id) == node);
    let mut sound: Vec<Remedy> = Vec::new();
    for remedy in remedies {
        let Some(access) = at(remedy.nodes.first()) else { continue };
        let node = access.node.id;
        if !is_sound(&case, access, &remedy) {
            silences.push(Silence { node, reason: UNKNOWN.to_owned() });
        } else if !sound.iter().any(|known| known.nodes.contains(&node)) {
            sound.push(argued(access, remedy));
        }
    }
    silences.sort_by_key(|silence| silence.node);
    silences.dedup_by_key(|silence| silence.node);
    silences.retain(|silence| !sound.iter().any(|remedy| remedy.nodes.contains(&silence.node)));
    let silences = silences.into_iter().filter_map(|silence| Some(said(at(Some(&silence.node))?, silence)));
    Proposal { silences: silences.collect(), remedies: sound }
}

/// The remedy, with what its argument lacks.
fn argued(access: &Access, mut remedy: Remedy) -> Remedy {
    if access.equalities.len() + access.ranges.len() > 1 {
        remedy.why += "; whether fewer columns would do is not in the plan";
    }
    remedy
}

/// Why a candidate that a catalog could speak for is not proposed.
const UNKNOWN: &str = "the plan does not tell which of its conditions narrow the rows down";

/// The silence, with the reason that a plan alone allows.
fn said(access: &Access, silence: Silence) -> Silence {
    let Some(condition) = access.unanswerable.iter().find(|condition| is_relabelled(condition)) else {
        return silence;
    };
    let reason = format!(
        "the plan does not tell the column's type, on which hangs whether an index answers `{condition}`"
    );
    Silence { reason, ..silence }
}

/// Whether the index would find no more than the rows that were kept: of each column that is compared it has a key,
/// and the scan kept few; or it yields all rows in an order that ends early; or it finds the partners of each row.
fn is_sound(case: &Case, access: &Access, remedy: &Remedy) -> bool {
    let [Action::CreateIndex(index)] = remedy.actions.as_slice() else { return false };
    if !is_plain(index) {
        return false;
    }
    let keyed = |value: &KeyValue| index.keys.iter().any(|key| key.value == *value);
    let equal = access.equalities.iter().map(|equality| &equality.value);
    let mut compared = equal.chain(access.ranges.iter().flat_map(Range::all)).peekable();
    let nothing = compared.peek().is_none();
    let covered = access.unanswerable.is_empty() && compared.all(keyed);
    if rows_of(access.node).is_none_or(|rows| rows < ONE_DESCENT) {
        return false;
    }
    let led_by_join = index.keys.first().is_some_and(|key| access.joined.contains(&key.value));
    if led_by_join {
        return is_searched_again(case, access.node);
    }
    if nothing {
        return covered && ends_early(case.plan, access);
    }
    covered && access.kept().is_some_and(|kept| kept.0 <= KEEPS_FEW.0)
}

/// Whether it is a B-tree of columns alone: of anything else, a plan does not tell whether the server would take it.
fn is_plain(index: &IndexSpec) -> bool {
    let plain = |key: &Key| key.column().is_some() && key.opclass.is_none() && key.collation.is_none();
    let whole = index.include.is_empty() && index.predicate.is_none();
    index.method == Method::BTree && whole && index.keys.iter().all(plain)
}

/// Whether it is the inner side of a nested loop, so that each outer row looks for its partners in it.
fn is_searched_again(case: &Case, node: &Node) -> bool {
    let found = case.findings_at(node).any(|finding| {
        matches!(finding.symptom, Some(Symptom::InnerSideRepeated { .. } | Symptom::JoinDiscardsRows { .. }))
    });
    let mut way = std::iter::once(node).chain(case.plan.ancestors(node));
    let below = way.find(|n| case.plan.parent(n).is_some_and(|above| above.operator.is_join()));
    let join = below.and_then(|below| case.plan.parent(below));
    let inner = below.is_some_and(|below| below.role == Role::Inner);
    found && inner && join.is_some_and(|join| join.operator == Operator::NestedLoop)
}

/// Whether an order with a LIMIT is made of this table's rows alone: a join in between may throw most of them away.
fn ends_early(plan: &Plan, access: &Access) -> bool {
    let Some(order) = &access.order else { return false };
    let between = plan.ancestors(access.node).take_while(|node| node.id != order.sort.id);
    order.limit.is_some() && between.into_iter().all(|node| !node.operator.is_join())
}

/// Whether a condition compares a column that PostgreSQL relabels, or casts, to `text`: of `varchar` an index serves,
/// of other types it does not, and the text is the same.
fn is_relabelled(condition: &str) -> bool {
    let cast = |expr: &Expr| match expr {
        Expr::Cast { arg, type_name } => type_name == "text" && matches!(**arg, Expr::Column { .. }),
        _ => false,
    };
    match Expr::parse(condition) {
        Some(Expr::Compare { op, left, right }) => {
            ["=", "<", "<=", ">", ">="].contains(&op.as_str()) && (cast(&left) || cast(&right))
        }
        Some(Expr::AnyAll { op, left, all: false, .. }) => op == "=" && cast(&left),
        _ => false,
    }
}

/// The tables that a measured plan reads where something was found, with what it says of them.
fn guessed(plan: &Plan, findings: &[Finding]) -> Catalog {
    let mut tables: Vec<Table> = Vec::new();
    let nothing = Catalog::default();
    let case = Case { plan, findings, catalog: &nothing, sql: None };
    let off = |setting: &str| plan.setting(setting) == Some("off");
    if !plan.is_measured() || off("enable_indexscan") || off("enable_bitmapscan") {
        return nothing;
    }
    for node in plan.nodes.iter().filter(|node| node.operator.reads_table()) {
        let Some(relation) = &node.relation else { continue };
        if case.findings_at(node).next().is_none() || may_be_partition(plan, node) {
            continue;
        }
        let name = name_of(relation);
        // What is temporary belongs to a session that is long over.
        if name.schema.starts_with("pg_temp") {
            continue;
        }
        if !tables.iter().any(|table| table.name == name) {
            tables.push(table(plan, name));
        }
    }
    Catalog { tables, ..Catalog::default() }
}

/// Names that begin with `pg_` are PostgreSQL's own, as far as schemas go (manual, "CREATE SCHEMA"), and hardly anybody
/// names a table so.
fn name_of(relation: &Relation) -> TableName {
    let own = if relation.name.starts_with("pg_") { "pg_catalog" } else { "" };
    let schema = relation.schema.clone().unwrap_or_else(|| own.to_owned());
    TableName { schema, name: relation.name.clone() }
}

/// Below an Append, `orders_2024 o_1` is a partition of `o`: the index belongs on a table that the plan does not name.
fn may_be_partition(plan: &Plan, node: &Node) -> bool {
    let appended =
        plan.ancestors(node).any(|n| matches!(n.operator, Operator::Append | Operator::MergeAppend));
    let numbered = node.alias().and_then(|alias| alias.rsplit_once('_'));
    appended && numbered.is_some_and(|(_, number)| number.bytes().all(|b| b.is_ascii_digit()))
}

fn table(plan: &Plan, name: TableName) -> Table {
    let is_ours = |node: &&Node| node.relation.as_ref().is_some_and(|relation| name_of(relation) == name);
    let nodes: Vec<&Node> = plan.nodes.iter().filter(is_ours).collect();
    let aliases: Vec<&str> = nodes.iter().filter_map(|node| node.alias()).collect();
    let mut columns: Vec<Column> = Vec::new();
    for node in &plan.nodes {
        let own = nodes.iter().any(|known| known.id == node.id);
        for expr in node.expressions().filter_map(parsed) {
            let mentioned = expr.columns().into_iter().filter(|(table, column)| {
                let ours = table.map_or(own || is_only(plan, &name), |table| aliases.contains(&table));
                ours && *column != "*" && !SYSTEM_COLUMNS.contains(column)
            });
            mentioned.for_each(|(_, column)| note(&mut columns, column, &expr));
        }
    }
    let rows = nodes.iter().filter_map(|node| rows_of(node)).fold(0.0, f64::max);
    let pages = nodes.iter().map(|node| pages_of(node)).fold(0, u64::max);
    let indexes = nodes.iter().filter_map(|node| used_index(plan, node)).collect();
    Table { bytes: Bytes(pages * PAGE as u64), name, rows, pages, columns, indexes, ..Table::default() }
}

/// A condition, or a sort key without its direction.
fn parsed(text: &str) -> Option<Expr> {
    Expr::parse(text).or_else(|| crate::query::SortKey::parse(text).map(|key| key.expr))
}

/// Whether the plan names no other table, so that columns need no name before theirs.
fn is_only(plan: &Plan, name: &TableName) -> bool {
    plan.nodes.iter().filter_map(|node| node.relation.as_ref()).all(|relation| name_of(relation) == *name)
}

fn note(columns: &mut Vec<Column>, name: &str, expr: &Expr) {
    let unordered = is_unordered(name, expr);
    match columns.iter_mut().find(|column| column.name == name) {
        Some(known) => known.btree &= !unordered,
        None => columns.push(Column { name: name.to_owned(), btree: !unordered, ..Column::default() }),
    }
}

/// Whether the column is compared with a constant of a type that has no order.
fn is_unordered(column: &str, expr: &Expr) -> bool {
    let mut found = false;
    expr.visit(&mut |part| {
        let Expr::Compare { left, right, .. } = part else { return };
        for (one, other) in [(left, right), (right, left)] {
            let compared = matches!(&**one, Expr::Column { name, .. } if name == column);
            let typed = match &**other {
                Expr::Literal { type_name: Some(name), .. } => Some(name),
                _ => None,
            };
            found |= compared && typed.is_some_and(|name| types::is_unordered(name));
        }
    });
    found
}

/// The rows that were read in one pass: the table has them at the least.
fn rows_of(node: &Node) -> Option<f64> {
    let read = node.rows_read().filter(|_| node.ran())?.0;
    Some(if node.parallel_aware { read } else { read / node.loops() })
}

/// The pages that were touched in one pass; without BUFFERS, what the rows take at the least.
fn pages_of(node: &Node) -> u64 {
    let touched = node.buffers.map(|buffers| buffers.shared() as f64);
    let passes = if node.parallel_aware { 1.0 } else { node.loops().max(1.0) };
    let width = node.estimate.map_or(0.0, |estimate| estimate.width as f64);
    let at_least = rows_of(node).unwrap_or_default() * (width + ROW_OVERHEAD) / PAGE;
    touched.map_or(at_least, |pages| (pages / passes).max(at_least)) as u64
}

/// The index that the node reads, as far as its condition tells of its columns: what they serve is there already. It
/// may have more of them, so that it is superfluous beside no other.
fn used_index(plan: &Plan, node: &Node) -> Option<Index> {
    let reader = plan.subtree(node).iter().find(|below| below.index.is_some())?;
    let condition = reader.condition(ConditionKind::IndexCond).and_then(Expr::parse)?;
    let ours = |table: Option<&str>| table.is_none_or(|table| Some(table) == node.alias());
    let key = |(_, column): (Option<&str>, &str)| IndexKey {
        column: Some(column.to_owned()),
        expression: column.to_owned(),
        default_opclass: true,
        default_collation: true,
        ..IndexKey::default()
    };
    let keys = condition.columns().into_iter().filter(|(table, _)| ours(*table)).map(key).collect();
    let name = reader.index.clone()?;
    Some(Index { name, method: "btree".into(), keys, constraint: true, valid: true, ..Index::default() })
}

#[cfg(test)]
mod tests;
