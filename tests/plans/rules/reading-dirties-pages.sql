begin;
create table fresh (id int, pad text) with (autovacuum_enabled = off);
insert into fresh select g, repeat('x', 100) from generate_series(1, 100000) g;
commit;
checkpoint;
\o reading-dirties-pages-fires.json
:explain select count(*) from fresh where id % 2 = 0;
checkpoint;
\o reading-dirties-pages-silent.json
:explain select count(*) from fresh where id % 2 = 0;
