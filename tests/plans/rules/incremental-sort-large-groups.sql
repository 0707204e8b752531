create table event (kind int, at int) with (autovacuum_enabled = off);
insert into event select g % 2, hashint4(g) from generate_series(1, 60000) g;
create index on event (kind);
set enable_seqscan = off;
set enable_bitmapscan = off;
-- Without statistics, 200 kinds are expected.
\o incremental-sort-large-groups-fires.json
:explain select * from event order by kind, at;
update event set kind = at % 1000;
vacuum event;
\o incremental-sort-large-groups-silent.json
:explain select * from event order by kind, at;
