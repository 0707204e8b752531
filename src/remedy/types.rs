//! What is known of PostgreSQL's own types: by name, as `format_type` prints them, without modifiers.

use crate::catalog::Column;

/// Types without a B-tree order (manual, "Operator Classes and Operator Families"; `pg_type` beside `pg_opclass` of 15).
const UNORDERED: [&str; 11] =
    ["aclitem", "box", "cid", "circle", "json", "line", "lseg", "path", "point", "polygon", "xml"];

/// Whether no B-tree can be made of this type.
pub fn is_unordered(name: &str) -> bool {
    UNORDERED.contains(&base(name).as_str())
}

/// A type without its modifier: `timestamp(3) without time zone` is `timestamp without time zone`.
pub fn base(name: &str) -> String {
    match (name.find('('), name.find(')')) {
        (Some(open), Some(close)) if open < close && !name.contains('"') => {
            let rest = &name[close + 1..];
            format!("{}{rest}", name[..open].trim_end())
        }
        _ => name.to_owned(),
    }
}

/// A column's type, below a domain and without a modifier; empty where nobody told.
pub fn of(column: &Column) -> String {
    base(if column.base_type.is_empty() { &column.type_name } else { &column.base_type })
}

/// Whether PostgreSQL relabels the column as `text` where it is compared: an index on the column then serves. Of other types
/// `(column)::text` is a conversion, and of `text` itself what is left of a COLLATE (measured on 15).
pub fn is_relabelled(column: &Column) -> bool {
    match of(column).as_str() {
        "character varying" => true,
        "text" => !column.type_name.is_empty() && column.type_name != "text",
        _ => false,
    }
}

/// The operator class by which an index of a string type serves patterns under any collation (manual, "Operator Classes and
/// Operator Families").
pub fn pattern_class(name: &str) -> Option<&'static str> {
    match base(name).as_str() {
        "text" => Some("text_pattern_ops"),
        "character varying" => Some("varchar_pattern_ops"),
        "character" => Some("bpchar_pattern_ops"),
        _ => None,
    }
}

/// Whether it is one of the strings, between which a cast changes no more than blanks and length.
pub fn is_string(name: &str) -> bool {
    matches!(base(name).as_str(), "text" | "character varying" | "character" | "name" | "\"char\"")
}

/// Whether it is a number.
pub fn is_number(name: &str) -> bool {
    matches!(base(name).as_str(), "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision")
}

/// Whether it is a time that means the same instant everywhere, so that its date depends on where one is.
pub fn is_instant(name: &str) -> bool {
    base(name) == "timestamp with time zone"
}

/// Whether it is a date or a time of day without a zone.
pub fn is_local_time(name: &str) -> bool {
    matches!(base(name).as_str(), "date" | "timestamp without time zone" | "time without time zone")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modifier_is_no_part_of_a_type() {
        for (name, expected) in [
            ("timestamp(3) without time zone", "timestamp without time zone"),
            ("character varying(20)", "character varying"),
            ("numeric(10,2)", "numeric"),
            ("text", "text"),
            (r#"app."odd (type)""#, r#"app."odd (type)""#),
        ] {
            assert_eq!(base(name), expected);
        }
    }
}
