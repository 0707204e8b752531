\o distinct-hides-fan-out-fires.json
:explain select distinct c.id, c.name from customer c join orders o on o.customer_id = c.id where c.id < 3;
\o distinct-hides-fan-out-silent.json
:explain select distinct c.id, c.name, o.id from customer c join orders o on o.customer_id = c.id where c.id < 3;
