//! Scripts, and what they fall into.

use super::*;

fn texts(source: &str) -> Vec<String> {
    split(source).statements.into_iter().map(|statement| statement.text).collect()
}

#[test]
fn scripts_fall_into_statements() {
    for (source, expected) in [
        ("select 1; select 2", "select 1¦select 2"),
        ("select 1;;\n ;", "select 1"),
        ("", ""),
        ("-- nothing\n/* at ; all */", ""),
        (
            "-- one; two\nselect 1 /* ; /* ; */ ; */ + 2 -- ; \n; select 3 -- end",
            "select 1 /* ; /* ; */ ; */ + 2¦select 3",
        ),
        ("select $$a;b$$; select $x$ $$;$$ ; $y$ $x$", "select $$a;b$$¦select $x$ $$;$$ ; $y$ $x$"),
        (r"select E'it\';'; select 'back\'; select 2", r"select E'it\';'¦select 'back\'¦select 2"),
        (
            "select 'it''s;', U&'\\0441;', \"a;\"\"b\" ; select 2",
            "select 'it''s;', U&'\\0441;', \"a;\"\"b\"¦select 2",
        ),
        ("\u{feff}select 1;\r\nselect\r\n2;\r\n", "select 1¦select\r\n2"),
        ("select 1 \\; select 2 \\g\nselect 3 \\gx\nselect 4", "select 1¦select 2¦select 3¦select 4"),
        ("select 1 as a \\gset p_\nselect 2", "select 1 as a¦select 2"),
        ("select $1 \\bind 5 \\g\nselect 2", "select $1¦select 2"),
        ("\\set x 'a;b'\nselect 1", "select 1"),
        ("select 1\n\\echo größe\n+ 2;", "select 1\n           \n+ 2"),
        ("select 1\n\\r\nselect 2;", "select 2"),
        ("select 1;\n\\q\nselect 2;", "select 1"),
        ("select 1;\n\\timing on", "select 1"),
        (
            "select a ? 'b', c @> d, e::int, f[1:2], g ->> 'h' from t; select 2",
            "select a ? 'b', c @> d, e::int, f[1:2], g ->> 'h' from t¦select 2",
        ),
        ("/*+ SeqScan(t) */ select 1; /* plain */ select 2", "/*+ SeqScan(t) */ select 1¦select 2"),
        (
            "create rule r as on insert to t do (select 1; select 2); select 3",
            "create rule r as on insert to t do (select 1; select 2)¦select 3",
        ),
        (
            "create function f() returns int begin atomic select 1; select case when true then 2 end; end; select 3",
            "create function f() returns int begin atomic select 1; select case when true then 2 end; end¦select 3",
        ),
        (
            "create or replace procedure p() begin atomic insert into t values (1); end; begin; select 1; end",
            "create or replace procedure p() begin atomic insert into t values (1); end¦begin¦select 1¦end",
        ),
        ("copy t from stdin;\n1\tit's; \n\\.\nselect 1", "copy t from stdin¦select 1"),
        ("select 'never ends; select 2", "select 'never ends; select 2"),
    ] {
        assert_eq!(texts(source).join("¦"), expected, "in {source:?}");
    }
}

#[test]
fn comments_silence_rules() {
    for (source, expected) in [
        ("-- advisor:ignore sort-spills once a night\nselect 1", "sort-spills once a night"),
        ("/* advisor:ignore sort-spills\n   once a night */ select 1; select 2", "sort-spills once a night¦"),
        ("select 1 -- advisor:ignore sort-spills", "sort-spills "),
        ("select 1; -- advisor:ignore a why\n-- advisor:ignore b\nselect 2", "a why¦b "),
        ("select 1; select 2 -- advisor:ignore a why\n;", "¦a why"),
        ("-- advisor:ignore a x\n--advisor:ignore b y\nselect 1", "a x, b y"),
        ("select '-- advisor:ignore a', 1 -- advisor:ignored b, advisor:ignore c\n", ""),
        ("-- advisor:ignore\nselect 1", ""),
        ("select 1;\n-- advisor:ignore a", ""),
    ] {
        let told = |one: &Ignore| format!("{} {}", one.rule, one.reason);
        let of = |one: Statement| one.ignores.iter().map(told).collect::<Vec<_>>().join(", ");
        let found: Vec<String> = split(source).statements.into_iter().map(of).collect();
        assert_eq!(found.join("¦"), expected, "in {source:?}");
    }
}

#[test]
fn a_leading_explain_is_taken_off() {
    for (source, expected, kind) in [
        ("explain select 1", "select 1", Kind::Read),
        ("EXPLAIN ANALYZE VERBOSE delete from t;", "delete from t", Kind::Writes("DELETE")),
        ("explain analyse table t", "table t", Kind::Read),
        ("explain (analyze, buffers on, format json) /* x */ select 1", "select 1", Kind::Read),
        ("explain (select 1)", "(select 1)", Kind::Read),
        ("explain ((select 1))", "((select 1))", Kind::Read),
        (
            "explain (costs off) create table x as select 1",
            "create table x as select 1",
            Kind::Refused("CREATE TABLE AS".into()),
        ),
        ("explain analyze", "", Kind::Read),
    ] {
        let script = split(source);
        let found: Vec<_> = script.statements.iter().map(|s| (s.text.as_str(), s.kind.clone())).collect();
        let expected = if expected.is_empty() { vec![] } else { vec![(expected, kind)] };
        assert_eq!(found, expected, "in {source:?}");
        for statement in &script.statements {
            assert!(source[statement.offset..].starts_with(&statement.text), "in {source:?}");
        }
    }
}

#[test]
fn notes_name_the_scripts_own_lines() {
    let source =
        "-- a\n\\set x 1\nselect 1 \\gset\n\nselect 2 \\g\ncopy t from stdin;\n1\n2\n\\.\n\\i other.sql\n";
    let notes: Vec<_> =
        split(source).notes.into_iter().map(|note| format!("{}: {}", note.line, note.text)).collect();
    assert_eq!(
        notes,
        [
            r"2: psql meta-command `\set x 1` ignored",
            r"3: psql meta-command `\gset` ignored",
            "6: data of COPY ignored",
            r"10: psql meta-command `\i other.sql` ignored",
        ]
    );
}

#[test]
fn places_are_the_files_own() {
    let source = "\u{feff}-- größe\r\nselect 1;\r\n  explain select 'ü',\r\n    nope from t;";
    let script = split(source);
    let [first, second] = script.statements.as_slice() else { panic!("two statements in {script:?}") };
    assert_eq!(first.place(source), Place { line: 2, column: 1 });
    assert_eq!(first.locate(source, 8), Place { line: 2, column: 8 });
    assert_eq!(second.place(source), Place { line: 3, column: 11 });
    // `nope` is character 18 of the statement: `select 'ü',` and a line's end, and four spaces are before it.
    assert_eq!(second.text.chars().skip(17).take(4).collect::<String>(), "nope");
    assert_eq!(second.locate(source, 18), Place { line: 4, column: 5 });
    assert_eq!(second.locate(source, 9999), Place { line: 4, column: 17 });
    assert_eq!(
        split("\u{feff}select 1").statements[0].place("\u{feff}select 1"),
        Place { line: 1, column: 1 }
    );
}
