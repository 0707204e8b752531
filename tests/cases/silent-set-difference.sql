-- All rows of two tables are compared with each other.
-- schema orders
CREATE TABLE archive AS SELECT id, customer_id, note FROM orders WHERE id % 2 = 0;
ANALYZE archive;
-- query
SELECT id, customer_id, note FROM orders EXCEPT SELECT id, customer_id, note FROM archive;
-- expect
silence
