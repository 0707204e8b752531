create table laden (id int primary key, a int, b int, c int, d text);
create index on laden (a);
create index on laden (b);
create index on laden (c, a);
create index on laden (d);
create table light (id int primary key, a int, b int, c int, d text);
create index on light (a);
begin;
\o write-maintains-many-indexes-fires.json
:explain insert into laden select g, g * 7 % 10007, g * 13 % 10009, g % 99, md5(g::text) from generate_series(1, 5000) g;
\o write-maintains-many-indexes-fires.catalog.json
\qecho {"tables":
execute catalog(array['rules'], array['laden'], array['id'], true);
\qecho }
\o write-maintains-many-indexes-silent.json
:explain insert into light select g, g * 7 % 10007, g * 13 % 10009, g % 99, md5(g::text) from generate_series(1, 5000) g;
\o write-maintains-many-indexes-silent.catalog.json
\qecho {"tables":
execute catalog(array['rules'], array['light'], array['id'], true);
\qecho }
rollback;
