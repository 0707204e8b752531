create table measurement (day int, value int) partition by list (day);
select format('create table measurement_%s partition of measurement for values in (%s)', d, d)
from generate_series(1, 500) d \gexec
set search_path = rules;
-- A new session: it knows nothing of them.
\c
\set explain 'explain (analyze, verbose, buffers, settings, format json)'
set search_path = rules;
set max_parallel_workers_per_gather = 0;
set jit = off;
\o planning-reads-catalog-fires.json
:explain select sum(value) from measurement where day = current_setting('server_version_num')::int - 100000000;
\o planning-reads-catalog-silent.json
:explain select sum(value) from measurement where day = current_setting('server_version_num')::int - 100000000;
