-- Keyset paging backward, within one shop.
-- schema orders
-- query
SELECT * FROM orders WHERE shop_id = 7 AND (placed_at, id) < ('2024-09-01', 0) ORDER BY placed_at DESC, id DESC LIMIT 20;
-- expect
CREATE INDEX ON orders (shop_id, placed_at, id);
or CREATE INDEX ON orders (shop_id, placed_at);
-- ideal
CREATE INDEX ON orders (shop_id, placed_at, id);
