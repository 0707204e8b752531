create table node (id int, parent int) with (autovacuum_enabled = off);
insert into node select g, case when g % 2000 < 20 then g - 1 else 100000 end from generate_series(1, 20000) g;
analyze node;
set enable_mergejoin = off;
\o recursion-rereads-table-fires.json
:explain with recursive below as (select id from node where id < 40 union all select node.id from below join node on node.parent = below.id)
    select * from below;
create index on node (parent);
analyze node;
\o recursion-rereads-table-silent.json
:explain with recursive below as (select id from node where id = 1 union all select node.id from below join node on node.parent = below.id)
    select * from below;
