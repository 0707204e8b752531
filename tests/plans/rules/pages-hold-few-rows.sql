create table queue (id int primary key, body text) with (autovacuum_enabled = off);
insert into queue select g, repeat('x', 60) from generate_series(1, 100000) g;
delete from queue where id % 50 <> 0;
vacuum analyze queue;
\o pages-hold-few-rows-fires.json
:explain select * from queue;
vacuum full queue;
analyze queue;
\o pages-hold-few-rows-silent.json
:explain select * from queue;
