use super::holds_plan;

#[test]
fn plans_are_told_from_sql() {
    for (text, expected) in [
        ("[{\"Plan\": {}}]", true),
        ("\u{feff}\n  {\"Plan\": {}}", true),
        (
            "     QUERY PLAN      \n---------------------\n [                  +\n   {                 +\n     \"Plan\": {     +\n",
            true,
        ),
        ("+-----------+\n| QUERY PLAN |\n+-----------+\n| [{\"Plan\": {     |", true),
        ("┌───────┐\n│ QUERY PLAN │\n├───────┤\n│ [{\"Plan\": { ↵│", true),
        ("-[ RECORD 1 ]-------\nQUERY PLAN | [    +\n           | {\"Plan\": {", true),
        ("     QUERY PLAN\n-----------\n Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)", true),
        ("Seq Scan on t\n  Filter: (a = 1)", true),
        ("- Plan: \n    Node Type: \"Result\"", true),
        ("<explain xmlns=\"http://www.postgresql.org/2009/explain\">", true),
        ("[\n  {\n    \"Pl", true),
        ("{\"a\": 1}", true),
        ("select '{}'", false),
        ("select '\n{\"a\": 1}\n'", false),
        ("-- [1]\nselect 1", false),
        ("-- QUERY PLAN\n-- of [x]\nselect 1", false),
        ("-- Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)\nselect 1", false),
        ("select 1 as \"QUERY PLAN\"\n[", false),
        ("select *\nfrom t\nLimit 3", false),
        ("insert into t values (1)", false),
        ("update t set a = (cost = 1)", false),
        ("", false),
    ] {
        assert_eq!(holds_plan(text), expected, "{text:?}");
    }
}

#[test]
fn json_that_is_no_plan_is_refused_with_its_place() {
    for (text, expected) in [
        ("[\n  {\n    \"Pl", "line 3, column 8: expected more"),
        ("{\"a\": 1}", "the JSON holds no `Plan`"),
        ("{\"a\": 1,}", "line 1, column 9: expected a key in quotes"),
        ("no plan at all", "there is no plan"),
    ] {
        let error = super::read(text).expect_err(text);
        assert!(error.what().contains(expected), "{text}: {error}");
    }
}
