create table doubled (id int primary key, a int, b int);
create index doubled_a on doubled (a);
create index doubled_a_b on doubled (a, b);
create table single (id int primary key, a int, b int);
create index single_b on single (b);
create index single_a_b on single (a, b);
begin;
\o redundant-index-fires.json
:explain insert into doubled select g, g * 7 % 10007, g from generate_series(1, 5000) g;
\o redundant-index-fires.catalog.json
\qecho {"tables":
execute catalog(array['rules'], array['doubled'], array['id'], true);
\qecho }
\o redundant-index-silent.json
:explain insert into single select g, g * 7 % 10007, g from generate_series(1, 5000) g;
\o redundant-index-silent.catalog.json
\qecho {"tables":
execute catalog(array['rules'], array['single'], array['id'], true);
\qecho }
rollback;
