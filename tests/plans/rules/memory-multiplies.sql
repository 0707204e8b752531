set work_mem = '1MB';
\o memory-multiplies-fires.json
:explain select a.id, b.id, c.id from orders a join orders b on b.id = a.customer_code join customer c on c.id = b.customer_code
    join customer d on d.id = a.customer_id
    order by a.total, b.total;
\o memory-multiplies-silent.json
:explain select a.id, b.id from orders a join orders b on b.id = a.customer_code order by a.total, b.total;
