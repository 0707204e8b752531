-- Of a server that says how often: 18 and later.
select :SERVER_VERSION_NUM >= 180000 as says_searches \gset
\if :says_searches
create table visit (place int, day int, pad text);
insert into visit select g % 300, g / 300, '' from generate_series(0, 299999) g;
create index visit_place_day on visit (place, day);
vacuum analyze visit;
set enable_seqscan = off;
set enable_bitmapscan = off;
\o index-descends-often-fires.json
:explain select * from visit where day = 2000;
\o index-descends-often-silent.json
:explain select * from visit where place = 7;
\else
\warn index-descends-often needs PostgreSQL 18: its plans stay as they are
\endif
