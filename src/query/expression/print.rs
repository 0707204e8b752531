//! An expression as SQL again.

use super::super::token::tokens;
use super::super::{name, string};
use super::{Expr, Names, is_built_in};

impl Expr {
    /// SQL text for this expression, parenthesised wherever PostgreSQL parenthesises. In an index, what is
    /// neither a column nor a plain call needs parentheses of its own around it.
    pub fn sql(&self, names: Names) -> String {
        let list = |items: &[Self], between: &str| {
            items.iter().map(|item| item.sql(names)).collect::<Vec<_>>().join(between)
        };
        match self {
            Self::And(terms) => format!("({})", list(terms, " AND ")),
            Self::Or(terms) => format!("({})", list(terms, " OR ")),
            Self::Not(arg) => format!("(NOT {})", arg.sql(names)),
            Self::Compare { op, left, right } => format!("({} {op} {})", left.sql(names), right.sql(names)),
            Self::Prefix { op, arg } => format!("({op} {})", arg.sql(names)),
            Self::AnyAll { op, left, list, all } => {
                let word = if *all { "ALL" } else { "ANY" };
                format!("({} {op} {word} ({}))", left.sql(names), list.sql(names))
            }
            Self::IsNull { arg, negated } => format!("({} IS {}NULL)", arg.sql(names), not(*negated)),
            Self::Is { arg, test, negated } => format!("({} IS {}{test})", arg.sql(names), not(*negated)),
            Self::Column { table, name } => {
                column(table.as_deref().filter(|_| names == Names::Qualified), name)
            }
            Self::Literal { text, type_name } => literal(text, type_name.as_deref()),
            Self::Null { type_name } => typed("NULL", type_name.as_deref()),
            Self::Param(param) => param.clone(),
            Self::SubPlan { name, hashed, column } => {
                let column = column.as_ref().map(|column| format!(".{column}")).unwrap_or_default();
                format!("({}{name}){column}", if *hashed { "hashed " } else { "" })
            }
            Self::Call { text: Some(text), .. } | Self::Other { text, .. } => match names {
                Names::Qualified => text.clone(),
                Names::Bare => without_qualifiers(text),
            },
            Self::Call { name, args, text: None } => match name.contains('.') {
                true => format!("{name}({})", list(args, ", ")),
                // `CURRENT_DATE` has no parentheses.
                false if args.is_empty() && is_built_in(name) => function(name),
                false => format!("{}({})", function(name), list(args, ", ")),
            },
            Self::Cast { arg, type_name } => format!("({})::{type_name}", arg.sql(names)),
            Self::Collate { arg, collation } => format!("({} COLLATE {collation})", arg.sql(names)),
            Self::Case { arg, whens, default } => case(arg.as_deref(), whens, default.as_deref(), names),
            Self::Array(items) => format!("ARRAY[{}]", list(items, ", ")),
            Self::Row(items) => format!("ROW({})", list(items, ", ")),
        }
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

fn column(table: Option<&str>, column: &str) -> String {
    let column = if column == "*" { "*".to_owned() } else { name::quote(column) };
    table.map_or(column.clone(), |table| format!("{}.{column}", name::quote(table)))
}

/// Built into the grammar, some must not be quoted; everything else is quoted as PostgreSQL does.
fn function(function: &str) -> String {
    match is_built_in(function) {
        true => function.to_ascii_uppercase(),
        false => name::quote(function),
    }
}

fn literal(text: &str, type_name: Option<&str>) -> String {
    let bare = type_name.is_none()
        && (text.parse::<f64>().is_ok_and(f64::is_finite) || matches!(text, "true" | "false"));
    match bare {
        true => text.to_owned(),
        false => typed(&string::quote(text), type_name),
    }
}

fn typed(value: &str, type_name: Option<&str>) -> String {
    type_name.map_or(value.to_owned(), |type_name| format!("{value}::{type_name}"))
}

fn case(arg: Option<&Expr>, whens: &[(Expr, Expr)], default: Option<&Expr>, names: Names) -> String {
    let mut text = "CASE".to_owned();
    if let Some(arg) = arg {
        text += &format!(" {}", arg.sql(names));
    }
    for (when, then) in whens {
        text += &format!(" WHEN {} THEN {}", when.sql(names), then.sql(names));
    }
    if let Some(default) = default {
        text += &format!(" ELSE {}", default.sql(names));
    }
    text + " END"
}

/// The text with `o.total` as `total`. Functions, types and fields keep what is before their dots.
fn without_qualifiers(text: &str) -> String {
    let all = tokens(text);
    let mut found = String::new();
    let mut at = 0;
    while let Some(token) = all.get(at) {
        // A chain of names is decided on as a whole.
        let chain = all.iter().skip(at).take_while(|t| t.names() || t.punct(".") || t.text == "*").count();
        let before = at.checked_sub(1).and_then(|before| all.get(before));
        let keeps = before.is_some_and(|t| t.punct("::") || t.punct(")"))
            || all.get(at + chain).is_some_and(|after| after.punct("("));
        let dotted = token.names() && all.get(at + 1).is_some_and(|next| next.punct("."));
        if dotted && !keeps {
            at += chain - 1;
        } else {
            let kept = if token.names() { chain } else { 1 };
            found.extend(all.iter().skip(at).take(kept).map(|token| token.text));
            at += kept;
        }
    }
    found
}
