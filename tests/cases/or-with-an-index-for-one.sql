-- One side of the OR has its index; the other one is missing.
-- schema orders
CREATE INDEX ON orders (customer_id);
-- query
SELECT * FROM orders WHERE customer_id = 42 OR total = 77;
-- expect
CREATE INDEX ON orders (total);
-- ideal
CREATE INDEX ON orders (total);
