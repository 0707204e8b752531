-- One value is kept of each column: 1, on every second row; 2 is on every tenth of the others.
create table visit (page int, order_id int) with (autovacuum_enabled = off);
alter table visit alter page set statistics 1;
insert into visit select case when g % 2 = 0 then 1 when g % 20 = 1 then 2 else g end, g from generate_series(1, 150000) g;
analyze visit;
\o value-beyond-mcv-fires.json
:explain select sum(o.total) from visit v join orders o on o.id = v.order_id where v.page = 2;
\o value-beyond-mcv-fires.catalog.json
\qecho {"tables":
execute catalog(array['rules', 'rules'], array['visit', 'orders'], array['page', 'order_id', 'id'], false);
\qecho }
\o /dev/null
alter table visit alter page set statistics 100;
analyze visit;
\o value-beyond-mcv-silent.json
:explain select sum(o.total) from visit v join orders o on o.id = v.order_id where v.page = 2;
\o value-beyond-mcv-silent.catalog.json
\qecho {"tables":
execute catalog(array['rules', 'rules'], array['visit', 'orders'], array['page', 'order_id', 'id'], false);
\qecho }
