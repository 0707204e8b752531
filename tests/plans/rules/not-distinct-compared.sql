\o not-distinct-compared-fires.json
:explain select * from orders where total is not distinct from 4711;
\o not-distinct-compared-silent.json
:explain select * from orders where total is distinct from 4711;
