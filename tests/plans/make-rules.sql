-- For each rule a plan on which it must fire, and one that looks alike on which it must stay silent.
-- Run by make-rules.sh, in the directory that the plans go to; the schema `rules` is dropped in the end.
\set ON_ERROR_STOP on
\set explain 'explain (analyze, verbose, buffers, settings, format json)'
set client_min_messages = warning;
drop schema if exists rules cascade;
create schema rules;
set search_path = rules;
set jit = off;
set max_parallel_workers_per_gather = 0;
select setseed(0.5);

-- A shop. Customer 1 is a wholesaler; a city lies in one country and area; few orders fail; codes bear no index.
create table customer (id int primary key, name text, city text, country text, area text);
insert into customer
select g, 'customer ' || g, 'city ' || g % 100, 'country ' || g % 100, 'area ' || g % 100
from generate_series(1, 20000) g;
create table orders (
    id int primary key, customer_id int, customer_code int, status text, total int, placed timestamp, note text
) with (autovacuum_enabled = off);
insert into orders
select g, case when g % 10 = 0 then 1 else 1 + g % 20000 end, 1 + g % 20000,
       case when g % 200 = 0 then 'failed' else 'paid' end, (random() * 100000)::int,
       timestamp '2024-01-01' + interval '1 second' * (random() * 3e7)::int, repeat('x', 80)
from generate_series(1, 200000) g;
create index orders_customer on orders (customer_id);
create index orders_placed on orders (placed);
create table discount (id int primary key, low int, high int);
insert into discount select g, g * 100, g * 100 + 99 from generate_series(0, 999) g;
create table parent (id int primary key);
insert into parent select generate_series(1, 1000);
create table slow_child (id int primary key, parent_id int references parent on delete cascade, pad text);
insert into slow_child select g, 1 + g % 500, repeat('x', 100) from generate_series(1, 100000) g;
create table quick_parent (id int primary key);
insert into quick_parent select generate_series(1, 100000);
create table quick_child (id int primary key, parent_id int references quick_parent on delete cascade);
insert into quick_child select g, 1 + g % 500 from generate_series(1, 100000) g;
create index on quick_child (parent_id);
create table link (a int primary key, b int);
create table logged (id int, day int, pad text);
insert into logged select g, g / 1000, repeat('x', 100) from generate_series(1, 100000) g;
create index logged_day on logged using brin (day);
vacuum analyze;

\o scan-discards-rows-fires.json
:explain select * from orders where status = 'failed';
\o scan-discards-rows-silent.json
:explain select * from orders where status = 'paid';

\o index-scan-discards-rows-fires.json
:explain select * from orders where customer_id = 1 and status = 'failed' and total < 50000;
\o index-scan-discards-rows-silent.json
:explain select * from orders where customer_id = 1 and total < 90000;

\o join-discards-rows-fires.json
:explain select * from orders join discount on total between low and high where orders.id <= 2000;
\o join-discards-rows-silent.json
:explain select * from orders join discount on total > low where orders.id <= 2000;

\o inner-side-repeated-fires.json
:explain select * from customer c cross join lateral
    (select * from orders where customer_code = c.id order by total desc limit 1) newest where c.id <= 20;
\o inner-side-repeated-silent.json
:explain select * from customer c cross join lateral
    (select * from orders where customer_id = c.id order by total desc limit 1) newest where c.id between 2 and 2000;

\o rows-misestimated-fires.json
:explain select * from customer a join customer b on b.name = 'customer ' || a.id + 1
    where a.city = 'city 7' and a.country = 'country 7' and a.area = 'area 7'
    and b.city = 'city 8' and b.country = 'country 8' and b.area = 'area 8';
create statistics customer_place (dependencies) on city, country, area from customer;
analyze customer;
\o rows-misestimated-silent.json
:explain select * from customer a join customer b on b.name = 'customer ' || a.id + 1
    where a.city = 'city 7' and a.country = 'country 7' and a.area = 'area 7'
    and b.city = 'city 8' and b.country = 'country 8' and b.area = 'area 8';

set work_mem = '1MB';
\o sort-spills-fires.json
:explain select * from orders order by total;
\o hash-spills-fires.json
:explain select * from orders a join orders b on b.id = a.customer_code;
set work_mem = '256MB';
\o sort-spills-silent.json
:explain select * from orders order by total;
\o hash-spills-silent.json
:explain select * from orders a join orders b on b.id = a.customer_code;
reset work_mem;

\o sort-feeds-limit-fires.json
:explain select * from orders order by total desc limit 10;
\o sort-feeds-limit-silent.json
:explain select * from customer where id > 19000 order by name limit 900;

set enable_seqscan = off;
set work_mem = '64kB';
\o bitmap-turns-lossy-fires.json
:explain select count(note) from orders where placed between '2024-03-01' and '2024-05-01';
reset work_mem;
\o bitmap-turns-lossy-silent.json
:explain select count(pad) from logged where day between 20 and 22;

\o heap-fetches-silent.json
:explain select count(*) from orders where customer_id between 2 and 9000;
begin;
update orders set status = 'sent' where id % 20 = 0;
\o heap-fetches-fires.json
:explain select count(*) from orders where customer_id between 2 and 9000;
rollback;
reset enable_seqscan;

\o subplan-per-row-fires.json
:explain select c.id, (select max(total) from orders where customer_code = c.id) from customer c where c.id <= 20;
\o subplan-per-row-silent.json
:explain select count(*) from customer where id not in (select customer_code from orders where status = 'failed');

\o offset-discards-rows-fires.json
:explain select * from orders order by id limit 20 offset 150000;
\o offset-discards-rows-silent.json
:explain select * from orders order by id limit 20 offset 20;

set jit = on;
set jit_above_cost = 0;
-- The first statement of a session loads the compiler, which is no part of the figures.
\o /dev/null
:explain select 1;
\o jit-outweighs-query-fires.json
:explain select sum(total + 1), count(note) from orders where customer_id between 2 and 90 and status = 'paid';
set jit_optimize_above_cost = -1;
set jit_inline_above_cost = -1;
\o jit-outweighs-query-silent.json
:explain select sum(total + day) from orders, generate_series(1, 20) day;
set jit = off;

set max_parallel_workers_per_gather = 2;
set parallel_setup_cost = 10;
\o workers-missing-silent.json
:explain select sum(total), max(note) from orders;
set max_parallel_workers = 0;
\o workers-missing-fires.json
:explain select sum(total), max(note) from orders;
set max_parallel_workers_per_gather = 0;

set join_collapse_limit = 12;
set geqo = off;
\o planning-dominates-fires.json
:explain select * from link t1 join link t2 using (b) join link t3 using (b) join link t4 using (b)
    join link t5 using (b) join link t6 using (b) join link t7 using (b) join link t8 using (b) join link t9 using (b);
\o planning-dominates-silent.json
:explain select * from orders where id = 4711;

begin;
\o trigger-dominates-fires.json
:explain delete from parent where id > 980;
\o trigger-dominates-silent.json
:explain delete from quick_parent where id > 98000;
rollback;

\o
drop schema rules cascade;
