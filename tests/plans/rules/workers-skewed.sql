-- All tasks lie in one block, which one process takes.
begin;
create table task (id int, rounds int, pad text) with (parallel_workers = 2);
insert into task select g, 100000, '' from generate_series(1, 20) g;
create table spread (id int, rounds int, pad text) with (parallel_workers = 2, fillfactor = 10);
insert into spread select g, 40000, repeat('x', 700) from generate_series(1, 24) g;
analyze task, spread;
set local max_parallel_workers_per_gather = 2;
set local parallel_setup_cost = 0;
set local parallel_tuple_cost = 0;
set local min_parallel_table_scan_size = 0;
\o workers-skewed-fires.json
:explain select count(*) from task, generate_series(1, rounds);
\o workers-skewed-silent.json
:explain select count(*) from spread, generate_series(1, rounds);
rollback;
