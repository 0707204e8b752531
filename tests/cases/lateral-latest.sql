-- The inner side of a loop: the latest order of each shop.
-- schema orders
CREATE TABLE shops (id int PRIMARY KEY, city text NOT NULL);
INSERT INTO shops SELECT i, 'city ' || i FROM generate_series(0, 19) AS i;
ANALYZE shops;
-- query
SELECT s.city, l.* FROM shops s, LATERAL (SELECT * FROM orders o WHERE o.shop_id = s.id ORDER BY o.placed_at DESC LIMIT 1) l;
-- expect
CREATE INDEX ON orders (shop_id, placed_at);
-- ideal
CREATE INDEX ON orders (shop_id, placed_at);
