-- The planted plans from 34 on: sleeps stand in known nodes, so that each node's own time is known beforehand.
-- Read by make-planted.sh: the schema comes first, then one case after another. The first line of a case names it,
-- and the version from which on the server knows it. The truths stand in tests/shapes.rs.

-- schema
\set ON_ERROR_STOP on
set client_min_messages = warning;
drop schema if exists planted cascade;
create schema planted;
set search_path = planted;

-- Sleeps for so many ms, and passes the row. The second argument keeps it from being asked once for all rows; the cost
-- has it asked after all other conditions, and makes sharing the rows among processes worth while.
create function nap(ms float8, k int) returns boolean language plpgsql stable parallel safe cost 1000 as
$$begin perform pg_sleep(ms / 1000.0); return true; end$$;

create table t10 (a int) with (parallel_workers = 0);
insert into t10 select generate_series(1, 10);
create table t20 (a int) with (parallel_workers = 0);
insert into t20 select generate_series(1, 20);

-- One row a page, so that three processes share 60 naps evenly: each takes the next page when it has slept.
create table spread (a int, b int, c int, pad text) with (parallel_workers = 2);
alter table spread alter pad set storage plain;
insert into spread select g, g % 10, g % 2, repeat('x', 4100) from generate_series(1, 60) g;

-- 40 visits to ten keys, to be remembered.
create table keys (k int primary key) with (parallel_workers = 0);
insert into keys select generate_series(0, 9);
create table visits (a int, k int) with (parallel_workers = 0);
insert into visits select g, g % 10 from generate_series(1, 40) g;

-- In order of `a` alone, 25 rows to each value.
create table sorted (a int, b int, pad text) with (parallel_workers = 2);
insert into sorted select g / 25, (g * 7) % 1000, repeat('x', 200) from generate_series(0, 9999) g;
create index sorted_a on sorted (a);

-- What statements write to.
create table written (a int primary key, b int);
create table copy (a int);
insert into written select g, 0 from generate_series(1, 20) g;

-- Tables elsewhere that are here in truth: two halves of a partitioned table, each a view with naps.
select exists (select from pg_available_extensions where name = 'postgres_fdw') as has_fdw \gset
\if :has_fdw
create extension postgres_fdw; -- in this schema, and dropped with it
create view remote_1 as select a from t10 where nap(10, a);
create view remote_2 as select a + 100 as a from t10 where nap(10, a);
create table halves (a int) partition by range (a);
do $$
declare
    host text := split_part(current_setting('unix_socket_directories'), ',', 1);
    asynchronous text := case when current_setting('server_version_num')::int >= 140000
        then $o$, async_capable 'true'$o$ else '' end;
begin
    -- One connection to each: two scans over one connection cannot be waited for at once.
    for i in 1..2 loop
        execute format('create server planted_%s foreign data wrapper postgres_fdw '
            'options (host %L, port %L, dbname %L%s)', i, host, current_setting('port'), current_database(), asynchronous);
        execute format('create user mapping for current_user server planted_%s options (user %L)', i, current_user);
        execute format('create foreign table half_%s partition of halves for values from (%s) to (%s) '
            'server planted_%s options (schema_name %L, table_name %L)',
            i, i * 100 - 100, i * 100, i, 'planted', 'remote_' || i);
    end loop;
end$$;
\endif
vacuum analyze t10, t20, spread, keys, visits, sorted, written;

-- case 34-memoize
-- The ten keys are asked for 40 times; without Memoize (13) each time anew.
set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_material = off;
:explain
select count(keys.k) from visits left join keys on keys.k = visits.k and nap(10, keys.k);

-- case 35-memoize-evicts
-- What is remembered has no room: 1,000 values of `b` in 64 kB, each asked for ten times.
set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_material = off;
set local work_mem = '64kB'; set local hash_mem_multiplier = 1; set local enable_bitmapscan = off;
:explain
select count(*) from sorted o, lateral (select a from sorted i where i.a = o.b % 400 limit 1) q where o.a < 400;

-- case 36-memoize-in-workers
-- Each process remembers for itself: two keys.
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
set local enable_hashjoin = off; set local enable_mergejoin = off;
:explain
select count(keys.k) from spread left join keys on keys.k = spread.c and nap(20, keys.k) where nap(5, spread.a);

-- case 37-gather-merge
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
:explain
select a from spread where nap(5, a) order by b;

-- case 38-gather-merge-without-verbose
-- Nothing of the single workers is told.
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
\set verbose off
:explain
select a from spread where nap(5, a) order by b;

-- case 39-gather-rescanned
-- The workers are started three times; of the single ones, the last time is told.
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
set local enable_material = off;
:explain
select count(*) from t10 left join (select b, count(*) from spread where nap(5, a) group by b) q on q.b <> t10.a
where t10.a <= 3;

-- case 40-parallel-hash
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
set local enable_nestloop = off; set local enable_mergejoin = off;
:explain
select count(*) from spread probe join spread build using (a) where nap(5, probe.a) and nap(3, build.a);

-- case 41-parallel-append
-- t10 is read by one process, spread by all.
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
:explain
select count(*) from (select a from t10 where nap(10, a) union all select a from spread where nap(5, a)) u;

-- case 42-hashed-subplan-in-workers
-- Each process makes its own table of t10.
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
:explain
select count(*) from spread where nap(5, a) and b + 100 not in (select a from t10 where nap(10, a));

-- case 43-subplan-in-workers
-- The leader keeps its rows of t10; a worker reads t10 anew for each of its rows, for it is not told to rewind
-- (execParallel.c, ExecSerializePlan: rewindPlanIDs).
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
:explain
select count(*) from spread where nap(5, a) and b + 100 > all (select a from t10 where nap(10, a));

-- case 44-subplan-of-the-gather
-- What depends on the row outside is evaluated by the leader, when the Gather hands on a row.
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
:explain
select a, (select count(*) from t10 where t10.a <= spread.b - 4 and nap(2, t10.a)) from spread where nap(5, a);

-- case 45-initplan-of-the-gather
-- random() keeps the sum out of the workers: the leader asks for the InitPlan when it hands on the first row, and the
-- workers go on meanwhile.
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
:explain
select (select max(a) from t10 where nap(10, a)) + random() from spread where nap(5, a);

-- case 46-initplans-in-workers
-- Since 17, what has an InitPlan may run in a worker.
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
:explain
select count(*) from t10 where nap(10, a) and a >= (select min(a) from t20 where nap(5, a))
union all
select count(*) from t20 where nap(5, a) and a > (select min(a) from t10 where nap(10, a));

-- case 47-writable-cte-read-in-part
-- Two of twenty rows are read; the other eighteen are updated after the root has ended.
:explain
with u as (update written set b = 1 where nap(10, a) returning a) select * from u limit 2;

-- case 48-writable-cte-unread
-- Nobody reads it: all of it runs after the root has ended.
:explain
with d as (delete from written where nap(10, a)) select count(*) from t10 where nap(5, a);

-- case 49-writable-ctes-in-a-row
-- The second reads all of the first, and is itself read in part: it goes on after the root has ended.
:explain
with d as (delete from written where nap(10, a) returning a),
     i as (insert into copy select a from d where nap(5, a) returning a)
select * from i limit 3;

-- case 50-incremental-sort
set local enable_seqscan = off; set local enable_bitmapscan = off;
:explain
select a, b from sorted where a < 4 and nap(2, b) order by a, b;

-- case 51-incremental-sort-in-workers
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
set local min_parallel_index_scan_size = 0; set local enable_seqscan = off; set local enable_bitmapscan = off;
set local enable_sort = off;
:explain
select a, b from sorted where a < 100 and (b >= 40 or nap(2, b)) order by a, b;

-- case 52-partial-aggregate
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
:explain
select c, count(*) from spread where nap(5, a) group by c;

-- case 53-partial-aggregate-and-initplan
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
:explain
select (select max(a) from t10 where nap(10, a)) + count(*) from spread where nap(5, a);

-- case 54-parallel-bitmap-scan
set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0;
set local enable_seqscan = off; set local enable_indexscan = off;
create index spread_a on spread (a);
:explain
select count(*) from spread where a between 1 and 59 and nap(5, a);

-- case 55-foreign-append needs postgres_fdw
-- Since 14 both halves are waited for at once. The first time is for the connections.
select count(*) from halves \g /dev/null
:explain
select count(*) from halves;

-- case 56-merge from 15
:explain
merge into written using (select a from t20 where nap(10, a)) s on written.a = s.a + 10
when matched and s.a = 1 then do nothing
when matched and s.a < 5 then delete
when matched then update set b = 1
when not matched then insert values (s.a + 10, 2);

-- case 57-merge-read-in-part from 17
:explain
with m as (
    merge into written using (select a from t20 where nap(10, a)) s on written.a = s.a + 10
    when matched then update set b = 1
    when not matched by source then delete
    when not matched then insert values (s.a + 10, 2)
    returning merge_action() as did, written.a
)
select * from m limit 4;

-- case 58-subplan-beside-inputs
-- As text, the SubPlan is printed after the join's inputs.
:explain
select t20.a, (select count(*) from visits where visits.k = t20.a and nap(5, visits.a)) from t20 join t10 using (a);

-- case 59-incremental-sort-on-disk
-- Groups of 1,000 rows, sorted in 64 kB.
create table piled (a int, b int, pad text);
insert into piled select g / 1000, (g * 7) % 1000, repeat('x', 200) from generate_series(0, 2999) g;
create index piled_a on piled (a);
analyze piled;
set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off;
set local work_mem = '64kB';
:explain
select * from piled order by a, b;
