-- A DELETE of what is old and of one shop.
-- schema orders
-- query
DELETE FROM orders WHERE shop_id = 7 AND placed_at < '2024-01-05';
-- expect
CREATE INDEX ON orders (shop_id, placed_at);
-- ideal
CREATE INDEX ON orders (shop_id, placed_at);
