-- Both ends of an order.
-- schema orders
-- query
SELECT min(placed_at), max(placed_at) FROM orders;
-- expect
CREATE INDEX ON orders (placed_at);
-- ideal
CREATE INDEX ON orders (placed_at);
