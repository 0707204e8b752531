create table shipment (day int, order_id int) with (autovacuum_enabled = off);
insert into shipment select g / 1000, g from generate_series(1, 20000) g;
select pg_stat_force_next_flush() \g /dev/null
analyze shipment;
insert into shipment select 99, g from generate_series(1, 20000) g;
-- Counters are told some time after the transaction.
select pg_stat_force_next_flush() \g /dev/null
\o statistics-stale-fires.json
:explain select sum(o.total) from shipment s join orders o on o.id = s.order_id where s.day = 99;
\o statistics-stale-fires.catalog.json
\qecho {"tables":
execute catalog(array['rules', 'rules'], array['shipment', 'orders'], array['day', 'order_id', 'id'], false);
\qecho }
\o /dev/null
select pg_stat_force_next_flush() \g /dev/null
analyze shipment;
select pg_stat_force_next_flush();
\o statistics-stale-silent.json
:explain select sum(o.total) from shipment s join orders o on o.id = s.order_id where s.day = 99;
\o statistics-stale-silent.catalog.json
\qecho {"tables":
execute catalog(array['rules', 'rules'], array['shipment', 'orders'], array['day', 'order_id', 'id'], false);
\qecho }
