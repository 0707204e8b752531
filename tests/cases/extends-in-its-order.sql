-- The order of an existing index is kept, so that one index does for both.
-- schema orders
INSERT INTO orders SELECT id + 60000 * n, customer_id, shop_id, agent_id, status, total, placed_at, shipped_at, note
FROM orders, generate_series(1, 2) AS n;
CREATE INDEX orders_status ON public.orders (status);
VACUUM ANALYZE orders;
-- query
SELECT * FROM orders WHERE shop_id = 7 AND status = 'open';
-- expect
CREATE INDEX ON orders (status, shop_id); -- replaces orders_status
or CREATE INDEX ON orders (shop_id, status);
or CREATE INDEX ON orders (shop_id) WHERE status = 'open';
-- ideal
CREATE INDEX ON orders (status, shop_id);
