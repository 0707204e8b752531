create table page (id int primary key, rank int, body text);
insert into page select g, (random() * 1e6)::int, repeat('x', 1000) from generate_series(1, 20000) g;
vacuum analyze page;
\o rows-are-wide-fires.json
:explain select * from page order by rank;
\o rows-are-wide-silent.json
:explain select id from page order by rank;
