-- A list that keeps most rows is filtered on the way along the order.
-- schema orders
-- query
SELECT * FROM orders WHERE status IN ('paid', 'open') ORDER BY placed_at DESC LIMIT 10;
-- expect
CREATE INDEX ON orders (placed_at);
-- ideal
CREATE INDEX ON orders (placed_at);
