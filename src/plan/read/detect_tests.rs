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
