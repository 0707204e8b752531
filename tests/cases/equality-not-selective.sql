-- A value that most rows have gets no key of its own.
-- schema orders
-- query
SELECT * FROM orders WHERE status = 'paid' AND customer_id = 42;
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
