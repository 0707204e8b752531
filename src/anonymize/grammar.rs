//! Words of SQL's grammar that could also be names: kept only where the grammar asks for them.

use super::vocabulary;
use crate::query::name::{is_reserved, unquote};
use crate::query::{Token, TokenKind};

/// Keywords that PostgreSQL quotes when they are functions or types but not when they are columns (category C of
/// `pg_get_keywords()`), and that stand for themselves wherever the text is PostgreSQL's own.
const OF_COLUMNS: &str = "bigint bit boolean char character coalesce dec decimal exists extract float greatest \
    grouping inout int integer interval json json_array json_arrayagg json_exists json_object json_objectagg \
    json_query json_scalar json_serialize json_table json_value least merge_action national nchar normalize nullif \
    numeric out overlay position precision real row setof smallint substring time timestamp treat trim varchar \
    xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

/// Those that nobody can take for a name, and keywords of category T.
const PLAIN: &str = "between values none authorization binary collation concurrently cross current_schema freeze full \
    ilike inner is isnull join left like natural notnull outer overlaps right similar tablesample verbose";

/// Fields of `EXTRACT` (manual: 9.9.1).
const FIELDS: &str = "century day decade dow doy epoch hour isodow isoyear julian microseconds millennium \
    milliseconds minute month quarter second timezone timezone_hour timezone_minute week year";

fn listed(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// The words around a word, as far as the grammar looks.
pub(super) struct Near<'a> {
    /// The token before, and the one before that.
    pub before: [Option<Token<'a>>; 2],
    /// The token after.
    pub after: Option<Token<'a>>,
    /// Whether somebody wrote the text, rather than PostgreSQL.
    pub written: bool,
}

impl Near<'_> {
    fn after_is(&self, words: &[&str]) -> bool {
        self.after.is_some_and(|token| token.is_any(words))
    }

    fn before_is(&self, words: &[&str]) -> bool {
        self.before[0].is_some_and(|token| token.is_any(words))
    }

    fn before_punct(&self, text: &str) -> bool {
        self.before[0].is_some_and(|token| token.punct(text))
    }

    fn after_punct(&self, text: &str) -> bool {
        self.after.is_some_and(|token| token.punct(text))
    }

    fn before_kind(&self, kind: TokenKind) -> bool {
        self.before[0].is_some_and(|token| token.kind == kind)
    }

    fn before_type(&self) -> bool {
        self.before[0].is_some_and(|token| vocabulary::is_type(token.text))
            && self.before[1].is_some_and(|token| token.punct("::"))
    }

    fn after_kind(&self, kind: TokenKind) -> bool {
        self.after.is_some_and(|token| token.kind == kind)
    }
}

/// Whether the word is a keyword here.
pub(super) fn is_keyword(token: &Token, near: &Near) -> bool {
    let word = unquote(token.text);
    // Behind AS, any keyword is a label.
    if near.written && near.before_is(&["as"]) {
        return matches!(word.as_str(), "materialized" | "not")
            || is_reserved(&word) && near.after_punct("(");
    }
    if is_reserved(&word) || listed(PLAIN, &word) {
        return true;
    }
    if listed(OF_COLUMNS, &word) {
        return !near.written
            || near.after_punct("(")
            || near.after_kind(TokenKind::Str)
            || near.before_is(&["is"]);
    }
    is_of_expressions(token, &word, near) || (near.written && is_of_statements(&word, near))
}

/// What ruleutils.c and explain.c print, and what the grammar has in expressions.
fn is_of_expressions(token: &Token, word: &str, near: &Near) -> bool {
    let counted =
        [TokenKind::Number, TokenKind::Str, TokenKind::Param].into_iter().any(|k| near.before_kind(k));
    match word {
        "nulls" => near.after_is(&["first", "last"]),
        "first" | "last" => near.before_is(&["nulls"]),
        "by" => near.before_is(&["order", "group", "partition"]),
        "partition" => near.after_is(&["by"]),
        "over" => near.before_punct(")"),
        "filter" => near.before_punct(")") && near.after_punct("("),
        "within" => near.after_is(&["group"]),
        "rows" | "range" | "groups" => near.after_is(&["between", "unbounded", "current"]) || counted,
        "unbounded" => near.after_is(&["preceding", "following"]),
        "preceding" | "following" => {
            near.before_is(&["unbounded", "row"]) || counted || near.before_punct(")") || near.before_type()
        }
        "repeatable" => near.before_punct(")") && near.after_punct("("),
        "current" => near.after_is(&["row"]),
        "exclude" => near.after_is(&["current", "group", "ties", "no"]),
        "ties" | "no" => near.before_is(&["exclude"]),
        "others" => near.before_is(&["no"]),
        "at" => near.after_is(&["time"]),
        "zone" => near.before_is(&["time"]),
        "document" | "normalized" => near.before_is(&["is", "not"]),
        "partial" => token.text == "PARTIAL" && near.after.is_some_and(|next| next.names()),
        "passing" => near.before_punct(")") && near.after_punct("("),
        "columns" => near.before_punct(")") && near.names_after(),
        "path" => near.after_kind(TokenKind::Str),
        "ordinality" => near.before_is(&["for", "with"]),
        "returns" => near.after_kind(TokenKind::Param),
        field if listed(FIELDS, field) => {
            near.before_punct("(") && near.before[1].is_some_and(|call| call.is("extract"))
        }
        _ => false,
    }
}

/// What only whole statements have.
fn is_of_statements(word: &str, near: &Near) -> bool {
    let first = near.before[0].is_none();
    match word {
        "recursive" => near.before_is(&["with"]),
        "materialized" => near.before_is(&["not"]),
        "insert" => near.after_is(&["into", "values"]) || near.after_punct("("),
        "update" => {
            first
                || near.before_is(&["do", "for", "key", "then"])
                || near.before_punct("(") && near.names_after()
        }
        "delete" => near.after_is(&["from"]) || near.before_is(&["then"]),
        "merge" => near.after_is(&["into"]),
        "set" => near.names_after() || near.after_punct("("),
        "conflict" => near.before_is(&["on"]),
        "nothing" => near.before_is(&["do"]),
        "do" => near.after_is(&["update", "nothing"]),
        "matched" => near.before_is(&["when", "not"]),
        "share" | "key" => near.before_is(&["for", "key"]) && !near.after_punct("."),
        "no" => near.before_is(&["for"]),
        "skip" => near.after_is(&["locked"]),
        "locked" => near.before_is(&["skip"]),
        "next" | "first" => near.before_is(&["fetch"]),
        "rows" | "row" => near.before_kind(TokenKind::Number),
        "cube" | "rollup" => near.after_punct("("),
        "sets" => near.before_is(&["grouping"]),
        "escape" => near.after_kind(TokenKind::Str),
        "explain" | "declare" | "execute" | "prepare" => first,
        _ => false,
    }
}

impl Near<'_> {
    fn names_after(&self) -> bool {
        self.after.is_some_and(|token| token.names())
    }
}
