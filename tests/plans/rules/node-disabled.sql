set enable_seqscan = off;
\o node-disabled-fires.json
:explain select count(*) from orders where total > 50000;
reset enable_seqscan;
\o node-disabled-silent.json
:explain select count(*) from orders where total > 50000;
