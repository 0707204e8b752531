set work_mem = '64kB';
\o not-in-subquery-fires.json
:explain select count(*) from customer where id <= 2000 and id not in (select customer_code + 10000 from orders where id <= 20000);
\o not-in-subquery-silent.json
:explain select count(*) from customer c where id <= 2000
    and not exists (select from orders where customer_code + 10000 = c.id and id <= 20000);
