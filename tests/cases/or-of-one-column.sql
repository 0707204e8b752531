-- An OR of one column is a list.
-- schema orders
-- query
SELECT * FROM orders WHERE customer_id = 42 OR customer_id = 43;
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
