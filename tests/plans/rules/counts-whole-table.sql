\o counts-whole-table-fires.json
:explain select count(*) from orders;
\o counts-whole-table-silent.json
:explain select count(*) from orders where status = 'paid';
