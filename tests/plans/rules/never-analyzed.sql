create table staged (kind text, order_id int) with (autovacuum_enabled = off);
insert into staged select 'x', g from generate_series(1, 20000) g;
\o never-analyzed-fires.json
:explain select sum(o.total) from staged s join orders o on o.id = s.order_id where s.kind = 'x';
\o never-analyzed-fires.catalog.json
\qecho {"tables":
execute catalog(array['rules', 'rules'], array['staged', 'orders'], array['kind', 'order_id', 'id'], false);
\qecho }
analyze staged;
select pg_stat_force_next_flush() \g /dev/null
\o never-analyzed-silent.json
:explain select sum(o.total) from staged s join orders o on o.id = s.order_id where s.kind = 'x';
\o never-analyzed-silent.catalog.json
\qecho {"tables":
execute catalog(array['rules', 'rules'], array['staged', 'orders'], array['kind', 'order_id', 'id'], false);
\qecho }
