-- A column that is converted is not the column.
-- schema orders
-- query
SELECT * FROM orders WHERE customer_id::text = '42';
-- expect
CREATE INDEX ON orders ((customer_id::text));
-- ideal
CREATE INDEX ON orders ((customer_id::text));
