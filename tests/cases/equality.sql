-- One column is compared for equality.
-- schema orders
-- query
SELECT * FROM orders WHERE customer_id = 42;
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
