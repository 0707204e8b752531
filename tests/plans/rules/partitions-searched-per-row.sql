create table part (id int, shop int, pad text, primary key (id, shop)) partition by list (shop);
select format('create table part_%s partition of part for values in (%s)', n, n) from generate_series(1, 8) n \gexec
insert into part select g, 1 + g % 8, repeat('x', 20) from generate_series(1, 80000) g;
vacuum analyze part;
set enable_hashjoin = off;
set enable_mergejoin = off;
\o partitions-searched-per-row-fires.json
:explain select * from orders o join part p on p.id = o.id where o.id <= 2000;
\o partitions-searched-per-row-silent.json
:explain select * from orders o join part p on p.id = o.id and p.shop = 1 + o.id % 8 where o.id <= 2000;
