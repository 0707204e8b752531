begin;
\o locks-many-rows-fires.json
:explain select id from orders where total < 50000 for update;
\o locks-many-rows-silent.json
:explain select id from orders where total < 50000 limit 100 for update;
rollback;
