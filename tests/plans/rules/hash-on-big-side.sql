\o hash-on-big-side-fires.json
:explain select * from orders o join customer c on c.id = o.customer_code where o.total + 0 > 99990;
\o hash-on-big-side-silent.json
:explain select * from orders o join customer c on c.id = o.customer_code where o.total + 0 > 60000;
