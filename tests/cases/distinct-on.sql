-- The latest order of every customer, by a sort of everything: an index has the rows in order, and nothing else to read.
-- schema orders
-- query
SELECT DISTINCT ON (customer_id) customer_id, placed_at FROM orders ORDER BY customer_id, placed_at DESC;
-- expect
CREATE INDEX ON orders (customer_id, placed_at DESC);
-- ideal
CREATE INDEX ON orders (customer_id, placed_at DESC);
