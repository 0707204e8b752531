\o subquery-filtered-late-fires.json
:explain select * from (select id, customer_code, total - lag(total) over (partition by customer_code order by id) more from orders) s
    where id between 4711 and 4720;
\o subquery-filtered-late-silent.json
:explain select * from (select id, customer_code, total - lag(total) over (partition by customer_code order by id) more from orders) s
    where customer_code = 4711;
