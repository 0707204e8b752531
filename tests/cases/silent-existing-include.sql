-- An index that carries more serves as well.
-- schema orders
CREATE INDEX orders_shop ON public.orders (shop_id) INCLUDE (total);
-- query
SELECT * FROM orders WHERE shop_id IN (7, 8, 9) AND note LIKE '%y%';
-- expect
silence: `orders_shop`, which it uses
