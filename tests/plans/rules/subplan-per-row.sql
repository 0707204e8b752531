\o subplan-per-row-fires.json
:explain select c.id, (select max(total) from orders where customer_code = c.id) from customer c where c.id <= 20;
\o subplan-per-row-silent.json
:explain select count(*) from customer where id not in (select customer_code from orders where status = 'failed');
