\set explain 'explain (analyze, settings, format json)'
create table kind (id int primary key);
insert into kind select generate_series(0, 99);
analyze kind;
\o join-search-cut-off-fires.json
:explain select * from orders o join kind k1 on k1.id = o.total % 10 join kind k2 on k2.id = o.total % 11
    join kind k3 on k3.id = o.total % 12 join kind k4 on k4.id = o.total % 13 join kind k5 on k5.id = o.total % 14
    join kind k6 on k6.id = o.total % 15 join kind k7 on k7.id = o.total % 16
    join customer c on c.id = o.customer_code where c.name = 'customer 7';
\o join-search-cut-off-silent.json
:explain select * from orders o join customer c on c.id = o.customer_code
    join kind k1 on k1.id = o.total % 10 join kind k2 on k2.id = o.total % 11
    join kind k3 on k3.id = o.total % 12 join kind k4 on k4.id = o.total % 13 join kind k5 on k5.id = o.total % 14
    join kind k6 on k6.id = o.total % 15 join kind k7 on k7.id = o.total % 16 where c.name = 'customer 7';
