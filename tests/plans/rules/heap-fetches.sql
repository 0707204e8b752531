set enable_seqscan = off;
\o heap-fetches-silent.json
:explain select count(*) from orders where customer_id between 2 and 9000;
begin;
update orders set status = 'sent' where id % 20 = 0;
\o heap-fetches-fires.json
:explain select count(*) from orders where customer_id between 2 and 9000;
rollback;
vacuum orders;
