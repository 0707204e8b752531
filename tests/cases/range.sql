-- A narrow range alone.
-- schema orders
-- query
SELECT * FROM orders WHERE placed_at >= '2024-03-01' AND placed_at < '2024-03-02';
-- expect
CREATE INDEX ON orders (placed_at);
-- ideal
CREATE INDEX ON orders (placed_at);
