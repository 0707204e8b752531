//! What a statement would do, told from its tokens.
//!
//! Tokens rather than a tree: this must answer for statements that no parser but the server's own knows,
//! and must never take a write for a read. Where a text is ambiguous it errs to the writing side. The
//! server has the last word: reads run in a read-only session.

use super::name::is_reserved;
use super::token::{Token, TokenKind, significant};

/// What a statement does to the database, as far as its text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `SELECT`, `VALUES`, `TABLE`, `WITH … SELECT`. Functions that it calls may still write.
    Read,
    /// A query that locks rows: `FOR UPDATE`, `FOR NO KEY UPDATE`, `FOR SHARE`, `FOR KEY SHARE`, at any depth.
    Locks,
    /// `INSERT`, `UPDATE`, `DELETE` or `MERGE`, as the statement itself or in a `WITH` query.
    Writes(&'static str),
    /// Anything else, by its name: `CREATE TABLE`, `COPY`, `BEGIN`.
    Refused(String),
}

/// What this one statement does; a leading `EXPLAIN` must be off already.
pub fn classify(text: &str) -> Kind {
    of_tokens(&significant(text))
}

/// Whether the text holds parameters such as `$1`, outside of strings and names.
pub fn has_parameters(text: &str) -> bool {
    first_parameter(text).is_some()
}

/// Where the text's first parameter is, in bytes.
pub fn first_parameter(text: &str) -> Option<std::ops::Range<usize>> {
    let tokens = significant(text);
    tokens.iter().find(|token| token.kind == TokenKind::Param).map(|token| token.start..token.end())
}

pub(crate) fn of_tokens(tokens: &[Token<'_>]) -> Kind {
    let start = tokens.iter().take_while(|token| token.punct("(")).count();
    let Some(first) = tokens.get(start) else { return Kind::Refused(name(tokens)) };
    if let Some(verb) = VERBS.into_iter().find(|verb| first.is(verb)) {
        return Kind::Writes(verb);
    }
    let is_query =
        first.is_any(&["SELECT", "VALUES", "TABLE"]) || first.is("WITH") && leads_somewhere(tokens, start);
    if !is_query {
        return Kind::Refused(name(tokens));
    }
    if let Some(verb) = outermost_write(tokens) {
        return Kind::Writes(verb);
    }
    if pairs(tokens).any(|(before, token)| token.is("INTO") && !before.is_any(&["INSERT", "MERGE"])) {
        return Kind::Refused("SELECT INTO".to_owned());
    }
    match (0..tokens.len()).any(|i| locks_rows(tokens, i)) {
        true => Kind::Locks,
        false => Kind::Read,
    }
}

const VERBS: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "MERGE"];

fn pairs<'a>(tokens: &'a [Token<'a>]) -> impl Iterator<Item = (&'a Token<'a>, &'a Token<'a>)> {
    tokens.iter().zip(tokens.iter().skip(1))
}

/// Whether a statement follows the `WITH` queries.
fn leads_somewhere(tokens: &[Token<'_>], with: usize) -> bool {
    let mut depth = 0usize;
    for (i, token) in tokens.iter().enumerate().skip(with) {
        let query = token.is_any(&["SELECT", "VALUES", "TABLE"]);
        if depth == 0 && starts_statement(tokens, i) && (query || verb_at(tokens, i).is_some()) {
            return true;
        }
        if depth == 0 && token.punct("(") && i > 0 && tokens.get(i - 1).is_some_and(|t| t.punct(")")) {
            return true;
        }
        depth = deeper(depth, token);
    }
    false
}

fn deeper(depth: usize, token: &Token<'_>) -> usize {
    match token.text {
        "(" => depth + 1,
        ")" => depth.saturating_sub(1),
        _ => depth,
    }
}

/// The data-modifying statement that the least parentheses enclose.
fn outermost_write(tokens: &[Token<'_>]) -> Option<&'static str> {
    let mut depth = 0;
    let mut found: Option<(usize, &'static str)> = None;
    for (i, token) in tokens.iter().enumerate() {
        if let Some(verb) = verb_at(tokens, i).filter(|_| starts_statement(tokens, i)) {
            found = found.filter(|&(outer, _)| outer <= depth).or(Some((depth, verb)));
        }
        depth = deeper(depth, token);
    }
    found.map(|(_, verb)| verb)
}

/// The verb of a data-modifying statement at this token. These four words may also name columns and
/// functions, so what follows counts.
fn verb_at(tokens: &[Token<'_>], i: usize) -> Option<&'static str> {
    let verb = VERBS.into_iter().find(|verb| tokens.get(i).is_some_and(|token| token.is(verb)))?;
    let next = tokens.get(i + 1)?;
    let fits = match verb {
        "DELETE" => next.is("FROM"),
        "UPDATE" => next.is("ONLY") || next.names() && !is_reserved(next.text),
        _ => next.is("INTO"),
    };
    fits.then_some(verb)
}

/// Whether a statement can start at this token: at the beginning, after a parenthesis (a `WITH` query's own,
/// or the last one's end), or after the name that ends a `SEARCH … SET` or `CYCLE … USING` clause.
fn starts_statement(tokens: &[Token<'_>], i: usize) -> bool {
    let before = |n: usize| i.checked_sub(n).and_then(|at| tokens.get(at));
    let Some(last) = before(1) else { return true };
    let clause = before(2).is_some_and(|token| token.is_any(&["SET", "USING"]));
    ["(", ")", ";"].iter().any(|p| last.punct(p)) || last.names() && clause
}

fn locks_rows(tokens: &[Token<'_>], i: usize) -> bool {
    let is = |n: usize, words: &[&str]| tokens.get(i + n).is_some_and(|token| token.is_any(words));
    is(0, &["FOR"])
        && (is(1, &["UPDATE", "SHARE"])
            || is(1, &["KEY"]) && is(2, &["SHARE"])
            || is(1, &["NO"]) && is(2, &["KEY"]))
}

/// How many tokens a leading `EXPLAIN` takes, its options included (manual: EXPLAIN).
pub(crate) fn explain_prefix(tokens: &[Token<'_>]) -> usize {
    let is = |i: usize, words: &[&str]| tokens.get(i).is_some_and(|token| token.is_any(words));
    if !is(0, &["EXPLAIN"]) {
        return 0;
    }
    let parenthesis = tokens.get(1).is_some_and(|token| token.punct("("));
    if parenthesis && tokens.get(2).is_some_and(|token| token.kind == TokenKind::Word) {
        // `EXPLAIN (SELECT …)` has no options.
        if is(2, &["SELECT", "VALUES", "TABLE", "WITH"]) {
            return 1;
        }
        let end = tokens.iter().position(|token| token.punct(")"));
        return end.map_or(tokens.len(), |end| end + 1);
    }
    1 + tokens.iter().skip(1).take_while(|token| token.is_any(&["ANALYZE", "ANALYSE", "VERBOSE"])).count()
}

/// Words between `CREATE` and what is created that do not change its name.
const MODIFIERS: [&str; 12] = [
    "OR",
    "REPLACE",
    "GLOBAL",
    "LOCAL",
    "TEMP",
    "TEMPORARY",
    "UNLOGGED",
    "UNIQUE",
    "RECURSIVE",
    "TRUSTED",
    "PROCEDURAL",
    "CONSTRAINT",
];

/// Statements and objects whose names are longer than a word.
const LONG_NAMES: [&str; 18] = [
    "MATERIALIZED VIEW",
    "FOREIGN DATA WRAPPER",
    "FOREIGN TABLE",
    "EVENT TRIGGER",
    "ACCESS METHOD",
    "DEFAULT PRIVILEGES",
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "USER MAPPING",
    "LARGE OBJECT",
    "TEXT SEARCH",
    "REFRESH MATERIALIZED VIEW",
    "START TRANSACTION",
    "PREPARE TRANSACTION",
    "RELEASE SAVEPOINT",
    "IMPORT FOREIGN SCHEMA",
    "REASSIGN OWNED",
    "SECURITY LABEL",
];

/// The statement's name, as the manual's reference pages are named; for what is no statement, its first token.
fn name(tokens: &[Token<'_>]) -> String {
    let words: Vec<String> = tokens
        .iter()
        .take_while(|token| token.kind == TokenKind::Word)
        .map(|token| token.text.to_ascii_uppercase())
        .collect();
    match words.first().map(String::as_str) {
        None => tokens.first().map_or(String::new(), |token| token.text.to_owned()),
        Some("DECLARE") => "DECLARE CURSOR".to_owned(),
        Some(verb @ ("CREATE" | "ALTER" | "DROP")) => {
            let object = words.iter().skip(1).position(|word| !MODIFIERS.contains(&word.as_str()));
            let object = words.get(1 + object.unwrap_or(0)..).unwrap_or_default();
            let of_query = verb == "CREATE" && makes_table_of_query(object, tokens);
            format!("{verb} {}{}", longest_name(object), if of_query { " AS" } else { "" })
                .trim_end()
                .to_owned()
        }
        Some(_) => longest_name(&words),
    }
}

fn longest_name(words: &[String]) -> String {
    let fits =
        |name: &&&str| name.split(' ').eq(words.iter().map(String::as_str).take(name.split(' ').count()));
    let long = LONG_NAMES.iter().find(fits).map(|name| (*name).to_owned());
    long.or_else(|| words.first().cloned()).unwrap_or_default()
}

/// Whether it is `CREATE TABLE … AS`.
fn makes_table_of_query(object: &[String], tokens: &[Token<'_>]) -> bool {
    let mut depth = 0;
    object.first().is_some_and(|word| word == "TABLE")
        && tokens.iter().any(|token| {
            depth = deeper(depth, token);
            depth == 0 && token.is("AS")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_reads() {
        for text in [
            "select 1",
            "VALUES (1), (2)",
            "table orders",
            "((select 1) union (select 2)) order by 1",
            "with a as (select 1) select * from a",
            "with a as materialized (select 1), b (x) as not materialized (values (1)) table a",
            "with a as (select 1) (select * from a)",
            "with recursive t as (select 1) search depth first by id set ordercol select * from t",
            "select 'for update', \"update\", $$ delete from t $$ from t -- for update\n where a = 1",
            "select update, delete, insert from t where merge > 1 and t.update = 2",
            "select count(delete), f(update), max(insert) from t",
            "select substring(a from 1 for 2), a for_update from t",
            "select * from t for read only",
            "select * from a where b in (select c from d where e = 'into')",
            "select (a).update from t",
        ] {
            assert_eq!(classify(text), Kind::Read, "{text}");
        }
    }

    #[test]
    fn locking_clauses_are_found_at_any_depth() {
        for text in [
            "select * from t for update",
            "select * from t FOR NO KEY UPDATE of t nowait",
            "select * from t for share skip locked",
            "select * from (select * from t where a = 1 for key share) x",
            "with a as (select * from t for /* now */ update) select * from a",
            "(select * from t for update)",
            "select (select id from jobs order by id limit 1 for update skip locked)",
        ] {
            assert_eq!(classify(text), Kind::Locks, "{text}");
        }
    }

    #[test]
    fn writes_are_found_at_any_depth() {
        for (text, verb) in [
            ("insert into t values (1)", "INSERT"),
            ("insert into t select * from s for update", "INSERT"),
            ("INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1", "INSERT"),
            ("update t set a = 1", "UPDATE"),
            ("delete from t using s", "DELETE"),
            ("merge into t using s on true when matched then delete", "MERGE"),
            ("with a as (select 1) update only t set b = 1", "UPDATE"),
            ("with d as (delete from t returning *) select * from d", "DELETE"),
            ("with d as (delete from t returning *) insert into log select * from d", "INSERT"),
            (
                "select * from x where id in (with u as (update \"T\" set a = 1 returning id) table u)",
                "UPDATE",
            ),
            ("with a as not materialized (/* */ insert\ninto t values (1) returning 1) (select 1)", "INSERT"),
            (
                "with a as (with b as (select 1) merge into t using b on true when matched then do nothing) select 1",
                "MERGE",
            ),
            ("with recursive t as (select 1) cycle id set is_cycle using path delete from x", "DELETE"),
            ("(((with d as (delete from t) select 1)))", "DELETE"),
            ("insert nonsense", "INSERT"),
            ("(delete", "DELETE"),
        ] {
            assert_eq!(classify(text), Kind::Writes(verb), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        for (text, name) in [
            ("create table t (a int default (1))", "CREATE TABLE"),
            ("create table t (a) as select 1", "CREATE TABLE AS"),
            ("CREATE UNLOGGED TABLE IF NOT EXISTS t AS TABLE s", "CREATE TABLE AS"),
            ("create temp view v as select 1", "CREATE VIEW"),
            (
                "create or replace function f() returns int language sql begin atomic select 1; end",
                "CREATE FUNCTION",
            ),
            ("create unique index concurrently on t (a)", "CREATE INDEX"),
            ("create materialized view v as select 1", "CREATE MATERIALIZED VIEW"),
            ("refresh materialized view concurrently v", "REFRESH MATERIALIZED VIEW"),
            ("alter default privileges grant select on tables to x", "ALTER DEFAULT PRIVILEGES"),
            ("drop foreign data wrapper w", "DROP FOREIGN DATA WRAPPER"),
            ("create", "CREATE"),
            ("select a into temp b from c", "SELECT INTO"),
            ("with a as (select 1) select * into t from a", "SELECT INTO"),
            ("copy t from stdin", "COPY"),
            ("copy (delete from t returning *) to stdout", "COPY"),
            ("call p(1)", "CALL"),
            ("do $$ begin delete from t; end $$", "DO"),
            ("begin", "BEGIN"),
            ("start transaction", "START TRANSACTION"),
            ("commit", "COMMIT"),
            ("end", "END"),
            ("vacuum (full) t", "VACUUM"),
            ("set work_mem = '1GB'", "SET"),
            ("declare c cursor for select 1", "DECLARE CURSOR"),
            ("execute p(1)", "EXECUTE"),
            ("prepare p as select 1", "PREPARE"),
            ("prepare transaction 'x'", "PREPARE TRANSACTION"),
            ("truncate t", "TRUNCATE"),
            ("explain select 1", "EXPLAIN"),
            ("selct * from t", "SELCT"),
            ("with a as (select 1)", "WITH"),
            ("with d as (delete from t) selct 1 ((", "WITH"),
            ("(drop table t)", "("),
            ("= 1", "="),
            ("\"select\" 1", "\"select\""),
            ("", ""),
        ] {
            assert_eq!(classify(text), Kind::Refused(name.into()), "{text}");
        }
    }

    #[test]
    fn parameters_count_outside_of_strings() {
        for (text, expected) in [
            ("select $1", true),
            ("select * from t where a=$2::int", true),
            ("select '$1', \"$1\", $$ $1 $$, a$1 -- $1\n", false),
            ("select '{$1}'", false),
        ] {
            assert_eq!(has_parameters(text), expected, "{text}");
        }
    }
}
