-- An OR of two columns needs an index for each: one alone is of no use.
-- schema orders
-- query
SELECT * FROM orders WHERE customer_id = 42 OR total = 77;
-- expect
CREATE INDEX ON orders (customer_id); CREATE INDEX ON orders (total);
-- ideal
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON orders (total);
