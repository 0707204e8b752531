\set logged 'explain (analyze, verbose, buffers, settings, wal, format json)'
checkpoint;
begin;
\o wal-full-pages-fires.json
:logged update orders set total = total + 1 where id % 100 = 7;
rollback;
begin;
update orders set total = total + 1;
\o wal-full-pages-silent.json
:logged update orders set total = total + 1 where id % 100 = 7;
rollback;
vacuum full orders;
