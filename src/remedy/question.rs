//! What a node asks of what is inside of a row's values: the parts of an array, the words of a text, the overlap of a
//! range. What a B-tree's order answers is told by [`Access`].

use crate::catalog::Column;
use crate::query::{Expr, Names};

use super::access::Access;
use super::index::{Key, KeyValue};
use super::{plain, types};

/// `value op with`: something made of the row, on the left, and something that is known before the row is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What is made of the row.
    pub value: Expr,
    /// The type of that, as far as it is known: `text[]`, `jsonb`, `daterange`.
    pub kind: String,
    /// The operator, as it stands with the row's value on the left.
    pub op: String,
    /// What it is compared with.
    pub with: Expr,
    /// The condition in PostgreSQL's words.
    pub told: String,
}

/// Operators and what they are with their sides exchanged (`pg_operator.oprcom` of 15 and of pg_trgm).
const COMMUTES: [(&str, &str); 17] = [
    ("@>", "<@"),
    ("<@", "@>"),
    ("&&", "&&"),
    ("=", "="),
    ("@@", "@@"),
    ("-|-", "-|-"),
    ("~=", "~="),
    ("<<", ">>"),
    (">>", "<<"),
    ("<<=", ">>="),
    (">>=", "<<="),
    ("<->", "<->"),
    ("%", "%"),
    ("<%", "%>"),
    ("%>", "<%"),
    ("<<%", "%>>"),
    ("%>>", "<<%"),
];

impl Question {
    /// The questions of a node, each by itself; of what holds only together with something else (`OR`) nothing is said.
    pub fn all(access: &Access) -> Vec<Self> {
        access.terms.iter().filter_map(|term| Self::of(access, term)).collect()
    }

    /// One condition, when it asks of this node's rows, and of a type that is known.
    pub fn of(access: &Access, term: &Expr) -> Option<Self> {
        let Expr::Compare { op, left, right } = term else { return None };
        let op = bare_operator(op);
        let ours = |expr: &Expr| access.mentions_us(expr);
        let (value, op, with) = match (ours(left), ours(right)) {
            (true, false) => (left, op.to_owned(), right),
            (false, true) => (right, commuted(op)?.to_owned(), left),
            _ => return None,
        };
        let kind = type_of(access, value)?;
        let told = term.sql(Names::Bare);
        Some(Self { value: value.as_ref().clone(), kind, op, with: with.as_ref().clone(), told })
    }

    /// Whether its type is an array's.
    pub fn is_of_array(&self) -> bool {
        self.kind.ends_with("[]")
    }

    /// Whether its type is a range's, or a multirange's, of PostgreSQL's own (manual, "Built-in Range Types").
    pub fn is_of_range(&self) -> bool {
        self.kind.ends_with("range")
    }

    /// What it is compared with, when that is a constant.
    pub fn constant(&self) -> Option<&str> {
        constant(&self.with)
    }

    /// The key that an index would have for it; or why no index can hold it.
    pub fn key(&self, access: &Access) -> Option<Result<Key, String>> {
        key_of(access, &self.value)
    }
}

/// A constant's text.
pub fn constant(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal { text, .. } => Some(text),
        Expr::Cast { arg, .. } | Expr::Collate { arg, .. } => constant(arg),
        _ => None,
    }
}

/// The operator without the schema that is printed where it is not on the search path: `OPERATOR(ext.%)`.
pub fn bare_operator(op: &str) -> &str {
    let within = op.strip_prefix("OPERATOR(").and_then(|rest| rest.strip_suffix(')'));
    within.map_or(op, |name| name.rsplit('.').next().unwrap_or(name))
}

fn commuted(op: &str) -> Option<&'static str> {
    COMMUTES.iter().find(|(from, _)| *from == op).map(|(_, to)| *to)
}

/// The column that an index serves under this expression: itself, or one that PostgreSQL merely relabels (`varchar` as
/// `text`, `cidr` as `inet`; `pg_cast.castmethod` is `b`).
pub fn column_of<'a>(access: &'a Access, expr: &Expr) -> Option<&'a Column> {
    let relabelled = |column: &&Column, to: &str| match to {
        "text" => types::is_relabelled(column),
        _ => types::of(column) == "cidr" && to == "inet",
    };
    match expr {
        Expr::Column { table, name } if access.is_ours(table.as_deref()) => access.table.column(name),
        Expr::Cast { arg, type_name } if matches!(**arg, Expr::Column { .. }) => {
            column_of(access, arg).filter(|column| relabelled(column, type_name))
        }
        _ => None,
    }
}

/// The key of an index on this expression; or why no index can hold it. `None` where it reads other tables, too.
pub fn key_of(access: &Access, expr: &Expr) -> Option<Result<Key, String>> {
    if let Some(column) = column_of(access, expr) {
        return Some(Ok(Key::ascending(&column.name)));
    }
    let key = |_| Key::of(KeyValue::Expression(plain::expression(expr, access.table)));
    Some(access.judge(expr)?.map(key))
}

/// The type of an expression over a row, where it follows from the types of the columns.
pub fn type_of(access: &Access, expr: &Expr) -> Option<String> {
    let known = |name: &str| Some(name.to_owned());
    match expr {
        Expr::Column { table, name } => {
            let column = access.table.column(name).filter(|_| access.is_ours(table.as_deref()))?;
            // A catalog of an earlier version does not tell.
            Some(column.base_type.clone()).filter(|kind| !kind.is_empty())
        }
        Expr::Cast { type_name, .. } => {
            known(type_name.split('(').next().unwrap_or(type_name)).filter(|_| is_known(access, expr))
        }
        Expr::Collate { arg, .. } => type_of(access, arg),
        Expr::Literal { type_name, .. } => type_name.clone(),
        Expr::Compare { op, left, right } => match op.as_str() {
            "->" | "#>" | "->>" | "#>>" => {
                let text = op.ends_with(">>");
                type_of(access, left).map(|kind| if text { "text".to_owned() } else { kind })
            }
            "||" => type_of(access, left).or_else(|| type_of(access, right)),
            _ => None,
        },
        Expr::Call { name, args, .. } => {
            is_known(access, expr).then(|| type_of_call(access, name, args)).flatten()
        }
        _ => None,
    }
}

/// Whether the types of all columns within are known.
fn is_known(access: &Access, expr: &Expr) -> bool {
    let typed = |(_, name): (Option<&str>, &str)| {
        access.table.column(name).is_some_and(|column| !column.base_type.is_empty())
    };
    expr.columns().into_iter().all(typed)
}

/// Functions of PostgreSQL's own by what they return (manual, "Functions and Operators").
fn type_of_call(access: &Access, name: &str, args: &[Expr]) -> Option<String> {
    let kind = match name {
        "to_tsvector" | "setweight" | "strip" | "array_to_tsvector" => "tsvector",
        "string_to_array" | "regexp_split_to_array" | "tsvector_to_array" => "text[]",
        "jsonb_build_object" | "to_jsonb" | "jsonb_extract_path" => "jsonb",
        "replace" | "translate" | "btrim" | "concat" | "concat_ws" | "regexp_replace" => "text",
        "coalesce" => return args.iter().find_map(|arg| type_of(access, arg)),
        // Of a range these are its bounds.
        "lower" | "upper" => return type_of(access, args.first()?).filter(|kind| is_text(kind)),
        "int4range" | "int8range" | "numrange" | "tsrange" | "tstzrange" | "daterange" | "point" | "box"
        | "circle" | "polygon" => name,
        _ => return None,
    };
    Some(kind.to_owned())
}

/// Whether it is one of the types whose patterns are those of `text`.
pub fn is_text(kind: &str) -> bool {
    matches!(kind, "text" | "character varying")
}
