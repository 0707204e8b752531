-- An index that carries a column more is not superfluous.
-- schema orders
CREATE INDEX orders_shop ON public.orders (shop_id) INCLUDE (total);
-- query
SELECT * FROM orders WHERE shop_id = 7 AND status = 'lost';
-- expect
CREATE INDEX ON orders (shop_id, status);
or CREATE INDEX ON orders (status, shop_id);
or CREATE INDEX ON orders (shop_id) WHERE status = 'lost';
-- ideal
CREATE INDEX ON orders (shop_id, status);
