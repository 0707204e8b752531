//! Why an index cannot serve a condition, as far as its definition and the condition's text tell.

use crate::catalog::{Index, IndexKey, Table};
use crate::plan::{ConditionKind, Node};
use crate::query::{Expr, Names};

/// What a B-tree answers (manual, "Index Types").
const ORDERED: [&str; 5] = ["=", "<", "<=", ">", ">="];

/// Patterns: a B-tree answers those with a fixed beginning, if it orders by bytes (manual, "Operator Classes and Operator
/// Families").
const PATTERNS: [&str; 2] = ["~~", "~"];

/// The reason, as a clause; `None` when nothing speaks against it.
pub(super) fn serve(index: &Index, node: &Node, table: &Table) -> Option<String> {
    let texts = [ConditionKind::Filter, ConditionKind::IndexCond, ConditionKind::RecheckCond];
    let parsed: Vec<Expr> =
        texts.iter().filter_map(|kind| node.condition(*kind)).filter_map(Expr::parse).collect();
    let terms: Vec<&Expr> = parsed.iter().flat_map(Expr::terms).collect();
    let first = index.keys.first()?;
    let found = terms.iter().filter(|term| concerns(term, first));
    let reasons: Vec<Option<String>> = found.map(|term| against(index, first, term, node, table)).collect();
    let partial = || {
        let predicate = index.predicate.as_ref()?;
        Some(format!(
            "it holds only the rows with {predicate}, and the planner does not see that the condition implies it"
        ))
    };
    match reasons.as_slice() {
        // A join or an order is asked of it: the condition is elsewhere.
        [] if terms.is_empty() => partial(),
        [] => Some(format!("the condition does not compare {}, which it leads with", told(first))),
        reasons if reasons.iter().any(Option::is_none) => partial(),
        reasons => reasons.iter().flatten().next().cloned(),
    }
}

fn told(key: &IndexKey) -> String {
    format!("`{}`", key.expression)
}

/// Whether a term speaks of what the key is made of.
fn concerns(term: &Expr, key: &IndexKey) -> bool {
    let columns = term.columns();
    match &key.column {
        Some(column) => columns.iter().any(|(_, name)| name == column),
        None => {
            let own = Expr::parse(&key.expression);
            own.is_some_and(|own| {
                own.columns().iter().any(|(_, name)| columns.iter().any(|(_, c)| c == name))
            })
        }
    }
}

/// What keeps the index from answering this term.
fn against(index: &Index, key: &IndexKey, term: &Expr, node: &Node, table: &Table) -> Option<String> {
    let (op, side, other) = match term {
        Expr::Compare { op, left, right } if mentions(left, key) => (op.as_str(), left, Some(right)),
        Expr::Compare { op, left, right } => (op.as_str(), right, Some(left)),
        Expr::AnyAll { op, left, .. } => (op.as_str(), left, None),
        _ => return None,
    };
    let ours =
        |expr: &Expr| expr.columns().iter().any(|(table, _)| table.is_none() || *table == node.alias());
    if let Some(other) = other.filter(|other| ours(other)) {
        return Some(format!(
            "the condition compares it with {}, a column of the same row",
            other.sql(Names::Bare)
        ));
    }
    not_the_key(key, side, table).or_else(|| not_its_operator(index, key, op))
}

fn mentions(expr: &Expr, key: &IndexKey) -> bool {
    concerns(expr, key)
}

/// Where the condition compares something else than the key.
fn not_the_key(key: &IndexKey, side: &Expr, table: &Table) -> Option<String> {
    let compared = side.sql(Names::Bare);
    let Some(column) = &key.column else {
        let same = Expr::parse(&key.expression).is_some_and(|own| own.sql(Names::Bare) == compared);
        return (!same).then(|| format!("it holds {}, and the condition compares `{compared}`", told(key)));
    };
    let known = table.column(column);
    let relabelled = |_: Option<&str>, name: &str| {
        table.column(name).is_some_and(|c| c.type_name.starts_with("character varying"))
    };
    if side.bare_column(relabelled).is_some() {
        return None;
    }
    match side {
        Expr::Cast { type_name, arg } if matches!(**arg, Expr::Column { .. }) => {
            let own = known.map_or("another type", |column| column.type_name.as_str());
            Some(format!(
                "the condition compares `{compared}`: `{column}` is {own}, and is made {type_name} row by row; compare it \
                 with a value of its own type"
            ))
        }
        Expr::Collate { collation, .. } => {
            Some(format!("the condition compares by the collation {collation}, and it is ordered by another"))
        }
        _ => Some(format!("the condition compares `{compared}`, and it holds `{column}` itself")),
    }
}

/// Where the index does not know the operator.
fn not_its_operator(index: &Index, key: &IndexKey, op: &str) -> Option<String> {
    match index.method.as_str() {
        "hash" => (op != "=").then(|| format!("a hash index answers only `=`, not `{op}`")),
        "btree" if PATTERNS.contains(&op) => key.default_opclass.then(|| {
            format!(
                "its operator class does not answer `{op}` unless the collation is C: text_pattern_ops does, for patterns \
                 with a fixed beginning"
            )
        }),
        "btree" if !ORDERED.contains(&op) => Some(format!("a B-tree does not answer `{op}`")),
        "btree" if !key.default_collation => {
            let collation = key.collation.as_deref().unwrap_or("another");
            Some(format!("it is ordered by the collation {collation}, and the condition compares by the column's own"))
        }
        "btree" if !key.default_opclass && op != "=" => {
            Some(format!("its operator class {} does not answer `{op}`", key.opclass))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Column, TableName};
    use crate::plan::{Condition, Relation};

    fn table() -> Table {
        let column = |name: &str, type_name: &str| Column {
            name: name.into(),
            type_name: type_name.into(),
            ..Column::default()
        };
        Table {
            name: TableName { schema: "public".into(), name: "t".into() },
            columns: vec![
                column("a", "integer"),
                column("b", "integer"),
                column("name", "character varying(20)"),
                column("code", "character(4)"),
                column("email", "text"),
            ],
            ..Table::default()
        }
    }

    fn node(filter: &str) -> Node {
        Node {
            relation: Some(Relation { schema: None, name: "t".into(), alias: Some("t".into()) }),
            conditions: vec![Condition { kind: ConditionKind::Filter, text: filter.into() }],
            ..Node::default()
        }
    }

    fn index(first: &str) -> Index {
        let column = (!first.contains('(')).then(|| first.to_owned());
        let key = IndexKey {
            column,
            expression: first.into(),
            default_opclass: true,
            default_collation: true,
            ..IndexKey::default()
        };
        Index { name: "x".into(), method: "btree".into(), keys: vec![key], valid: true, ..Index::default() }
    }

    fn changed(first: &str, change: impl Fn(&mut Index)) -> Index {
        let mut index = index(first);
        change(&mut index);
        index
    }

    #[test]
    fn what_speaks_against_an_index_is_named() {
        let c = |i: &mut Index| {
            (i.keys[0].default_collation, i.keys[0].collation) = (false, Some("\"C\"".into()))
        };
        let pattern = |i: &mut Index| {
            (i.keys[0].default_opclass, i.keys[0].opclass) = (false, "text_pattern_ops".into())
        };
        let partial = |i: &mut Index| i.predicate = Some("(b > 0)".into());
        let table_of = [
            (index("a"), "(t.a = 7)", None),
            (index("a"), "(t.b = 7)", Some("does not compare `a`, which it leads with")),
            (index("a"), "((t.a)::numeric = 7.5)", Some("`a` is integer, and is made numeric row by row")),
            (index("a"), "((t.a + 1) = 7)", Some("and it holds `a` itself")),
            (index("a"), "(t.a = t.b)", Some("a column of the same row")),
            (index("a"), "(t.a <> 7)", Some("a B-tree does not answer `<>`")),
            (index("name"), "((t.name)::text = 'x'::text)", None),
            (index("code"), "((t.code)::text = 'x'::text)", Some("`code` is character(4), and is made text")),
            (
                index("email"),
                "(lower(t.email) = 'x'::text)",
                Some("compares `lower(email)`, and it holds `email` itself"),
            ),
            (index("lower(email)"), "(lower(t.email) = 'x'::text)", None),
            (
                index("lower(email)"),
                "(t.email = 'x'::text)",
                Some("it holds `lower(email)`, and the condition compares `email`"),
            ),
            (
                index("email"),
                "(t.email ~~ 'x%'::text)",
                Some("does not answer `~~` unless the collation is C"),
            ),
            (changed("email", pattern), "(t.email ~~ 'x%'::text)", None),
            (
                changed("email", pattern),
                "(t.email < 'x'::text)",
                Some("text_pattern_ops does not answer `<`"),
            ),
            (changed("email", c), "(t.email = 'x'::text)", Some("ordered by the collation \"C\"")),
            (changed("a", |i| i.method = "hash".into()), "(t.a > 7)", Some("answers only `=`, not `>`")),
            (changed("a", partial), "(t.a = 7)", Some("it holds only the rows with (b > 0)")),
            (changed("a", partial), "((t.a = 7) AND (t.b > 0))", Some("it holds only the rows with (b > 0)")),
            (index("a"), "((t.a = 7) AND ((t.a)::numeric = 7.5))", None),
            (index("a"), "(t.a = ANY ('{1,2}'::integer[]))", None),
        ];
        for (index, filter, expected) in table_of {
            let reason = serve(&index, &node(filter), &table());
            match expected {
                None => assert_eq!(reason, None, "{filter}"),
                Some(part) => {
                    assert!(reason.as_deref().is_some_and(|r| r.contains(part)), "{filter}: {reason:?}")
                }
            }
        }
    }
}
