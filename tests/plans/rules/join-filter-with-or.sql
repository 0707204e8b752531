\o join-filter-with-or-fires.json
:explain select o.id from orders o join customer c on o.customer_id = c.id + 1 or o.customer_code = c.id where o.status = 'failed' and c.city = 'city 7';
\o join-filter-with-or-silent.json
:explain select o.id from orders o join customer c on o.customer_id > c.id + 1 and o.customer_code < c.id + 100
    where o.status = 'failed' and c.city = 'city 7';
