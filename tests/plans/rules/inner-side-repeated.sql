\o inner-side-repeated-fires.json
:explain select * from customer c cross join lateral
    (select * from orders where customer_code = c.id order by total desc limit 1) newest where c.id <= 20;
\o inner-side-repeated-silent.json
:explain select * from customer c cross join lateral
    (select * from orders where customer_id = c.id order by total desc limit 1) newest where c.id between 2 and 2000;
