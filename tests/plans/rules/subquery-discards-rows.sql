\o subquery-discards-rows-fires.json
:explain with totals as materialized (select customer_id, sum(total) as sum from orders group by customer_id)
    select * from totals where customer_id = 4711;
\o subquery-discards-rows-silent.json
:explain with totals as materialized (select customer_id, sum(total) as sum from orders group by customer_id)
    select * from totals where sum > 1000;
