-- An index that carries more serves as well, and all that it finds is wanted.
-- schema orders
CREATE INDEX orders_shop ON public.orders (shop_id) INCLUDE (total);
-- query
SELECT * FROM orders WHERE shop_id IN (7, 8, 9);
-- expect
silence: `orders_shop`, which it uses
