-- Behind several values there is no order; those few rows are sorted.
-- schema orders
-- query
SELECT * FROM orders WHERE customer_id IN (1, 42, 99) ORDER BY placed_at LIMIT 10;
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
