-- A table that is filled in one go is not left in shared buffers.
create table shelf with (autovacuum_enabled = off) as select o.* from orders o, generate_series(1, 2);
vacuum (freeze, analyze) shelf;
\o pages-from-disk-fires.json
:explain select count(*) from shelf;
\o pages-from-disk-silent.json
:explain select count(*) from shelf;
