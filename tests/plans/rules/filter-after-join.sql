\o filter-after-join-fires.json
:explain select o.id, c.area from orders o left join customer c on c.id = o.customer_id and o.status = 'failed';
\o filter-after-join-silent.json
:explain select o.id, c.area from orders o left join customer c on c.id = o.customer_id where o.status = 'failed';
