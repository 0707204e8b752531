-- In a collation that is not "C" on any server that knows ICU's.
create table person (id int primary key, name text collate "en-x-icu");
insert into person select g, 'person ' || g from generate_series(1, 50000) g;
create index person_name on person (name);
vacuum analyze person;
\o prefix-without-pattern-operators-fires.json
:explain select * from person where name like 'person 4711%';
create index person_pattern on person (name text_pattern_ops);
\o prefix-without-pattern-operators-silent.json
:explain select * from person where name like 'person 4711%';
