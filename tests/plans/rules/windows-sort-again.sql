set work_mem = '64MB';
\o windows-sort-again-fires.json
:explain select id, rank() over (partition by customer_code order by total), lag(total) over (partition by status order by id)
    from orders where id <= 40000;
\o windows-sort-again-silent.json
:explain select id, rank() over (partition by customer_code order by total), count(*) over (partition by customer_code)
    from orders where id <= 40000;
