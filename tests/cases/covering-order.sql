-- The whole list of one shop, in order, from the index alone.
-- schema orders
-- query
SELECT id, placed_at, total FROM orders WHERE shop_id = 7 ORDER BY placed_at;
-- expect
CREATE INDEX ON orders (shop_id, placed_at) INCLUDE (id, total);
or CREATE INDEX ON orders (shop_id, placed_at) INCLUDE (total, id);
or CREATE INDEX ON orders (shop_id, placed_at, id, total);
or CREATE INDEX ON orders (shop_id, placed_at, total, id);
-- ideal
CREATE INDEX ON orders (shop_id, placed_at) INCLUDE (id, total);
