-- EXPLAIN (SERIALIZE) is of PostgreSQL 17.
select :SERVER_VERSION_NUM >= 170000 as has_serialize \gset
\if :has_serialize
\set measured 'explain (analyze, verbose, buffers, settings, serialize, format json)'
\o serialization-dominates-fires.json
:measured select o.*, o.placed, o.placed, o.placed, random(), random() from orders o;
\o serialization-dominates-silent.json
:measured select status from orders where note ~ 'x+y$' or id % 3 = 0;
\endif
