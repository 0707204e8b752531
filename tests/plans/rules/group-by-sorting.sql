set work_mem = '256kB';
-- How the expressions' values go together is unknown: as many groups are expected as there are rows.
\o group-by-sorting-fires.json
:explain select customer_code % 100, total % 2, id % 3, sum(total) from orders group by 1, 2, 3;
\o group-by-sorting-silent.json
:explain select customer_code, total, id % 3, sum(total) from orders group by 1, 2, 3;
