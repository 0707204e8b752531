set work_mem = '64MB';
\o window-without-run-condition-fires.json
:explain select id, customer_code from (select id, customer_code, row_number() over (partition by customer_code order by total desc) rn
    from orders) s where rn in (1, 2);
\o window-without-run-condition-silent.json
:explain select id, customer_code from (select id, customer_code, row_number() over (partition by customer_code order by total desc) rn
    from orders) s where rn <= 2;
