-- Keyset paging: the order answers what the row comparison asks.
-- schema orders
-- query
SELECT id, placed_at FROM orders WHERE (placed_at, id) > ('2024-02-01', 0) ORDER BY placed_at, id LIMIT 10;
-- expect
CREATE INDEX ON orders (placed_at, id);
or CREATE INDEX ON orders (placed_at);
-- ideal
CREATE INDEX ON orders (placed_at, id);
