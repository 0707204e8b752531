\o cartesian-product-fires.json
:explain select count(*) from customer c, orders o where c.city = 'city 7' and o.status = 'failed';
\o cartesian-product-silent.json
:explain select count(*) from customer c, orders o where c.id = 7 and o.customer_code = c.id and o.total < 50000;
