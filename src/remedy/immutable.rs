//! Whether an expression may stand in an index.
//!
//! An index holds what an expression was when its row was written, so everything in it must be immutable (manual, "CREATE
//! INDEX" and "Function Volatility Categories"). What is not known to be so is refused: the server would refuse it too, and
//! what a function merely claims is its author's word. The facts below are those of `pg_cast`, `pg_operator` and `pg_proc` of
//! 15; functions are looked up among those of the database.

mod facts;

use facts::{CASTS, COMPARISONS, FORMS, OPERATORS, OWN, SAME_AS_TEXT, TO_INTEGER, TO_SAME, TO_TEXT};

use super::types::{base, is_instant, is_local_time, is_number, is_string, of};
use crate::catalog::{Catalog, Function, Table};
use crate::query::{Expr, Names};

/// The type of the expression, as far as it is known; or why it cannot stand in an index on this table.
pub fn check(expr: &Expr, table: &Table, catalog: &Catalog) -> Result<Option<String>, String> {
    Judge { table, catalog }.of(expr)
}

/// Whether some function in the expression is volatile, so that it has no one value to search for.
pub fn is_volatile(expr: &Expr, catalog: &Catalog) -> bool {
    expr.function_names().into_iter().any(|name| {
        let mut known = catalog.functions.iter().filter(|function| is_named(function, name)).peekable();
        known.peek().is_some() && known.all(|function| function.volatility == "v")
    })
}

struct Judge<'a> {
    table: &'a Table,
    catalog: &'a Catalog,
}

impl Judge<'_> {
    fn of(&self, expr: &Expr) -> Result<Option<String>, String> {
        let boolean = Some("boolean".to_owned());
        match expr {
            Expr::Column { name, .. } => match self.table.column(name) {
                Some(column) => Ok(Some(of(column)).filter(|name| !name.is_empty())),
                None => Err(not_known(expr)),
            },
            Expr::Literal { text, type_name } => Ok(type_name.clone().or_else(|| literal_type(text))),
            Expr::Null { type_name } => Ok(type_name.clone()),
            Expr::Cast { arg, type_name } => {
                let from = self.of(arg)?;
                cast(expr, from.as_deref(), type_name).map(|()| Some(base(type_name)))
            }
            Expr::Collate { arg, .. } => self.of(arg),
            Expr::Prefix { op, arg } if ["-", "+", "@", "~", "|/", "||/"].contains(&op.as_str()) => {
                self.of(arg)
            }
            Expr::Compare { op, left, right } => self.operator(expr, op, left, right),
            Expr::AnyAll { op, left, list, .. } => {
                self.of(list)?;
                self.of(left)?;
                if COMPARISONS.contains(&op.as_str()) { Ok(boolean) } else { Err(not_known(expr)) }
            }
            Expr::And(_) | Expr::Or(_) | Expr::Not(_) | Expr::IsNull { .. } | Expr::Is { .. } => {
                expr.children().into_iter().try_for_each(|child| self.of(child).map(|_| ()))?;
                Ok(boolean)
            }
            Expr::Case { whens, .. } => {
                expr.children().into_iter().try_for_each(|child| self.of(child).map(|_| ()))?;
                whens.first().map_or(Ok(None), |(_, then)| self.of(then))
            }
            Expr::Call { name, args, text } => self.call(expr, name, args, text.is_some()),
            Expr::Array(_) => {
                expr.children().into_iter().try_for_each(|child| self.of(child).map(|_| ()))?;
                Ok(None)
            }
            _ => Err(not_known(expr)),
        }
    }

    fn operator(&self, whole: &Expr, op: &str, left: &Expr, right: &Expr) -> Result<Option<String>, String> {
        let (one, other) = (self.of(left)?, self.of(right)?);
        let (one, other) = (one.as_deref(), other.as_deref());
        let instant = [one, other].into_iter().flatten().any(is_instant);
        let local = [one, other].into_iter().flatten().any(is_local_time);
        if COMPARISONS.contains(&op) {
            return match instant && local {
                true => Err(by_time_zone(whole)),
                false => Ok(Some("boolean".to_owned())),
            };
        }
        match op {
            // An instant plus a day ends where the clock says so (`timestamptz_pl_interval` is stable).
            "+" | "-" => match (one, other) {
                (Some(_), Some(other)) if instant && base(other) == "interval" => Err(by_time_zone(whole)),
                (Some(one), Some(_)) if instant && base(one) == "interval" => Err(by_time_zone(whole)),
                (Some(one), Some(other)) => Ok(arithmetic(op, one, other)),
                _ => Err(not_known(whole)),
            },
            // Of a string and something else it is stable: it writes the something as text (`textanycat`).
            "||" => match (one, other) {
                (Some(one), Some(other)) if is_string(one) && is_string(other) => Ok(Some("text".to_owned())),
                (Some(one), Some(other)) if one == other => Ok(Some(one.to_owned())),
                _ => Err(not_known(whole)),
            },
            "AT TIME ZONE" => Ok(one.and_then(|one| match base(one).as_str() {
                "timestamp with time zone" => Some("timestamp without time zone".to_owned()),
                "timestamp without time zone" => Some("timestamp with time zone".to_owned()),
                _ => None,
            })),
            _ if OPERATORS.contains(&op) => Ok(result(op, one, other)),
            _ => Err(not_known(whole)),
        }
    }

    fn call(&self, whole: &Expr, name: &str, args: &[Expr], special: bool) -> Result<Option<String>, String> {
        let types = args.iter().map(|arg| self.of(arg)).collect::<Result<Vec<_>, _>>()?;
        let returned = returns(name, &types);
        if name == "extract" {
            // The field is no argument of ours: what is left is the time.
            let instant = types.iter().flatten().any(|name| is_instant(name));
            return match (instant, types.as_slice()) {
                (false, [Some(_)]) => Ok(Some("numeric".to_owned())),
                (true, _) => Err(by_time_zone(whole)),
                _ => Err(not_known(whole)),
            };
        }
        if FORMS.contains(&name) && !args.is_empty() {
            return Ok(returned);
        }
        if special {
            return Err(not_known(whole));
        }
        let fitting = self.overloads(name, &types);
        if fitting.is_empty() {
            return if is_own(name, &types) { Ok(returned) } else { Err(not_known(whole)) };
        }
        match fitting.iter().find(|function| function.volatility != "i") {
            None => Ok(returned),
            Some(_) if types.iter().flatten().any(|name| is_instant(name)) => Err(by_time_zone(whole)),
            Some(function) => Err(unsteady(whole, function)),
        }
    }

    /// The functions that this call may be: those whose arguments fit, or else, since types are converted and arguments have
    /// defaults, all of the name.
    fn overloads(&self, name: &str, types: &[Option<String>]) -> Vec<&Function> {
        let named: Vec<&Function> = self.catalog.functions.iter().filter(|f| is_named(f, name)).collect();
        let fits = |function: &&&Function| {
            let wanted = &function.arguments;
            let takes = |(want, have): (&String, &Option<String>)| {
                want.starts_with("any") || have.as_ref().is_none_or(|have| base(have) == *want)
            };
            wanted.len() == types.len() && wanted.iter().zip(types).all(takes)
        };
        let fitting: Vec<&Function> = named.iter().filter(fits).copied().collect();
        if fitting.is_empty() { named } else { fitting }
    }
}

/// Whether it is a function of core that is known to be immutable.
fn is_own(name: &str, types: &[Option<String>]) -> bool {
    let name = name.strip_prefix("pg_catalog.").unwrap_or(name);
    match (name, types) {
        // Of `bytea` and an encoding's name, `length` is stable.
        ("length", [_]) => true,
        ("length", _) => false,
        ("date_trunc", [_, Some(time)]) => base(time) == "timestamp without time zone",
        ("to_tsvector", [Some(configuration), _]) => base(configuration) == "regconfig",
        _ => OWN.contains(&name),
    }
}

/// Whether a call under this name may be of this function: EXPLAIN leaves out a schema that is on the search path.
fn is_named(function: &Function, called: &str) -> bool {
    let (schema, name) =
        called.rsplit_once('.').map_or((None, called), |(schema, name)| (Some(schema), name));
    function.name == name.trim_matches('"')
        && schema.is_none_or(|schema| schema.trim_matches('"') == function.schema)
}

fn literal_type(text: &str) -> Option<String> {
    let name = match text {
        "true" | "false" => "boolean",
        number if number.parse::<i32>().is_ok() => "integer",
        number if number.parse::<i64>().is_ok() => "bigint",
        number if number.parse::<f64>().is_ok() => "numeric",
        _ => return None,
    };
    Some(name.to_owned())
}

fn cast(whole: &Expr, from: Option<&str>, to: &str) -> Result<(), String> {
    let to = base(to);
    let Some(from) = from.map(base) else { return Err(not_known(whole)) };
    let as_text = |name: &str| SAME_AS_TEXT.contains(&name);
    let numbers = is_number(&from) && is_number(&to) || from == "jsonb" && is_number(&to);
    let strings = is_string(&from) && is_string(&to);
    let written = is_string(&from) && as_text(&to) || as_text(&from) && is_string(&to);
    let listed = CASTS.iter().any(|(one, other)| *one == from && *other == to);
    if from == to || numbers || strings || written || listed {
        return Ok(());
    }
    let is_time = |name: &str| is_instant(name) || is_local_time(name) || name == "time with time zone";
    match () {
        () if is_time(&from) && is_time(&to) => Err(by_time_zone(whole)),
        () if is_time(&from) || is_time(&to) => Err(depends(whole, "the setting DateStyle")),
        () if from == "money" || to == "money" => Err(depends(whole, "the setting lc_monetary")),
        () => Err(not_known(whole)),
    }
}

/// What comes of adding and subtracting; unknown where it may be one or the other.
fn arithmetic(op: &str, one: &str, other: &str) -> Option<String> {
    let (one, other) = (base(one), base(other));
    let name = match (one.as_str(), other.as_str()) {
        (same, too) if same == too && is_number(same) => same,
        (number, too) if is_number(number) && is_number(too) => return None,
        ("timestamp without time zone", "interval") => "timestamp without time zone",
        ("date", "integer") => "date",
        ("date", "date") if op == "-" => "integer",
        _ => return None,
    };
    Some(name.to_owned())
}

fn result(op: &str, one: Option<&str>, other: Option<&str>) -> Option<String> {
    match op {
        "->>" | "#>>" => Some("text".to_owned()),
        "->" | "#>" | "#-" => one.map(str::to_owned),
        "*" | "/" | "%" | "^" => one.filter(|one| other == Some(one)).map(str::to_owned),
        "&" | "|" | "#" | "<<" | ">>" => None,
        _ => Some("boolean".to_owned()),
    }
}

fn returns(name: &str, types: &[Option<String>]) -> Option<String> {
    let name = name.strip_prefix("pg_catalog.").unwrap_or(name);
    match name {
        "date_trunc" => types.get(1).cloned().flatten(),
        "date_part" => Some("double precision".to_owned()),
        _ if TO_TEXT.contains(&name) => Some("text".to_owned()),
        _ if TO_INTEGER.contains(&name) => Some("integer".to_owned()),
        _ if TO_SAME.contains(&name) => types.first().cloned().flatten(),
        _ => None,
    }
}

fn by_time_zone(expr: &Expr) -> String {
    format!("{}; compare the column with a range instead", depends(expr, "the session's time zone"))
}

fn depends(expr: &Expr, on: &str) -> String {
    format!("`{}` depends on {on}, so that no index can hold it", expr.sql(Names::Qualified))
}

fn not_known(expr: &Expr) -> String {
    format!(
        "whether `{}` is the same at all times is not known here, and no index is proposed on it",
        expr.sql(Names::Qualified)
    )
}

fn unsteady(expr: &Expr, function: &Function) -> String {
    if function.name == "to_tsvector" {
        let on = depends(expr, "the setting default_text_search_config");
        return format!("{on}; name the configuration, as in to_tsvector('english', …)");
    }
    let kind = if function.volatility == "v" { "volatile" } else { "stable" };
    format!(
        "`{}` is declared {kind}, not immutable: its result may change, so that no index can hold it",
        expr.sql(Names::Qualified)
    )
}

#[cfg(test)]
mod tests;
