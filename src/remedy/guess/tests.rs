//! Plans as EXPLAIN prints them, and what may be said of them without knowing their tables.

use super::*;
use crate::diagnose::{self, Preferences};
use crate::plan::read;

fn found(plan: &Plan) -> Vec<Finding> {
    diagnose::diagnose(plan, &Catalog::default(), &Preferences::default())
}

/// What is proposed, as SQL; and the reasons for silence.
fn told(plan: &str) -> (Vec<String>, Vec<String>) {
    let plan = read(plan).expect("a plan").plans.remove(0);
    let Proposal { remedies, silences } = propose_from_plan(&plan, &found(&plan));
    let sql = remedies.iter().flat_map(|remedy| remedy.sql()).collect();
    (sql, silences.into_iter().map(|silence| silence.reason).collect())
}

/// A scan of 200,000 rows that keeps `kept` of them.
fn scan(on: &str, filter: &str, kept: u32) -> String {
    let removed = 200_000 - kept;
    format!(
        "Seq Scan on {on}  (cost=0.00..4189.00 rows={kept} width=37) (actual time=0.010..124.100 rows={kept} loops=1)\n  \
           Filter: {filter}\n  Rows Removed by Filter: {removed}\nPlanning Time: 0.1 ms\nExecution Time: 124.2 ms\n"
    )
}

#[test]
fn a_filter_that_keeps_few_rows_is_answered_by_its_columns() {
    for (on, filter, sql) in [
        ("orders", "(customer_id = 42)", "CREATE INDEX orders_customer_id_idx ON orders (customer_id);"),
        ("shop.orders o", "(o.a = 1)", "CREATE INDEX orders_a_idx ON shop.orders (a);"),
        (
            "orders",
            "((made > '2024-01-01'::date) AND (a = ANY ('{1,2}'::integer[])) AND (b IS NULL))",
            "CREATE INDEX orders_a_b_made_idx ON orders (a, b, made);",
        ),
        ("t", "(a = $1)", "CREATE INDEX t_a_idx ON t (a);"),
    ] {
        assert_eq!(told(&scan(on, filter, 9)).0, [sql], "{filter}");
    }
}

#[test]
fn nothing_is_proposed_where_a_plan_does_not_tell_enough() {
    let narrow = "the plan does not tell which of its conditions narrow the rows down";
    let typed = "the plan does not tell the column's type, on which hangs whether an index answers \
                 `((status)::text = 'paid'::text)`";
    for (on, filter, kept, reason) in [
        ("orders", "(customer_id = 42)", 40_000, None),
        ("orders", "((status)::text = 'paid'::text)", 9, Some(typed)),
        ("orders", "((status = 'paid'::text) AND (note ~~ '%x%'::text))", 9, Some(narrow)),
        ("orders", "((a > 1) AND (b < 2))", 9, Some(narrow)),
        (
            "orders",
            "((note)::text ~~ 'x%'::text)",
            9,
            Some("no B-tree column answers `((note)::text ~~ 'x%'::text)`"),
        ),
        (
            "places",
            "(area = '(1,1),(0,0)'::box)",
            9,
            Some("no B-tree column answers `(area = '(1,1),(0,0)'::box)`"),
        ),
        ("orders", "(ctid = '(0,1)'::tid)", 9, Some("no B-tree column answers `(ctid = '(0,1)'::tid)`")),
        (
            "pg_class",
            "(relname = 'x'::name)",
            9,
            Some("pg_catalog.pg_class is PostgreSQL's own, and gets no index"),
        ),
        ("pg_temp_3.mine", "(a = 1)", 9, None),
    ] {
        let (sql, reasons) = told(&scan(on, filter, kept));
        assert_eq!(sql, [""; 0], "{filter}");
        assert_eq!(reasons.first().map(String::as_str), reason, "{filter}");
    }
}

#[test]
fn settings_that_forbid_indexes_and_plans_that_were_not_run_tell_nothing() {
    let measured = scan("orders", "(customer_id = 42)", 9);
    let off = measured.replace("Planning Time", "Settings: enable_indexscan = 'off'\nPlanning Time");
    let estimated =
        "Seq Scan on orders  (cost=0.00..4189.00 rows=9 width=37)\n  Filter: (customer_id = 42)\n";
    for plan in [off.as_str(), estimated] {
        assert_eq!(told(plan).0, [""; 0], "{plan}");
    }
    assert_eq!(told(&measured).0.len(), 1);
}

/// The first rows of an order: by themselves, under a filter, with a join in between, and without a limit.
#[test]
fn an_order_is_proposed_where_it_ends_early() {
    let top = |limit: &str, inside: &str| {
        format!(
            "{limit}  ->  Sort  (cost=9000.00..9500.00 rows=200000 width=37) (actual time=180.0..190.0 rows=20 loops=1)\n        \
                   Sort Key: o.made DESC\n        Sort Method: top-N heapsort  Memory: 25kB\n{inside}\
             Planning Time: 0.1 ms\nExecution Time: 190.2 ms\n"
        )
    };
    let limit =
        "Limit  (cost=9000.00..9001.00 rows=20 width=37) (actual time=180.0..190.1 rows=20 loops=1)\n";
    let unlimited =
        "Unique  (cost=9000.00..9001.00 rows=20 width=37) (actual time=180.0..190.1 rows=20 loops=1)\n";
    let all = "        ->  Seq Scan on orders o  (cost=0.00..4189.00 rows=200000 width=37) (actual time=0.010..120.0 rows=200000 loops=1)\n";
    let some = "        ->  Seq Scan on orders o  (cost=0.00..4189.00 rows=100000 width=37) (actual time=0.010..120.0 rows=100000 loops=1)\n              \
                  Filter: (note ~~ '%x%'::text)\n              Rows Removed by Filter: 100000\n";
    let joined = "        ->  Hash Join  (cost=10.00..4289.00 rows=200000 width=37) (actual time=0.110..150.0 rows=200000 loops=1)\n              \
                    Hash Cond: (o.c = c.id)\n              \
                    ->  Seq Scan on orders o  (cost=0.00..4189.00 rows=200000 width=37) (actual time=0.010..120.0 rows=200000 loops=1)\n              \
                    ->  Hash  (cost=5.00..5.00 rows=100 width=4) (actual time=0.1..0.1 rows=100 loops=1)\n                    \
                          ->  Seq Scan on c  (cost=0.00..5.00 rows=100 width=4) (actual time=0.01..0.05 rows=100 loops=1)\n";
    for (plan, sql) in [
        (top(limit, all), Some("CREATE INDEX orders_made_idx ON orders (made);")),
        (top(limit, some), None),
        (top(limit, joined), None),
        (top(unlimited, all), None),
    ] {
        assert_eq!(told(&plan).0.first().map(String::as_str), sql, "{plan}");
    }
}

/// Each outer row reads the inner table again: its side of the join is what an index would search by.
#[test]
fn the_inner_side_of_a_loop_is_searched_by_the_join() {
    let plan = "\
Nested Loop  (cost=0.00..99999.00 rows=10 width=8) (actual time=1.0..5000.0 rows=500 loops=1)
  Join Filter: (o.id = i.order_id)
  Rows Removed by Join Filter: 4999500
  ->  Seq Scan on orders o  (cost=0.00..20.00 rows=5 width=4) (actual time=0.1..1.0 rows=500 loops=1)
  ->  Seq Scan on items i  (cost=0.00..200.00 rows=10000 width=4) (actual time=0.01..5.0 rows=10000 loops=500)
Planning Time: 0.1 ms
Execution Time: 5000.2 ms
";
    assert_eq!(told(plan).0, ["CREATE INDEX items_order_id_idx ON items (order_id);"]);
    let small = plan.replace("rows=10000 loops=500", "rows=50 loops=500");
    assert_eq!(told(&small).0, [""; 0], "fifty rows are read as quickly as an index is descended");
}

/// The index belongs on the table of which only the partitions are in the plan; and what an index in use serves
/// needs no other.
#[test]
fn what_a_plan_shows_to_be_there_is_not_proposed_again() {
    let partitions = "\
Append  (cost=0.00..9000.00 rows=20 width=8) (actual time=0.1..250.0 rows=18 loops=1)
  ->  Seq Scan on orders_2023 o_1  (cost=0.00..4189.00 rows=9 width=37) (actual time=0.010..124.1 rows=9 loops=1)
        Filter: (customer_id = 42)
        Rows Removed by Filter: 199991
  ->  Seq Scan on orders_2024 o_2  (cost=0.00..4189.00 rows=9 width=37) (actual time=0.010..124.1 rows=9 loops=1)
        Filter: (customer_id = 42)
        Rows Removed by Filter: 199991
Execution Time: 250.2 ms
";
    let lossy = "\
Bitmap Heap Scan on t  (cost=100.00..9000.00 rows=100000 width=8) (actual time=10.0..250.0 rows=1000 loops=1)
  Recheck Cond: (a = 1)
  Rows Removed by Index Recheck: 150000
  Heap Blocks: exact=10 lossy=20000
  ->  Bitmap Index Scan on t_a  (cost=0.00..100.00 rows=100000 width=0) (actual time=9.0..9.0 rows=1000 loops=1)
        Index Cond: (a = 1)
Execution Time: 250.2 ms
";
    let filtered = "\
Index Scan using t_a on t  (cost=0.42..9000.00 rows=10 width=8) (actual time=0.1..250.0 rows=10 loops=1)
  Index Cond: (a = 1)
  Filter: (b = 2)
  Rows Removed by Filter: 150000
Execution Time: 250.2 ms
";
    for (plan, sql) in
        [(partitions, None), (lossy, None), (filtered, Some("CREATE INDEX t_a_b_idx ON t (a, b);"))]
    {
        assert_eq!(told(plan).0.first().map(String::as_str), sql, "{plan}");
    }
    let proposal = {
        let plan = read(filtered).expect("a plan").plans.remove(0);
        propose_from_plan(&plan, &found(&plan))
    };
    assert_eq!(proposal.remedies[0].replaces, [], "t_a may have more columns than the plan shows");
}
