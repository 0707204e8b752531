-- Plans of one statement before and after something changed. Run by make-changes.sh, in the directory that the
-- plans go to; the schema `changes` is dropped in the end.
\set ON_ERROR_STOP on
\set explain 'explain (analyze, verbose, buffers, settings, format json)'
set client_min_messages = warning;
drop schema if exists changes cascade;
create schema changes;
set search_path = changes;
set jit = off;
set max_parallel_workers_per_gather = 0;
select setseed(0.5);

create table customers (id int primary key, name text, country text);
insert into customers select g, 'customer ' || g, 'country ' || g % 50 from generate_series(1, 20000) g;
create table orders (id int primary key, customer_id int, status text, total int, placed timestamp, note text)
    with (autovacuum_enabled = off);
insert into orders
select g, 1 + g % 20000, case when g % 200 = 0 then 'failed' else 'paid' end, (random() * 100000)::int,
       timestamp '2024-01-01' + interval '1 second' * (random() * 3e7)::int, repeat('x', 80)
from generate_series(1, 200000) g;
create table items (order_id int, product_id int, quantity int);
insert into items select 1 + g % 200000, g % 1000, 1 + g % 5 from generate_series(1, 400000) g;
create table readings (day date, sensor int, value int) partition by range (day);
create table readings_jan partition of readings for values from ('2024-01-01') to ('2024-02-01');
create table readings_feb partition of readings for values from ('2024-02-01') to ('2024-03-01');
create table readings_mar partition of readings for values from ('2024-03-01') to ('2024-04-01');
create table readings_apr partition of readings for values from ('2024-04-01') to ('2024-05-01');
insert into readings select date '2024-01-01' + g % 121, g % 500, g from generate_series(1, 120000) g;
vacuum analyze;

-- An index appears: a sequential scan and a sort go.
\o index-added-before.json
:explain select * from orders where customer_id = 4711 order by placed desc limit 5;
create index orders_customer_placed on orders (customer_id, placed desc);
\o index-added-after.json
:explain select * from orders where customer_id = 4711 order by placed desc limit 5;

-- The same, only estimated.
\o estimated-after.json
explain (verbose, format json) select * from orders where customer_id = 4711 order by placed desc limit 5;
set enable_indexscan = off;
set enable_bitmapscan = off;
\o estimated-before.json
explain (verbose, format json) select * from orders where customer_id = 4711 order by placed desc limit 5;
reset enable_indexscan;
reset enable_bitmapscan;

-- A nested loop becomes a hash join.
set enable_hashjoin = off;
set enable_mergejoin = off;
\o join-method-before.json
:explain select count(*) from orders o join customers c on c.id = o.customer_id where c.country = 'country 7';
reset enable_hashjoin;
reset enable_mergejoin;
set enable_nestloop = off;
\o join-method-after.json
:explain select count(*) from orders o join customers c on c.id = o.customer_id where c.country = 'country 7';
reset enable_nestloop;

-- Another order of the joins.
set enable_nestloop = off;
set enable_mergejoin = off;
set join_collapse_limit = 1;
\o join-order-before.json
:explain select count(*) from (items i join orders o on o.id = i.order_id) join customers c on c.id = o.customer_id
    where c.id <= 40;
\o join-order-after.json
:explain select count(*) from items i join (orders o join customers c on c.id = o.customer_id) on o.id = i.order_id
    where c.id <= 40;
reset join_collapse_limit;
reset enable_nestloop;
reset enable_mergejoin;

-- A sort goes to disk, and does not.
set work_mem = '64kB';
\o spill-before.json
:explain select * from orders order by total;
set work_mem = '256MB';
\o spill-after.json
:explain select * from orders order by total;
reset work_mem;

-- Workers join in.
\o parallel-before.json
:explain select max(total), count(note) from orders where status = 'failed';
set max_parallel_workers_per_gather = 2;
set parallel_setup_cost = 10;
set min_parallel_table_scan_size = 0;
\o parallel-after.json
:explain select max(total), count(note) from orders where status = 'failed';
set max_parallel_workers_per_gather = 0;

-- Partitions are no longer read.
set enable_partition_pruning = off;
\o pruning-before.json
:explain select sum(value) from readings where day >= '2024-03-10' and sensor = 7;
set enable_partition_pruning = on;
\o pruning-after.json
:explain select sum(value) from readings where day >= '2024-03-10' and sensor = 7;

-- A CTE is inlined.
\o cte-before.json
:explain with big as materialized (select * from orders where total > 50000) select count(*) from big where customer_id = 42;
\o cte-after.json
:explain with big as not materialized (select * from orders where total > 50000) select count(*) from big where customer_id = 42;

-- One table twice, and one of its scans changes.
drop index orders_customer_placed;
\o twice-before.json
:explain select count(*) from orders a join orders b on b.customer_id = a.customer_id
    where a.status = 'failed' and b.total > 99000 and a.id < 2000;
create index orders_dear on orders (total) where total > 98000;
\o twice-after.json
:explain select count(*) from orders a join orders b on b.customer_id = a.customer_id
    where a.status = 'failed' and b.total > 99000 and a.id < 2000;

-- Only the estimates change: dependent columns get their statistics.
create table places (city int, country int, area int);
insert into places select g % 100, g % 100, g % 100 from generate_series(1, 50000) g;
analyze places;
\o estimates-before.json
:explain select * from places where city = 7 and country = 7 and area = 7;
create statistics places_dependencies (dependencies) on city, country, area from places;
analyze places;
\o estimates-after.json
:explain select * from places where city = 7 and country = 7 and area = 7;

-- Nothing changes but the literals.
\o same-before.json
:explain select * from orders where customer_id = 4711 and total > 100;
\o same-after.json
:explain select * from orders where customer_id = 4712 and total > 120;

\o
drop schema changes cascade;
