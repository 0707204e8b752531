//! Conditions and keys of a plan, as a small tree.
//!
//! `EXPLAIN (VERBOSE)` prints every expression in full: parenthesised, with types, with each column
//! qualified by its alias (`ruleutils.c` of PostgreSQL). [`Expr::parse`] reads that form, which is also
//! the form of index expressions and index predicates in the catalog. It is read by rules for exactly this
//! form rather than by a parser of all SQL: plans hold things that are no SQL (`(hashed SubPlan 1)`,
//! `OVER (?)`), and a text nested thousands of levels deep must come back as `None`, not as a crash.
//!
//! What a plan's text hides: `name COLLATE "C" > 'abc'` is printed as `((name)::text > 'abc'::text)`. A
//! column of type `text` under a cast to `text` betrays a `COLLATE` (measured on 15).

mod forms;
mod parse;
mod print;

use super::string::array_elements;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// `(a AND b AND c)`, flat.
    And(Vec<Expr>),
    /// `(a OR b OR c)`, flat.
    Or(Vec<Expr>),
    /// `(NOT a)`.
    Not(Box<Expr>),
    /// A binary operator: `=`, `~~`, `->>`, `IS DISTINCT FROM`, `AT TIME ZONE`, `OVERLAPS`, `OPERATOR(s.+)`.
    Compare {
        /// The operator as it is printed.
        op: String,
        /// What stands before it.
        left: Box<Expr>,
        /// What stands after it.
        right: Box<Expr>,
    },
    /// A prefix operator: `(- a)`, `(@ a)`.
    Prefix {
        /// The operator.
        op: String,
        /// What it is applied to.
        arg: Box<Expr>,
    },
    /// `(a = ANY ('{1,2}'::integer[]))`, or the `(ANY (a = (hashed SubPlan 1).col1))` of PostgreSQL 17 and later.
    AnyAll {
        /// The operator.
        op: String,
        /// What is compared.
        left: Box<Expr>,
        /// The array, or the subplan; [`Expr::elements`] reads a constant one.
        list: Box<Expr>,
        /// `ALL` rather than `ANY`.
        all: bool,
    },
    /// `(a IS NULL)`, `(a IS NOT NULL)`.
    IsNull {
        /// What is tested.
        arg: Box<Expr>,
        /// `IS NOT NULL`.
        negated: bool,
    },
    /// `(a IS TRUE)`, `(a IS NOT UNKNOWN)`, `(a IS NFC NORMALIZED)`.
    Is {
        /// What is tested.
        arg: Box<Expr>,
        /// `TRUE`, `FALSE`, `UNKNOWN`, or what else follows `IS` or `IS NOT`.
        test: String,
        /// `IS NOT`.
        negated: bool,
    },
    /// A column, its names unquoted. A whole row, `o.*`, is the column `*`.
    Column {
        /// The table's alias in the plan; a schema before it is dropped.
        table: Option<String>,
        /// The column.
        name: String,
    },
    /// A constant: `'5'::integer`, `42`, `true`.
    Literal {
        /// Its value as text, unescaped.
        text: String,
        /// Its type, when printed.
        type_name: Option<String>,
    },
    /// `NULL`, or `NULL::integer`.
    Null {
        /// Its type, when printed.
        type_name: Option<String>,
    },
    /// `$1`: a parameter of the statement, or, before PostgreSQL 17, the result of an InitPlan.
    Param(String),
    /// `(SubPlan 1)`, `(hashed SubPlan 1)`, `(InitPlan 1).col1`.
    SubPlan {
        /// `SubPlan 1`, `InitPlan 1`, and `SubPlan any_1` in PostgreSQL 19.
        name: String,
        /// Whether its whole result is hashed once.
        hashed: bool,
        /// `col1`, in PostgreSQL 17 and later.
        column: Option<String>,
    },
    /// A function or an aggregate.
    Call {
        /// The name unquoted, or `schema.name` as SQL writes it.
        name: String,
        /// Its arguments; with `text`, every expression inside of it.
        args: Vec<Expr>,
        /// The text, where it is more than `name(arg, …)`: `EXTRACT(year FROM a)`, `sum(a) FILTER (WHERE b)`.
        text: Option<String>,
    },
    /// `(a)::text`.
    Cast {
        /// What is converted.
        arg: Box<Expr>,
        /// To which type.
        type_name: String,
    },
    /// `a COLLATE "C"`.
    Collate {
        /// What is collated.
        arg: Box<Expr>,
        /// The collation as SQL writes it: `"C"`, `pg_catalog."C"`.
        collation: String,
    },
    /// `CASE a WHEN b THEN c ELSE d END`.
    Case {
        /// What is compared with each `WHEN`, if anything.
        arg: Option<Box<Expr>>,
        /// The pairs of `WHEN` and `THEN`.
        whens: Vec<(Expr, Expr)>,
        /// What stands after `ELSE`.
        default: Option<Box<Expr>>,
    },
    /// `ARRAY[a, b]`.
    Array(Vec<Expr>),
    /// `ROW(a, b)`.
    Row(Vec<Expr>),
    /// What has no form of its own here: `a[1]`, `(a).field`, `EXISTS(SubPlan 1)`, `*`.
    Other {
        /// The text.
        text: String,
        /// The expressions inside of it.
        parts: Vec<Expr>,
    },
}

/// Whether columns are printed with their tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// `o.total`, as in a plan.
    Qualified,
    /// `total`, as in an index.
    Bare,
}

/// Printed like functions, but built into the grammar: not in `pg_proc`.
const NOT_IN_CATALOG: [&str; 17] = [
    "coalesce",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "greatest",
    "grouping",
    "least",
    "localtime",
    "localtimestamp",
    "nullif",
    "session_user",
    "system_user",
    "user",
];

fn is_built_in(function: &str) -> bool {
    NOT_IN_CATALOG.contains(&function)
}

impl Expr {
    /// Reads an expression as PostgreSQL prints it; `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        parse::whole(text)
    }

    /// The terms that must all hold.
    pub fn terms(&self) -> Vec<&Self> {
        match self {
            Self::And(terms) => terms.iter().flat_map(Self::terms).collect(),
            other => vec![other],
        }
    }

    /// The columns, each once, in order.
    pub fn columns(&self) -> Vec<(Option<&str>, &str)> {
        let mut found = Vec::new();
        self.visit(&mut |expr| {
            if let Self::Column { table, name } = expr {
                let column = (table.as_deref(), name.as_str());
                if !found.contains(&column) {
                    found.push(column);
                }
            }
        });
        found
    }

    /// The functions called by name, each once, in order. Operators and casts call functions too: not here.
    pub fn function_names(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.visit(&mut |expr| {
            if let Self::Call { name, .. } = expr
                && !is_built_in(name)
                && !found.contains(&name.as_str())
            {
                found.push(name.as_str());
            }
        });
        found
    }

    /// Whether it reads no column: it has one value while the node runs, unless a volatile function is in it
    /// ([`Expr::function_names`]). An InitPlan's result is constant, a SubPlan's may depend on the row.
    pub fn is_constant(&self) -> bool {
        match self {
            Self::Column { .. } => false,
            Self::SubPlan { name, .. } => name.starts_with("InitPlan"),
            Self::Other { parts, .. } => !parts.is_empty() && parts.iter().all(Self::is_constant),
            Self::Call { args, text: Some(_), .. } => !args.is_empty() && args.iter().all(Self::is_constant),
            other => other.children().into_iter().all(Self::is_constant),
        }
    }

    /// The column that this is to an index: the column itself, or one that PostgreSQL only relabels as
    /// `text`. `relabels` says whether a column is of a type for which the index serves under that cast:
    /// `varchar`, or a domain over `varchar` or `text`. The text alone cannot tell: for `char(n)`, `citext` and
    /// `integer` the same `(c)::text` is printed, and the index does not serve (measured on 15).
    pub fn bare_column(&self, relabels: impl Fn(Option<&str>, &str) -> bool) -> Option<(Option<&str>, &str)> {
        match self {
            Self::Column { table, name } => Some((table.as_deref(), name)),
            Self::Cast { arg, type_name } if type_name == "text" => match arg.as_ref() {
                Self::Column { table, name } if relabels(table.as_deref(), name) => {
                    Some((table.as_deref(), name))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The elements of a constant list, as in `= ANY ('{a,b}'::text[])`; `None` within stands for NULL.
    pub fn elements(&self) -> Option<Vec<Option<String>>> {
        match self {
            Self::Literal { text, type_name: Some(name) } if name.ends_with("[]") => array_elements(text),
            Self::Cast { arg, .. } => arg.elements(),
            Self::Array(items) => items.iter().map(Self::element).collect(),
            _ => None,
        }
    }

    fn element(&self) -> Option<Option<String>> {
        match self {
            Self::Literal { text, .. } => Some(Some(text.clone())),
            Self::Null { .. } => Some(None),
            _ => None,
        }
    }

    /// The expressions right inside of this one.
    pub fn children(&self) -> Vec<&Self> {
        match self {
            Self::And(items) | Self::Or(items) | Self::Array(items) | Self::Row(items) => {
                items.iter().collect()
            }
            Self::Call { args: items, .. } | Self::Other { parts: items, .. } => items.iter().collect(),
            Self::Compare { left, right, .. } | Self::AnyAll { left, list: right, .. } => vec![left, right],
            Self::Not(arg)
            | Self::Prefix { arg, .. }
            | Self::IsNull { arg, .. }
            | Self::Is { arg, .. }
            | Self::Cast { arg, .. }
            | Self::Collate { arg, .. } => vec![arg],
            Self::Case { arg, whens, default } => {
                let whens = whens.iter().flat_map(|(when, then)| [when, then]);
                arg.as_deref().into_iter().chain(whens).chain(default.as_deref()).collect()
            }
            Self::Column { .. }
            | Self::Literal { .. }
            | Self::Null { .. }
            | Self::Param(_)
            | Self::SubPlan { .. } => Vec::new(),
        }
    }

    /// Calls `look` with this expression and everything inside of it.
    pub fn visit<'a>(&'a self, look: &mut impl FnMut(&'a Self)) {
        look(self);
        for child in self.children() {
            child.visit(look);
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
