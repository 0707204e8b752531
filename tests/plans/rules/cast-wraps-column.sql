\o cast-wraps-column-fires.json
:explain select * from orders where id = 4711::numeric;
\o cast-wraps-column-silent.json
:explain select * from orders where id = 4711::bigint;
