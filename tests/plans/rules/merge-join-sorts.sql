set work_mem = '16MB';
set enable_hashjoin = off;
\o merge-join-sorts-fires.json
:explain select count(*) from orders a join orders b on b.total = a.customer_code;
\o merge-join-sorts-silent.json
:explain select count(*) from orders a join orders b on b.id = a.id;
