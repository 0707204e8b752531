set enable_seqscan = off;
\o lateral-per-row-fires.json
:explain select c.id, spent.total from customer c cross join lateral (select sum(o.total) total from orders o where o.customer_id = c.id) spent
    where c.id > 1;
\o lateral-per-row-silent.json
:explain select c.id, spent.total from customer c cross join lateral (select sum(o.total) total from orders o where o.customer_id = c.id) spent
    where c.id between 2 and 2000;
