\o or-across-columns-fires.json
:explain select * from orders where customer_id = 4711 or customer_code = 4711;
\o or-across-columns-silent.json
:explain select * from orders where total = 4711 or total = 4712;
