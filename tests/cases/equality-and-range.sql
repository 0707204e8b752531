-- A range stands behind the equality.
-- schema orders
-- query
SELECT * FROM orders WHERE shop_id = 7 AND placed_at BETWEEN '2024-03-01' AND '2024-03-08';
-- expect
CREATE INDEX ON orders (shop_id, placed_at);
-- ideal
CREATE INDEX ON orders (shop_id, placed_at);
