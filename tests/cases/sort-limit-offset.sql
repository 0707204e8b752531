-- The second page of a list needs the order too.
-- schema orders
-- query
SELECT id, placed_at FROM orders ORDER BY placed_at, id LIMIT 20 OFFSET 40;
-- expect
CREATE INDEX ON orders (placed_at, id);
or CREATE INDEX ON orders (placed_at);
-- ideal
CREATE INDEX ON orders (placed_at, id);
