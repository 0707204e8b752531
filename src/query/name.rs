//! Names as PostgreSQL writes and reads them.

use super::string::unescape_unicode;

/// Keywords that cannot name a column unless quoted (`pg_get_keywords()` of 15 and 18, category R).
const RESERVED: &str = "all analyse analyze and any array as asc asymmetric both case cast check collate \
    column constraint create current_catalog current_date current_role current_time current_timestamp \
    current_user default deferrable desc distinct do else end except false fetch for foreign from grant \
    group having in initially intersect into lateral leading limit localtime localtimestamp not null offset \
    on only or order placing primary references returning select session_user some symmetric system_user \
    table then to trailing true union unique user using variadic when where window with";

/// Further keywords that PostgreSQL quotes when they are names (categories C and T).
const SPECIAL: &str = "between bigint bit boolean char character coalesce dec decimal exists extract float \
    greatest grouping inout int integer interval json json_array json_arrayagg json_exists json_object \
    json_objectagg json_query json_scalar json_serialize json_table json_value least merge_action national \
    nchar none normalize nullif numeric out overlay position precision real row setof smallint substring \
    time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest \
    xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable authorization binary collation concurrently \
    cross current_schema freeze full ilike inner is isnull join left like natural notnull outer overlaps \
    right similar tablesample verbose";

fn listed(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|keyword| keyword.eq_ignore_ascii_case(word))
}

/// Whether the unquoted word can only be a keyword.
pub fn is_reserved(word: &str) -> bool {
    listed(RESERVED, word)
}

/// The name as it must be written: quoted where PostgreSQL's `quote_identifier` quotes.
pub fn quote(name: &str) -> String {
    match is_plain(name) && !is_reserved(name) && !listed(SPECIAL, name) {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// Whether it is made of nothing but lower-case letters, digits and underscores.
fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|c| c.is_ascii_lowercase() || c == b'_')
        && bytes.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}

/// The name that a token stands for: quotes taken off, or ASCII letters folded to lower case.
pub fn unquote(token: &str) -> String {
    let (prefix, body) = token.split_at(token.find('"').unwrap_or(token.len()));
    let Some(body) = body.strip_prefix('"') else { return prefix.to_ascii_lowercase() };
    let body = body.strip_suffix('"').unwrap_or(body).replace("\"\"", "\"");
    match prefix.is_empty() {
        true => body,
        false => unescape_unicode(&body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_postgresql_quotes_them() {
        for (name, expected) in [
            ("orders", "orders"),
            ("created_at2", "created_at2"),
            ("Weird Name", "\"Weird Name\""),
            ("q\"uote", "\"q\"\"uote\""),
            ("größe", "\"größe\""),
            ("order", "\"order\""),
            ("substring", "\"substring\""),
            ("left", "\"left\""),
            ("update", "update"),
            ("2x", "\"2x\""),
            ("", "\"\""),
        ] {
            assert_eq!(quote(name), expected);
            assert_eq!(unquote(expected), name);
        }
        assert_eq!(unquote("CamelCase"), "camelcase");
        assert_eq!(unquote(r#"U&"d\0061ta""#), "data");
    }
}
