set enable_bitmapscan = off;
set enable_seqscan = off;
\o index-only-possible-fires.json
:explain select sum(total) from orders where customer_id between 2 and 1000;
\o index-only-possible-silent.json
:explain select sum(length(note)) from orders where customer_id between 2 and 1000;
