-- The ranks of the first rows: a window that is read in order ends with the limit.
-- schema orders
-- query
SELECT id, rank() OVER (ORDER BY placed_at) FROM orders LIMIT 10;
-- expect
CREATE INDEX ON orders (placed_at);
or CREATE INDEX ON orders (placed_at) INCLUDE (id);
-- ideal
CREATE INDEX ON orders (placed_at);
