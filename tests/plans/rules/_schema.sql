-- The schema that the rules' plans are made on: a shop.
-- Run by make-rules.sh, which drops the schema in the end.
\set ON_ERROR_STOP on
set client_min_messages = warning;
drop schema if exists rules cascade;
create schema rules;
set search_path = rules;
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
