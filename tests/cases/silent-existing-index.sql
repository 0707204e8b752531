-- The index is there and used; what is left to filter cannot be searched by.
-- schema orders
CREATE INDEX orders_shop ON public.orders (shop_id);
-- query
SELECT * FROM orders WHERE shop_id IN (7, 8, 9) AND note LIKE '%y%';
-- expect
silence: no three letters in a row
