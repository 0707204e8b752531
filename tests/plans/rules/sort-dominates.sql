set work_mem = '64MB';
\o sort-dominates-fires.json
:explain select id, name from customer order by name;
\o sort-dominates-silent.json
:explain select id, name from customer order by id;
