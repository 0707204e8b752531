\o result-is-large-fires.json
:explain select id, status, total from orders;
\o result-is-large-silent.json
:explain select customer_code, sum(total) from orders group by customer_code;
