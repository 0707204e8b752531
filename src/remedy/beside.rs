//! Plain comparisons that an index by another method can answer beside its own, by the extensions btree_gin and
//! btree_gist.

use crate::query::Expr;

use super::Case;
use super::access::Access;
use super::index::{Key, Method};
use super::place::{self, Wish};
use super::question::{bare_operator, column_of};

/// What btree_gin and btree_gist both have operator classes for (manual, "btree_gin" and "btree_gist"), besides enums.
const SCALARS: [&str; 24] = [
    "smallint",
    "integer",
    "bigint",
    "real",
    "double precision",
    "numeric",
    "money",
    "oid",
    "timestamp without time zone",
    "timestamp with time zone",
    "time without time zone",
    "time with time zone",
    "date",
    "interval",
    "text",
    "character varying",
    "bytea",
    "bit",
    "bit varying",
    "macaddr",
    "macaddr8",
    "inet",
    "cidr",
    "uuid",
];

/// The extension that lets this method compare plain values.
pub fn extension(method: Method) -> &'static str {
    match method {
        Method::Gin => "btree_gin",
        _ => "btree_gist",
    }
}

/// An index that has the columns that equal one value before this key, which finds something else; `None` where there are
/// none, where the server lacks the extension, and where two extensions would have to be created for it.
pub fn with(
    case: &Case,
    access: &Access,
    method: Method,
    key: &Key,
    finds: &str,
    other: Option<&str>,
) -> Option<Wish> {
    let equal = equal(case, access);
    let extension = extension(method);
    let needed = place::needs(case.catalog, extension)?;
    if equal.is_empty() || (needed.is_some() && other.is_some()) {
        return None;
    }
    let names: Vec<&str> = equal.iter().filter_map(Key::column).collect();
    let why = format!("it finds rows by {} and {finds} at once ({extension})", names.join(", "));
    let keys = equal.iter().chain([key]).cloned().collect();
    Some(Wish { method, keys, extension: needed.or(other).map(str::to_owned), why })
}

/// Columns that equal one value, as keys. The operator families of these extensions know no comparison of two types:
/// of `bigint = 5`, where the constant is an `integer`, they find nothing (measured on 15).
pub fn equal(case: &Case, access: &Access) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for term in &access.terms {
        let Expr::Compare { op, left, right } = term else { continue };
        let (value, with) = if access.mentions_us(left) { (left, right) } else { (right, left) };
        if bare_operator(op) != "=" || access.mentions_us(with) {
            continue;
        }
        let Some(column) = column_of(access, value) else { continue };
        let kind = column.base_type.as_str();
        let known = SCALARS.contains(&kind) || column.category == "E";
        let key = Key::ascending(&column.name);
        if known && is_of(case, kind, with) && !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// Whether what it is compared with is of the same type: printed with it, unless it is an `integer` or a `numeric` (`get_const_expr`
/// in ruleutils.c).
fn is_of(case: &Case, kind: &str, with: &Expr) -> bool {
    match with {
        Expr::Literal { text, type_name: None } => match kind {
            "integer" => text.parse::<i32>().is_ok(),
            "numeric" => text.parse::<i64>().is_err(),
            _ => false,
        },
        Expr::Literal { type_name: Some(name), .. } => {
            let name = name.split('(').next().unwrap_or(name);
            name == kind
                || (name == "text" && kind == "character varying")
                || (name == "inet" && kind == "cidr")
        }
        // Its type is not printed.
        Expr::Param(_) => true,
        Expr::Column { table: Some(table), name } => type_elsewhere(case, table, name) == Some(kind),
        _ => false,
    }
}

/// The type of another table's column, by the name that the plan has for the table.
fn type_elsewhere<'c>(case: &'c Case, alias: &str, column: &str) -> Option<&'c str> {
    let node = case.plan.nodes.iter().find(|node| node.relation.is_some() && node.alias() == Some(alias))?;
    let table = case.catalog.table(node.relation.as_ref()?)?;
    table.column(column).map(|column| column.base_type.as_str())
}
