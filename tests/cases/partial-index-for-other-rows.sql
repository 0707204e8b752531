-- A partial index for other rows does not help.
-- schema orders
CREATE INDEX orders_lost ON public.orders (customer_id) WHERE status = 'lost';
-- query
SELECT * FROM orders WHERE customer_id = 42;
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
