//! Conditions as PostgreSQL 15 and 18 print them, and what they are read as.

use super::*;

/// An expression's shape, to be compared by eye: constants as `‹value type›`, everything else as a prefix form.
fn shape(expr: &Expr) -> String {
    let all = |items: &[Expr]| items.iter().map(shape).collect::<Vec<_>>().join(", ");
    let typed = |value: &str, name: &Option<String>| match name {
        Some(name) => format!("‹{value} {name}›"),
        None => format!("‹{value}›"),
    };
    match expr {
        Expr::And(items) => format!("and[{}]", all(items)),
        Expr::Or(items) => format!("or[{}]", all(items)),
        Expr::Not(arg) => format!("not[{}]", shape(arg)),
        Expr::Compare { op, left, right } => format!("{{{} {op} {}}}", shape(left), shape(right)),
        Expr::Prefix { op, arg } => format!("{op}[{}]", shape(arg)),
        Expr::AnyAll { op, left, list, all } => {
            format!("{{{} {op} {} {}}}", shape(left), if *all { "all" } else { "any" }, shape(list))
        }
        Expr::IsNull { arg, negated } => {
            format!("{}null[{}]", if *negated { "not-" } else { "" }, shape(arg))
        }
        Expr::Is { arg, test, negated } => {
            format!("is-{}{test}[{}]", if *negated { "not-" } else { "" }, shape(arg))
        }
        Expr::Column { table, name } => match table {
            Some(table) => format!("{table}→{name}"),
            None => format!("→{name}"),
        },
        Expr::Literal { text, type_name } => typed(text, type_name),
        Expr::Null { type_name } => typed("∅", type_name),
        Expr::Param(param) => param.clone(),
        Expr::SubPlan { name, hashed, column } => {
            format!(
                "<{}{name}{}>",
                if *hashed { "hashed " } else { "" },
                column.as_ref().map(|c| format!(".{c}")).unwrap_or_default()
            )
        }
        Expr::Call { name, args, text } => {
            format!("{name}{}({})", if text.is_some() { "!" } else { "" }, all(args))
        }
        Expr::Cast { arg, type_name } => format!("cast[{} as {type_name}]", shape(arg)),
        Expr::Collate { arg, collation } => format!("collate[{} {collation}]", shape(arg)),
        Expr::Case { arg, whens, default } => format!(
            "case[{}{}; {}]",
            arg.as_ref().map(|arg| shape(arg) + ": ").unwrap_or_default(),
            whens
                .iter()
                .map(|(when, then)| format!("{}: {}", shape(when), shape(then)))
                .collect::<Vec<_>>()
                .join(", "),
            default.as_ref().map(|default| shape(default)).unwrap_or_default()
        ),
        Expr::Array(items) => format!("array[{}]", all(items)),
        Expr::Row(items) => format!("row[{}]", all(items)),
        Expr::Other { text, parts } => format!("other[{text}: {}]", all(parts)),
    }
}

/// The pairs of `conditions.txt`: a condition, and indented below it its shape.
fn conditions() -> Vec<(&'static str, &'static str)> {
    let lines =
        include_str!("conditions.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines: Vec<&str> = lines.collect();
    lines.chunks(2).map(|pair| (pair[0], pair[1].trim_start())).collect()
}

#[test]
fn conditions_are_read_as_meant() {
    assert!(conditions().len() > 60);
    for (text, expected) in conditions() {
        let found = Expr::parse(text).map(|expr| shape(&expr));
        assert_eq!(found.as_deref(), Some(expected), "of {text}");
    }
}

#[test]
fn conditions_are_printed_as_they_were_read() {
    let bare = |text: &str| text.trim_start_matches('(').trim_end_matches(')').to_owned();
    for (text, _) in conditions() {
        let expr = Expr::parse(text).expect(text);
        let printed = expr.sql(Names::Qualified);
        assert_eq!(Expr::parse(&printed), Some(expr), "{printed}");
        // These have another form that means the same.
        let forms = ["OVERLAPS", "NOT (ANY (", "(ALL (", "(ANY (o.id", "IS DOCUMENT"];
        if !forms.iter().any(|form| text.contains(form)) {
            assert_eq!(bare(&printed), bare(text));
        }
    }
}

#[test]
fn indexes_want_bare_names() {
    for (text, expected) in [
        ("lower((o.email)::text)", "lower((email)::text)"),
        ("(o.js ->> 'a.b'::text)", "(js ->> 'a.b'::text)"),
        ("EXTRACT(year FROM o.created)", "EXTRACT(year FROM created)"),
        ("(o.ad).city", "(ad).city"),
        ("o.nums[1]", "nums[1]"),
        (
            r#"SUBSTRING("Odd.T"."Weird Name" FROM app.f(o.a) FOR 3)"#,
            r#"SUBSTRING("Weird Name" FROM app.f(a) FOR 3)"#,
        ),
        (r#"(app.f(o."order"))::app.mood"#, r#"(app.f("order"))::app.mood"#),
        (r#""left"(o.name, 3)"#, r#""left"(name, 3)"#),
        ("(o.d = CURRENT_DATE)", "(d = CURRENT_DATE)"),
        ("(public.o.id = 5)", "(id = 5)"),
    ] {
        let expr = Expr::parse(text).unwrap_or_else(|| panic!("{text} is an expression"));
        assert_eq!(expr.sql(Names::Bare), expected);
    }
}

#[test]
fn columns_functions_and_constants_are_told() {
    for (text, columns, functions, constant) in [
        ("(o.id = i.o_id)", "o.id i.o_id", "", false),
        ("((o.a > 1) AND (o.a < o.b))", "o.a o.b", "", false),
        ("(count(*) > 5)", "", "count", false),
        ("COALESCE(lower(name), app.f(1))", "name", "lower app.f", false),
        ("EXTRACT(year FROM o.made)", "o.made", "extract", false),
        ("sum(o.total) FILTER (WHERE (o.paid IS TRUE))", "o.total o.paid", "sum", false),
        ("row_number() OVER (?)", "", "row_number", false),
        ("(now() - '7 days'::interval)", "", "now", true),
        ("CURRENT_DATE", "", "", true),
        ("EXTRACT(year FROM now())", "", "extract,now", true),
        ("ROW($1, NULL::integer, ARRAY[1, '2'::integer])", "", "", true),
        ("(InitPlan 1).col1", "", "", true),
        ("(SubPlan 1)", "", "", false),
        ("(ARRAY(SubPlan 1))", "", "", false),
    ] {
        let expr = Expr::parse(text).unwrap_or_else(|| panic!("{text} is an expression"));
        let found: Vec<String> = expr
            .columns()
            .iter()
            .map(|(table, name)| table.map_or(name.to_string(), |t| format!("{t}.{name}")))
            .collect();
        assert_eq!(found.join(" "), columns, "columns of {text}");
        assert_eq!(expr.function_names().join(" "), functions.replace(',', " "), "functions of {text}");
        assert_eq!(expr.is_constant(), constant, "{text}");
    }
}

#[test]
fn only_relabelled_columns_show_through_a_cast() {
    let is_varchar = |table: Option<&str>, name: &str| (table, name) == (Some("o"), "v");
    for (text, expected) in [
        ("o.id", Some("id")),
        ("(o.v)::text", Some("v")),
        ("(o.id)::text", None),
        ("(o.v)::integer", None),
        ("((o.v)::character varying(5))::text", None),
        ("lower((o.v)::text)", None),
        ("'v'::text", None),
    ] {
        let expr = Expr::parse(text).unwrap_or_else(|| panic!("{text} is an expression"));
        assert_eq!(expr.bare_column(is_varchar), expected.map(|name| (Some("o"), name)), "{text}");
    }
}

#[test]
fn lists_have_their_elements() {
    for (text, expected) in [
        (r#"'{a,"b c",it''s}'::text[]"#, Some(vec![Some("a"), Some("b c"), Some("it's")])),
        ("'{1,NULL}'::integer[]", Some(vec![Some("1"), None])),
        ("ARRAY[1, '2'::integer, NULL::integer]", Some(vec![Some("1"), Some("2"), None])),
        ("(ARRAY['a'::character varying])::text[]", Some(vec![Some("a")])),
        ("'{}'::integer[]", Some(vec![])),
        ("'{}'::jsonb", None),
        ("ARRAY[o.id]", None),
        ("o.nums", None),
    ] {
        let found = Expr::parse(text).and_then(|expr| expr.elements());
        let expected =
            expected.map(|list| list.into_iter().map(|e| e.map(str::to_owned)).collect::<Vec<_>>());
        assert_eq!(found, expected, "of {text}");
    }
}

#[test]
fn terms_are_flat() {
    let expr = Expr::parse("((a = 1) AND ((b = 2) AND (NOT c)) AND d)").expect("an expression");
    let found: Vec<String> = expr.terms().into_iter().map(|term| term.sql(Names::Bare)).collect();
    assert_eq!(found, ["(a = 1)", "(b = 2)", "(NOT c)", "d"]);
}

#[test]
fn precedence_is_the_manuals() {
    for (text, expected) in [
        ("a + b * c = d AND NOT e OR f", "((((a + (b * c)) = d) AND (NOT e)) OR f)"),
        ("a = b IS NULL", "((a = b) IS NULL)"),
        ("a || b = c || d", "((a || b) = (c || d))"),
        ("- a ^ 2 - -3", "(((- a) ^ 2) - -3)"),
        (r#"a::text COLLATE "C" < b"#, r#"(((a)::text COLLATE "C") < b)"#),
    ] {
        assert_eq!(
            Expr::parse(text).map(|expr| expr.sql(Names::Bare)).as_deref(),
            Some(expected),
            "of {text}"
        );
    }
}

#[test]
fn what_is_no_expression_is_none() {
    let deep = "(".repeat(100_000) + "a" + &")".repeat(100_000);
    let long = "a".to_owned() + &" || a".repeat(100_000);
    let wide = "(a = 1)".to_owned() + &" OR (a = 1)".repeat(20_000);
    assert!(Expr::parse(&wide).is_some(), "a wide one is not deep");
    for text in [
        "",
        " ",
        "(",
        ")",
        "a b",
        "(a = )",
        "= 1",
        "a =",
        "CASE WHEN a END",
        "f(",
        "f(a",
        "a[1",
        "'a'::",
        "a IS",
        "a.",
        "ARRAY[",
        "ROW(1",
        "ANY (a",
        "(SubPlan",
        "x OVER (",
        "select",
        "a::numeric(",
        "OPERATOR(",
        "$",
        "a AND",
        "(o.name = 'abc",
        "o.\"abc",
        &deep,
        &long,
    ] {
        assert_eq!(Expr::parse(text), None, "{:.40}", text);
    }
}
