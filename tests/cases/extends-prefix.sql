-- An index that the new one continues is superfluous then.
-- schema orders
CREATE INDEX orders_shop ON public.orders (shop_id);
-- query
SELECT * FROM orders WHERE shop_id = 7 AND status = 'lost';
-- expect
CREATE INDEX ON orders (shop_id, status); -- replaces orders_shop
or CREATE INDEX ON orders (shop_id) WHERE status = 'lost';
-- ideal
CREATE INDEX ON orders (shop_id, status);
