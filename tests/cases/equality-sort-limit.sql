-- An order behind an equality ends the reading after the limit.
-- schema orders
-- query
SELECT * FROM orders WHERE shop_id = 7 ORDER BY placed_at LIMIT 10;
-- expect
CREATE INDEX ON orders (shop_id, placed_at);
-- ideal
CREATE INDEX ON orders (shop_id, placed_at);
