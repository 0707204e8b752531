-- Keys in opposite directions are kept as they are asked for.
-- schema orders
-- query
SELECT * FROM orders ORDER BY total DESC, placed_at LIMIT 10;
-- expect
CREATE INDEX ON orders (total DESC, placed_at);
or CREATE INDEX ON orders (total, placed_at DESC);
or CREATE INDEX ON orders (total);
-- ideal
CREATE INDEX ON orders (total DESC, placed_at);
