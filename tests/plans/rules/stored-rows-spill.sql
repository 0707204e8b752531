-- PostgreSQL 18 says where rows were stored; before, only the count of temporary pages shows it.
select :SERVER_VERSION_NUM >= 180000 as says_storage \gset
\if :says_storage
set work_mem = '256kB';
\o stored-rows-spill-fires.json
:explain select id, sum(id) over () from customer where id <= 15000;
set work_mem = '16MB';
\o stored-rows-spill-silent.json
:explain select id, sum(id) over () from customer where id <= 15000;
\endif
