-- The first groups of an order: no more rows than theirs are read.
-- schema orders
-- query
SELECT customer_id, sum(total) FROM orders GROUP BY customer_id ORDER BY customer_id LIMIT 10;
-- expect
CREATE INDEX ON orders (customer_id);
or CREATE INDEX ON orders (customer_id) INCLUDE (total);
-- ideal
CREATE INDEX ON orders (customer_id) INCLUDE (total);
