create extension if not exists pg_trgm with schema rules;
begin;
create index customer_trigrams on customer using gin (name gin_trgm_ops);
set local enable_seqscan = off;
\o recheck-discards-rows-fires.json
:explain select * from customer where name like '%er 1_1_1%';
\o recheck-discards-rows-silent.json
:explain select * from customer where name like '%er 1%';
rollback;
