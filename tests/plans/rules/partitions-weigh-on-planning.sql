create table event (day int, value int) partition by list (day);
create index on event (value);
select format('create table event_%s partition of event for values in (%s)', d, d) from generate_series(1, 800) d \gexec
set max_parallel_workers_per_gather = 0;
-- The session knows them all before it is measured.
\o /dev/null
select count(*) from event;
:explain select sum(value) from event where value < 5 and day = current_setting('server_version_num')::int - 100000000;
\o partitions-weigh-on-planning-fires.json
:explain select sum(value) from event where value < 5 and day = current_setting('server_version_num')::int - 100000000;
\o partitions-weigh-on-planning-silent.json
:explain select sum(value) from event where value < 5 and day = 7;
