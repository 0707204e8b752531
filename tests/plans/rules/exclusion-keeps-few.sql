\o exclusion-keeps-few-fires.json
:explain select * from orders where status <> 'paid';
\o exclusion-keeps-few-silent.json
:explain select * from orders where status <> 'failed';
