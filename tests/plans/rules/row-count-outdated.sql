-- Counted when a row filled a page; then came short ones.
create table parcel (order_id int, label text) with (autovacuum_enabled = off);
alter table parcel alter label set storage plain;
insert into parcel select g * 5000, repeat('x', 7000) from generate_series(1, 30) g;
analyze parcel;
insert into parcel select g * 5, 'x' from generate_series(1, 40000) g;
\o row-count-outdated-fires.json
:explain select sum(o.total) from parcel p join orders o on o.id = p.order_id;
\o /dev/null
analyze parcel;
\o row-count-outdated-silent.json
:explain select sum(o.total) from parcel p join orders o on o.id = p.order_id;
