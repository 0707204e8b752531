//! Expressions as EXPLAIN prints them, and whether an index may hold them: as PostgreSQL 15 itself says.

use super::*;
use crate::catalog::Column;

fn table() -> Table {
    let column = |(name, type_name): (&str, &str)| Column {
        name: name.into(),
        type_name: type_name.into(),
        base_type: base(type_name),
        btree: true,
        ..Column::default()
    };
    let columns = [
        ("id", "integer"),
        ("total", "numeric(10,2)"),
        ("email", "character varying(80)"),
        ("name", "text"),
        ("code", "character(3)"),
        ("at", "timestamp with time zone"),
        ("made", "timestamp without time zone"),
        ("day", "date"),
        ("mood", "app.mood"),
        ("doc", "jsonb"),
        ("price", "money"),
        ("long", "bigint"),
    ];
    Table { columns: columns.into_iter().map(column).collect(), ..Table::default() }
}

fn catalog() -> Catalog {
    let function = |(schema, name, arguments, volatility): (&str, &str, &str, &str)| Function {
        schema: schema.into(),
        name: name.into(),
        arguments: arguments.split(", ").filter(|a| !a.is_empty()).map(str::to_owned).collect(),
        volatility: volatility.into(),
    };
    let functions = [
        ("pg_catalog", "lower", "text", "i"),
        ("pg_catalog", "lower", "anyrange", "i"),
        ("pg_catalog", "date_trunc", "text, timestamp without time zone", "i"),
        ("pg_catalog", "date_trunc", "text, timestamp with time zone", "s"),
        ("pg_catalog", "date_part", "text, date", "i"),
        ("pg_catalog", "to_char", "timestamp without time zone, text", "s"),
        ("pg_catalog", "to_tsvector", "text", "s"),
        ("pg_catalog", "to_tsvector", "regconfig, text", "i"),
        ("pg_catalog", "now", "", "s"),
        ("pg_catalog", "random", "", "v"),
        ("pg_catalog", "md5", "text", "i"),
        ("app", "score", "integer", "i"),
        ("app", "touch", "integer", "v"),
    ];
    Catalog { functions: functions.into_iter().map(function).collect(), ..Catalog::default() }
}

#[test]
fn what_is_immutable_may_stand_in_an_index() {
    // the expression, its type (empty: not known)
    for (text, type_name) in [
        ("lower((o.email)::text)", "text"),
        ("(o.doc ->> 'id'::text)", "text"),
        ("((o.doc ->> 'n'::text))::integer", "integer"),
        ("(o.doc -> 'a'::text)", "jsonb"),
        ("(o.made)::date", "date"),
        ("(o.at AT TIME ZONE 'UTC'::text)", "timestamp without time zone"),
        ("((o.at AT TIME ZONE 'UTC'::text))::date", "date"),
        ("date_trunc('day'::text, o.made)", "timestamp without time zone"),
        ("date_trunc('day'::text, (o.at AT TIME ZONE 'UTC'::text))", "timestamp without time zone"),
        ("EXTRACT(year FROM o.made)", "numeric"),
        ("(o.total * '2'::numeric)", "numeric"),
        ("(o.id + 1)", "integer"),
        ("(o.day + 7)", "date"),
        ("(- o.id)", "integer"),
        ("(o.id)::text", "text"),
        ("(o.code)::text", "text"),
        ("(((o.email)::text || 'x'::text))", "text"),
        ("COALESCE(o.id, 0)", "integer"),
        ("CASE WHEN (o.id > 5) THEN o.name ELSE NULL::text END", "text"),
        ("(o.name IS NULL)", "boolean"),
        ("md5(lower(o.name))", "text"),
        ("score(o.id)", ""),
        ("app.score(o.id)", ""),
        ("(o.made + '1 day'::interval)", "timestamp without time zone"),
        ("SUBSTRING(o.name FROM 1 FOR 3)", "text"),
        ("upper(o.name)", "text"),
    ] {
        let expr = Expr::parse(text).expect(text);
        let found = check(&expr, &table(), &catalog());
        assert_eq!(found, Ok(Some(type_name.to_owned()).filter(|t| !t.is_empty())), "{text}");
    }
}

#[test]
fn what_may_change_is_refused_with_the_reason() {
    for (text, words) in [
        (
            "(o.at)::date",
            "`(o.at)::date` depends on the session's time zone, so that no index can hold it; compare",
        ),
        ("date_trunc('day'::text, o.at)", "depends on the session's time zone"),
        ("EXTRACT(year FROM o.at)", "depends on the session's time zone"),
        ("(o.at + '1 day'::interval)", "depends on the session's time zone"),
        ("(o.day)::timestamp with time zone", "depends on the session's time zone"),
        ("(o.day < o.at)", "depends on the session's time zone"),
        ("(o.made)::text", "depends on the setting DateStyle"),
        ("(o.name)::date", "depends on the setting DateStyle"),
        ("(o.price)::numeric", "depends on the setting lc_monetary"),
        ("(o.mood)::text", "is not known here"),
        ("to_char(o.made, 'YYYY'::text)", "is declared stable, not immutable"),
        ("to_tsvector(o.name)", "name the configuration"),
        ("touch(o.id)", "is declared volatile"),
        ("unheard_of(o.id)", "is not known here"),
        ("(o.name <-> 'x'::text)", "is not known here"),
        ("(o.name || o.id)", "is not known here"),
        ("(o.day = now())", "is declared stable"),
        ("(o.day = CURRENT_DATE)", "is not known here"),
        ("count(*)", "is not known here"),
        ("rank() OVER (?)", "is not known here"),
        ("(o.id = $1)", "is not known here"),
        ("o.nobody", "is not known here"),
    ] {
        let expr = Expr::parse(text).expect(text);
        let reason = check(&expr, &table(), &catalog()).expect_err(text);
        assert!(reason.contains(words), "{text}: {reason}");
    }
}

#[test]
fn volatile_is_what_has_no_one_value() {
    for (text, expected) in [("random()", true), ("(now() - '1 day'::interval)", false), ("5", false)] {
        assert_eq!(is_volatile(&Expr::parse(text).expect(text), &catalog()), expected, "{text}");
    }
}
