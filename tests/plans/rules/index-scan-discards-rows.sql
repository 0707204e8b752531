\o index-scan-discards-rows-fires.json
:explain select * from orders where customer_id = 1 and status = 'failed' and total < 50000;
\o index-scan-discards-rows-silent.json
:explain select * from orders where customer_id = 1 and total < 90000;
