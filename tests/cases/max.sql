-- The greatest value is the last of an order.
-- schema orders
-- query
SELECT max(placed_at) FROM orders WHERE shop_id = 7;
-- expect
CREATE INDEX ON orders (shop_id, placed_at);
-- ideal
CREATE INDEX ON orders (shop_id, placed_at);
