-- What is computed of two columns, behind an equality.
-- schema orders
-- query
SELECT * FROM orders WHERE shop_id = 7 AND shipped_at - placed_at > interval '360 days';
-- expect
CREATE INDEX ON orders (shop_id, (shipped_at - placed_at));
or CREATE INDEX ON orders ((shipped_at - placed_at));
or CREATE INDEX ON orders ((shipped_at - placed_at), shop_id);
-- ideal
CREATE INDEX ON orders (shop_id, (shipped_at - placed_at));
