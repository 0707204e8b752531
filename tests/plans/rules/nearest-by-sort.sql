create table shop (id int primary key, place point);
insert into shop select g, point(random() * 100, random() * 100) from generate_series(1, 50000) g;
vacuum analyze shop;
\o nearest-by-sort-fires.json
:explain select id from shop order by place <-> point '(50,50)' limit 10;
create index shop_place on shop using gist (place);
\o nearest-by-sort-silent.json
:explain select id from shop order by place <-> point '(50,50)' limit 10;
