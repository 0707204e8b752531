-- The latest order of the first customers.
-- schema orders
-- query
SELECT DISTINCT ON (customer_id) * FROM orders ORDER BY customer_id, placed_at DESC LIMIT 5;
-- expect
CREATE INDEX ON orders (customer_id, placed_at DESC);
or CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id, placed_at DESC);
