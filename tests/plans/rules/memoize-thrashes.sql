set enable_hashjoin = off;
set enable_mergejoin = off;
set work_mem = '64kB';
create table few (code int) with (autovacuum_enabled = off);
insert into few select 1 + g % 300 from generate_series(1, 20000) g;
analyze few;
\o memoize-thrashes-silent.json
:explain select count(c.area) from few join customer c on c.id = few.code;
-- No longer as analyzed: thousands of different codes.
update few set code = 1 + (ctid::text::point)[0]::int * 1000 % 20000 + (ctid::text::point)[1]::int;
\o memoize-thrashes-fires.json
:explain select count(c.area) from few join customer c on c.id = few.code;
