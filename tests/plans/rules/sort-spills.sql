set work_mem = '1MB';
\o sort-spills-fires.json
:explain select * from orders order by total;
set work_mem = '256MB';
\o sort-spills-silent.json
:explain select * from orders order by total;
