\o cte-materialized-once-fires.json
:explain with paid as materialized (select id, total from orders where status = 'paid') select * from paid where id = 4711;
\o cte-materialized-once-silent.json
:explain with paid as (select id, total from orders where status = 'paid') select * from paid a join paid b on b.id = a.id + 1
    where a.id = 4711;
