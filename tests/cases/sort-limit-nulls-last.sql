-- The order of NULLs is part of the order.
-- schema orders
-- query
SELECT * FROM orders WHERE shop_id = 7 ORDER BY shipped_at DESC NULLS LAST LIMIT 10;
-- expect
CREATE INDEX ON orders (shop_id, shipped_at DESC NULLS LAST);
-- ideal
CREATE INDEX ON orders (shop_id, shipped_at DESC NULLS LAST);
