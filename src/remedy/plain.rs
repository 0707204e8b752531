//! Expressions as people write them: without the casts that EXPLAIN prints and PostgreSQL adds by itself.

use super::types;
use crate::catalog::{Column, Table};
use crate::query::{Expr, Names};

/// Functions that take a `varchar` as the `text` it is relabelled as, and have no other form for it (`pg_proc` of 15).
const OF_TEXT: [&str; 12] = [
    "btrim",
    "initcap",
    "left",
    "lower",
    "ltrim",
    "md5",
    "reverse",
    "right",
    "rtrim",
    "split_part",
    "substr",
    "upper",
];

/// Operators and functions whose argument is taken for `text` when it is a quoted constant: with `->`, the other choice,
/// `integer`, is never made of one (manual, "Operator Type Resolution", the rule of the string category).
const BESIDE_TEXT: [&str; 5] = ["->", "->>", "~~", "^@", "AT TIME ZONE"];

/// An expression over this table's columns, for an index on it.
pub fn expression(expr: &Expr, table: &Table) -> String {
    simplified(expr.clone(), table).sql(Names::Bare)
}

/// A condition over this table's columns, for an index's WHERE: its terms joined by AND.
pub fn predicate(terms: &[&Expr], table: &Table) -> String {
    let plain = |term: &&Expr| {
        let sql = condition((*term).clone(), table).sql(Names::Bare);
        match term {
            Expr::Or(_) | Expr::And(_) => sql,
            _ => unwrapped(&sql).to_owned(),
        }
    };
    terms.iter().map(plain).collect::<Vec<_>>().join(" AND ")
}

/// `(a = 1)` as `a = 1`.
fn unwrapped(sql: &str) -> &str {
    let inner = sql.strip_prefix('(').and_then(|sql| sql.strip_suffix(')'));
    // Only one pair: what it holds must stand by itself.
    inner.filter(|inner| Expr::parse(inner).is_some_and(|e| Expr::parse(sql) == Some(e))).unwrap_or(sql)
}

/// A comparison of a column with a constant needs no types: the constant takes the column's.
fn condition(expr: Expr, table: &Table) -> Expr {
    match expr {
        Expr::Compare { op, left, right } => {
            let column = relabelled(&left, table);
            let own = |type_name: &str| {
                column.is_some_and(|c| types::of(c) == types::base(type_name) || types::is_relabelled(c))
            };
            let right = match *right {
                Expr::Literal { text, type_name: Some(name) } if own(&name) && needs_quotes(&text) => {
                    Expr::Literal { text, type_name: None }
                }
                other => other,
            };
            let left =
                column.map(|column| Expr::Column { table: None, name: column.name.clone() }).unwrap_or(*left);
            Expr::Compare { op, left: Box::new(left), right: Box::new(right) }
        }
        other => simplified(other, table),
    }
}

/// The column that this is, by itself or relabelled.
fn relabelled<'t>(expr: &Expr, table: &'t Table) -> Option<&'t Column> {
    let known = |_: Option<&str>, name: &str| table.column(name).is_some_and(types::is_relabelled);
    table.column(expr.bare_column(known)?.1)
}

fn simplified(expr: Expr, table: &Table) -> Expr {
    let deeper = |items: Vec<Expr>| items.into_iter().map(|item| simplified(item, table)).collect();
    match expr {
        Expr::Call { name, args, text: None } => {
            let takes_text = OF_TEXT.contains(&name.as_str());
            let (first, parses) = (name == "date_trunc", name == "to_tsvector");
            let arg = |(at, arg): (usize, Expr)| match relabelled(&arg, table) {
                Some(column) if takes_text => Expr::Column { table: None, name: column.name.clone() },
                _ if takes_text || first && at == 0 => untyped(simplified(arg, table)),
                _ if parses && at == 0 => configuration(simplified(arg, table)),
                _ => simplified(arg, table),
            };
            Expr::Call { name, args: args.into_iter().enumerate().map(arg).collect(), text: None }
        }
        Expr::Compare { op, left, right } => {
            let right = simplified(*right, table);
            let right = if BESIDE_TEXT.contains(&op.as_str()) { untyped(right) } else { right };
            Expr::Compare { op, left: Box::new(simplified(*left, table)), right: Box::new(right) }
        }
        Expr::Cast { arg, type_name } => Expr::Cast { arg: Box::new(simplified(*arg, table)), type_name },
        Expr::And(items) => Expr::And(deeper(items)),
        Expr::Or(items) => Expr::Or(deeper(items)),
        other => other,
    }
}

/// A constant of type `text` without its type.
fn untyped(expr: Expr) -> Expr {
    match expr {
        Expr::Literal { text, type_name: Some(name) } if name == "text" && needs_quotes(&text) => {
            Expr::Literal { text, type_name: None }
        }
        other => other,
    }
}

/// The name of a text search configuration without its type: a quoted constant before a text is taken for one.
fn configuration(expr: Expr) -> Expr {
    match expr {
        Expr::Literal { text, type_name: Some(name) } if name == "regconfig" => {
            Expr::Literal { text, type_name: None }
        }
        other => other,
    }
}

/// Whether a constant would be quoted without its type, too: `'3'::smallint` is not `3`.
fn needs_quotes(text: &str) -> bool {
    text.parse::<f64>().is_err() && !matches!(text, "true" | "false")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let column = |(name, type_name): (&str, &str)| Column {
            name: name.into(),
            type_name: type_name.into(),
            ..Column::default()
        };
        let columns =
            [("email", "character varying(80)"), ("state", "text"), ("kind", "smallint"), ("doc", "jsonb")];
        Table { columns: columns.into_iter().map(column).collect(), ..Table::default() }
    }

    #[test]
    fn expressions_are_written_as_people_write_them() {
        for (text, expected) in [
            ("lower((o.email)::text)", "lower(email)"),
            ("(o.doc ->> 'id'::text)", "(doc ->> 'id')"),
            ("((o.doc ->> 'n'::text))::integer", "((doc ->> 'n'))::integer"),
            ("date_trunc('day'::text, o.made)", "date_trunc('day', made)"),
            ("(o.email)::text", "(email)::text"),
            ("to_tsvector('english'::regconfig, o.state)", "to_tsvector('english', state)"),
            ("length((o.email)::text)", "length((email)::text)"),
            ("\"left\"(o.state, 3)", "\"left\"(state, 3)"),
        ] {
            let expr = Expr::parse(text).expect(text);
            assert_eq!(expression(&expr, &table()), expected);
        }
    }

    #[test]
    fn conditions_are_written_as_people_write_them() {
        for (terms, expected) in [
            (vec!["(o.state = 'failed'::text)"], "state = 'failed'"),
            (vec!["((o.email)::text = 'x'::text)", "(o.doc IS NULL)"], "email = 'x' AND doc IS NULL"),
            (vec!["(o.kind = '3'::smallint)"], "kind = '3'::smallint"),
            (vec!["(o.kind = 3)"], "kind = 3"),
            (vec!["(NOT o.done)", "o.late"], "NOT done AND late"),
            (vec!["(o.state <> 'done'::text)"], "state <> 'done'"),
            (vec!["(o.state = ANY ('{a,b}'::text[]))"], "state = ANY ('{a,b}'::text[])"),
            (vec!["((o.kind = 1) OR (o.kind = 2))"], "((kind = 1) OR (kind = 2))"),
        ] {
            let parsed: Vec<Expr> = terms.iter().map(|term| Expr::parse(term).expect(term)).collect();
            let parsed: Vec<&Expr> = parsed.iter().collect();
            assert_eq!(predicate(&parsed, &table()), expected);
        }
    }
}
