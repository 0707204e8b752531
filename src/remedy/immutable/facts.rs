//! What PostgreSQL's own types, casts, operators and functions are: the facts of `pg_type`, `pg_cast`, `pg_operator` and
//! `pg_proc` of 15.

/// Types whose input and output functions are immutable, so that a conversion from or to a string is (`pg_type` and `pg_proc`
/// of 15). Dates and times read and write by `DateStyle` and the time zone.
pub const SAME_AS_TEXT: [&str; 24] = [
    "bigint",
    "bit",
    "bit varying",
    "boolean",
    "box",
    "bytea",
    "cidr",
    "circle",
    "double precision",
    "inet",
    "integer",
    "json",
    "jsonb",
    "jsonpath",
    "macaddr",
    "macaddr8",
    "numeric",
    "oid",
    "pg_lsn",
    "point",
    "real",
    "smallint",
    "tsvector",
    "uuid",
];

/// Other casts that are immutable (`pg_cast` of 15): from, to.
pub const CASTS: [(&str, &str); 16] = [
    ("boolean", "integer"),
    ("cidr", "inet"),
    ("date", "timestamp without time zone"),
    ("inet", "cidr"),
    ("integer", "boolean"),
    ("integer", "oid"),
    ("interval", "time without time zone"),
    ("json", "jsonb"),
    ("jsonb", "boolean"),
    ("jsonb", "json"),
    ("oid", "bigint"),
    ("time without time zone", "interval"),
    ("timestamp without time zone", "date"),
    ("timestamp without time zone", "time without time zone"),
    ("bit", "integer"),
    ("integer", "bit"),
];

/// Operators of core that are immutable whatever they are applied to (`pg_operator` of 15).
pub const OPERATORS: [&str; 32] = [
    "%", "&", "&&", "*", "->", "->>", "/", "<<", "<@", ">>", "?", "?&", "?|", "@>", "@?", "^", "^@", "|",
    "|/", "||/", "~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*", "#>", "#>>", "#-", "#",
];

/// Operators that compare.
pub const COMPARISONS: [&str; 8] =
    ["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"];

/// Forms of the grammar that are immutable when what is in them is.
pub const FORMS: [&str; 9] =
    ["coalesce", "greatest", "least", "nullif", "substring", "trim", "position", "overlay", "normalize"];

/// Functions that return `text`, those that return `integer`, and those that return their first argument's type.
pub const TO_TEXT: [&str; 21] = [
    "btrim",
    "initcap",
    "json_extract_path_text",
    "jsonb_extract_path_text",
    "left",
    "lower",
    "lpad",
    "ltrim",
    "md5",
    "normalize",
    "overlay",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "rpad",
    "rtrim",
    "split_part",
    "substr",
    "substring",
    "upper",
];
pub const TO_INTEGER: [&str; 7] =
    ["array_length", "ascii", "cardinality", "jsonb_array_length", "length", "position", "strpos"];
pub const TO_SAME: [&str; 8] = ["abs", "ceil", "coalesce", "floor", "greatest", "least", "nullif", "round"];

/// Functions of core of which each of the name is immutable (`pg_proc` of 15): what is known where no database tells.
pub const OWN: [&str; 56] = [
    "abs",
    "array_to_tsvector",
    "ascii",
    "box",
    "btrim",
    "cardinality",
    "ceil",
    "char_length",
    "circle",
    "date_bin",
    "daterange",
    "decode",
    "div",
    "encode",
    "floor",
    "initcap",
    "int4range",
    "int8range",
    "jsonb_array_length",
    "jsonb_extract_path",
    "jsonb_extract_path_text",
    "jsonb_typeof",
    "left",
    "length",
    "lower",
    "lpad",
    "ltrim",
    "md5",
    "mod",
    "numrange",
    "octet_length",
    "point",
    "power",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "round",
    "rpad",
    "rtrim",
    "setweight",
    "sha256",
    "sign",
    "split_part",
    "sqrt",
    "starts_with",
    "string_to_array",
    "strip",
    "strpos",
    "substr",
    "to_hex",
    "translate",
    "tsrange",
    "tstzrange",
    "tsvector_to_array",
    "upper",
];
