set work_mem = '64MB';
\o window-keeps-few-fires.json
:explain select id, status from (select id, status, row_number() over (partition by status order by total desc) rn
    from orders) s where rn <= 2;
\o window-keeps-few-silent.json
:explain select id, customer_code from (select id, customer_code, row_number() over (partition by customer_code order by total desc) rn
    from orders) s where rn <= 2;
