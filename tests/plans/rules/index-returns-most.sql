set random_page_cost = 0.1;
set enable_seqscan = off;
set enable_bitmapscan = off;
\o index-returns-most-fires.json
:explain select count(note) from orders where placed > '2024-01-02';
\o index-returns-most-silent.json
:explain select count(note) from orders where id > 100;
