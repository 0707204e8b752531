\o scan-discards-rows-fires.json
:explain select * from orders where status = 'failed';
\o scan-discards-rows-silent.json
:explain select * from orders where status = 'paid';
