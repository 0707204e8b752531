\o timing-costs-fires.json
:explain select count(*) from (select a.id from customer a, generate_series(1, 30) offset 0) b;
\o timing-costs-silent.json
:explain select count(*) from orders where note ~ 'x+y';
