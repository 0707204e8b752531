-- Kind and place have nothing to do with each other; start and finish have.
create table reading (kind int, place int, start int, finish int, pad text);
insert into reading select g % 40, g / 40 % 40, r, r + g % 500, repeat('x', 60)
from (select g, (random() * 1e5)::int as r from generate_series(1, 100000) g) numbers;
create index reading_kind on reading (kind);
create index reading_place on reading (place);
create index reading_start on reading (start);
create index reading_finish on reading (finish);
vacuum analyze reading;
\o bitmap-combines-indexes-fires.json
:explain select * from reading where kind = 7 and place = 11;
\o bitmap-combines-indexes-silent.json
:explain select * from reading where start between 10000 and 14000 and finish between 11000 and 15000;
