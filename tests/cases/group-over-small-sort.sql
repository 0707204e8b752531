-- Sorting a few rows is not worth a key: the condition finds them.
-- schema orders
-- query
SELECT customer_id, count(DISTINCT note) FROM orders WHERE total = 77 GROUP BY customer_id;
-- expect
CREATE INDEX ON orders (total);
-- ideal
CREATE INDEX ON orders (total);
