-- Several values of one column.
-- schema orders
-- query
SELECT * FROM orders WHERE customer_id IN (1, 42, 99);
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
