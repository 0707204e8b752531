\o hashed-subplan-large-fires.json
:explain select count(*) from customer where id <= 50 and (id in (select customer_code from orders where total > 3) or city = 'city 1');
\o hashed-subplan-large-silent.json
:explain select count(*) from customer where (id in (select customer_code from orders where id < 300) or city = 'city 1');
