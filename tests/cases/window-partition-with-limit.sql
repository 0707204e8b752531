-- The running totals of the first customers.
-- schema orders
-- query
SELECT customer_id, placed_at, sum(total) OVER (PARTITION BY customer_id ORDER BY placed_at) FROM orders
ORDER BY customer_id, placed_at LIMIT 50;
-- expect
CREATE INDEX ON orders (customer_id, placed_at);
or CREATE INDEX ON orders (customer_id);
or CREATE INDEX ON orders (customer_id, placed_at) INCLUDE (total);
-- ideal
CREATE INDEX ON orders (customer_id, placed_at);
