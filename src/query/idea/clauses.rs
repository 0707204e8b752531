//! The grammar of the statements that may be tried (manual, "SQL Commands").

use super::reader::{Reader, written};
use super::settings::{Fate, fate};
use super::{EXTENSIONS, Idea, NewIndex, NewStatistics, Unwelcome};
use crate::query::name::unquote;
use crate::query::token::{Token, TokenKind};

/// A statement that is no query; `name` is its name.
pub(super) fn statement(reader: &mut Reader<'_>, name: &str) -> Result<Idea, Unwelcome> {
    match name {
        "CREATE INDEX" => create_index(reader),
        "CREATE STATISTICS" => create_statistics(reader),
        "CREATE EXTENSION" => create_extension(reader),
        "ALTER INDEX" => attach(reader),
        "DROP INDEX" => drop_index(reader),
        "ANALYZE" | "ANALYSE" => analyze(reader),
        "SET" | "RESET" => set(reader),
        "" => Err(reader.ended()),
        name => Err(reader.refused(name)),
    }
}

fn create_index(reader: &mut Reader<'_>) -> Result<Idea, Unwelcome> {
    reader.take(&["CREATE"]);
    let unique = reader.take(&["UNIQUE"]);
    if !reader.take(&["INDEX"]) {
        return Err(unexpected(reader));
    }
    reader.take(&["CONCURRENTLY"]);
    let if_not_exists = reader.take(&["IF", "NOT", "EXISTS"]);
    let name = if reader.sees(&["ON"]) { None } else { Some(reader.name()?) };
    if !reader.take(&["ON"]) {
        return Err(unexpected(reader));
    }
    let only = reader.take(&["ONLY"]);
    let table = reader.named()?;
    let definition = reader.until(|_| false);
    let Some(open) = definition.iter().position(|token| token.punct("(")) else { return Err(reader.ended()) };
    let starts_well = open == 0 || open == 2 && definition.first().is_some_and(|token| token.is("USING"));
    match definition.first() {
        Some(token) if !starts_well => return Err(reader.unreadable(token)),
        _ => {}
    }
    let named_after = named_after(definition.get(open + 1..).unwrap_or_default());
    let definition = written(&definition);
    Ok(Idea::CreateIndex(NewIndex { name, table, unique, only, if_not_exists, definition, named_after }))
}

fn create_statistics(reader: &mut Reader<'_>) -> Result<Idea, Unwelcome> {
    reader.take(&["CREATE"]);
    reader.take(&["STATISTICS"]);
    reader.take(&["IF", "NOT", "EXISTS"]);
    let unnamed = reader.sees(&["ON"]) || reader.next().is_some_and(|token| token.punct("("));
    let name = if unnamed { None } else { Some(reader.named()?) };
    let definition = reader.until(|token| token.is("FROM"));
    let on = definition.iter().position(|token| token.is("ON"));
    let Some(on) = on.filter(|_| reader.take(&["FROM"])) else { return Err(unexpected(reader)) };
    let named_after = named_after(definition.get(on + 1..).unwrap_or_default());
    let table = reader.named()?;
    Ok(Idea::CreateStatistics(NewStatistics { name, table, definition: written(&definition), named_after }))
}

fn create_extension(reader: &mut Reader<'_>) -> Result<Idea, Unwelcome> {
    reader.take(&["CREATE"]);
    reader.take(&["EXTENSION"]);
    reader.take(&["IF", "NOT", "EXISTS"]);
    let Some(token) = reader.next() else { return Err(reader.ended()) };
    let name = reader.name()?;
    if EXTENSIONS.contains(&name.as_str()) {
        return Ok(Idea::CreateExtension(name));
    }
    let known = EXTENSIONS.join(", ");
    let hint = format!("of extensions only those are tried that bring what indexes are made with: {known}");
    Err(Unwelcome { hint, ..reader.unwelcome(&token, &format!("CREATE EXTENSION of `{name}`")) })
}

fn attach(reader: &mut Reader<'_>) -> Result<Idea, Unwelcome> {
    reader.take(&["ALTER", "INDEX"]);
    reader.take(&["IF", "EXISTS"]);
    let index = reader.named()?;
    if !reader.take(&["ATTACH", "PARTITION"]) {
        return Err(reader.refused("ALTER INDEX other than ATTACH PARTITION"));
    }
    Ok(Idea::AttachIndex { index, partition: reader.named()? })
}

fn drop_index(reader: &mut Reader<'_>) -> Result<Idea, Unwelcome> {
    reader.take(&["DROP", "INDEX"]);
    reader.take(&["CONCURRENTLY"]);
    reader.take(&["IF", "EXISTS"]);
    let names = reader.list(Reader::named)?;
    reader.take(&["RESTRICT"]);
    match reader.next() {
        Some(token) if token.is("CASCADE") => Err(reader.unwelcome(&token, "DROP INDEX … CASCADE")),
        _ => Ok(Idea::DropIndexes(names)),
    }
}

fn analyze(reader: &mut Reader<'_>) -> Result<Idea, Unwelcome> {
    reader.skip();
    if reader.punct("(") {
        reader.until(|token| token.punct(")"));
        reader.punct(")");
    }
    reader.take(&["VERBOSE"]);
    if reader.next().is_none() {
        let hint = "name the tables that the query reads".to_owned();
        return Err(Unwelcome { hint, ..reader.refused("ANALYZE of a whole database") });
    }
    let tables = reader.list(|reader| {
        let table = reader.named()?;
        let mut columns = Vec::new();
        if reader.punct("(") {
            columns = reader.list(Reader::name)?;
            if !reader.punct(")") {
                return Err(unexpected(reader));
            }
        }
        Ok((table, columns))
    })?;
    Ok(Idea::Analyze(tables))
}

fn set(reader: &mut Reader<'_>) -> Result<Idea, Unwelcome> {
    let resets = reader.take(&["RESET"]);
    if !resets {
        reader.skip();
        let _ = reader.take(&["SESSION"]) || reader.take(&["LOCAL"]);
    }
    let Some(token) = reader.next() else { return Err(reader.ended()) };
    let verb = if resets { "RESET" } else { "SET" };
    let name = reader.name().map_err(|_| reader.unwelcome(&token, &format!("{verb} {}", token.text)))?;
    let fate = match reader.next() {
        Some(next) if next.punct(".") => Fate::Refused,
        _ => fate(&name),
    };
    if fate == Fate::Refused {
        let hint = "only settings that the planner heeds, and the memory that a statement may use, are tried";
        return Err(Unwelcome {
            hint: hint.to_owned(),
            ..reader.unwelcome(&token, &format!("{verb} {name}"))
        });
    }
    let value = if resets { None } else { value(reader)? };
    Ok(match fate {
        Fate::PassedOver => Idea::Timeout(name),
        _ => Idea::Set { name, value },
    })
}

/// One value; `DEFAULT` is none.
fn value(reader: &mut Reader<'_>) -> Result<Option<String>, Unwelcome> {
    let equals = reader.next().is_some_and(|token| token.kind == TokenKind::Operator && token.text == "=");
    if equals {
        reader.skip();
    } else if !reader.take(&["TO"]) {
        return Err(unexpected(reader));
    }
    if reader.take(&["DEFAULT"]) {
        return Ok(None);
    }
    let sign =
        reader.next().filter(|token| token.kind == TokenKind::Operator && matches!(token.text, "-" | "+"));
    if sign.is_some() {
        reader.skip();
    }
    let Some(token) = reader.next() else { return Err(reader.ended()) };
    let fits = match token.kind {
        TokenKind::Number => token.text.parse::<f64>().is_ok(),
        TokenKind::Str | TokenKind::Word => sign.is_none(),
        _ => false,
    };
    if !fits {
        return Err(reader.unreadable(&token));
    }
    reader.skip();
    Ok(Some(format!("{}{}", sign.map_or("", |sign| sign.text), token.text)))
}

fn unexpected(reader: &Reader<'_>) -> Unwelcome {
    reader.next().map_or_else(|| reader.ended(), |token| reader.unreadable(&token))
}

/// What an index or statistics are named after (`ChooseIndexColumnNames`): each key's column or function, or `expr`.
fn named_after(tokens: &[Token<'_>]) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0usize;
    let mut begins = true;
    for (at, token) in tokens.iter().enumerate() {
        if std::mem::take(&mut begins) {
            names.push(if token.names() { unquote(token.text) } else { "expr".to_owned() });
        }
        match token.text {
            "(" => depth += 1,
            ")" if depth == 0 => break,
            ")" => depth -= 1,
            "," if depth == 0 => begins = at + 1 < tokens.len(),
            _ => {}
        }
    }
    names
}
