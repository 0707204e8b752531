-- A table that is filled in one go is not left in shared buffers; its rows are few and wide.
create table archive with (autovacuum_enabled = off) as select 0 as id, '' as pad limit 0;
alter table archive alter pad set storage plain;
insert into archive select g, repeat(md5(g::text), 62) from generate_series(1, 4000) g;
create table archived with (autovacuum_enabled = off) as select id, pad from archive, generate_series(1, 7);
vacuum (freeze, analyze) archived;
set track_io_timing = on;
\o io-dominates-fires.json
:explain select count(*) from archived;
\o io-dominates-silent.json
:explain select count(*) from archived;
