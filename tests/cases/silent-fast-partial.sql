-- A partial index that fits is found by the planner.
-- schema orders
CREATE INDEX orders_lost ON public.orders (customer_id) WHERE status = 'lost';
-- query
SELECT * FROM orders WHERE customer_id = 42 AND status = 'lost';
-- expect
silence: too little for an index
