use super::*;

fn names() -> Names {
    Names::beside("")
}

#[test]
fn expressions_keep_their_grammar() {
    for (text, expected) in [
        ("(orders.customer_id = 42)", "(a1.c1 = 1001)"),
        ("((o.name)::text ~~ '%smith%'::text)", "((a1.c1)::text ~~ '%pat1%'::text)"),
        (r"(name ~~ 'smith\%'::text)", "(c1 ~~ 'pat1'::text)"),
        (
            "(name ~~ ANY (ARRAY['%a'::text, 'b_'::text, (c)::text]))",
            "(c1 ~~ ANY (ARRAY['%v1'::text, 'v2_'::text, (c2)::text]))",
        ),
        ("(name ~ '^smith'::text)", "(c1 ~ '^pat1'::text)"),
        ("(id = ANY ('{1,2,NULL,1}'::integer[]))", "(c1 = ANY ('{1001,1002,NULL,1001}'::integer[]))"),
        ("(kind = ANY ('{a,\"b c\"}'::app.kind[]))", "(c1 = ANY ('{v1,v2}'::s1.c1[]))"),
        ("(price > '-5'::numeric(10,2))", "(c1 > '-1001'::numeric(10,2))"),
        (
            "(at >= '2024-01-01'::timestamp(3) without time zone)",
            "(c1 >= 'v1'::timestamp(3) without time zone)",
        ),
        ("(lower(\"Name\") = app.mask(lower))", "(lower(c1) = a1.f1(c2))"),
        ("\"position\" DESC NULLS LAST", "c1 DESC NULLS LAST"),
        ("(EXTRACT(epoch FROM at) > '1'::numeric)", "(EXTRACT(epoch FROM c1) > '1001'::numeric)"),
        (
            "((hashed SubPlan 12) OR (a = (InitPlan 1).col1))",
            "((hashed SubPlan 12) OR (c1 = (InitPlan 1).col1))",
        ),
        ("(ANY (a = (SubPlan any_1).col2))", "(ANY (c1 = (SubPlan any_1).col2))"),
        (
            "(name COLLATE \"de_DE.utf8\" < other COLLATE \"ours\")",
            "(c1 COLLATE \"de_DE.utf8\" < c2 COLLATE coll1)",
        ),
        ("(data -> 'ssn'::text)", "(c1 -> 'v1'::text)"),
        ("(a IS NOT TRUE)", "(c1 IS NOT TRUE)"),
        ("(ctid = '(0,1)'::tid)", "(ctid = 'v1'::tid)"),
        ("sum(b) OVER (PARTITION BY c ORDER BY d)", "sum(c1) OVER (PARTITION BY c2 ORDER BY c3)"),
        (
            "(ORDER BY a ROWS BETWEEN '5'::bigint PRECEDING AND CURRENT ROW)",
            "(ORDER BY c1 ROWS BETWEEN '1001'::bigint PRECEDING AND CURRENT ROW)",
        ),
        ("\"*SELECT* 1\".id", "\"*SELECT* 1\".c1"),
        ("(x = '' AND y = 'x' -- said Bob\n)", "(c1 = '' AND c2 = 'v1'  \n)"),
    ] {
        assert_eq!(expression::expression(&mut names(), text), expected, "{text}");
    }
}

#[test]
fn statements_keep_their_grammar() {
    for (text, expected) in [
        ("SELECT position, first AS user FROM app.t", "SELECT c1, c2 AS c3 FROM a1.c4"),
        ("/* for bob */ select E'it\\'s' || $$x$$", "  select 'v1' || 'v2'"),
        ("update t set a = 1, b = default", "update t1 set c1 = 1001, c2 = default"),
        ("insert into lower (a) values ('x')", "insert into t1 (c1) values ('v1')"),
        (
            "with recursive w as materialized (select 1) table w",
            "with recursive c1 as materialized (select 1001) table c1",
        ),
        ("select cast(a as app.mood), interval '1 day'", "select cast(c1 as s1.type1), interval 'v1'"),
        (
            "select \"A\", a, A from t for update skip locked",
            "select c1, c2, c2 from t1 for update skip locked",
        ),
        ("select 1 \\! rm -rf secret", "select 1001  "),
    ] {
        assert_eq!(expression::statement(&mut names(), text), expected, "{text}");
    }
}

#[test]
fn values_by_their_keys() {
    for (above, key, text, expected) in [
        (&["Plan"][..], "Relation Name", "orders", "t1"),
        (&["Plan"], "Function Name", "generate_series", "generate_series"),
        (&["Plan"], "Function Name", "salaries", "f1"),
        (&["Plan"], "Subplan Name", "InitPlan 1 (returns $0,$1)", "InitPlan 1 (returns $0,$1)"),
        (&["Plan"], "Subplan Name", "CTE wages", "CTE cte1"),
        (&["Plan"], "Subplan Name", "SubPlan wages", "SubPlan cte1"),
        (&["Plan"], "Sort Method", "external merge", "external merge"),
        (&["Plan"], "Sort Method", "by wages", "v1"),
        (&["Plan"], "Node Type", "Seq Scan", "Seq Scan"),
        (&["Plan"], "Node Type", "Wages Scan", "Node1"),
        (&["Plan"], "Foreign File", "/home/bob", "v1"),
        (&["Wages"], "Node Type", "Seq Scan", "v1"),
        (&["Settings"], "work_mem", "64MB", "64MB"),
        (&["Settings"], "search_path", "\"$user\", app", "\"$user\", s1"),
        (&["Settings"], "app.tenant", "64MB", "v1"),
        (&["Settings"], "work_mem", "bob", "v1"),
    ] {
        assert_eq!(keys::text(&mut names(), above, key, text), expected, "{key} {text}");
    }
    assert_eq!(keys::bare(&mut names(), &["Plan"], "Plan Rows", "42"), "42");
    assert_eq!(keys::bare(&mut names(), &["Plan"], "Tenant", "42"), "1001");
}

#[test]
fn lines_of_text() {
    for (line, expected) in [
        (
            "Index Scan Backward using \"My idx\" on app.orders o  (cost=0.42..8.44 rows=1 width=4) (never executed)",
            "Index Scan Backward using idx1 on s1.t1 t2  (cost=0.42..8.44 rows=1 width=4) (never executed)",
        ),
        (
            "Bitmap Index Scan on orders_idx  (cost=0.42..8.44 rows=1 width=4)",
            "Bitmap Index Scan on t1  (cost=0.42..8.44 rows=1 width=4)",
        ),
        ("Custom Scan (Wages) on t", "Custom Scan (Node1) on t1"),
        ("Seq Scan on \"on\" \"using\"  (cost=secret..8.44 rows=1 width=4)", "Seq Scan on t1 t2"),
    ] {
        assert_eq!(title::rewrite(&mut names(), line).trim_end(), expected, "{line}");
    }
}
