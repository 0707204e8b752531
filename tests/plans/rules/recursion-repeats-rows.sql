create table road (a int, b int) with (autovacuum_enabled = off);
insert into road select g, g + s from generate_series(1, 100) g, generate_series(1, 3) s;
create index on road (a);
analyze road;
\o recursion-repeats-rows-fires.json
:explain with recursive reached as (select 90 as place union all select road.b from reached join road on road.a = reached.place)
    select distinct place from reached;
\o recursion-repeats-rows-silent.json
:explain with recursive reached as (select 90 as place union select road.b from reached join road on road.a = reached.place)
    select distinct place from reached;
