//! Conditions taken apart: what is asked of each row, and what keeps an index on a column from answering it.

use crate::catalog::{Catalog, Table, TableName};
use crate::plan::{Node, Relation};
use crate::query::{Expr, Names};

/// What is made of a row, compared with something that is known before the row is read.
pub(super) struct Comparison<'e> {
    /// The operator.
    pub op: &'e str,
    /// The side that the row's columns are in.
    pub of_row: &'e Expr,
    /// The other side.
    pub with: &'e Expr,
}

/// What stands between a column and its comparison, so that an index on the column does not hold what is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// `lower(name)`.
    Function,
    /// `(code)::integer`.
    Cast,
    /// `date_trunc('day', placed)`, `EXTRACT(year FROM placed)`, `(placed AT TIME ZONE 'UTC')`.
    Date,
    /// `(total * 2)`, `(first || last)`.
    Arithmetic,
    /// `(data ->> 'status')`.
    Json,
}

/// Functions that take a part of a date or move it (manual, "Date/Time Functions and Operators"). `timezone` is what
/// `AT TIME ZONE` was printed as before 14.
const OF_DATES: [&str; 5] = ["date_trunc", "date_part", "date_bin", "extract", "timezone"];

/// Operators that reach into JSON (manual, "JSON Functions and Operators").
const INTO_JSON: [&str; 4] = ["->", "->>", "#>", "#>>"];

/// Operators that make a new value of their operands.
const ARITHMETIC: [&str; 6] = ["+", "-", "*", "/", "%", "||"];

/// Types between which a cast may convert nothing (`pg_cast.castmethod` is `b`, a `RelabelType` in the plan): an index
/// serves under such a cast, which the plan's text does not tell from a conversion.
const RELABELLED: [&str; 5] = ["text", "character varying", "bit varying", "inet", "oid"];

/// Types from which every cast to another one converts, those among `RELABELLED` apart.
const CONVERTED: [&str; 16] = [
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "real",
    "double precision",
    "boolean",
    "uuid",
    "date",
    "time",
    "interval",
    "json",
    "text",
    "character varying",
    "character(",
    "bytea",
];

impl<'e> Comparison<'e> {
    /// Reads a term of a condition of this node.
    pub(super) fn read(node: &Node, term: &'e Expr) -> Option<Self> {
        let (op, left, right) = match term {
            Expr::Compare { op, left, right } => (op, left, right),
            Expr::AnyAll { op, left, list, all: false } => (op, left, list),
            _ => return None,
        };
        let ours = |expr: &Expr| expr.columns().iter().any(|(table, _)| is_ours(node, *table));
        let (of_row, with) = match (ours(left), ours(right)) {
            (true, false) => (left, right),
            // `5 = ANY (column)` asks of an array's elements, which no B-tree holds.
            (false, true) if matches!(term, Expr::Compare { .. }) => (right, left),
            _ => return None,
        };
        Some(Self { op, of_row, with })
    }

    /// Whether a B-tree could answer it, were the row's side a column (manual, "Index Types").
    pub(super) fn is_ordered(&self) -> bool {
        ["=", "<", "<=", ">", ">="].contains(&self.op)
    }

    /// The column, when the row's side is nothing else to a B-tree. Of a table that is not known, a cast to `text` is
    /// taken for the relabelling that it is to a `varchar`.
    pub(super) fn column(&self, table: Option<&Table>) -> Option<&'e str> {
        let relabelled = |_: Option<&str>, name: &str| {
            let column = table.and_then(|table| table.column(name));
            column.is_none_or(|column| column.type_name.starts_with("character varying"))
        };
        self.of_row.bare_column(relabelled).map(|(_, name)| name)
    }
}

/// Whether a column so qualified is one of this node's rows.
pub(super) fn is_ours(node: &Node, table: Option<&str>) -> bool {
    table.is_none_or(|table| node.alias() == Some(table))
}

/// The first of these terms that compares a column so wrapped. `None` when another term compares a plain column, by
/// which an index could find the rows, and when an index on the very expression is known.
pub(super) fn wrapped<'e>(
    node: &Node,
    terms: &[&'e Expr],
    table: Option<&Table>,
    wrapping: Wrapping,
) -> Option<Comparison<'e>> {
    if answerable(node, terms, table) {
        return None;
    }
    let comparisons = terms.iter().filter_map(|term| Comparison::read(node, term));
    let found =
        comparisons.filter(Comparison::is_ordered).find(|c| kind(c.of_row, table) == Some(wrapping))?;
    table.is_none_or(|table| !holds(table, found.of_row)).then_some(found)
}

/// Whether one of these terms compares a plain column, by which an index could find the rows.
pub(super) fn answerable(node: &Node, terms: &[&Expr], table: Option<&Table>) -> bool {
    let comparisons = terms.iter().filter_map(|term| Comparison::read(node, term));
    comparisons.filter(Comparison::is_ordered).any(|c| c.column(table).is_some())
}

/// What the outermost thing around the columns is.
fn kind(expr: &Expr, table: Option<&Table>) -> Option<Wrapping> {
    match expr {
        Expr::Cast { arg, type_name } => match arg.as_ref() {
            Expr::Column { name, .. } => converts(table, name, type_name).then_some(Wrapping::Cast),
            within => kind(within, table),
        },
        Expr::Collate { arg, .. } => kind(arg, table),
        Expr::Call { name, .. } => {
            let of_dates = OF_DATES.iter().any(|date| name.eq_ignore_ascii_case(date));
            Some(if of_dates { Wrapping::Date } else { Wrapping::Function })
        }
        Expr::Compare { op, .. } if op == "AT TIME ZONE" => Some(Wrapping::Date),
        Expr::Compare { op, .. } if INTO_JSON.contains(&op.as_str()) => Some(Wrapping::Json),
        Expr::Compare { op, .. } if ARITHMETIC.contains(&op.as_str()) => Some(Wrapping::Arithmetic),
        Expr::Prefix { op, .. } if op == "-" => Some(Wrapping::Arithmetic),
        _ => None,
    }
}

/// Whether a cast makes another value, as far as that is known. Of a type that is not PostgreSQL's own nothing is: it
/// may be a domain, which is cast to its base type without any work.
fn converts(table: Option<&Table>, column: &str, to: &str) -> bool {
    let from = table.and_then(|table| table.column(column)).map(|column| column.type_name.as_str());
    let is = |name: &str, one: &[&str]| one.iter().any(|known| name.starts_with(known));
    match from {
        Some(from) => from != to && is(from, &CONVERTED) && !(is(from, &RELABELLED) && is(to, &RELABELLED)),
        None => !is(to, &RELABELLED),
    }
}

/// Whether an index of the table has this expression for a key.
fn holds(table: &Table, expr: &Expr) -> bool {
    let wanted = expr.sql(Names::Bare);
    let keys = table.indexes.iter().flat_map(|index| &index.keys).filter(|key| key.column.is_none());
    keys.filter_map(|key| Expr::parse(&key.expression)).any(|key| key.sql(Names::Bare) == wanted)
}

/// `CREATE INDEX ON orders (lower(name))`: on the partitioned table, where the node reads a partition of one.
pub(super) fn index_on(catalog: &Catalog, node: &Node, expr: &Expr) -> Option<String> {
    let key = match expr {
        Expr::Column { .. } | Expr::Call { text: None, .. } | Expr::Compare { .. } => expr.sql(Names::Bare),
        _ => format!("({})", expr.sql(Names::Bare)),
    };
    Some(format!("CREATE INDEX ON {} ({key})", table_name(catalog, node)?.sql()))
}

/// The table that an index for this node would be created on.
pub(super) fn table_name(catalog: &Catalog, node: &Node) -> Option<TableName> {
    let relation = node.relation.as_ref()?;
    let known = catalog.table(relation).map(|table| catalog.root(table).name.clone());
    Some(known.unwrap_or_else(|| table_of(relation)))
}

/// The table by the name that the plan gives it.
pub(super) fn table_of(relation: &Relation) -> TableName {
    TableName { schema: relation.schema.clone().unwrap_or_default(), name: relation.name.clone() }
}

/// Columns as sentences name them.
pub(super) fn column_names(expr: &Expr) -> String {
    list(&expr.columns().into_iter().map(|(_, name)| name).collect::<Vec<_>>())
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}
