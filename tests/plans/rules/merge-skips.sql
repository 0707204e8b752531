begin;
\o merge-skips-fires.json
:explain merge into customer c using (select customer_code, max(total) as most from orders group by 1) o
    on c.id = o.customer_code when matched and o.most < 80000 then update set area = 'poor';
\o merge-skips-silent.json
:explain merge into customer c using (select customer_code, max(total) as most from orders group by 1) o
    on c.id = o.customer_code when matched and o.most > 20000 then update set area = 'rich';
rollback;
