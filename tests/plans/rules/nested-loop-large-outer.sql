set enable_hashjoin = off;
set enable_mergejoin = off;
set enable_memoize = off;
\o nested-loop-large-outer-fires.json
:explain select count(c.area) from orders o join customer c on c.id = o.customer_code where o.id <= 40000;
\o nested-loop-large-outer-silent.json
:explain select count(c.area) from orders o join customer c on c.id = o.customer_code where o.id <= 4000;
