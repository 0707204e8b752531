set work_mem = '1MB';
\o hash-spills-fires.json
:explain select * from orders a join orders b on b.id = a.customer_code;
set work_mem = '256MB';
\o hash-spills-silent.json
:explain select * from orders a join orders b on b.id = a.customer_code;
